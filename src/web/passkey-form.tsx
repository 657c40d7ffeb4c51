import type { PropsWithChildren } from "hono/jsx"
import { Refusal } from "../base/refusal.ts"
import type { Owner } from "../domain/access/owner.ts"
import { usablePasskeys } from "../domain/access/passkeys.ts"
import type { Room } from "../domain/access/proof.ts"
import { knowsPasskeys, partyOf } from "../domain/access/webauthn.ts"
import { tellAlarm } from "../domain/notifications/security.ts"
import { accountWords } from "../i18n/account.ts"
import type { Context, House } from "./house.ts"
import { paths } from "./paths.ts"
import { Notice } from "./shell/cards.tsx"
import { Button, PostForm } from "./shell/controls.tsx"

/* What every page needs that asks for a passkey: the form around the button, and where its answer is looked at. */

/** Where ceremonies are answered. */
export function roomOf({ env, look, store, writer, log }: House): Room {
  return { store, writer, log, tell: tellAlarm, party: partyOf(env.origin, look.name.en) }
}

/** The account of whoever is signed in. Refuses `not_signed_in` to everybody else. */
export function ownerOf(c: Context): Owner {
  const { session } = c.var
  if (!session) throw new Refusal("not_signed_in")
  return { kind: session.kind, id: session.subject }
}

type Purpose = "sign_in" | "second" | "enrol" | "step_up" | "confirm"

/**
 * A form that the browser's authenticator fills in: its button asks for a passkey (or makes one), and then the form is sent like any other.
 * `of` names a confirmation; `isStaff`: whose account it is, where nobody is signed in yet. Where the house's address knows no passkeys
 * the reason stands in its place.
 */
export function PasskeyForm({
  c,
  action,
  purpose,
  of,
  isStaff = c.var.session?.kind === "staff",
  children,
}: PropsWithChildren<{ c: Context; action: string; purpose: Purpose; of?: string; isStaff?: boolean }>) {
  const { lang, formToken } = c.var
  const words = accountWords[lang]
  if (!knowsPasskeys(c.var.house.env.origin)) {
    return (
      <Notice>
        <p>{words.passkeyInsecure}</p>
      </Notice>
    )
  }
  return (
    <div
      class="stack"
      data-passkey={purpose === "enrol" ? "create" : "get"}
      data-purpose={purpose}
      data-of={of}
      data-options={paths.passkeyOptions}
      data-working={words.working}
      data-insecure={words.passkeyInsecure}
      data-missing={isStaff ? words.passkeyMissingStaff : words.passkeyMissing}
      data-cancelled={words.passkeyCancelled}
      data-known={words.passkeyKnown}
      data-refused={words.passkeyRefused}
      data-offline={words.passkeyOffline}
    >
      <PostForm action={action} token={formToken} class="stack">
        <input type="hidden" name="response" value="" />
        {children}
        <p class="quiet" role="status" data-passkey-told />
      </PostForm>
      <noscript>
        <p class="notice">{words.passkeyNeedsScript}</p>
      </noscript>
    </div>
  )
}

/** In a demonstration somebody who has no passkey confirms without one; who has one confirms by it alone, as everywhere. */
export async function isBare({ store, demo }: Pick<House, "store" | "demo">, owner: Owner): Promise<boolean> {
  return demo && (await usablePasskeys(store, owner)).length === 0
}

interface ConfirmFormProps {
  c: Context
  action: string
  /** The confirmation that this answers. */
  of: string
  label: string
  /** As the button without a passkey says it. */
  bareLabel?: string
  weight?: "main" | "danger"
}

/** The button that confirms what is frozen, by whichever way the reader has. */
export async function ConfirmForm({ c, action, of, label, bareLabel, weight = "main" }: ConfirmFormProps) {
  const words = accountWords[c.var.lang]
  if (!(await isBare(c.var.house, ownerOf(c)))) {
    return (
      <PasskeyForm c={c} action={action} purpose="confirm" of={of}>
        <Button weight={weight} wide icon="key">
          {label}
        </Button>
      </PasskeyForm>
    )
  }
  return (
    <PostForm action={action} token={c.var.formToken} class="stack">
      <Button weight={weight} wide name="do" value="demo">
        {bareLabel ?? words.confirmBare}
      </Button>
      <p class="quiet small">{words.confirmBareHelp}</p>
    </PostForm>
  )
}
