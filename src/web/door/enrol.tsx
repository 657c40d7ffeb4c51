import { z } from "zod"
import { isRefusal } from "../../base/refusal.ts"
import { readNumber } from "../../base/text.ts"
import { type Enrolment, mustBeOpen, readEnrolment, spendEnrolment } from "../../domain/access/enrolment.ts"
import type { Owner } from "../../domain/access/owner.ts"
import { mustSuit } from "../../domain/access/passkey-rules.ts"
import { hashPassword } from "../../domain/access/passwords.ts"
import { finishPreSession, openPreSession, type PreSession } from "../../domain/access/pre-sessions.ts"
import { enrolPasskey } from "../../domain/access/proof.ts"
import { makeCodes, mayRecover } from "../../domain/access/recovery.ts"
import { endSession } from "../../domain/access/sessions.ts"
import { setPassword } from "../../domain/access/set-password.ts"
import { tellFactor } from "../../domain/notifications/security.ts"
import { personByNumber } from "../../domain/people/reads.ts"
import { accountWords } from "../../i18n/account.ts"
import { signInWords } from "../../i18n/common.ts"
import type { Lang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import { addressOf } from "../address.ts"
import { dropCookie, keepCookie } from "../cookies.ts"
import { comer, hangUp, reminding, startIn } from "../entering.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { knownOf, NewPasskey, passkeyFields, passkeyTrouble, weaknessHere, weakWords } from "../new-factors.tsx"
import { withDigitHint } from "../numbers.ts"
import { roomOf } from "../passkey-form.tsx"
import { paths } from "../paths.ts"
import { codesPage } from "../recovery-codes.tsx"
import { Notice } from "../shell/cards.tsx"
import { Button, Field, PostForm } from "../shell/controls.tsx"
import { preOf } from "./passkey.tsx"
import { tried } from "./second.tsx"

/* From a one-time code to an account: the code, a password, a passkey, and then the codes for the day on which the passkey is lost. */

interface Told {
  door: "citizen" | "staff"
  typed?: string
  /** The code as it was typed, to be mended: it goes back to the browser that it came from and nowhere else. */
  code?: string
  error?: string
  status?: number
}

export const enrolPage = (c: Context) => codeForm(c, { door: "citizen" })
export const staffEnrolPage = (c: Context) => codeForm(c, { door: "staff" })

function codeForm(c: Context, told: Told): Response | Promise<Response> {
  const { lang, formToken } = c.var
  const words = accountWords[lang]
  const isStaff = told.door === "staff"
  return show(
    c,
    { title: words.enrolTitle, status: told.status, styles: ["citizen"], head: isStaff ? "deep" : "plain" },
    <div class="column">
      <h1>{words.enrolTitle}</h1>
      <p class="quiet">{isStaff ? words.enrolStaffLead : words.enrolLead}</p>
      <PostForm action={isStaff ? paths.staffEnrol : paths.enrol} token={formToken} class="stack">
        {!isStaff && (
          <Field
            name="number"
            label={signInWords[lang].number}
            hint={signInWords[lang].numberHint}
            value={told.typed}
            digits
            required
            maxlength={20}
            autocomplete="username"
          />
        )}
        <Field
          name="code"
          label={words.enrolCode}
          hint={words.enrolCodeHint}
          error={told.error}
          value={told.code}
          required
          latin
          maxlength={60}
          autocomplete="one-time-code"
        />
        <Button weight="main" wide>
          {words.enrolContinue}
        </Button>
      </PostForm>
      <p>
        <a href={isStaff ? paths.staffSignIn : paths.signIn}>{signInWords[lang].submit}</a>
      </p>
    </div>,
  )
}

const citizenFields = z.object({ number: z.string().max(100), code: z.string().max(200) })
const staffFields = z.object({ code: z.string().max(200) })

/** A citizen's number and code must belong together; whether the number is known is not told. */
export async function enrol(c: Context): Promise<Response> {
  const { house } = c.var
  const given = await readForm(c, citizenFields)
  const number = readNumber(given.number)
  const found = number ? await personByNumber(house.store, house.keys.index("number", number)) : null
  return byCode(c, { door: "citizen", typed: given.number }, given.code, (owner) => owner.id === found?.id)
}

export async function staffEnrol(c: Context): Promise<Response> {
  const { code } = await readForm(c, staffFields)
  return byCode(c, { door: "staff" }, code, () => true)
}

/** Whoever was signed in here goes: from now on this browser makes an account, and two at a time would be taken for one another. */
async function byCode(c: Context, told: Told, code: string, isTheirs: (owner: Owner) => boolean): Promise<Response> {
  const { house, lang, session } = c.var
  const { writer, keys, clock } = house
  const words = accountWords[lang]
  const now = clock.real()
  const from = keys.capability("address", addressOf(c))
  const isExpected = ({ kind, owner: id }: Enrolment) => kind === told.door && isTheirs({ kind, id })
  let opened: { token: string } | null = null
  const isRight = await tried(() =>
    writer.write(
      async (tx) => {
        const enrolment = await readEnrolment(tx, keys, code, from, now, isExpected)
        if (!enrolment) return false
        const owner = { kind: enrolment.kind, id: enrolment.owner }
        if (session) await endSession(tx, session.id, "replaced", now)
        opened = await openPreSession(tx, { owner, step: "enrol", enrolment: enrolment.id, next: "" }, now)
        return true
      },
      { scopes: ["accounts"] },
    ),
  )
  if (isRight === true && opened) {
    if (session) {
      hangUp(c, [session.id])
      dropCookie(c, "sid")
    }
    keepCookie(c, "pre", (opened as { token: string }).token)
    return c.redirect(paths.enrolPassword, 303)
  }
  const again = { ...told, code }
  if (typeof isRight !== "number")
    return codeForm(c, {
      ...again,
      error: withDigitHint(wrongCode(told.door, lang), told.typed ?? "", lang),
      status: 401,
    })
  c.header("Retry-After", String(isRight))
  const minutes = counted("minutesAfter", Math.ceil(isRight / 60), lang)
  return codeForm(c, { ...again, error: words.enrolWait(minutes), status: 429 })
}

/** Staff type the code alone. */
function wrongCode(door: Told["door"], lang: Lang): string {
  return door === "staff" ? accountWords[lang].enrolStaffWrong : accountWords[lang].enrolWrong
}

async function half(c: Context): Promise<PreSession | null> {
  const pre = await preOf(c)
  return pre?.step === "enrol" ? pre : null
}

export async function enrolPasswordPage(c: Context): Promise<Response> {
  const pre = await half(c)
  return pre ? passwordForm(c, pre) : c.redirect(paths.enrol, 303)
}

async function passwordForm(c: Context, pre: PreSession, error?: string): Promise<Response> {
  const { lang, formToken } = c.var
  const words = accountWords[lang]
  const { name } = await knownOf(c, pre.owner)
  return show(
    c,
    { title: words.passwordTitle, status: error ? 422 : 200, styles: ["citizen"] },
    <div class="column">
      <h1>{words.passwordTitle}</h1>
      <p class="quiet">{words.passwordLead(name)}</p>
      <PostForm action={paths.enrolPassword} token={formToken} class="stack">
        <Field
          name="password"
          label={words.password}
          hint={words.passwordHint}
          error={error}
          type="password"
          required
          maxlength={200}
          autocomplete="new-password"
        />
        <Button weight="main" wide>
          {words.passwordSave}
        </Button>
      </PostForm>
    </div>,
  ) as Promise<Response>
}

const passwordFields = z.object({ password: z.string().max(2000) })

export async function enrolPassword(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const pre = await half(c)
  if (!pre?.enrolment) return c.redirect(paths.enrol, 303)
  const { owner, enrolment } = pre
  const { password } = await readForm(c, passwordFields)
  const weak = await weaknessHere(c, owner, password)
  if (weak) return passwordForm(c, pre, weakWords(lang)[weak])
  const hash = await hashPassword(password)
  const now = house.clock.real()
  try {
    await house.writer.write(
      async (tx) => {
        // Ten minutes are long enough for the same code to have made an account elsewhere.
        await mustBeOpen(tx, owner, enrolment, now)
        await setPassword(tx, owner, hash)
      },
      { scopes: ["accounts"] },
    )
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code !== "code_refused") throw thrown
    return codeForm(c, { door: owner.kind, error: wrongCode(owner.kind, lang), status: 401 })
  }
  return c.redirect(paths.enrolPasskey, 303)
}

