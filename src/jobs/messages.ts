import type { Channel } from "../../db/schema/messages.ts"
import type { Store } from "../../db/store.ts"
import type { Writer } from "../../db/write.ts"
import type { Log } from "../base/log.ts"
import type { Keys } from "../base/seal.ts"
import { hasReminders, tellReminders } from "../domain/bookings/reminders.ts"
import { addressOf, langOf, openSecret } from "../domain/notifications/contact.ts"
import { hasDue, type Outcome, type Taken, takeDue, writeOutcomes } from "../domain/notifications/deliveries.ts"
import { channels, isMessageKind, manners } from "../domain/notifications/rules.ts"
import { inLang, type Lang } from "../i18n/lang.ts"
import { told } from "../i18n/telling.ts"
import { type Letter, NotTaken } from "../outside/letter.ts"
import type { Post } from "../outside/post.ts"

export interface MessageParts {
  keys: Keys
  log: Log
  store: Store
  writer: Writer
  post: Post
  look: { name: Record<Lang, string> }
  /** Where somebody reads their messages, signed in. */
  inboxAt(): string
  /** Where a visit by video is answered. */
  visitAt(visit: string): string
  demo: boolean
}

/** `soon`: nothing new is begun. `now`: what is being handed over is let go. */
export interface Stopping {
  soon: AbortSignal
  now: AbortSignal
}

/** Handed over at a time on each channel: few enough for any provider, and each takes seconds at the worst. */
const batch = 8

/** Reminds whom it is time to remind and sends what is due, until nothing is. A channel that hangs holds no other one up. */
export async function stepMessages(parts: MessageParts, stop: Stopping): Promise<void> {
  const { store, writer } = parts
  while (!stop.soon.aborted && (await hasReminders(store, writer.now()))) {
    await writer.write(tellReminders, { scopes: ["accounts"] })
  }
  await Promise.all(channels.map((channel) => stepChannel(parts, channel, stop)))
}

async function stepChannel(parts: MessageParts, channel: Channel, stop: Stopping): Promise<void> {
  const { store, writer, demo } = parts
  while (!stop.soon.aborted && (await hasDue(store, channel, writer.now()))) {
    const taken = await writer.write((tx) => takeDue(tx, channel, batch), { scopes: ["accounts"] })
    // Outside of any turn: nobody's change waits for a mail server.
    const outcomes = await Promise.all(taken.map((one) => handOver(parts, one, stop.now)))
    await writer.write((tx) => writeOutcomes(tx, outcomes, { keepSecrets: demo }), { scopes: ["accounts"] })
  }
}

async function handOver(parts: MessageParts, taken: Taken, stop: AbortSignal): Promise<Outcome> {
  const { delivery } = taken
  try {
    const letter = await written(parts, taken)
    if (letter === null) return { delivery, failed: { why: "no address", final: true } }
    await parts.post[delivery.channel](letter, stop)
    return { delivery, failed: null }
  } catch (thrown) {
    if (thrown instanceof NotTaken) return { delivery, failed: { why: thrown.message } }
    parts.log.error("bug", { detail: `delivery ${delivery.id}`, cause: thrown })
    return { delivery, failed: { why: "our mistake" } }
  }
}

/** The message in its owner's language, with where to; `null` where its owner can no longer be reached there. */
async function written(parts: MessageParts, { delivery, message }: Taken): Promise<Letter | null> {
  const { store, keys, look, inboxAt, visitAt } = parts
  const owner = { kind: message.ownerKind, id: message.owner }
  const { id, channel } = delivery
  const to = await addressOf(store, keys, owner, channel, delivery.addressSealed)
  if (to === null) return null
  const lang = await langOf(store, owner)
  const secret = await openSecret(store, keys, owner, delivery.secretSealed)
  const { title, text, sms } = await told(store, message, lang, channel, secret, visitAt)
  if (channel === "sms") return { id, to, lang, subject: "", text: [sms] }
  const isCode = isMessageKind(message.kind) && manners[message.kind].theme === "code"
  const foot = isCode ? [] : [inboxAt()]
  return { id, to, lang, subject: title, text: [...text, ...foot, inLang(look.name, lang)] }
}
