import type { Database } from "bun:sqlite"
import type { Day, Instant } from "../src/base/day.ts"
import { remember } from "../src/base/remember.ts"

/**
 * What can be said. A body holds ids, codes, instants and states, never a name, a number of a person or a free text: erasing a person
 * must break no chain. It holds enough to rebuild the row that it speaks of.
 * `subject` is the person whom the fact is about; it is a column of its own and not part of `body`.
 */
export interface FactBodies {
  "office.set_up": { office: string; version: number }
  "office.day_closed": { day: Day; by: string; version: number; struck: number }
  "office.day_hours_changed": {
    day: Day
    sessions: { start: string; minutes: number; bookingOnly?: boolean }[]
    openOnHoliday: boolean
    by: string
    version: number
    struck: number
  }
  "office.day_restored": { day: Day; by: string; version: number }
  "office.places_changed": { line: string; publicPlaces: number; staffExtra: number; by: string; version: number }

  /** `waiting`: the entry of the waiting list for which it was made. */
  "hold.made": HoldBody & { waiting?: string }
  /** `from` is the hold whose places were given up for this one. */
  "hold.moved": HoldBody & { from: string }
  "hold.prolonged": { hold: string; until: Instant }
  "hold.released": { hold: string; by: string }
  "hold.expired": { hold: string }

  /** Also when the person comes back to it, having left; `place` is the place in the office's list. */
  "waitlist.joined": {
    entry: string
    line: string
    service: string
    people: string[]
    firstDay: Day
    lastDay: Day
    place: number
  }
  /** A place is held for the person until `until`. `instead`: the booking that would move there. */
  "waitlist.offered": {
    entry: string
    hold: string
    service: string
    day: Day
    startsAt: Instant
    until: Instant
    instead: string | null
  }
  "waitlist.taken": { entry: string; booking: string }
  "waitlist.lapsed": { entry: string; why: "unanswered" | "given_up" | "over" }
  "waitlist.left": { entry: string; by: string }

  "booking.made": BookingBody
  "booking.requested": BookingBody
  "booking.accepted": { booking: string; by: string }
  "booking.declined": { booking: string; by: string; heldBackUntil: Instant | null }
  "booking.proposed": MovedBody
  "booking.proposal_accepted": { booking: string; by: string }
  "booking.moved": MovedBody
  /** `heldBackUntil`: until when its places are not offered to the public; null where they are free at once. */
  "booking.cancelled": {
    booking: string
    /** For whom it was; left out where time has ended it. */
    people?: string[]
    by: string
    endedBy: string
    heldBackUntil: Instant | null
  }
  /** A change of hours took its time away, or gave it back. */
  "booking.struck": { booking: string; day: Day; by: string }
  "booking.unstruck": { booking: string; day: Day; by: string }
  "booking.arrived": { booking: string; ticket: string; people: string[]; by: string }
  "booking.missed": { booking: string }
  /** By whom alone the person wants to be called when the day has come; `null`: by anybody. */
  "booking.wished": { booking: string; wants: "female" | null }
  "booking.done": { booking: string; ticket: string }
  "booking.reopened": { booking: string; ticket: string }

  "ticket.issued": TicketBody
  "ticket.woken": { ticket: string }
  "ticket.ready": { ticket: string; due: Instant; dueBy: string; returns: number }
  "ticket.need_confirmed": {
    ticket: string
    need: string
    due: Instant
    dueBy: string
    state: string
    wakeAt: Instant | null
  }
  /** By whom alone the person wants to be called; `null`: by anybody. */
  "ticket.wished": { ticket: string; wants: "female" | null }
  "ticket.away": { ticket: string; until: Instant }
  "ticket.left": { ticket: string; why: "holder" | "agent" | "office_closed" | "office_late" | "no_woman" }
  "ticket.called": {
    ticket: string
    number: number
    line: string
    counter: string
    counterNumber: number
    calls: number
    due: Instant
    waitedMs: number
    /** What the ticket was before: waiting, or parked. */
    from: string
  }
  "ticket.recalled": { ticket: string; number: number; counter: string; counterNumber: number; calls: number }
  "ticket.serving": { ticket: string; counter: string }
  "ticket.served": { ticket: string; counter: string; outcome: string; servedMs: number }
  "ticket.absent": { ticket: string; counter: string; keptUntil: Instant }
  "ticket.parked": { ticket: string; counter: string }
  "ticket.returned": { ticket: string; due: Instant; dueBy: string; returns: number }
  "ticket.transferred": {
    ticket: string
    line: string
    service: string
    due: Instant
    dueBy: string
    reason: string
    /** The new ticket and its office, where the person was sent to another one. */
    to?: string
    office?: string
  }
  "ticket.service_changed": { ticket: string; line: string; service: string }
  /** `cancels` is the number of the fact that no longer holds; the rest is the ticket as it stands again. */
  "ticket.undone": {
    ticket: string
    cancels: number
    state: string
    line: string
    service: string
    need: string | null
    due: Instant
    dueBy: string
    wakeAt: Instant | null
    keptUntil: Instant | null
    counter: string | null
    calledAt: Instant | null
    calls: number
    servingAt: Instant | null
    endedAt: Instant | null
    outcome: string | null
    returns: number
  }

