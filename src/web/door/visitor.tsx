import { z } from "zod"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant, minute } from "../../base/day.ts"
import { readBirth } from "../../base/hijri.ts"
import { isRefusal } from "../../base/refusal.ts"
import { readNumber } from "../../base/text.ts"
import { makeOneTimeCode, useOneTimeCode } from "../../domain/access/codes.ts"
import { citizenOf } from "../../domain/access/keys.ts"
import type { Owner } from "../../domain/access/owner.ts"
import { finishPreSession, openPreSession, type PreSession } from "../../domain/access/pre-sessions.ts"
import type { SignedIn } from "../../domain/access/sessions.ts"
import { spendTry } from "../../domain/access/throttle.ts"
import { sealSecret } from "../../domain/notifications/contact.ts"
import { notify } from "../../domain/notifications/outbox.ts"
import { type Reachable, reachableBy } from "../../domain/people/visitor.ts"
import { signInWords } from "../../i18n/common.ts"
import { waitText } from "../../i18n/plural.ts"
import { visitorWords } from "../../i18n/visitor.ts"
import { addressOf } from "../address.ts"
import { BirthField, birthFields, type TypedBirth } from "../birth.tsx"
import { keepCookie } from "../cookies.ts"
import { letIn, startIn } from "../entering.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context, House } from "../house.ts"
import { digitHint } from "../numbers.ts"
import { paths } from "../paths.ts"
import { sendsCodes } from "../sends-codes.ts"
import { Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, Field, PostForm } from "../shell/controls.tsx"
import { nextOf } from "./next.ts"
import { preOf } from "./passkey.tsx"

/*
 * The way without an account: number, date of birth, and a code by SMS to the mobile on record. It opens a short session that books for
 * the person alone and sees what was made so. Whoever is asked for, the answer and the work are the same: the code is sent by a turn of
 * its own that nobody waits for.
 */

/**
 * Codes that one number is sent together with one date of birth, and forms that one address sends; counted whether or not there is anybody.
 * The number alone is not counted: whoever knows no more of somebody would keep them out.
 */
const perPerson = { most: 4, window: hour }
const perAddress = { most: 20, window: 10 * minute }
/** Codes that one address types. Five for one code is what the code itself allows. */
const typedPerAddress = { most: 30, window: 10 * minute }

const accounts = { scopes: ["accounts" as const] }

/** A person of the demonstration, as on the page of signing in. */
const demoVisitor = { number: "1000000008", birth: "14\u00a0/\u00a05\u00a0/\u00a01960" }

interface Told {
  next: string
  number?: string
  birth?: TypedBirth
  numberError?: string
  birthError?: string
  error?: string
  status?: number
}

export function visitorPage(c: Context): Response | Promise<Response> {
  const next = c.req.query("next") ?? ""
  if (c.var.subject?.role === "citizen") return c.redirect(nextOf(next) ?? paths.home, 303)
  return sendsCodes(c.var.house) ? form(c, { next }) : withoutCodes(c, next)
}

/** Where no code can be sent: what there is instead. */
function withoutCodes(c: Context, next: string): Response | Promise<Response> {
  const { lang } = c.var
  const words = visitorWords[lang]
  return show(
    c,
    { title: words.title, styles: ["citizen"] },
    <div class="column">
      <h1>{words.title}</h1>
      <Notice>
        <p>{words.noCodes}</p>
      </Notice>
      <p>
        <a href={next ? `${paths.signIn}?next=${encodeURIComponent(next)}` : paths.signIn}>{signInWords[lang].title}</a>
      </p>
    </div>,
  )
}

