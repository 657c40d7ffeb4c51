import { z } from "zod"
import { isRefusal } from "../../base/refusal.ts"
import { mustNotBeHeld } from "../../domain/access/owner.ts"
import { mustSuit } from "../../domain/access/passkey-rules.ts"
import { namePasskey, removePasskey } from "../../domain/access/passkeys.ts"
import { hashPassword } from "../../domain/access/passwords.ts"
import { dropPreSessionsOf } from "../../domain/access/pre-sessions.ts"
import { enrolPasskey } from "../../domain/access/proof.ts"
import { makeCodes } from "../../domain/access/recovery.ts"
import { endOthers, endSession, extendSession, replaceSession, sessionsOf } from "../../domain/access/sessions.ts"
import { setPassword } from "../../domain/access/set-password.ts"
import { tellFactor } from "../../domain/notifications/security.ts"
import { accountWords } from "../../i18n/account.ts"
import { keepCookie } from "../cookies.ts"
import { hangUp, letIn } from "../entering.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { NewPasskey, passkeyFields, passkeyTrouble, weaknessHere, weakWords } from "../new-factors.tsx"
import { ownerOf, roomOf } from "../passkey-form.tsx"
import { paths } from "../paths.ts"
import { codesPage } from "../recovery-codes.tsx"
import { Notice } from "../shell/cards.tsx"
import { Button, Field, PostForm } from "../shell/controls.tsx"
import { type Done, security } from "./security.tsx"

/* What changes an account. Whoever asks has just said with a passkey that it is they; the routes see to that. */

const accounts = { scopes: ["accounts" as const] }
const back = (c: Context, done: Done) => c.redirect(`${paths.security}?done=${done}`, 303)

export function newPasskeyPage(c: Context): Promise<Response> {
  return newPasskey(c)
}

function newPasskey(c: Context, error?: string): Promise<Response> {
  const words = accountWords[c.var.lang]
  return show(
    c,
    { title: words.passkeyTitle, status: error ? 400 : 200, styles: ["citizen"], scripts: ["passkey"] },
    <div class="column">
      <h1>{words.passkeyTitle}</h1>
      <p class="quiet">{words.passkeyLead}</p>
      {c.var.session?.kind === "staff" && <p class="quiet">{words.twoKeys}</p>}
      {error && (
        <Notice tone="late" icon="warning">
          <p role="alert">{error}</p>
        </Notice>
      )}
      <NewPasskey c={c} action={paths.passkeyNew} />
    </div>,
  ) as Promise<Response>
}

/**
 * Adds a passkey. After a recovery it is what makes the session whole again: a new one, as after every gain of rights. The others end, because
 * whoever has lost a device has lost what is open on it.
 */
export async function addPasskeyHere(c: Context): Promise<Response> {
  const { house, lang, session, subject } = c.var
  const words = accountWords[lang]
  const owner = ownerOf(c)
  const { response, name } = await readForm(c, passkeyFields)
  const now = house.clock.real()
  const given = { owner, session: session?.id ?? null, name: name.trim() || words.passkeyNameDefault }
  try {
    const replaced = await enrolPasskey(roomOf(house), response, given, now, async (tx, made) => {
      const { id } = made
      await mustSuit(tx, owner, made, house.demo)
      await tellFactor(tx, owner, "factor_added", "passkey")
      if (!session || session.level === "full") return null
      const more = { level: "full" as const, passkey: id, provenAt: now }
      const others = await endOthers(tx, owner, session.id, "recovered", now)
      const replaced = await replaceSession(tx, session, subject?.role ?? "", more, now)
      return { ...replaced, ended: [...others, ...replaced.ended] }
    })
    const to = `${paths.security}?done=passkeyAdded`
    return replaced ? letIn(c, replaced, to) : c.redirect(to, 303)
  } catch (thrown) {
    return newPasskey(c, passkeyTrouble(thrown, lang))
  }
}

const passkeyChange = z.object({
  id: z.string().max(2000),
  do: z.enum(["rename", "remove"]),
  name: z.string().max(200).optional(),
})

