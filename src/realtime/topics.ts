import type { AnyFact, FactKind } from "../../db/facts.ts"
import { isRefusal, Refusal, type RefusalCode } from "../base/refusal.ts"
import { type Action, authorize, may, type Place } from "../domain/access/authorize.ts"
import type { Subject } from "../domain/access/subject.ts"

/*
 * What one can listen to, what touches it, and who may. A topic is named on the wire as `board:<office>`, `queue:<office>`,
 * `ticket:<id>`, `counter:<id>`, `visit:<id>` or `inbox`. The last is the caller's own and nobody else's, and of a visit everybody in it has
 * a view of their own.
 */

export type Topic =
  | { kind: "board"; office: string }
  | { kind: "queue"; office: string }
  | { kind: "ticket"; id: string }
  | { kind: "counter"; id: string }
  | { kind: "inbox"; person: string }
  | { kind: "visit"; id: string; reader: string }

/** Offices and counters have readable codes, tickets UUIDs. Nothing else gets as far as a look-up. */
const code = /^[A-Z0-9]{1,12}(?:-[A-Z0-9]{1,12}){0,4}$/
const counter = /^[A-Z0-9]{1,12}(?:-[A-Z0-9]{1,12}){0,4}\.\d{1,4}$/
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The topic that `text` names for this caller; `null` where it names none. */
export function parseTopic(text: string, caller: Subject | null): Topic | null {
  if (text === "inbox") return caller ? { kind: "inbox", person: caller.id } : null
  const colon = text.indexOf(":")
  const [kind, rest] = [text.slice(0, colon), text.slice(colon + 1)]
  if ((kind === "board" || kind === "queue") && code.test(rest)) return { kind, office: rest }
  if (kind === "ticket" && uuid.test(rest)) return { kind, id: rest }
  if (kind === "visit" && uuid.test(rest)) return caller && { kind, id: rest, reader: caller.id }
  if (kind === "counter" && counter.test(rest)) return { kind, id: rest }
  return null
}

/** The topic's name on the wire. */
export function topicName(topic: Topic): string {
  switch (topic.kind) {
    case "board":
    case "queue":
      return `${topic.kind}:${topic.office}`
    case "ticket":
    case "counter":
    case "visit":
      return `${topic.kind}:${topic.id}`
    case "inbox":
      return "inbox"
  }
}

/** One key for one content: unlike the name it tells two people's inboxes apart, and two people's views of a visit. */
export function topicKey(topic: Topic): string {
  if (topic.kind === "visit") return `visit:${topic.id}:${topic.reader}`
  return topic.kind === "inbox" ? `inbox:${topic.person}` : topicName(topic)
}

/** One key for everything that one fact touches: every view of a visit has the same. */
export function touchKey(topic: Topic): string {
  return topic.kind === "visit" ? topicName(topic) : topicKey(topic)
}

/** The office of a counter: its id is `<office>.<number>`. */
export function officeOfCounter(id: string): string {
  return id.slice(0, id.lastIndexOf("."))
}

export interface Touched {
  /** Keys (`touchKey`) of topics whose content may be another one now. */
  topics: string[]
  /**
   * Whose place may have moved though the fact is not about them: the tickets of this office, or of one of its lines where the fact
   * names the line. `null`: nobody's.
   */
  neighbours: { office: string; line: string | null } | null
}

/**
 * What happens to one ticket and moves nobody else: who is in hand is no longer before anybody. Every other fact about a ticket, a counter
 * or an office's day may move the whole hall.
 */
const movesNobody = new Set<FactKind>([
  "ticket.recalled",
  "ticket.serving",
  "ticket.served",
  "ticket.absent",
  "ticket.parked",
  "office.places_changed",
])

/** After these the line that they name is the only one whose order is another. */
const movesItsLine = new Set<FactKind>(["ticket.issued", "ticket.called"])

/** What a fact touches. A topic too many costs a look, one too few leaves a screen wrong: in doubt it is named. */
export function touchedBy(fact: AnyFact): Touched {
  const { stream: office, kind } = fact
  const body = fact.body as { ticket?: unknown; counter?: unknown; line?: unknown; visit?: unknown }
  const topics: string[] = []
  if (typeof body.ticket === "string") topics.push(`ticket:${body.ticket}`, `visit:${body.ticket}`)
  // A visit is its ticket's other half; the staff's list shows how it stands.
  if (typeof body.visit === "string") topics.push(`visit:${body.visit}`, `queue:${office}`)
  if (typeof body.counter === "string") topics.push(`counter:${body.counter}`)
  if (fact.subject) topics.push(`inbox:${fact.subject}`)
  const isOfTheHall = kind.startsWith("ticket.") || kind.startsWith("counter.") || kind.startsWith("office.")
  if (isOfTheHall) topics.push(`board:${office}`, `queue:${office}`)
  // Who is expected today stands on the agents' screens only. Holds and accounts change nothing that anybody listens to.
  else if (kind.startsWith("booking.")) topics.push(`queue:${office}`)
  const line = movesItsLine.has(kind) && typeof body.line === "string" ? body.line : null
  return { topics, neighbours: isOfTheHall && !movesNobody.has(kind) ? { office, line } : null }
}

/** Who asks to listen: somebody signed in, or whoever holds the secret link of one ticket. */
export interface Reader {
  subject: Subject | null
  /** The one ticket that a bearer of its link may follow. */
  ticket: string | null
}

/** What each topic lets its listener do, by the table of rights. */
export const actionOf = {
  board: "board.watch",
  queue: "queue.read",
  counter: "queue.read",
  ticket: "ticket.watch",
  inbox: "inbox.read",
  visit: "visit.listen",
} as const satisfies Record<Topic["kind"], Action>

/** What only the offices and the queue can say: where a topic's thing is, or whose it is. */
export interface Access {
  /** Refuses `not_found`. */
  placeOf(office: string): Place | Promise<Place>
  /** Refuses `not_found`. */
  ticket(
    id: string,
    reader: Subject | null,
  ): { person: string | null; office: string } | Promise<{ person: string | null; office: string }>
  /** Refuses `not_found` unless this one is in the visit. */
  follow(subject: Subject | null, visit: string): Promise<unknown>
}

/** `null` where this reader may listen to this topic, by the table of rights; else the refusal. */
export async function refusalToRead(reader: Reader, topic: Topic, access: Access): Promise<RefusalCode | null> {
  try {
    await mustBeReadable(reader, topic, access)
    return null
  } catch (thrown) {
    if (isRefusal(thrown)) return thrown.code
    throw thrown
  }
}

async function mustBeReadable({ subject, ticket }: Reader, topic: Topic, access: Access): Promise<void> {
  if (topic.kind === "ticket" && ticket === topic.id) return
  const action = actionOf[topic.kind]
  switch (topic.kind) {
    case "board":
    case "queue":
      return authorize(subject, action, await access.placeOf(topic.office))
    case "counter":
      return authorize(subject, action, await access.placeOf(officeOfCounter(topic.id)))
    case "ticket": {
      // Nothing is said of tickets to whoever may listen to none, not even that.
      if (!may(subject, action)) throw new Refusal("not_found", { what: "ticket" })
      const row = await access.ticket(topic.id, subject)
      return authorize(subject, action, subject?.role === "citizen" ? row : await access.placeOf(row.office))
    }
    case "visit":
      if (!may(subject, action)) throw new Refusal("not_found", { what: "visit" })
      await access.follow(subject, topic.id)
      return
    case "inbox":
      return authorize(subject, action, topic)
  }
}