function form(c: Context, told: Told): Response | Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = visitorWords[lang]
  return show(
    c,
    { title: words.title, status: told.status, styles: ["citizen"] },
    <div class="column">
      <h1>{words.title}</h1>
      <p class="quiet">{words.lead}</p>
      {told.error && (
        <Notice tone="late" icon="warning">
          <p role="alert">{told.error}</p>
        </Notice>
      )}
      <PostForm action={paths.visitor} token={formToken} class="stack">
        <input type="hidden" name="next" value={told.next} />
        <Field
          name="number"
          label={signInWords[lang].number}
          hint={signInWords[lang].numberHint}
          error={told.numberError}
          value={told.number}
          digits
          required
          maxlength={20}
        />
        <BirthField lang={lang} typed={told.birth} error={told.birthError} />
        <Button weight="main" wide>
          {words.send}
        </Button>
      </PostForm>
      {house.demo && (
        <Notice>
          <p>{words.demoWho(demoVisitor.number, demoVisitor.birth)}</p>
        </Notice>
      )}
      <p class="quiet small">{words.noPhone}</p>
      <p>
        <a href={told.next ? `${paths.signIn}?next=${encodeURIComponent(told.next)}` : paths.signIn}>
          {signInWords[lang].title}
        </a>
      </p>
    </div>,
  )
}

const fields = z.object({
  number: z.string().max(100).default(""),
  ...birthFields,
  next: z.string().max(2000).default(""),
})

export async function askForCode(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const { keys, store, writer, clock, chance } = house
  const words = visitorWords[lang]
  const { number: typed, next, ...birth } = await readForm(c, fields)
  if (!sendsCodes(house)) return withoutCodes(c, next)
  const [number, birthDay] = [readNumber(typed), readBirth(birth)]
  if (number === null || birthDay === null) {
    const numberError = number === null ? words.numberWrong : undefined
    const birthError = birthDay === null ? words.birthWrong : undefined
    return form(c, { next, number: typed, birth, numberError, birthError, status: 400 })
  }
  const now = clock.real()
  try {
    await writer.write(async (tx) => {
      await spendTry(tx, `visitor:from:${keys.capability("address", addressOf(c))}`, perAddress, now)
      await spendTry(tx, `visitor:${keys.capability("visitor", `${number}\n${birthDay}`)}`, perPerson, now)
    }, accounts)
  } catch (thrown) {
    const seconds = waitOf(c, thrown)
    return form(c, { next, number: typed, birth, error: words.wait(waitText(seconds, lang)), status: 429 })
  }
  const found = await reachableBy(store, keys, chance, { number, birthDay })
  const to = keys.index("mobile", found?.mobile ?? number)
  const opened = await writer.write(async (tx) => {
    const owner: Owner = { kind: "citizen", id: found?.id ?? tx.id() }
    const made = await codeFor(tx, house, owner, to, now)
    const pre = await openPreSession(tx, { owner, step: "code", next: nextOf(next) ?? "" }, now)
    return { token: pre.token, made }
  }, accounts)
  if (found && opened.made) sendCode(house, found, opened.made, now)
  keepCookie(c, "pre", opened.token)
  return c.redirect(codePath(digitHint(number, lang) !== ""), 303)
}

/** Where the code is typed; `asksDigit`: with the hint that a digit of the number may be wrong, known or not. */
const codePath = (asksDigit: boolean) => (asksDigit ? `${paths.visitorCode}?digit` : paths.visitorCode)

/** `null` where a mobile that several people share has been sent enough: that must not be told, because only a known one is counted. */
async function codeFor(tx: Tx, { keys }: House, owner: Owner, to: string, now: Instant) {
  try {
    return await makeOneTimeCode(tx, keys, owner, { purpose: "sign_in", to }, now)
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code !== "too_many_requests") throw thrown
    return null
  }
}

