import { z } from "zod"
import { isRefusal } from "../../base/refusal.ts"
import { readNumber } from "../../base/text.ts"
import type { Owner } from "../../domain/access/owner.ts"
import { isPassword, tryPassword } from "../../domain/access/passwords.ts"
import { openPreSession } from "../../domain/access/pre-sessions.ts"
import { prove } from "../../domain/access/proof.ts"
import { endSession, staffForSignIn } from "../../domain/access/sessions.ts"
import { begin, failed, notChecked, succeeded } from "../../domain/access/throttle.ts"
import { personByNumber } from "../../domain/people/reads.ts"
import { accountWords } from "../../i18n/account.ts"
import { signInWords } from "../../i18n/common.ts"
import { waitText } from "../../i18n/plural.ts"
import { visitorWords } from "../../i18n/visitor.ts"
import { addressOf } from "../address.ts"
import { dropCookie, keepCookie } from "../cookies.ts"
import { comer, letIn, reminding, startIn } from "../entering.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { withDigitHint } from "../numbers.ts"
import { PasskeyForm, roomOf } from "../passkey-form.tsx"
import { paths } from "../paths.ts"
import { sendsCodes } from "../sends-codes.ts"
import { Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, Field, PostForm } from "../shell/controls.tsx"
import { nextOf } from "./next.ts"

/* The first step: who it is, and the password; or a passkey that says both. */

/** What a demonstration shows beside its sign-in forms, so that nobody has to look into a file first. */
const demoSignIn = {
  number: "1000000008",
  /** An agent, a supervisor, an administrator and an agent for video visits. */
  logins: ["ruh-rml-3", "ruh-rml-lead", "interior-1", "vir-01-1"],
  password: "dawr-demo-2026",
}

type Door = "citizen" | "staff"

interface Told {
  door: Door
  next: string
  typed?: string
  error?: string
  /** Beside the passkey's button. */
  passkeyError?: string
  status?: number
}

export function signInPage(c: Context): Response | Promise<Response> {
  const { subject } = c.var
  const isIn = subject?.role === "citizen" && subject.level !== "unproven"
  if (isIn) return c.redirect(nextOf(c.req.query("next")) ?? paths.home, 303)
  return signInForm(c, { door: "citizen", next: c.req.query("next") ?? "" })
}

export function staffSignInPage(c: Context): Response | Promise<Response> {
  return signInForm(c, { door: "staff", next: c.req.query("next") ?? "" })
}

function signInForm(c: Context, told: Told): Response | Promise<Response> {
  const { lang, house, formToken } = c.var
  const words = signInWords[lang]
  const account = accountWords[lang]
  const isStaff = told.door === "staff"
  const title = isStaff ? words.staffTitle : words.title
  const action = isStaff ? paths.staffSignIn : paths.signIn
  // Whoever came to the wrong door is led on from the other one all the same.
  const onward = told.next ? `?next=${encodeURIComponent(told.next)}` : ""
  return show(
    c,
    { title, status: told.status, styles: ["citizen"], scripts: ["passkey"], head: isStaff ? "deep" : "plain" },
    <div class="column">
      <h1>{title}</h1>
      <p class="quiet">{isStaff ? words.staffLead : words.lead}</p>
      <PostForm action={action} token={formToken} class="stack">
        <input type="hidden" name="next" value={told.next} />
        {isStaff ? (
          <Field
            name="login"
            label={words.login}
            error={told.error}
            value={told.typed}
            required
            maxlength={40}
            autocomplete="username"
          />
        ) : (
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
        )}
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
          {isStaff ? (
            demoSignIn.logins.map((login) => <p>{words.demoStaff(login, demoSignIn.password)}</p>)
          ) : (
            <p>{words.demoCitizen(demoSignIn.number, demoSignIn.password)}</p>
          )}
        </Notice>
      )}
      <section class="stack">
        {told.passkeyError && (
          <Notice tone="late" icon="warning">
            <p role="alert">{told.passkeyError}</p>
          </Notice>
        )}
        <PasskeyForm c={c} action={paths.signInPasskey} purpose="sign_in" isStaff={isStaff}>
          <input type="hidden" name="next" value={told.next} />
          <input type="hidden" name="door" value={told.door} />
          <Button wide icon="key">
            {account.withPasskey}
          </Button>
          <p class="quiet small">{account.passkeyAloneLead}</p>
        </PasskeyForm>
      </section>
      {!isStaff && !sendsCodes(house) && <p class="quiet small">{words.without}</p>}
      {!isStaff && sendsCodes(house) && (
        <section class="stack">
          <ButtonLink wide href={paths.visitor + onward}>
            {visitorWords[lang].link}
          </ButtonLink>
          <p class="quiet small">{visitorWords[lang].linkLead}</p>
        </section>
      )}
      <p>
        <a href={isStaff ? paths.staffEnrol : paths.enrol}>{account.toEnrol}</a>
      </p>
      <p>
        <a href={(isStaff ? paths.signIn : paths.staffSignIn) + onward}>{isStaff ? words.toCitizens : words.toStaff}</a>
      </p>
    </div>,
  )
}

const text = (most: number) => z.string().max(most)
const citizenFields = z.object({ number: text(100), password: text(1000), next: text(2000).default("") })
const staffFields = z.object({ login: text(100), password: text(1000), next: text(2000).default("") })

