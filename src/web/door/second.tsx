import { z } from "zod"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { holdSensitive, offerOnce } from "../../domain/access/owner.ts"
import { usablePasskeys } from "../../domain/access/passkeys.ts"
import { finishPreSession, type PreSession } from "../../domain/access/pre-sessions.ts"
import { prove } from "../../domain/access/proof.ts"
import { codesLeft, demoCode, mayRecover, useRecoveryCode } from "../../domain/access/recovery.ts"
import { knowsPasskeys } from "../../domain/access/webauthn.ts"
import { tellRecovery } from "../../domain/notifications/security.ts"
import { accountWords } from "../../i18n/account.ts"
import { counted } from "../../i18n/plural.ts"
import { addressOf } from "../address.ts"
import { comer, letIn, reminding, startIn } from "../entering.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { PasskeyForm, roomOf } from "../passkey-form.tsx"
import { paths } from "../paths.ts"
import { Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, Field, PostForm } from "../shell/controls.tsx"
import { nextOf } from "./next.ts"
import { offerTo } from "./offer.tsx"
import { preOf } from "./passkey.tsx"

/* The second step: the password was right, and now a passkey says that it is they; or, where every passkey is lost, a recovery code. */

interface Told {
  error?: string
  passkeyError?: string
  status?: number
}

/** Whoever has no password behind them begins there. */
async function half(c: Context): Promise<PreSession | null> {
  const pre = await preOf(c)
  return pre?.step === "second" ? pre : null
}

export async function secondPage(c: Context): Promise<Response> {
  const pre = await half(c)
  return pre ? secondForm(c, pre, {}) : c.redirect(paths.signIn, 303)
}

async function secondForm(c: Context, pre: PreSession, told: Told): Promise<Response> {
  const { lang, house } = c.var
  const words = accountWords[lang]
  const isOpen = takesCode(c, pre)
  const hasPasskey = (await usablePasskeys(house.store, pre.owner)).length > 0
  return show(
    c,
    { title: words.secondTitle, status: told.status, styles: ["citizen"], scripts: ["passkey"] },
    <div class="column">
      <h1>{words.secondTitle}</h1>
      <p class="quiet">{words.secondLead}</p>
      {told.passkeyError && (
        <Notice tone="late" icon="warning">
          <p role="alert">{told.passkeyError}</p>
        </Notice>
      )}
      {hasPasskey ? (
        <PasskeyForm c={c} action={paths.signInSecond} purpose="second" isStaff={pre.owner.kind === "staff"}>
          <Button weight="main" wide icon="key">
            {words.usePasskey}
          </Button>
        </PasskeyForm>
      ) : (
        <Notice>
          <p>{words.noPasskeyYet}</p>
        </Notice>
      )}
      {isOpen ? (
        <CodeForm c={c} hasPasskey={hasPasskey} error={told.error} />
      ) : (
        <section class="stack">
          <h2>{words.lostPasskey}</h2>
          <p class="quiet">{words.lostAsStaff}</p>
        </section>
      )}
      <ButtonLink weight="quiet" href={pre.owner.kind === "staff" ? paths.staffSignIn : paths.signIn}>
        {words.startOver}
      </ButtonLink>
    </div>,
  ) as Promise<Response>
}

/** Whether a code leads anywhere for whoever is half in. */
function takesCode(c: Context, { owner }: PreSession): boolean {
  return c.var.house.demo || mayRecover(owner)
}

function CodeForm({ c, hasPasskey, error }: { c: Context; hasPasskey: boolean; error: string | undefined }) {
  const { house, lang, formToken } = c.var
  const words = accountWords[lang]
  return (
    <section class="stack">
      <h2>{house.demo && !hasPasskey ? words.demoCode : words.lostPasskey}</h2>
      <PostForm action={paths.signInCode} token={formToken} class="stack">
        <Field
          name="code"
          label={words.code}
          hint={words.codeHint}
          error={error}
          value={house.demo ? demoCode : undefined}
          required
          latin
          maxlength={60}
          autocomplete="one-time-code"
        />
        {!house.demo && <p class="quiet small">{words.codeMeans}</p>}
        <Button weight={hasPasskey ? "second" : "main"} wide>
          {words.useCode}
        </Button>
      </PostForm>
      {!house.demo && <p class="quiet small">{words.noCodes}</p>}
    </section>
  )
}

