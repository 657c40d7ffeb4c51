import type { AnyFact } from "../../db/facts.ts"
import type { RefusalCode } from "../base/refusal.ts"
import { isStaff, type Staff, type Subject } from "../domain/access/subject.ts"

/*
 * What one can listen to, what touches it, and who may. A topic is named on the wire as `board:<office>`, `queue:<office>`,
 * `ticket:<id>`, `counter:<id>` or `inbox`; the last is the caller's own and nobody else's.
 */

export type Topic =
  | { kind: "board"; office: string }
  | { kind: "queue"; office: string }
  | { kind: "ticket"; id: string }
  | { kind: "counter"; id: string }
  | { kind: "inbox"; person: string }

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
      return `${topic.kind}:${topic.id}`
    case "inbox":
      return "inbox"
  }
}

/** One key for one content: unlike the name it tells two people's inboxes apart. */
export function topicKey(topic: Topic): string {
  return topic.kind === "inbox" ? `inbox:${topic.person}` : topicName(topic)
}

/** The office of a counter: its id is `<office>.<number>`. */
export function officeOfCounter(id: string): string {
  return id.slice(0, id.lastIndexOf("."))
}

export interface Touched {
  /** Keys of topics whose content may be another one now. */
  topics: string[]
  /**
   * Whose place may have moved though the fact is not about them: the tickets of this office, or of one of its lines where the fact
   * names the line. `null`: nobody's.
   */
  neighbours: { office: string; line: string | null } | null
}

/** What a fact touches. A topic too many costs a look, one too few leaves a screen wrong: in doubt it is named. */
export function touchedBy(fact: AnyFact): Touched {
  const { stream: office, kind } = fact
  const inbox = fact.subject ? [`inbox:${fact.subject}`] : []
  const hall = [`board:${office}`, `queue:${office}`]
  const everybody = { office, line: null }
  switch (kind) {
    case "ticket.issued":
    case "ticket.called":
    case "ticket.undone": {
      const { ticket, line } = fact.body
      const at = "counter" in fact.body && fact.body.counter ? [`counter:${fact.body.counter}`] : []
      // What is undone may have changed the line too, and the fact names only the one that it went back to.
      const neighbours = kind === "ticket.undone" ? everybody : { office, line }
      return { topics: [`ticket:${ticket}`, ...at, ...hall, ...inbox], neighbours }
    }
    case "ticket.woken":
    case "ticket.away":
    case "ticket.left":
    case "ticket.returned":
    case "ticket.transferred":
    case "ticket.service_changed":
      return { topics: [`ticket:${fact.body.ticket}`, ...hall, ...inbox], neighbours: everybody }
    case "ticket.recalled":
    case "ticket.serving":
    case "ticket.served":
    case "ticket.absent":
    case "ticket.parked": {
      const { ticket, counter } = fact.body
      return { topics: [`ticket:${ticket}`, `counter:${counter}`, ...hall, ...inbox], neighbours: null }
    }
    case "counter.opened":
    case "counter.paused":
    case "counter.closed":
      return { topics: [`counter:${fact.body.counter}`, ...hall], neighbours: everybody }
    case "office.set_up":
    case "office.day_closed":
    case "office.day_hours_changed":
    case "office.day_restored":
      return { topics: hall, neighbours: everybody }
    default:
      // Bookings change what is expected today; holds and accounts change nothing that hangs on a wall.
      return { topics: kind.startsWith("booking.") ? [`queue:${office}`, ...inbox] : inbox, neighbours: null }
  }
}

/** Who asks to listen: somebody signed in, or whoever holds the secret link of one ticket. */
export interface Reader {
  subject: Subject | null
  /** The one ticket that a bearer of its link may follow. */
  ticket: string | null
}

/** What only the offices and the queue can say. */
export interface Access {
  /** Whether this office is within what the staff member is responsible for. */
  covers(staff: Staff, office: string): boolean | Promise<boolean>
  /** Whether the ticket is the subject's own, or waits in an office that the subject works in. */
  mayReadTicket(subject: Subject, ticket: string): boolean | Promise<boolean>
}

/** `null` where this reader may listen to this topic; else the refusal. A ticket of somebody else's is as good as none. */
export async function refusalToRead(reader: Reader, topic: Topic, access: Access): Promise<RefusalCode | null> {
  const { subject } = reader
  switch (topic.kind) {
    case "board":
      return (await mayReadBoard(subject, topic.office, access)) ? null : refused(subject)
    case "queue":
      return isStaff(subject) && (await access.covers(subject, topic.office)) ? null : refused(subject)
    case "counter":
      return isStaff(subject) && (await access.covers(subject, officeOfCounter(topic.id))) ? null : refused(subject)
    case "ticket":
      if (reader.ticket === topic.id) return null
      return subject && (await access.mayReadTicket(subject, topic.id)) ? null : "not_found"
    case "inbox":
      return subject?.id === topic.person ? null : refused(subject)
  }
}

async function mayReadBoard(subject: Subject | null, office: string, access: Access): Promise<boolean> {
  if (!subject) return false
  if (subject.role === "board" || subject.role === "kiosk") return subject.office === office
  if (subject.role === "integrator") {
    return subject.scopes.includes("board:read") && (subject.office === null || subject.office === office)
  }
  return isStaff(subject) && access.covers(subject, office)
}

function refused(subject: Subject | null): RefusalCode {
  return subject ? "forbidden" : "not_signed_in"
}
