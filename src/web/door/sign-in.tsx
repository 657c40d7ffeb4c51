import { deleteCookie } from "hono/cookie"
import { z } from "zod"
import { isRefusal } from "../../base/refusal.ts"
import { readNumber } from "../../base/text.ts"
import { citizenOf, staffOf } from "../../domain/access/keys.ts"
import { isPassword } from "../../domain/access/passwords.ts"
import { endSession, staffForSignIn, startSession } from "../../domain/access/sessions.ts"
import { begin, failed, notChecked, succeeded } from "../../domain/access/throttle.ts"
import { personByNumber } from "../../domain/people/reads.ts"
import { signInWords } from "../../i18n/common.ts"
import { counted } from "../../i18n/plural.ts"
import { addressOf } from "../address.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import { cookieName, keepCookie } from "../gate.ts"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Notice } from "../shell/cards.tsx"
import { Button, Field, PostForm } from "../shell/controls.tsx"

/** What a demonstration shows beside its sign-in forms, so that nobody has to look into a file first. */
const demoSignIn = { number: "1000000008", login: "ruh-rml-3", lead: "ruh-rml-lead", password: "dawr-demo-2026" }

interface Told {
  next: string
  typed?: string
  error?: string
  status?: number
}

export function signInPage(c: Context): Response | Promise<Response> {
  if (c.var.subject?.role === "citizen") return c.redirect(nextOf(c.req.query("next")) ?? paths.home, 303)
  return citizenForm(c, { next: c.req.query("next") ?? "" })
}

function citizenForm(c: Context, told: Told): Response | Promise<Response> {
  const { lang, house, formToken } = c.var
  const words = signInWords[lang]
  return show(
    c,
    { title: words.title, status: told.status, styles: ["citizen"] },
    <div class="column">
      <h1>{words.title}</h1>
      <p class="quiet">{words.lead}</p>
      <PostForm action={paths.signIn} token={formToken} class="stack">
        <input type="hidden" name="next" value={told.next} />
        <Field
          name="number"
          label={words.number}
          hint={words.numberHint}
          error={told.error}
          value={told.typed}
          digits
          required
          maxlength={20}
          autocomplete="username"
        />
        <Field
          name="password"
          label={words.password}
          type="password"
          required
          maxlength={128}
          autocomplete="current-password"
        />
        <Button weight="main" wide>
          {words.submit}
        </Button>
      </PostForm>
      {house.demo && (
        <Notice>
          <p class="strong">{words.demo}</p>
          <p>{words.demoCitizen(demoSignIn.number, demoSignIn.password)}</p>
        </Notice>
      )}
      <p class="quiet small">{words.without}</p>
      <p>
        <a href={paths.staffSignIn}>{words.toStaff}</a>
      </p>
    </div>,
  )
}

export function staffSignInPage(c: Context): Response | Promise<Response> {
  return staffForm(c, { next: c.req.query("next") ?? "" })
}

function staffForm(c: Context, told: Told): Response | Promise<Response> {
  const { lang, house, formToken } = c.var
  const words = signInWords[lang]
  return show(
    c,
    { title: words.staffTitle, status: told.status, styles: ["citizen"], head: "deep" },
    <div class="column">
      <h1>{words.staffTitle}</h1>
      <p class="quiet">{words.staffLead}</p>
      <PostForm action={paths.staffSignIn} token={formToken} class="stack">
        <input type="hidden" name="next" value={told.next} />
        <Field
          name="login"
          label={words.login}
          error={told.error}
          value={told.typed}
          required
          maxlength={40}
          autocomplete="username"
        />
        <Field
          name="password"
          label={words.password}
          type="password"
          required
          maxlength={128}
          autocomplete="current-password"
        />
        <Button weight="main" wide>
          {words.submit}
        </Button>
      </PostForm>
      {house.demo && (
        <Notice>
          <p class="strong">{words.demo}</p>
          <p>{words.demoStaff(demoSignIn.login, demoSignIn.password)}</p>
          <p>{words.demoStaff(demoSignIn.lead, demoSignIn.password)}</p>
        </Notice>
      )}
      <p>
        <a href={paths.signIn}>{words.toCitizens}</a>
      </p>
    </div>,
  )
}

const citizenFields = z.object({
  number: z.string().max(100),
  password: z.string().max(1000),
  next: z.string().max(2000).default(""),
})
const staffFields = z.object({
  login: z.string().max(100),
  password: z.string().max(1000),
  next: z.string().max(2000).default(""),
})

