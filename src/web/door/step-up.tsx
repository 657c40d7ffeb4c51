import { z } from "zod"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { usablePasskeys } from "../../domain/access/passkeys.ts"
import { prove } from "../../domain/access/proof.ts"
import { demoCode, useRecoveryCode } from "../../domain/access/recovery.ts"
import { replaceSession } from "../../domain/access/sessions.ts"
import { accountWords } from "../../i18n/account.ts"
import { common } from "../../i18n/common.ts"
import { letIn } from "../entering.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { ownerOf, PasskeyForm, roomOf } from "../passkey-form.tsx"
import { paths } from "../paths.ts"
import { Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, Field, PostForm } from "../shell/controls.tsx"
import { nextOf } from "./next.ts"
import { tried } from "./second.tsx"

/*
 * Before something sensitive a passkey says once more that it is still they. The page that asks comes first, so that nothing is typed in
 * vain; a form that is sent too late changes nothing, and its page is asked for again.
 */

export function stepUpPage(c: Context): Promise<Response> {
  return form(c, { next: c.req.query("next") ?? "" })
}

async function form(
  c: Context,
  told: { next: string; error?: string; codeError?: string; status?: number },
): Promise<Response> {
  const { lang, house, formToken } = c.var
  const words = accountWords[lang]
  const hasPasskey = (await usablePasskeys(house.store, ownerOf(c))).length > 0
  return show(
    c,
    {
      title: words.stepUpTitle,
      status: told.status,
      styles: ["citizen"],
      scripts: ["passkey"],
      head: ownerOf(c).kind === "staff" ? "deep" : "plain",
    },
    <div class="column">
      <h1>{words.stepUpTitle}</h1>
      <p class="quiet">{words.stepUpLead}</p>
      {told.error && (
        <Notice tone="late" icon="warning">
          <p role="alert">{told.error}</p>
        </Notice>
      )}
      {hasPasskey ? (
        <PasskeyForm c={c} action={paths.stepUp} purpose="step_up">
          <input type="hidden" name="next" value={told.next} />
          <Button weight="main" wide icon="key">
            {words.usePasskey}
          </Button>
        </PasskeyForm>
      ) : (
        <Notice>
          <p>{words.noPasskeyYet}</p>
        </Notice>
      )}
      {house.demo && (
        <section class="stack">
          <h2>{words.demoCode}</h2>
          <PostForm action={paths.stepUpCode} token={formToken} class="stack">
            <input type="hidden" name="next" value={told.next} />
            <Field
              name="code"
              label={words.code}
              error={told.codeError}
              value={demoCode}
              required
              latin
              maxlength={60}
            />
            <Button wide>{words.useCode}</Button>
          </PostForm>
        </section>
      )}
      <ButtonLink weight="quiet" href={paths.security}>
        {common[lang].cancel}
      </ButtonLink>
    </div>,
  )
}

const fields = z.object({ response: z.string().max(16 * 1024), next: z.string().max(2000).default("") })

export async function stepUp(c: Context): Promise<Response> {
  const { house, lang, session, subject } = c.var
  const owner = ownerOf(c)
  const { response, next } = await readForm(c, fields)
  const now = house.clock.real()
  if (!session || !subject) throw new Refusal("not_signed_in")
  const asked = { purpose: "step_up" as const, owner, session: session.id }
  try {
    const replaced = await prove(roomOf(house), response, asked, now, (tx, { passkey }) =>
      replaceSession(tx, session, subject.role, { passkey: passkey.id, provenAt: now }, now),
    )
    return letIn(c, replaced, nextOf(next) ?? paths.security)
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code !== "passkey_refused") throw thrown
    return form(c, { next, error: accountWords[lang].passkeyRefused, status: 401 })
  }
}

const codeFields = z.object({ code: z.string().max(200), next: z.string().max(2000).default("") })

/** In a demonstration alone: its code stands for the passkey that a newcomer may not have. */
export async function stepUpByCode(c: Context): Promise<Response> {
  const { house, lang, session, subject } = c.var
  const { writer, keys, clock } = house
  if (!house.demo) throw new Refusal("not_found")
  const owner = ownerOf(c)
  const { code, next } = await readForm(c, codeFields)
  const now = clock.real()
  if (!session || !subject) throw new Refusal("not_signed_in")
  const accounts = { scopes: ["accounts" as const] }
  const isRight = await tried(() =>
    writer.write((tx) => useRecoveryCode(tx, keys, owner, code, now, { keep: true }), accounts),
  )
  if (isRight !== true) return form(c, { next, codeError: accountWords[lang].codeWrong, status: 401 })
  const replaced = await writer.write(
    (tx) => replaceSession(tx, session, subject.role, { provenAt: now }, now),
    accounts,
  )
  return letIn(c, replaced, nextOf(next) ?? paths.security)
}
