import type { MiddlewareHandler } from "hono"
import { deleteCookie, getCookie, setCookie } from "hono/cookie"
import { getPath } from "hono/utils/url"
import { token } from "../base/id.ts"
import { Refusal } from "../base/refusal.ts"
import { remember } from "../base/remember.ts"
import { sameText } from "../base/seal.ts"
import { authorize } from "../domain/access/authorize.ts"
import { deviceOfToken, keepUp, wantsKeepUp } from "../domain/access/devices.ts"
import { markKeySeen, wantsSeen } from "../domain/access/integrators.ts"
import { holderOfKey, looksLikeKey } from "../domain/access/keys.ts"
import type { Owner } from "../domain/access/owner.ts"
import { sessionOf, touchSession, wantsTouch } from "../domain/access/sessions.ts"
import { chooseLang, chosenLang } from "../domain/notifications/contact.ts"
import { isLang, type Lang, preferred } from "../i18n/lang.ts"
import { addressOf, wholeAddressOf } from "./address.ts"
import { type Admission, holderOf, standingOf } from "./admission.ts"
import { bodyMax, within } from "./body-size.ts"
import { sayLength, secure } from "./headers.ts"
import type { AppEnv, Context, Gate, House, Takes, Vars } from "./house.ts"
import type { Budget } from "./limit.ts"
import { paths } from "./paths.ts"
import { whileOpened, whilePaired, whileSignedIn } from "./signed-in.ts"

/*
 * What every request passes, in this order: an id, its host, the security headers, its language, who asks, whether it came from our own
 * pages, and whether this role may come in here.
 */

/** Paths that belong to programs: they carry their own token, and ignore every cookie. */
const forPrograms = /^\/(api\/|(openapi\.json|healthz|readyz|metrics)$)/
/** What pages are made of: the same for everybody. */
const files = /^\/(assets\/|(theme\.css|favicon\.ico)$)/

/**
 * The path that the router goes by, and every gate with it: two readings of one address are a way round a gate. What cannot be read as
 * an address (a Host that is none makes it so) has no path of ours.
 */
export function pathOf(request: Request): string {
  return isAddress(request) ? getPath(request) : "/"
}

/** A host and perhaps a port (RFC 9110 §7.2): Bun takes whatever stands there into the request's address. */
const hostForm = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i

/** Asked by every gate of one request; reading its address takes longer than all of them. */
const judged = new WeakMap<Request, boolean>()

function isAddress(request: Request): boolean {
  const before = judged.get(request)
  if (before !== undefined) return before
  const is = hostForm.test(request.headers.get("Host") ?? "") && URL.canParse(request.url)
  judged.set(request, is)
  return is
}

function urlOf(request: Request): URL | null {
  return isAddress(request) ? new URL(request.url) : null
}

/** Gives the request its id and its language and, when the answer is ready, its headers. */
export function open(house: House): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const known: Vars = {
      house,
      requestId: token(house.chance, 9),
      nonce: forPrograms.test(c.req.path) ? "" : token(house.chance, 16),
      subject: null,
      session: null,
      formToken: "",
      // Made when a page asks for it: programs never do, and reading an address takes long.
      get here() {
        const url = urlOf(c.req.raw)
        // A link to a path that begins with two slashes leads to another host.
        return url ? url.pathname.replace(/^\/{2,}/, "/") + url.search : "/"
      },
      lang: language(c, house),
      // Its body may still be on the way, and what it changes is waited for.
      isLate: mayChange(c),
    }
    // Hono would make a new object of all variables each time that one is looked at, some twenty times a request.
    Object.defineProperty(c, "var", { value: known })
    await next()
    if (c.req.method === "HEAD") await sayLength(c)
    secure(c, house)
  }
}

/** Keeps what has become known of this request. */
function learn(c: Context, more: Partial<Vars>): void {
  Object.assign(c.var, more)
}

/** Sends whoever looks at a page under another host to ours. Refuses `malformed` where the host is none. */
export const atOurHost: MiddlewareHandler<AppEnv> = (c, next) => {
  if (!isAddress(c.req.raw)) throw new Refusal("malformed")
  const isPage = !forPrograms.test(c.req.path) && !files.test(c.req.path)
  const isReading = c.req.method === "GET" || c.req.method === "HEAD"
  if (isPage && isReading && !isHere(c)) {
    return Promise.resolve(c.redirect(c.var.house.env.origin + c.var.here, 307))
  }
  return next()
}

/** Before every page; addresses of ours are few. */
const isSameHost = remember(1_000, (both: string) => {
  const [own, asked] = both.split(" ").map((text) => new URL(text))
  // A port that goes without saying may stand there all the same.
  return own !== undefined && URL.parse(`${own.protocol}//${asked?.host}`)?.host === own.host
})