/**
 * A citizen's number and password. Whoever they name, the work is the same: one look-up, one hash, one answer, so that nobody learns who
 * has an account.
 */
export async function signIn(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const given = await readForm(c, citizenFields)
  const number = readNumber(given.number)
  const key = `citizen:${house.keys.index("number", number ?? given.number)}`
  const again = (error: string, status: number) =>
    citizenForm(c, { next: given.next, typed: given.number, error, status })
  return attempt(c, key, again, signInWords[lang].wrong, async () => {
    const person = number ? await personByNumber(house.store, house.keys.index("number", number)) : null
    const right = await isPassword(given.password, person?.passwordHash ?? null)
    const citizen = right && person ? await citizenOf(house.store, person.id) : null
    return citizen
      ? { kind: "citizen" as const, subject: citizen.id, role: "citizen", to: nextOf(given.next) ?? paths.home }
      : null
  })
}

export async function staffSignIn(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const given = await readForm(c, staffFields)
  const login = given.login.trim().toLowerCase()
  const again = (error: string, status: number) => staffForm(c, { next: given.next, typed: given.login, error, status })
  return attempt(c, `staff:${login}`, again, signInWords[lang].wrongStaff, async () => {
    const row = await staffForSignIn(house.store, login)
    const right = await isPassword(given.password, row?.passwordHash ?? null)
    const person = right && row ? await staffOf(house.store, row.id) : null
    if (!person) return null
    const home =
      person.role === "agent" ? paths.desk : person.scopeKind === "office" ? paths.day(person.scope) : paths.days
    return { kind: "staff" as const, subject: person.id, role: person.role, to: nextOf(given.next) ?? home }
  })
}

interface Found {
  kind: "citizen" | "staff"
  subject: string
  role: string
  to: string
}

async function attempt(
  c: Context,
  key: string,
  again: (error: string, status: number) => Response | Promise<Response>,
  wrong: string,
  find: () => Promise<Found | null>,
): Promise<Response> {
  const { house, lang, session } = c.var
  const now = house.clock.real()
  const { writer, keys } = house
  const accounts = { scopes: ["accounts" as const] }
  const tried = { account: key, address: `address:${keys.capability("address", addressOf(c))}` }
  try {
    await writer.write((tx) => begin(tx, tried, now), accounts)
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code !== "too_many_requests") throw thrown
    const seconds = Number(thrown.details["retryAfterSeconds"] ?? 1)
    c.header("Retry-After", String(seconds))
    return again(signInWords[lang].wait(counted("secondsAfter", seconds, lang)), 429)
  }
  let found: Found | null
  try {
    found = await find()
  } catch (thrown) {
    await writer.write((tx) => notChecked(tx, tried), accounts)
    throw thrown
  }
  if (!found) {
    await writer.write((tx) => failed(tx), accounts)
    return again(wrong, 401)
  }
  const userAgent = c.req.header("User-Agent") ?? ""
  const { kind, subject, role } = found
  const signedIn = await writer.write(async (tx) => {
    await succeeded(tx, tried)
    if (session) await endSession(tx, session.id, "replaced", now)
    return startSession(tx, { kind, subject, role, factors: "password", userAgent }, now)
  }, accounts)
  if (session) house.hub.endSession(session.id)
  keepCookie(c, "sid", signedIn.token)
  return c.redirect(found.to, 303)
}

export async function signOut(c: Context): Promise<Response> {
  const { house, session, subject } = c.var
  if (session) {
    const now = house.clock.real()
    await house.writer.write((tx) => endSession(tx, session.id, "signed_out", now), { scopes: ["accounts"] })
    house.hub.endSession(session.id)
  }
  deleteCookie(c, cookieName(house, "sid"), { path: "/", secure: house.env.origin.startsWith("https:") })
  c.header("Clear-Site-Data", '"cache", "storage"')
  return c.redirect(subject && subject.role !== "citizen" ? paths.staffSignIn : paths.home, 303)
}

/**
 * Where to go on after signing in: a path of ours, or nowhere. An address of another site, however written, is nobody's wish; a path that
 * becomes one only when its dots are worked out (`/.//elsewhere`) is one too.
 */
export function nextOf(text: string | undefined): string | null {
  const url = text?.startsWith("/") ? URL.parse(text, "http://here") : null
  if (url?.origin !== "http://here" || /^\/[/\\]/.test(url.pathname)) return null
  return url.pathname + url.search
}
