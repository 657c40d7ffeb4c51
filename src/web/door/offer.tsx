import { isRefusal, Refusal } from "../../base/refusal.ts"
import { usablePasskeys } from "../../domain/access/passkeys.ts"
import { enrolPasskey } from "../../domain/access/proof.ts"
import { tellFactor } from "../../domain/notifications/security.ts"
import { accountWords } from "../../i18n/account.ts"
import { comer } from "../entering.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { NewPasskey, passkeyFields } from "../new-factors.tsx"
import { ownerOf, roomOf } from "../passkey-form.tsx"
import { paths } from "../paths.ts"
import { Notice } from "../shell/cards.tsx"
import { ButtonLink } from "../shell/controls.tsx"
import { nextOf } from "./next.ts"

/*
 * Whoever came into a demonstration by its code is offered a passkey, once, so that they see how signing in is meant. It can be passed over
 * with one press, and there is no such page anywhere else.
 */

/** The offer, and where to go on from it. */
export function offerTo(next: string): string {
  return `${paths.passkeyOffer}?next=${encodeURIComponent(next)}`
}

/** This offer again. */
export function offerAgain(c: Context): string {
  return offerTo(nextOf(c.req.query("next")) ?? "")
}

export async function offerPage(c: Context): Promise<Response> {
  const isMade = c.req.query("made") === "1"
  return isMade && (await usablePasskeys(c.var.house.store, ownerOf(c))).length > 0 ? ready(c) : offer(c)
}

/** That it is made, and what it is for: a press of the browser's own dialogue says neither. */
async function ready(c: Context): Promise<Response> {
  const words = accountWords[c.var.lang]
  return show(
    c,
    { title: words.offerReady, styles: ["citizen"], head: ownerOf(c).kind === "staff" ? "deep" : "plain" },
    <div class="column">
      <h1>{words.offerReady}</h1>
      <Notice tone="good" icon="check">
        <p role="status">{words.offerReadyLead}</p>
      </Notice>
      <ButtonLink weight="main" wide href={await onward(c)}>
        {words.offerOnward}
      </ButtonLink>
    </div>,
  )
}

async function offer(c: Context, error?: string): Promise<Response> {
  const words = accountWords[c.var.lang]
  return show(
    c,
    {
      title: words.offerTitle,
      status: error ? 400 : 200,
      styles: ["citizen"],
      scripts: ["passkey"],
      head: ownerOf(c).kind === "staff" ? "deep" : "plain",
    },
    <div class="column">
      <h1>{words.offerTitle}</h1>
      <p class="quiet">{words.offerLead}</p>
      {error && (
        <Notice tone="late" icon="warning">
          <p role="alert">{error}</p>
        </Notice>
      )}
      <NewPasskey c={c} action={offerAgain(c)} />
      <ButtonLink wide href={await onward(c)}>
        {words.offerSkip}
      </ButtonLink>
    </div>,
  )
}

export async function takeOffer(c: Context): Promise<Response> {
  const { house, lang, session } = c.var
  const words = accountWords[lang]
  const owner = ownerOf(c)
  await onward(c)
  const { response, name } = await readForm(c, passkeyFields)
  const given = { owner, session: session?.id ?? null, name: name.trim() || words.passkeyNameDefault }
  try {
    await enrolPasskey(roomOf(house), response, given, house.clock.real(), (tx) =>
      tellFactor(tx, owner, "factor_added", "passkey"),
    )
    return c.redirect(`${offerAgain(c)}&made=1`, 303)
  } catch (thrown) {
    if (!isRefusal(thrown) || !["passkey_refused", "passkey_known"].includes(thrown.code)) throw thrown
    return offer(c, thrown.code === "passkey_known" ? words.passkeyKnown : words.passkeyRefused)
  }
}

/** Where they were going. Refuses `not_found` outside a demonstration. */
async function onward(c: Context): Promise<string> {
  if (!c.var.house.demo) throw new Refusal("not_found")
  return nextOf(c.req.query("next")) ?? (await comer(c, ownerOf(c))).home
}