export async function enrolPasskeyPage(c: Context): Promise<Response> {
  const pre = await half(c)
  return pre ? passkeyForm(c, pre.owner) : c.redirect(paths.enrol, 303)
}

function passkeyForm(c: Context, { kind }: Owner, error?: string): Promise<Response> {
  const words = accountWords[c.var.lang]
  return show(
    c,
    { title: words.passkeyTitle, status: error ? 400 : 200, styles: ["citizen"], scripts: ["passkey"] },
    <div class="column">
      <h1>{words.passkeyTitle}</h1>
      <p class="quiet">{words.passkeyLead}</p>
      {kind === "staff" && <p class="quiet">{words.twoKeys}</p>}
      {error && (
        <Notice tone="late" icon="warning">
          <p role="alert">{error}</p>
        </Notice>
      )}
      <NewPasskey c={c} action={paths.enrolPasskey} isStaff={kind === "staff"} />
    </div>,
  ) as Promise<Response>
}

/** The passkey, the session and the recovery codes are one turn: whoever sees the codes is in. */
export async function enrolByPasskey(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const pre = await half(c)
  if (!pre?.enrolment) return c.redirect(paths.enrol, 303)
  const { response, name } = await readForm(c, passkeyFields)
  const { owner, enrolment } = pre
  const now = house.clock.real()
  const { role, home } = await comer(c, owner)
  try {
    const made = await enrolPasskey(
      roomOf(house),
      response,
      { owner, session: pre.id, name: name.trim() || accountWords[lang].passkeyNameDefault },
      now,
      async (tx, passkey) => {
        await mustSuit(tx, owner, passkey, house.demo)
        await finishPreSession(tx, pre.id, now)
        await spendEnrolment(tx, owner, enrolment, passkey.id, now)
        const codes = mayRecover(owner) ? await makeCodes(tx, house.keys, owner, now) : []
        // Whoever had the code in their place shall not be the only one who knows.
        await tellFactor(tx, owner, "factor_added", "passkey")
        const who = { kind: owner.kind, subject: owner.id, role, factors: "enrolment+passkey" }
        return { codes, signedIn: await startIn(tx, c, { ...who, passkey: passkey.id, provenAt: now }) }
      },
    )
    hangUp(c, made.signedIn.ended)
    keepCookie(c, "sid", made.signedIn.token)
    dropCookie(c, "pre")
    // Who works here has a second passkey in place of codes, and is asked for it first.
    return mayRecover(owner) ? codesPage(c, made.codes, home) : c.redirect(await reminding(c, owner, home), 303)
  } catch (thrown) {
    return passkeyForm(c, owner, passkeyTrouble(thrown, lang))
  }
}