  /** A video visit stands beside its ticket. `thread`: the visit with which it began. */
  "visit.opened": { visit: string; thread: string }
  /** The call went from one phase into another. `with`: whom the agent talks to alone. `why`: a code, where nobody pressed anything. */
  /** `counter`: at which it is, where it is at one. */
  "visit.moved": {
    visit: string
    counter: string | null
    from: string
    to: string
    by: string
    with: string | null
    why: string | null
  }
  "visit.no_answer": { visit: string; rings: number }
  "visit.called_off": { visit: string; by: string }
  /** An agent was asked whether to ring for this person, or to let this one in, and went back. */
  "visit.not_rung": { visit: string; by: string }
  "visit.not_admitted": { visit: string; participant: string; by: string }
  /** `to` is the visit that goes on, this one itself within the office. */
  "visit.sent_on": { visit: string; to: string; by: string; forAgent: string | null }
  /** Nobody of the office was there at the booked time, or any more in the call, since then: the person is first in line now. */
  "visit.late": { visit: string; since: Instant }
  "visit.invited": { visit: string; participant: string; kind: string; by: string }
  /** Announced to everybody in the visit. */
  "visit.joined": { visit: string; participant: string; kind: string; by: string }
  "visit.removed": { visit: string; participant: string; by: string; why: string }
  /** Somebody opened an invitation that another account had taken up. */
  /** A supervisor ended what hung. `ours`: it was the office's fault, and the person is first in line again. */
  "visit.ended_by_supervisor": { visit: string; by: string; reason: string; ours: boolean }
  "visit.invitation_refused": { visit: string; participant: string; by: string }
  /** `online`, `reconnecting` or `gone`. */
  "visit.presence": { visit: string; participant: string; state: string }
  /** Another window or device goes on in the place of the one before. */
  "visit.taken_over": { visit: string; participant: string; epoch: number }
  /** Somebody of the office has read what was written so far. */
  "visit.read": { visit: string; message: string; by: string }
  "visit.written": { visit: string; message: string; by: string }
  /** `text`: the SHA-256 of what was shown, in this language. */
  "recording.answered": {
    visit: string
    participant: string
    state: string
    version: string
    lang: string
    text: string
  }
  /** `of`: the participant who is recorded. `consent`: the hash of the answers that stood; `first`: the head before the first chunk. */
  "recording.opened": {
    visit: string
    segment: string
    of: string
    what: string
    by: string
    consent: string
    first: string
  }
  /** A chunk of a segment has come: the first one, or the first after a silence. */
  "recording.begun": { visit: string; segment: string }
  "recording.closed": { visit: string; segment: string; why: string; chunks: number; bytes: number; head: string }
  /** From `since` on nothing is recorded, or nothing came (`late`). */
  "recording.stopped": {
    visit: string
    gap: string
    why: string
    reason: string | null
    by: string
    since: Instant
  }
  "recording.went_on": { visit: string; gap: string; why: string; by: string; since: Instant; until: Instant }
  /** Somebody opened it; `wrong`: how much its chain was found to be wrong in. */
  "recording.reviewed": { visit: string; review: string; by: string; wrong: number }
  /** What is left of a recording when its time is over. */
  "recording.deleted": {
    visit: string
    segment: string
    head: string
    bytes: number
    chunks: number
    class: string
    startedAt: Instant
    why: string
  }
  /** The heads of everything that is chained, signed. */
  "recording.anchored": { digest: string; signature: string }
  "visit.tested": { visit: string; camera: string; microphone: string; speaker: string; network: string }