/**
 * A citizen's number and password. Whoever they name, the work is the same: one look-up, one hash, one answer, so that nobody learns who
 * has an account.
 */
export async function signIn(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const { number: typed, password, next } = await readForm(c, citizenFields)
  const number = readNumber(typed)
  const wrong = withDigitHint(signInWords[lang].wrong, typed, lang)
  const account = `citizen:${house.keys.index("number", number ?? typed)}`
  return attempt(c, { door: "citizen", next, typed }, account, wrong, async () => {
    const person = number ? await personByNumber(house.store, house.keys.index("number", number)) : null
    const isRight = await isPassword(password, person?.passwordHash ?? null)
    return isRight && person ? { kind: "citizen", id: person.id } : null
  })
}

export async function staffSignIn(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const { login: typed, password, next } = await readForm(c, staffFields)
  const login = typed.trim().toLowerCase()
  // Hashed as well: at the wrong door people type their number.
  const account = `staff:${house.keys.capability("login", login)}`
  return attempt(c, { door: "staff", next, typed }, account, signInWords[lang].wrongStaff, async () => {
    const row = await staffForSignIn(house.store, login)
    const isRight = await isPassword(password, row?.passwordHash ?? null)
    return isRight && row ? { kind: "staff", id: row.id } : null
  })
}

/** One try at a password: counted before it is checked, and answered in one way. A right one opens the second step and nothing else. */
function attempt(c: Context, told: Told, account: string, wrong: string, find: () => Promise<Owner | null>) {
  return tryPassword(() => attemptNow(c, told, account, wrong, find))
}

async function attemptNow(
  c: Context,
  told: Told,
  account: string,
  wrong: string,
  find: () => Promise<Owner | null>,
): Promise<Response> {
  const { house, lang } = c.var
  const now = house.clock.real()
  const { writer, keys } = house
  const accounts = { scopes: ["accounts" as const] }
  const address = `address:${keys.capability("address", addressOf(c))}`
  const tried = { account, address, pair: `${account} ${address}` }
  try {
    await writer.write((tx) => begin(tx, tried, now), accounts)
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code !== "too_many_requests") throw thrown
    const seconds = Number(thrown.details["retryAfterSeconds"] ?? 1)
    c.header("Retry-After", String(seconds))
    const error = signInWords[lang].wait(waitText(seconds, lang))
    return signInForm(c, { ...told, error, status: 429 })
  }
  let owner: Owner | null
  try {
    owner = await find()
  } catch (thrown) {
    await writer.write((tx) => notChecked(tx, tried), accounts)
    throw thrown
  }
  if (!owner) {
    await writer.write((tx) => failed(tx), accounts)
    return signInForm(c, { ...told, error: wrong, status: 401 })
  }
  const found = owner
  const next = nextOf(told.next) ?? ""
  const opened = await writer.write(async (tx) => {
    await succeeded(tx, tried)
    return openPreSession(tx, { owner: found, step: "second", next }, now)
  }, accounts)
  keepCookie(c, "pre", opened.token)
  return c.redirect(paths.signInSecond, 303)
}

const passkeyFields = z.object({
  response: text(16 * 1024),
  next: text(2000).default(""),
  door: z.enum(["citizen", "staff"]).default("citizen"),
})

/** A passkey that says by itself whose it is. It is two factors in one: the device, and the fingerprint, face or code that woke it. */
export async function signInByPasskey(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const { response, next, door } = await readForm(c, passkeyFields)
  const now = house.clock.real()
  try {
    const entered = await prove(
      roomOf(house),
      response,
      { purpose: "sign_in", owner: null, session: null, address: house.keys.capability("address", addressOf(c)) },
      now,
      async (tx, { owner, passkey }) => {
        const { role, home } = await comer(c, owner)
        const who = {
          kind: owner.kind,
          subject: owner.id,
          role,
          factors: "passkey",
          passkey: passkey.id,
          provenAt: now,
        }
        return { owner, home, signedIn: await startIn(tx, c, who) }
      },
    )
    return letIn(c, entered.signedIn, await reminding(c, entered.owner, nextOf(next) ?? entered.home))
  } catch (thrown) {
    const seconds =
      isRefusal(thrown) && thrown.code === "too_many_requests" && Number(thrown.details["retryAfterSeconds"])
    if (seconds) {
      c.header("Retry-After", String(seconds))
      const passkeyError = signInWords[lang].wait(waitText(seconds, lang))
      return signInForm(c, { door, next, passkeyError, status: 429 })
    }
    if (!isRefusal(thrown) || !["passkey_refused", "not_signed_in"].includes(thrown.code)) throw thrown
    return signInForm(c, { door, next, passkeyError: accountWords[lang].passkeyRefused, status: 401 })
  }
}

export async function signOut(c: Context): Promise<Response> {
  const { house, session, subject } = c.var
  if (session) {
    const now = house.clock.real()
    await house.writer.write((tx) => endSession(tx, session.id, "signed_out", now), { scopes: ["accounts"] })
    house.hub.endSession(session.id)
  }
  dropCookie(c, "sid")
  dropCookie(c, "pre")
  c.header("Clear-Site-Data", '"cache", "storage"')
  return c.redirect(subject && subject.role !== "citizen" ? paths.staffSignIn : paths.home, 303)
}