function isHere({ req: { url }, var: { house } }: Context): boolean {
  return isSameHost(`${house.env.origin} ${url.slice(0, url.indexOf("/", "https://".length))}`)
}

/** `?lang=` is a wish for the future too; then the cookie, then what the browser says, then Arabic. */
function language(c: Context, house: House): Lang {
  const isProgram = forPrograms.test(c.req.path)
  const wished = c.req.url.includes("lang=") ? urlOf(c.req.raw)?.searchParams.get("lang") : null
  if (isLang(wished)) {
    if (!isProgram) {
      const secure = house.env.origin.startsWith("https:")
      setCookie(c, cookieName(house, "lang"), wished, {
        path: "/",
        maxAge: 365 * 24 * 3600,
        sameSite: "Lax",
        httpOnly: true,
        secure,
      })
    }
    return wished
  }
  const kept = isProgram ? null : getCookie(c, cookieName(house, "lang"))
  return isLang(kept) ? kept : preferred(c.req.header("Accept-Language"))
}

/** A session's, that of somebody half signed in, a device's, that of a screen which asks to become a device, the language chosen. */
type CookieName = "sid" | "pre" | "dev" | "pair" | "lang"

/** Cookie names. `__Host-` pins a cookie to this very origin (RFC 6265bis §4.1.3.2); it needs https. */
export function cookieName(house: Pick<House, "env">, name: CookieName): string {
  return house.env.origin.startsWith("https:") ? `__Host-${name}` : name
}

export function keepCookie(c: Context, name: CookieName, value: string, maxAge?: number): void {
  const { house } = c.var
  setCookie(c, cookieName(house, name), value, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: house.env.origin.startsWith("https:"),
    maxAge,
  })
}

export function dropCookie(c: Context, name: CookieName): void {
  const { house } = c.var
  deleteCookie(c, cookieName(house, name), { path: "/", secure: house.env.origin.startsWith("https:") })
}

/**
 * Says who asks: programs by their key, people by their session, kiosks and boards by their device key. Whoever is nobody we know, a
 * wrong key or a cookie that means nothing included, spends from the budget of the address. A program spends from its key's own.
 */
async function identify(c: Context, budget: Budget, ofKeys: Budget): Promise<void> {
  const { house } = c.var
  const isKnown = forPrograms.test(c.req.path) ? await byKey(c, ofKeys) : (await bySession(c)) || (await byDevice(c))
  if (isKnown !== true) budget.spend(addressOf(c), house.clock.real())
  if (isKnown === "bad") throw new Refusal("bad_token")
}

