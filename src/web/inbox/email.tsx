import { z } from "zod"
import { minute } from "../../base/day.ts"
import { isRefusal } from "../../base/refusal.ts"
import { mustNotBeHeld, type Owner } from "../../domain/access/owner.ts"
import { openEmail, readEmail, sealEmail, sealSecret, setEmail } from "../../domain/notifications/contact.ts"
import { notify } from "../../domain/notifications/outbox.ts"
import { manners } from "../../domain/notifications/rules.ts"
import { inboxWords } from "../../i18n/inbox.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context, House } from "../house.ts"
import { paths } from "../paths.ts"
import { Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm } from "../shell/controls.tsx"
import { settingsPage } from "./settings.tsx"
import { ownerOf } from "./who.ts"

/*
 * A new e-mail address counts once its owner has opened the link that was sent there, signed in as who asked for it: a mistyped one would
 * send somebody's appointments to a stranger. The link holds all that is to be known, so nothing is kept until then.
 */

/** One link in so long: who is signed in shall not be able to fill a stranger's mailbox. */
const linkEvery = 3 * minute

export async function askForCheck(c: Context, typed: string): Promise<Response> {
  const { house, lang } = c.var
  const { keys, writer, clock, env } = house
  const words = inboxWords[lang]
  let email: string
  try {
    email = readEmail(typed)
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
    return settingsPage(c, { emailError: words.emailWrong, typed })
  }
  const owner = ownerOf(c)
  const until = clock.office() + manners.email_check.usefulFor
  const made = await writer.write(
    async (tx) => {
      await mustNotBeHeld(tx, owner, clock.real(), c.var.session?.passkey ?? null)
      const sealed = await sealEmail(tx, keys, owner, email)
      const query = new URLSearchParams({
        to: sealed,
        until: String(until),
        proof: proofOf(house, owner, sealed, until),
      })
      const secret = await sealSecret(tx, keys, owner, `${env.origin}${paths.emailCheck}?${query}`)
      const said = { to: owner, kind: "email_check" as const, data: { until }, until, secret }
      // One row in such a while, whatever the address: the constraint on it is the limit.
      const dedupe = `email_check:${Math.floor(tx.now / linkEvery)}`
      return notify(tx, { ...said, dedupe, address: { channel: "mail", sealed } })
    },
    { scopes: ["accounts"] },
  )
  return settingsPage(c, made === null ? { emailError: words.checkTooSoon, typed } : { good: words.checkSent(email) })
}

const link = z.object({ to: z.string().max(1_000), until: z.coerce.number().int(), proof: z.string().max(60) })

export function checkPage(c: Context): Promise<Response> {
  return answer(c, link.safeParse(c.req.query()).data)
}

async function answer(c: Context, asked: z.infer<typeof link> | undefined): Promise<Response> {
  const { lang, formToken } = c.var
  const words = inboxWords[lang]
  const email = await emailOf(c, asked)
  if (!asked || email === null) {
    return show(
      c,
      { title: words.checkOver, styles: ["citizen"], status: 410 },
      <div class="column">
        <h1>{words.checkOver}</h1>
        <Notice tone="late" icon="warning">
          <p>{words.checkOverHelp}</p>
        </Notice>
        <ButtonLink weight="main" href={paths.messageSettings}>
          {words.settingsTitle}
        </ButtonLink>
      </div>,
    )
  }
  return show(
    c,
    { title: words.confirmTitle, styles: ["citizen"] },
    <div class="column">
      <h1>{words.confirmTitle}</h1>
      <p>
        <bdi dir="ltr">{email}</bdi>
      </p>
      <p class="quiet">{words.confirmHelp}</p>
      <PostForm action={paths.emailCheck} token={formToken}>
        {Object.entries(asked).map(([name, value]) => (
          <input type="hidden" name={name} value={String(value)} />
        ))}
        <Button weight="main" wide>
          {words.confirmYes}
        </Button>
      </PostForm>
    </div>,
  )
}

export async function confirmEmail(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const asked = await readForm(c, link)
  const email = await emailOf(c, asked)
  if (email === null) return answer(c, undefined)
  const owner = ownerOf(c)
  await house.writer.write(
    async (tx) => {
      await mustNotBeHeld(tx, owner, house.clock.real(), c.var.session?.passkey ?? null)
      const before = await setEmail(tx, house.keys, owner, email, owner.id)
      const said = { to: owner, kind: "contact_changed" as const, data: { channel: "mail" as const } }
      // To the address that it was. At the new one it is known already.
      const where =
        before === null ? { used: "mail" as const } : { address: { channel: "mail" as const, sealed: before } }
      await notify(tx, { ...said, dedupe: `contact_changed:${tx.id()}`, ...where })
    },
    { scopes: ["accounts"] },
  )
  return settingsPage(c, { good: inboxWords[lang].confirmed })
}

/** The address that a link proves for whoever is signed in; `null` for a link that is over, bent, or somebody else's. */
async function emailOf(c: Context, asked: z.infer<typeof link> | undefined): Promise<string | null> {
  const { house } = c.var
  const owner = ownerOf(c)
  if (!asked || asked.until <= house.clock.office()) return null
  const { to, until, proof } = asked
  if (!house.keys.isCapability("email", bound(owner, to, until), proof)) return null
  return openEmail(house.store, house.keys, owner, to)
}

function proofOf({ keys }: House, owner: Owner, sealed: string, until: number): string {
  return keys.capability("email", bound(owner, sealed, until))
}

function bound({ kind, id }: Owner, sealed: string, until: number): string {
  return `${kind}\n${id}\n${until}\n${sealed}`
}