  /** A list was drawn by which an agent looks at who somebody is. `kind`: `full` or `again`. */
  "check.drawn": { visit: string; check: string; participant: string; epoch: number; kind: string; by: string }
  /** What the person is asked for now; `null`: for nothing. */
  "check.asked": { visit: string; check: string; place: number | null; by: string }
  /** The person wanted another way for a step, and got it. */
  "check.exchanged": { visit: string; check: string; place: number; from: string; to: string; by: string }
  "check.answered": { visit: string; check: string; place: number; step: string; result: string; by: string }
  /** `state`: `verified`, `inconclusive`, `rejected`. */
  "check.ended": { visit: string; check: string; state: string; by: string }
  /** A second person has looked at a rejection. `state`: what the check is now. */
  "check.decided": { visit: string; check: string; decision: string; state: string; by: string }
  /** It counts no longer: another page, a camera that was off, a talk that was broken off. */
  "check.lapsed": { visit: string; check: string; why: string }
  /** `sha256` is that of the bytes as they came. */
  "picture.taken": { visit: string; check: string; place: number; picture: string; side: string; sha256: string }
  "picture.opened": { visit: string; check: string; picture: string; by: string }
  "file.given": { visit: string; file: string; type: string; bytes: number; sha256: string; by: string }
  "file.opened": { visit: string; file: string; by: string }
  /** `ref`: the id of what it is about. `visit`: the video visit in which it came about. */
  "document.issued": { document: string; kind: string; ref: string; until: Instant | null; visit?: string }
  "document.revoked": { document: string; kind: string; ref: string; why: string; by: string }
  /** A service is carried out in a visit. `decision`: `incomplete`, `yes`, or the code of the reason why not. */
  "request.begun": { request: string; visit: string; service: string; by: string }
  "request.edited": RequestBody & { decision: string; by: string }
  /** The text is frozen, and the person can confirm it until then. */
  "request.asked": RequestBody & { confirmation: string; until: Instant; by: string }
  "request.declined": RequestBody & { by: string }
  /** What was asked holds no more: another page, connection, agent, or state of the request. */
  "request.stale": RequestBody & { why: string }
  "request.done": RequestBody & { number: string }
  /** Refused by the rules, or it could not be carried out. */
  "request.failed": RequestBody & { number: string; code: string }
  "request.withdrawn": RequestBody & { by: string }
  /** The end of the visit, with which it was given up, was taken back. */
  "request.brought_back": RequestBody & { by: string }
  /** The subject is who travels on it. */
  "permit.issued": { permit: string; request: string; visit: string; until: Instant }
  "permit.cancelled": { permit: string; request: string; visit: string }
  "permit.expired": { permit: string; visit: string }

  "counter.opened": { counter: string; by: string; lines: { line: string; handicap: number }[] }
  "counter.paused": { counter: string; by: string }
  "counter.closed": { counter: string; by: string }