async function byKey(c: Context, ofKeys: Budget): Promise<boolean | "bad"> {
  const { house } = c.var
  // Whoever reads a log has read it too; a call that works would hide that.
  if (/[?&][^=&#]*=dawr_/.test(c.req.url) && Object.values(c.req.query()).some(looksLikeKey)) {
    throw new Refusal("key_in_address")
  }
  const header = c.req.header("Authorization")
  if (header === undefined || !c.req.path.startsWith("/api/")) return false
  const given = /^Bearer ([\w-]{1,200})$/.exec(header)?.[1]
  const now = house.clock.real()
  const seen = { at: now, accountsHead: house.writer.accountsHead() }
  const held = given ? await holderOfKey(house.store, given, now, () => wholeAddressOf(c)) : null
  if (!held) return "bad"
  const { subject, key } = held
  learn(c, { subject, house: whileOpened(house, key.id, subject, seen) })
  if (key.kind === "integrator") {
    ofKeys.spend(key.id, now)
    if (wantsSeen(key, now)) await house.writer.write((tx) => markKeySeen(tx, key.id, now), { scopes: ["accounts"] })
  }
  return true
}

async function bySession(c: Context): Promise<boolean> {
  const { house } = c.var
  const now = house.clock.real()
  const secret = getCookie(c, cookieName(house, "sid"))
  const signedIn = secret ? await sessionOf(house.store, secret, now) : null
  if (!signedIn) return false
  const { subject, session } = signedIn
  learn(c, {
    ...{ subject, session, formToken: house.keys.capability("form", session.id) },
    house: whileSignedIn(house, session.id),
  })
  // A page that is left open asks for tickets by itself, whenever its wire breaks. That is not somebody at work: only what a person does
  // puts the idle limit off, so that a screen nobody looks at signs itself out, its wire included.
  if (wantsTouch(session, now) && c.req.path !== paths.liveTicket) {
    await house.writer.write((tx) => touchSession(tx, session, now), { scopes: ["accounts"] })
  }
  await keepLanguage(c, { kind: session.kind, id: session.subject })
  return true
}

/** Whoever chooses the language of these pages, signed in, is written to in it as well. */
async function keepLanguage(c: Context, owner: Owner): Promise<void> {
  const { store, writer } = c.var.house
  const wished = c.req.query("lang")
  if (!isLang(wished) || (await chosenLang(store, owner)) === wished) return
  await writer.write((tx) => chooseLang(tx, owner, wished), { scopes: ["accounts"] })
}

async function byDevice(c: Context): Promise<boolean> {
  const { house } = c.var
  const now = house.clock.real()
  const seen = { at: now, accountsHead: house.writer.accountsHead() }
  const secret = getCookie(c, cookieName(house, "dev"))
  const present = secret ? await deviceOfToken(house.store, secret, now) : null
  if (!present) return false
  const { device, row } = present
  learn(c, {
    ...{ subject: device, formToken: house.keys.capability("form", device.id) },
    house: whilePaired(house, device.id, seen),
  })
  if (wantsKeepUp(present, now)) {
    const successor = await house.writer.write((tx) => keepUp(tx, present, now), { scopes: ["accounts"] })
    if (successor) keepCookie(c, "dev", successor, Math.floor((row.until - now) / 1_000))
  }
  return true
}

/** What the browser sends with a form of ours; what takes files as well says so with its route. */
const formType = "application/x-www-form-urlencoded"

/**
 * For every request by cookie that may change something, whatever its content type: the browser says that it comes from this site and
 * from this origin, and the form carries this session's token (W3C Fetch Metadata; OWASP CSRF Cheat Sheet). All must hold, not one of them.
 */
async function fromOurPages(c: Context, takes: (path: string) => Takes | null): Promise<void> {
  const site = c.req.header("Sec-Fetch-Site")
  const origin = c.req.header("Origin")
  if (site !== undefined && site !== "same-origin") throw new Refusal("forged_request")
  if (origin !== undefined && origin !== c.var.house.env.origin) throw new Refusal("forged_request")
  if (site === undefined && origin === undefined) throw new Refusal("forged_request")
  const type = c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase()
  const isTaken = type === undefined || type === formType || takes(c.req.path)?.types.includes(type) === true
  if (!isTaken) throw new Refusal("unsupported_type")
  if (c.var.formToken !== "") {
    const given = c.req.header("X-Form-Token") ?? (await c.req.parseBody())["_form"]
    if (typeof given !== "string" || !sameText(given, c.var.formToken)) throw new Refusal("forged_request")
  }
}

/** What somebody may see who came in with a recovery code: the way to a new passkey, and the way out. */
const forRecovered: ReadonlySet<string> = new Set([
  paths.security,
  paths.passkeyNew,
  paths.passkeyOptions,
  paths.accountSessions,
  paths.sessionExtension,
  paths.signOut,
])

/** Keeps whoever came in with a recovery code at the one thing that this session is for. */
function byLevel(c: Context): Response | null {
  const { session } = c.var
  if (session?.level !== "recovered" || forRecovered.has(c.req.path) || forPrograms.test(c.req.path)) return null
  if (c.req.method === "GET") return c.redirect(paths.security, 303)
  throw new Refusal("forbidden")
}

export interface Gates {
  /** What of files and forms a path takes. */
  takes: (path: string) => Takes | null
  /** Of strangers by address, and of programs by key. */
  budgets: { strangers: Budget; keys: Budget }
  admission: Admission
}

/**
 * Who asks; whether there is room for them; whether what they bring is not too much; whether it comes from our own pages; and whether this
 * session may be here. One step for all of them: each step of the router's costs more than most of these.
 */
export function gates({ takes, budgets, admission }: Gates): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    await identify(c, budgets.strangers, budgets.keys)
    const standing = standingOf(c)
    const leave = admission.enter(standing, holderOf(c))
    try {
      const turn = standing === "browsing" ? admission.turn() : undefined
      if (turn) {
        learn(c, { isLate: true })
        await turn
      }
      if (mayChange(c)) {
        const isProgram = forPrograms.test(c.req.path)
        const tooMuch = within(c, isProgram ? bodyMax : (takes(c.req.path)?.bytes ?? bodyMax))
        if (tooMuch) await tooMuch
        if (!isProgram) await fromOurPages(c, takes)
      }
      const aside = byLevel(c)
      if (aside) return aside
      await next()
    } finally {
      leave()
    }
  }
}

function mayChange({ req: { method } }: Context): boolean {
  return method !== "GET" && method !== "HEAD" && method !== "OPTIONS"
}

/** Lets in whoever may do this at all: 401 to a stranger, 403 to somebody with another role. On what, the handler asks. */
export function passing(gate: Gate): MiddlewareHandler<AppEnv> {
  return (c, next) => {
    if (gate !== "anyone") authorize(c.var.subject, gate)
    return next()
  }
}
