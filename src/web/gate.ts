import type { MiddlewareHandler } from "hono"
import { getCookie, setCookie } from "hono/cookie"
import { getPath } from "hono/utils/url"
import { token } from "../base/id.ts"
import { Refusal } from "../base/refusal.ts"
import { remember } from "../base/remember.ts"
import { sameText } from "../base/seal.ts"
import { authorize } from "../domain/access/authorize.ts"
import { isStaff } from "../domain/access/subject.ts"
import { isLang, type Lang, preferred } from "../i18n/lang.ts"
import type { Peers } from "./address.ts"
import { type Admission, holderOf, standingOf } from "./admission.ts"
import { forPrograms, identify, learn } from "./asker.ts"
import { bodyMax, within } from "./body-size.ts"
import { readerZone } from "./clocks.tsx"
import { cookieName } from "./cookies.ts"
import { sayLength, secure } from "./headers.ts"
import type { AppEnv, Context, Gate, House, Takes, Vars } from "./house.ts"
import type { KeptAnswers } from "./kept-answers.ts"
import type { Budget } from "./limit.ts"
import { paths } from "./paths.ts"

/*
 * What every request passes, in this order: an id, its host, the security headers, its language, who asks, whether it came from our own
 * pages, and whether this role may come in here.
 */

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

/**
 * Gives the request its id and its language and, when the answer is ready, its headers. What anybody has asked before, and would be answered
 * the same, is answered here.
 */
export function open(house: House, kept: KeptAnswers): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { raw } = c.req
    const isProgram = forPrograms.test(c.req.path)
    const lang = language(c, house)
    // What is no address, or comes to no host of that name, is refused and nothing else.
    const keptAs = isAddress(raw)
      ? kept.keyOf({ request: raw, isForProgram: isProgram, lang, zone: isProgram ? null : readerZone(c) })
      : null
    const isStranger = keptAs !== null && !raw.headers.has("Authorization")
    const before = isStranger ? kept.forStranger(keptAs, raw, c.env as Peers | undefined) : null
    if (before) return before
    const known: Vars = {
      house,
      requestId: token(house.chance, 9),
      nonce: isProgram ? "" : token(house.chance, 16),
      subject: null,
      session: null,
      gate: null,
      formToken: "",
      // Made when a page asks for it: programs never do, and reading an address takes long.
      get here() {
        const url = urlOf(c.req.raw)
        // A link to a path that begins with two slashes leads to another host.
        return url ? url.pathname.replace(/^\/{2,}/, "/") + url.search : "/"
      },
      lang,
      keptAs,
      // What staff are told may be more than anybody's.
      keep: (answer) => keptAs !== null && !isStaff(known.subject) && kept.keep(keptAs, answer),
      // Its body may still be on the way, and what it changes is waited for.
      isLate: mayChange(c),
    }
    // Hono would make a new object of all variables each time that one is looked at, some twenty times a request.
    Object.defineProperty(c, "var", { value: known })
    await next()
    if (c.req.method === "HEAD") await sayLength(c)
    secure(c, house)
    return undefined
  }
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
  kept: KeptAnswers
}

/**
 * Who asks; whether there is room for them; whether what they bring is not too much; whether it comes from our own pages; and whether this
 * session may be here. One step for all of them: each step of the router's costs more than most of these.
 */
export function gates({ takes, budgets, admission, kept }: Gates): MiddlewareHandler<AppEnv> {
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
      const { keptAs, subject } = c.var
      const before = keptAs !== null && subject !== null ? kept.forProgram(keptAs) : null
      if (before) return before
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
    learn(c, { gate })
    if (gate !== "anyone") authorize(c.var.subject, gate)
    return next()
  }
}