  "person.enrolled": { kind: string }
  /** The person's key is destroyed: whatever it sealed can be read no more, here and in every copy made from now on. */
  "person.erased": { by: string }
  /** What the registry says: the subject is the one for whom `guardian` may act, within these bounds. */
  "relation.kept": { guardian: string; kind: string; since: Instant | null; until: Instant | null }
  /** `holder`: null where nobody here has the number and name that were typed. */
  "proxy.given": { proxy: string; holder: string | null; acts: string[]; services: string[]; until: Instant }
  "proxy.ended": { proxy: string; holder: string | null; by: string }
  /** One of the staff has seen the person and a document of theirs, to book for them. */
  "person.seen": { office: string; document: string; by: string }
  "data.exported": { by: string; form: "page" | "file" }
  "legal_hold.placed": { hold: string; until: Instant; by: string }
  "legal_hold.lifted": { hold: string; by: string }
  "privacy_request.taken": { request: string; kind: string; dueAt: Instant; by: string }
  "privacy_request.prolonged": { request: string; dueAt: Instant; by: string }
  "privacy_request.ended": { request: string; state: string; by: string }
  /** What was old enough to be deleted or anonymised, by kind of record. */
  "records.cleared": { record: string; count: number }
  /** `level`: what the session is good for, where that is not everything. */
  "session.started": { role: string; factors: string; level?: string }
  "session.ended": { why: string; session?: string }
  "sign_in.refused": { why: string }
  "password.changed": { by: string }
  "staff.added": { staff: string; role: string; scope: string; by: string }
  "staff.changed": { staff: string; role: string; scopeKind: string; scope: string; by: string }
  /** What somebody of the staff has said of themselves, or taken back. */
  "staff.described": { staff: string; said: boolean; by: string }
  "staff.disabled": { staff: string; by: string }
  "staff.enabled": { staff: string; by: string }
  /** Something that takes two: asked for by one, decided by another. `kind` as in the request. */
  "staff.requested": { request: string; kind: string; role: string; scopeKind: string; scope: string; by: string }
  "staff.approved": { request: string; kind: string; by: string }
  "staff.refused": { request: string; by: string }
  "staff.withdrawn": { request: string; by: string }
  "staff.passkey_rule": { agency: string; agentsBound: boolean; leadsBound: boolean; by: string }
  /** A citizen who has lost everything, at a counter. `document`: what kind of paper was shown there. */
  "reset.requested": { request: string; office: string; document: string; by: string }
  "reset.approved": { request: string; by: string }
  "reset.refused": { request: string; by: string }
  "reset.withdrawn": { request: string; by: string }
  /** All passkeys and recovery codes are void. */
  "factors.reset": { request: string; by: string }
  /** The owner said that it was not they. */
  "reset.stopped": { request: string }
  /** Somebody without an account has shown who they are at a counter. */
  "identity.seen": { office: string; document: string; by: string }
  "device.paired": { device: string; kind: string; office: string; capabilities: string[]; by: string }
  "device.renamed": { device: string; by: string }
  "device.revoked": { device: string; by: string }
  /** Somebody of the staff typed a code that no screen shows. */
  "pairing.refused": { by: string }
  "key.made": { key: string; kind: string; scopes: string[]; office: string | null; until: Instant; by: string }
  "key.revoked": { key: string; by: string }
  "passkey.added": { passkey: string; algorithm: number; backupEligible: boolean }
  "passkey.named": { passkey: string }
  "passkey.removed": { passkey: string; by: string }
  /** `why` is one of the codes in `domain/access/passkey-refusal.ts`. */
  "passkey.refused": { passkey: string | null; purpose: string; why: string }
  /** Rightly signed, but as only a copy or another key would sign. */
  "passkey.alarm": { passkey: string; why: string }
  "passkey.disabled": { passkey: string; failures: number }
  "recovery.codes_made": { count: number }
  "recovery.code_used": { left: number }
  "recovery.refused": { why: string }
  /** Nothing sensitive is done before `until`. */
  "recovery.held": { until: Instant }
  "enrolment.made": { enrolment: string; channel: string; until: Instant; by: string }
  "enrolment.used": { enrolment: string; passkey: string }
  "enrolment.refused": { why: string }
  "one_time.made": { code: string; purpose: string; until: Instant }
  "one_time.used": { code: string; purpose: string }
  /** `why`: `wrong`, or `over` for one that was used, tried too often or too late. */
  "one_time.refused": { purpose: string; why: string }
  /** `frozen` is the SHA-256 of what was confirmed. */
  "confirmation.given": { confirmation: string; action: string; object: string; passkey: string; frozen: string }
  /** A message whose time has come; what is told at once is told by the fact that it speaks of. */
  "message.told": { message: string; kind: string }
  "message.read": { messages: number }
  "message.sent": { delivery: string; channel: string; tries: number }
  /** Given up: tried too often, or of no more use. */
  "message.dead": { delivery: string; channel: string; tries: number; why: string }
  "message.retried": { delivery: string; by: string }
  "contact.language_chosen": { lang: string }
  "contact.email_set": { by: string }
  "contact.email_removed": { by: string }
  "contact.mobile_set": { by: string }
  /** What the person does not want, as `theme.channel`. */
  "contact.channels_chosen": { without: string[] }
  "store.set_up": { offices: number; services: number; demo: boolean }
  "store.restored": { takenAt: Instant; sessions: number; deliveries: number }
}

interface RequestBody {
  request: string
  visit: string
  service: string
  version: number
}

interface HoldBody {
  hold: string
  line: string
  service: string
  day: Day
  startsAt: Instant
  width: number
  length: number
  people: string[]
  until: Instant
}

interface MovedBody {
  booking: string
  state: string
  from: Instant
  /** Of the old places. */
  heldBackUntil: Instant | null
  day: Day
  startsAt: Instant
  endsAt: Instant
  width: number
  length: number
  /** For whom it is. */
  people: string[]
  by: string
}

