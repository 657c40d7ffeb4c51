import { and, eq } from "drizzle-orm"
import { deliveries, messages } from "../../db/schema/messages.ts"
import { oneTimeCodes } from "../../db/schema/passkeys.ts"
import { openSecret } from "../domain/notifications/contact.ts"
import { messageId } from "../domain/notifications/outbox.ts"
import type { TestServer } from "./server.ts"

/** How many one-time codes are on their way to somebody's telephone. They are sent by a turn that no answer waits for. */
export async function codesSent({ office }: TestServer, person: string): Promise<number> {
  await office.write(async () => {})
  const rows = await office.store.db
    .select({ id: deliveries.id })
    .from(deliveries)
    .innerJoin(messages, and(eq(messages.owner, deliveries.owner), eq(messages.id, deliveries.message)))
    .where(and(eq(messages.owner, person), eq(messages.kind, "one_time_code"), eq(deliveries.channel, "sms")))
  return rows.length
}

/** The code that somebody's telephone shows last. Throws where none was sent, or where it is over. */
export async function codeOnPhone({ office, keys }: TestServer, person: string): Promise<string> {
  await office.write(async () => {})
  const { store } = office
  const [code] = await store.db.select({ id: oneTimeCodes.id }).from(oneTimeCodes).where(eq(oneTimeCodes.owner, person))
  const owner = { kind: "citizen" as const, id: person }
  const message = messageId(owner, `one_time_code:${code?.id}`)
  const [sent] = await store.db
    .select({ secret: deliveries.secretSealed })
    .from(deliveries)
    .where(and(eq(deliveries.owner, person), eq(deliveries.message, message)))
  const opened = sent && (await openSecret(store, keys, owner, sent.secret))
  if (!opened) throw new Error(`no code is on its way to ${person}`)
  return opened
}