export async function changePasskey(c: Context): Promise<Response> {
  const { house, lang, session, subject } = c.var
  const owner = ownerOf(c)
  const { id, name = "", ...asked } = await readForm(c, passkeyChange)
  const now = house.clock.real()
  if (asked.do === "rename") {
    await house.writer.write((tx) => namePasskey(tx, owner, id, name), accounts)
    return back(c, "saved")
  }
  try {
    const ended = await house.writer.write(async (tx) => {
      await mustNotBeHeld(tx, owner, now, c.var.session?.passkey ?? null)
      const ended = await removePasskey(tx, owner, id, { by: subject?.id ?? "", keep: session?.id ?? null }, now)
      await tellFactor(tx, owner, "factor_removed", "passkey")
      return ended
    }, accounts)
    hangUp(c, ended)
    return back(c, "passkeyRemoved")
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code !== "last_passkey") throw thrown
    return security(c, { error: accountWords[lang].lastPasskey, status: 409 })
  }
}

/** Ten new codes. They are in this answer and nowhere else. */
export async function newCodes(c: Context): Promise<Response> {
  const { house } = c.var
  const owner = ownerOf(c)
  const now = house.clock.real()
  const codes = await house.writer.write(async (tx) => {
    await mustNotBeHeld(tx, owner, now, c.var.session?.passkey ?? null)
    await tellFactor(tx, owner, "factor_added", "recovery_codes")
    return makeCodes(tx, house.keys, owner, now)
  }, accounts)
  return codesPage(c, codes, paths.security)
}

export function passwordPage(c: Context): Promise<Response> {
  return passwordForm(c)
}

function passwordForm(c: Context, error?: string): Promise<Response> {
  const words = accountWords[c.var.lang]
  return show(
    c,
    { title: words.passwordChange, status: error ? 422 : 200, styles: ["citizen"] },
    <div class="column">
      <h1>{words.passwordChange}</h1>
      <PostForm action={paths.accountPassword} token={c.var.formToken} class="stack">
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

/** Another password ends every other session, and whoever is half in with the one before; this session goes on under a new token. */
export async function changePassword(c: Context): Promise<Response> {
  const { house, lang, session, subject } = c.var
  const owner = ownerOf(c)
  const { password } = await readForm(c, passwordFields)
  const weak = await weaknessHere(c, owner, password)
  if (weak) return passwordForm(c, weakWords(lang)[weak])
  const hash = await hashPassword(password)
  const now = house.clock.real()
  const { token, ended } = await house.writer.write(async (tx) => {
    await mustNotBeHeld(tx, owner, now, c.var.session?.passkey ?? null)
    await setPassword(tx, owner, hash)
    await dropPreSessionsOf(tx, owner)
    await tellFactor(tx, owner, "factor_added", "password")
    const others = await endOthers(tx, owner, session?.id ?? "", "password_changed", now)
    const replaced = await replaceSession(tx, { id: session?.id ?? "" }, subject?.role ?? "", {}, now)
    return { token: replaced.token, ended: [...others, ...replaced.ended] }
  }, accounts)
  hangUp(c, ended)
  keepCookie(c, "sid", token)
  return back(c, "passwordChanged")
}

const sessionFields = z.object({ session: z.string().max(100) })

/** Ends one session of the owner's, or all but this one. One that is not theirs, or over already, is no mistake and nothing happens. */
export async function endSessions(c: Context): Promise<Response> {
  const { house, session: own } = c.var
  const owner = ownerOf(c)
  const { session } = await readForm(c, sessionFields)
  const now = house.clock.real()
  const ended = await house.writer.write(async (tx) => {
    if (session === "others") return endOthers(tx, owner, own?.id ?? "", "ended_by_owner", now)
    const theirs = (await sessionsOf(tx, owner, now)).filter(({ id }) => id === session)
    for (const { id } of theirs) await endSession(tx, id, "ended_by_owner", now)
    return theirs.map(({ id }) => id)
  }, accounts)
  hangUp(c, ended)
  return back(c, "sessionEnded")
}

/** "I am still here", by one key. Answers until when the session stays open without another one. */
export async function staySignedIn(c: Context): Promise<Response> {
  const { house, session } = c.var
  const now = house.clock.real()
  if (!session) return c.json({ idleUntil: now }, 401)
  const idleUntil = await house.writer.write((tx) => extendSession(tx, session, now), accounts)
  return c.json({ idleUntil, left: idleUntil - now })
}