interface BookingBody {
  booking: string
  /** The hold that was confirmed by it. */
  hold: string | null
  state: string
  line: string
  service: string
  day: Day
  startsAt: Instant
  endsAt: Instant
  width: number
  length: number
  /** For whom it is, and by which right the one who made it acts for each: `self`, `child`, `ward`, `spouse`, `proxy`. */
  people: string[]
  rights: string[]
  by: string
}

interface TicketBody {
  ticket: string
  number: number
  day: Day
  line: string
  service: string
  state: string
  booking: string | null
  people: number
  need: string | null
  due: Instant
  dueBy: string
  wakeAt: Instant | null
  arrivedAt: Instant
  arrival: number
  lang: string
  cameFrom: string | null
}

export type FactKind = keyof FactBodies

export interface Fact<K extends FactKind = FactKind> {
  stream: string
  seq: number
  at: Instant
  kind: K
  subject: string | null
  body: FactBodies[K]
}

/** A fact of some kind, told apart by `kind`. */
export type AnyFact = { [K in FactKind]: Fact<K> }[FactKind]

/** The stream of what belongs to no office: people, sessions, staff, keys. */
export const accountsStream = "accounts"

export interface Head {
  seq: number
  hash: string
}

const noHead: Head = { seq: 0, hash: "" }

/**
 * The next link of a stream's chain: SHA-256 over the previous hash and the fact in one fixed form, as base64url.
 * Alone it cannot see a tail that was cut; anchoring the head elsewhere does. `body` is the fact's own, as `canonical` writes it.
 */
export function chainHash(previous: string, fact: AnyFact | Fact, body = canonical(fact.body)): string {
  const line = `${previous}\n${fact.stream}\n${fact.seq}\n${fact.at}\n${fact.kind}\n${fact.subject ?? ""}\n${body}`
  return new Bun.CryptoHasher("sha256").update(line).digest("base64url")
}

/** JSON with the keys of every object in one order, so that equal bodies have equal bytes. */
export function canonical(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null"
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`
  const members = value as Record<string, unknown>
  let text = ""
  for (const key of Object.keys(members).sort()) {
    const inner = members[key]
    if (inner !== undefined) text += `${text === "" ? "" : ","}${quoted(key)}:${canonical(inner)}`
  }
  return `{${text}}`
}

/** The names of a fact's members are always the same few. */
const quoted = remember(2_000, (key: string) => JSON.stringify(key))

/** Appends facts on one connection and knows the head of every stream. Only the write door has one. */
export class FactLog {
  readonly #heads = new Map<string, Head>()
  /** What each head was before each fact since the mark. */
  readonly #before: [string, Head][] = []
  readonly #insert
  readonly #head

  constructor(raw: Database) {
    this.#insert = raw.prepare(
      "INSERT INTO fact (stream, seq, at, kind, subject, body, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    this.#head = raw.prepare<Head, [string]>("SELECT seq, hash FROM fact WHERE stream = +? ORDER BY seq DESC LIMIT 1")
  }

  append<K extends FactKind>({ stream, at, kind, subject, body }: Omit<Fact<K>, "seq">): AnyFact {
    const head = this.head(stream)
    const seq = head.seq + 1
    const numbered = { stream, seq, at, kind, subject, body } as AnyFact
    const text = canonical(body)
    const hash = chainHash(head.hash, numbered, text)
    this.#insert.run(stream, seq, at, kind, subject, text, hash)
    this.#before.push([stream, head])
    this.#heads.set(stream, { seq, hash })
    return numbered
  }

  head(stream: string): Head {
    let head = this.#heads.get(stream)
    if (!head) {
      head = this.#head.get(stream) ?? noHead
      this.#heads.set(stream, head)
    }
    return head
  }

  /** From here on the heads can be brought back to what they are now, for when a savepoint is rolled back. */
  mark(): void {
    this.#before.length = 0
  }

  /** How many facts there have been since the mark. */
  get since(): number {
    return this.#before.length
  }

  /** Back to the mark, or to so many facts after it. */
  rewind(to = 0): void {
    for (const [stream, head] of this.#before.splice(to).reverse()) this.#heads.set(stream, head)
  }

  /** Forgets all heads; they are read again from the store. */
  forget(): void {
    this.#heads.clear()
  }
}
