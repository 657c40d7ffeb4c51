import type { MiddlewareHandler } from "hono"
import { getCookie, setCookie } from "hono/cookie"
import { token } from "../base/id.ts"
import { Refusal } from "../base/refusal.ts"
import { subjectOfKey } from "../domain/access/keys.ts"
import { sessionOf, touchSession, wantsTouch } from "../domain/access/sessions.ts"
import { isLang, type Lang, preferred } from "../i18n/lang.ts"
import type { AppEnv, Context, House, Who } from "./house.ts"

/*
 * What every request passes, in this order: an id, its host, the security headers, its language, who asks, whether it came from our own
 * pages, and whether this role may come in here.
 */

/** Paths that belong to programs: they carry their own token, and ignore every cookie. */
const forPrograms = /^\/(api\/|openapi\.json|healthz|readyz|metrics)/

export function open(house: House): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const url = new URL(c.req.url)
    c.set("house", house)
    c.set("requestId", token(house.chance, 9))
    c.set("nonce", token(house.chance, 16))
    c.set("subject", null)
    c.set("session", null)
    c.set("formToken", "")
    c.set("here", url.pathname + url.search)
    c.set("lang", language(c, url))
    c.header("X-Request-Id", c.var.requestId)
    secure(c, house)
    const elsewhere = url.host !== new URL(house.env.origin).host
    if (elsewhere && !forPrograms.test(url.pathname) && (c.req.method === "GET" || c.req.method === "HEAD")) {
      return c.redirect(house.env.origin + url.pathname + url.search, 307)
    }
    await next()
  }
}

/** `?lang=` is a wish for the future too; then the cookie, then what the browser says, then Arabic. */
function language(c: Context, url: URL): Lang {
  const wished = url.searchParams.get("lang")
  if (isLang(wished)) {
    if (!forPrograms.test(url.pathname)) {
      setCookie(c, "lang", wished, { path: "/", maxAge: 365 * 24 * 3600, sameSite: "Lax" })
    }
    return wished
  }
  const kept = forPrograms.test(url.pathname) ? null : getCookie(c, "lang")
  return isLang(kept) ? kept : preferred(c.req.header("Accept-Language"))
}

/** The headers of OWASP ASVS 5.0 chapter 3.4. Every page's scripts carry this answer's nonce; styles come from files alone. */
function secure(c: Context, house: House): void {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${c.var.nonce}' 'strict-dynamic'`,
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types dawr",
  ]
  c.header("Content-Security-Policy", policy.join("; "))
  if (house.env.origin.startsWith("https:")) {
    c.header("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
  }
  c.header("X-Content-Type-Options", "nosniff")
  c.header("Referrer-Policy", "same-origin")
  c.header("Cross-Origin-Opener-Policy", "same-origin")
  c.header("Cross-Origin-Resource-Policy", "same-origin")
  c.header(
    "Permissions-Policy",
    "camera=(self), microphone=(self), geolocation=(), publickey-credentials-get=(self), publickey-credentials-create=(self)",
  )
  c.header("Vary", "Sec-Fetch-Site, Origin, Accept-Language, Cookie")
  c.header("Cache-Control", "no-store")
}

/** Cookie names. `__Host-` pins a cookie to this very origin (RFC 6265bis §4.1.3.2); it needs https. */
export function cookieName(house: Pick<House, "env">, name: "sid" | "dev"): string {
  return house.env.origin.startsWith("https:") ? `__Host-${name}` : name
}

export function keepCookie(c: Context, name: "sid" | "dev", value: string, maxAge?: number): void {
  const { house } = c.var
  setCookie(c, cookieName(house, name), value, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: house.env.origin.startsWith("https:"),
    maxAge,
  })
}

/** Says who asks: programs by their key, people by their session, kiosks and boards by their device key. */
export const identify: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { house } = c.var
  const path = new URL(c.req.url).pathname
  if (forPrograms.test(path)) {
    const header = c.req.header("Authorization")
    if (header !== undefined && path.startsWith("/api/")) {
      const key = /^Bearer ([\w-]{1,200})$/.exec(header)?.[1]
      const subject = key ? await subjectOfKey(house.store, key, house.clock.office()) : null
      if (!subject) throw new Refusal("bad_token")
      c.set("subject", subject)
    }
    return next()
  }
  const now = house.clock.real()
  const secret = getCookie(c, cookieName(house, "sid"))
  const signedIn = secret ? await sessionOf(house.store, secret, now) : null
  if (signedIn) {
    c.set("subject", signedIn.subject)
    c.set("session", signedIn.session)
    c.set("formToken", house.keys.capability("form", signedIn.session.id))
    if (wantsTouch(signedIn.session, now)) {
      await house.writer.write((tx) => touchSession(tx, signedIn.session, now), { scopes: ["accounts"] })
    }
    return next()
  }
  const deviceKey = getCookie(c, cookieName(house, "dev"))
  const device = deviceKey ? await subjectOfKey(house.store, deviceKey, house.clock.office()) : null
  if (device?.role === "kiosk" || device?.role === "board") {
    c.set("subject", device)
    c.set("formToken", house.keys.capability("form", device.id))
  }
  return next()
}

/**
 * For every request by cookie that may change something, whatever its content type: the browser says that it comes from this site and
 * from this origin, and the form carries this session's token (W3C Fetch Metadata; OWASP CSRF Cheat Sheet). All must hold, not one of them.
 */
export const fromOurPages: MiddlewareHandler<AppEnv> = async (c, next) => {
  const method = c.req.method
  if (method === "GET" || method === "HEAD" || method === "OPTIONS") return next()
  if (forPrograms.test(new URL(c.req.url).pathname)) return next()
  const site = c.req.header("Sec-Fetch-Site")
  const origin = c.req.header("Origin")
  if (site !== undefined && site !== "same-origin") throw new Refusal("forged_request")
  if (origin !== undefined && origin !== c.var.house.env.origin) throw new Refusal("forged_request")
  if (site === undefined && origin === undefined) throw new Refusal("forged_request")
  if (c.var.formToken !== "") {
    const given = c.req.header("X-Form-Token") ?? (await formField(c, "_form"))
    if (given !== c.var.formToken) throw new Refusal("forged_request")
  }
  return next()
}

async function formField(c: Context, name: string): Promise<string | null> {
  const type = c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase()
  if (type !== "application/x-www-form-urlencoded" && type !== "multipart/form-data")
    throw new Refusal("unsupported_type")
  const body = await c.req.parseBody()
  const value = body[name]
  return typeof value === "string" ? value : null
}

/** Lets in whom the route names: 401 to a stranger, 403 to somebody with another role. */
export function onlyFor(who: Who): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (who !== "anyone") {
      const { subject } = c.var
      if (!subject) throw new Refusal("not_signed_in")
      if (!who.includes(subject.role)) throw new Refusal("forbidden")
    }
    await next()
  }
}
