import { z } from "zod"
import { mustNotBeHeld } from "../../domain/access/owner.ts"
import { isFresh } from "../../domain/access/sessions.ts"
import { chooseChannels, chooseLang, removeEmail } from "../../domain/notifications/contact.ts"
import { notify } from "../../domain/notifications/outbox.ts"
import { inboxWords } from "../../i18n/inbox.ts"
import { languages } from "../../i18n/lang.ts"
import { readForm } from "../form.ts"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { askForCheck } from "./email.tsx"
import { settingsPage } from "./settings.tsx"
import { ownerOf } from "./who.ts"

const fields = z.object({
  do: z.enum(["choose", "email", "remove"]),
  lang: z.enum(languages).optional(),
  "want[]": z.array(z.string().max(40)).max(40).default([]),
  email: z.string().max(400).optional(),
})

/** Keeps what was chosen, or begins with what concerns the e-mail address. */
export async function choose(c: Context): Promise<Response> {
  const { house, subject, session } = c.var
  const given = await readForm(c, fields)
  const owner = ownerOf(c)
  if (given.do === "choose") {
    await house.writer.write(
      async (tx) => {
        if (given.lang) await chooseLang(tx, owner, given.lang)
        if (owner.kind === "citizen") await chooseChannels(tx, owner, given["want[]"])
      },
      { scopes: ["accounts"] },
    )
    return settingsPage(c, { good: inboxWords[c.var.lang].saved })
  }
  // Whoever changes where somebody is reached can keep everything else from them: it takes a proof of this very moment.
  if (!isFresh(session, subject?.role ?? "", house.clock.real())) {
    return c.redirect(`${paths.stepUp}?next=${encodeURIComponent(paths.messageSettings)}`, 303)
  }
  return given.do === "email" ? askForCheck(c, given.email ?? "") : remove(c)
}

async function remove(c: Context): Promise<Response> {
  const { writer, clock } = c.var.house
  const owner = ownerOf(c)
  await writer.write(
    async (tx) => {
      await mustNotBeHeld(tx, owner, clock.real(), c.var.session?.passkey ?? null)
      const before = await removeEmail(tx, owner, owner.id)
      if (before === null) return
      const said = { to: owner, kind: "contact_changed" as const, data: { channel: "mail" as const } }
      await notify(tx, { ...said, dedupe: `contact_changed:${tx.id()}`, address: { channel: "mail", sealed: before } })
    },
    { scopes: ["accounts"] },
  )
  return settingsPage(c, { good: inboxWords[c.var.lang].removed })
}