const passkeyFields = z.object({ response: z.string().max(16 * 1024) })

export async function secondByPasskey(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const pre = await half(c)
  if (!pre) return c.redirect(paths.signIn, 303)
  const { response } = await readForm(c, passkeyFields)
  const now = house.clock.real()
  const { owner } = pre
  const { role, home } = await comer(c, owner)
  try {
    const signedIn = await prove(
      roomOf(house),
      response,
      { purpose: "second", owner, session: pre.id, address: house.keys.capability("address", addressOf(c)) },
      now,
      async (tx, { passkey }) => {
        await finishPreSession(tx, pre.id, now)
        const who = { kind: owner.kind, subject: owner.id, role, factors: "password+passkey" }
        return startIn(tx, c, { ...who, passkey: passkey.id, provenAt: now })
      },
    )
    return letIn(c, signedIn, await reminding(c, owner, nextOf(pre.next) ?? home))
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code !== "passkey_refused") throw thrown
    return secondForm(c, pre, { passkeyError: accountWords[lang].passkeyRefused, status: 401 })
  }
}

const codeFields = z.object({ code: z.string().max(200) })

/**
 * The way back for whoever has lost every passkey: a session that can make a new one and nothing else, with what is sensitive on hold for a
 * day. In a demonstration it opens everything, so that a newcomer without an authenticator is in at once.
 */
export async function secondByCode(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const { writer, keys, demo, clock, env } = house
  const words = accountWords[lang]
  const pre = await half(c)
  if (!pre) return c.redirect(paths.signIn, 303)
  if (!takesCode(c, pre)) throw new Refusal("forbidden")
  const { code } = await readForm(c, codeFields)
  const now = clock.real()
  const { owner } = pre
  const { role, home } = await comer(c, owner)
  const isRight = await tried(() =>
    writer.write(
      async (tx) => {
        const isRight = await useRecoveryCode(tx, keys, owner, code, now, { keep: demo })
        if (isRight && !demo) await tellRecovery(tx, owner, await codesLeft(tx, owner))
        return isRight
      },
      { scopes: ["accounts"] },
    ),
  )
  if (isRight !== true) {
    if (isRight === false) return secondForm(c, pre, { error: words.codeWrong, status: 401 })
    c.header("Retry-After", String(isRight))
    const minutes = counted("minutesAfter", Math.ceil(isRight / 60), lang)
    return secondForm(c, pre, { error: words.codeWait(minutes), status: 429 })
  }
  const isOffering = knowsPasskeys(env.origin)
  const { signedIn, isOffered } = await writer.write(
    async (tx) => {
      await finishPreSession(tx, pre.id, now)
      if (!demo) await holdSensitive(tx, owner, now)
      const who = { kind: owner.kind, subject: owner.id, role, factors: "password+code" }
      const signedIn = await startIn(tx, c, { ...who, level: demo ? "full" : "recovered", provenAt: demo ? now : null })
      const hasNone = (await usablePasskeys(tx, owner)).length === 0
      return { signedIn, isOffered: demo && hasNone && isOffering && (await offerOnce(tx, owner, now)) }
    },
    { scopes: ["accounts"] },
  )
  const to = demo ? (nextOf(pre.next) ?? home) : paths.security
  return letIn(c, signedIn, isOffered ? offerTo(to) : to)
}

/** True or false, or the seconds to wait. */
export async function tried(use: () => Promise<boolean>): Promise<boolean | number> {
  try {
    return await use()
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code !== "too_many_requests") throw thrown
    return Number(thrown.details["retryAfterSeconds"] ?? 60)
  }
}