/** In a turn that the answer does not wait for: nobody learns from its time whether there was anybody to send it to. */
function sendCode(
  { keys, writer, log }: House,
  { id, mobileSealed }: Reachable,
  made: { id: string; code: string; until: Instant },
  now: Instant,
): void {
  const owner: Owner = { kind: "citizen", id }
  const sending = writer.write(async (tx) => {
    // Messages go by the office's clock, which in a demonstration is another one.
    const until = tx.now + (made.until - now)
    await notify(tx, {
      ...{ to: owner, kind: "one_time_code", data: { until }, until, dedupe: `one_time_code:${made.id}` },
      secret: await sealSecret(tx, keys, owner, made.code),
      address: { channel: "sms", sealed: mobileSealed },
    })
  }, accounts)
  sending.catch((cause: unknown) => log.error("code_not_sent", { cause }))
}

/** Whoever has asked for a code begins there. */
async function waiting(c: Context): Promise<PreSession | null> {
  const pre = await preOf(c)
  return pre?.step === "code" ? pre : null
}

export async function visitorCodePage(c: Context): Promise<Response> {
  const pre = await waiting(c)
  return pre ? codeForm(c, pre, {}) : c.redirect(paths.visitor, 303)
}

function codeForm(c: Context, pre: PreSession, told: { error?: string; status?: number }) {
  const { house, lang, formToken } = c.var
  const words = visitorWords[lang]
  const asksDigit = c.req.query("digit") !== undefined
  return show(
    c,
    { title: words.codeTitle, status: told.status, styles: ["citizen"] },
    <div class="column">
      <h1>{words.codeTitle}</h1>
      <p>{words.codeLead}</p>
      {asksDigit && <p>{signInWords[lang].digit}</p>}
      <p class="quiet">{words.codeUntil}</p>
      {house.demo && (
        <Notice>
          <p>
            <a href={paths.demoMessages}>{words.demoPhone}</a>
          </p>
        </Notice>
      )}
      <PostForm action={codePath(asksDigit)} token={formToken} class="stack">
        <Field
          name="code"
          label={words.code}
          error={told.error}
          digits
          required
          maxlength={20}
          autocomplete="one-time-code"
        />
        <Button weight="main" wide>
          {words.enter}
        </Button>
      </PostForm>
      <ButtonLink
        weight="quiet"
        wide
        href={pre.next ? `${paths.visitor}?next=${encodeURIComponent(pre.next)}` : paths.visitor}
      >
        {words.again}
      </ButtonLink>
    </div>,
  ) as Promise<Response>
}

const codeFields = z.object({ code: z.string().max(100) })

export async function enterByCode(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const { keys, writer, clock } = house
  const words = visitorWords[lang]
  const pre = await waiting(c)
  if (!pre) return c.redirect(paths.visitor, 303)
  const { code } = await readForm(c, codeFields)
  const now = clock.real()
  let signedIn: SignedIn | null
  try {
    signedIn = await writer.write(async (tx) => {
      await spendTry(tx, `visitor:typed:${keys.capability("address", addressOf(c))}`, typedPerAddress, now)
      const { is } = await useOneTimeCode(tx, keys, pre.owner, "sign_in", code, now)
      // Whoever guesses the code of somebody made up has guessed nobody.
      if (is !== "right" || !(await citizenOf(tx, pre.owner.id))) return null
      await finishPreSession(tx, pre.id, now)
      const who = { kind: "citizen" as const, subject: pre.owner.id, role: "citizen", factors: "number+birth+sms" }
      return startIn(tx, c, { ...who, level: "unproven" })
    }, accounts)
  } catch (thrown) {
    const seconds = waitOf(c, thrown)
    return codeForm(c, pre, { error: words.wait(waitText(seconds, lang)), status: 429 })
  }
  return signedIn
    ? letIn(c, signedIn, nextOf(pre.next) ?? paths.home)
    : codeForm(c, pre, { error: words.codeWrong, status: 401 })
}

/** How long to wait, also as a header; whatever else was thrown goes on. */
function waitOf(c: Context, thrown: unknown): number {
  if (!isRefusal(thrown) || thrown.code !== "too_many_requests") throw thrown
  const seconds = Number(thrown.details["retryAfterSeconds"] ?? 60)
  c.header("Retry-After", String(seconds))
  return seconds
}
