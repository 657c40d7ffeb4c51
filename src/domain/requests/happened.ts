import { and, asc, gte, inArray, lte, or, sql } from "drizzle-orm"
import { type AnyFact, accountsStream } from "../../../db/facts.ts"
import { facts } from "../../../db/schema/facts.ts"
import { requests } from "../../../db/schema/requests.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"

/* What happened in a video visit, step by step, as the facts say it. */

export type What =
  | "arrived"
  | "ring"
  | "no_answer"
  | "called_off"
  | "late"
  | "call"
  | "resumed"
  | "hold"
  | "private"
  | "interrupted"
  | "wrap_up"
  | "back_to_waiting"
  | "over"
  | "sent_on"
  | "joined"
  | "removed"
  | "taken_over"
  | "check"
  | "check_ended"
  | "check_lapsed"
  | "file"
  | "confirmed"
  | "declined"
  | "document"
  | "recording_answer"
  | "request_begun"
  | "request_done"
  | "request_failed"
  | "ended_by_supervisor"

export interface Happening {
  at: Instant
  what: What
  /** Whom it concerns: a kind of participant. */
  who: string | null
  /** A code that says more: why, what came of it, which. */
  how: string | null
}

interface Of {
  id: string
  office: string
  from: Instant
  until: Instant
  /** What kind of participant each is. */
  kinds: ReadonlyMap<string, string>
}

/** Everything of one visit that its person and the office have both seen, in order. */
export async function happenings(store: Store, of: Of): Promise<Happening[]> {
  const about = sql`coalesce(json_extract(${facts.body}, '$.visit'), json_extract(${facts.body}, '$.ticket'))`
  // What the person confirms goes into the accounts' own stream, and names what it was for: other things of theirs are not the office's.
  const ours = sql`select ${requests.id} from ${requests} where ${requests.visit} = ${of.id}`
  const confirmed = sql`${facts.kind} = 'confirmation.given' and json_extract(${facts.body}, '$.object') in (${ours})`
  const said = await store.db
    .select()
    .from(facts)
    .where(
      and(
        gte(facts.at, of.from),
        lte(facts.at, of.until),
        // By the time that it took, and not through everything that this office has ever said: behind a plus no index is looked for.
        or(
          and(sql`+${facts.stream} = ${of.office}`, inArray(sql`+${facts.kind}`, told), sql`${about} = ${of.id}`),
          and(sql`+${facts.stream} = ${accountsStream}`, confirmed),
        ),
      ),
    )
    .orderBy(asc(facts.at), asc(facts.stream), asc(facts.seq))
  return confirmedFirst(said as unknown as AnyFact[])
    .map((fact) => happening(fact, of.kinds))
    .filter((one) => one !== null)
}

/**
 * Two streams have no order between them: of one instant, what was confirmed stands before what was done by it, which is how the turn went.
 */
function confirmedFirst(said: readonly AnyFact[]): AnyFact[] {
  const isOf = (at: Instant) => (fact: AnyFact) => fact.at === at && follows.has(fact.kind)
  const ordered = said.filter(({ kind }) => kind !== "confirmation.given")
  for (const fact of said.filter(({ kind }) => kind === "confirmation.given")) {
    const first = ordered.findIndex(isOf(fact.at))
    const after = ordered.findIndex(({ at }) => at > fact.at)
    ordered.splice(first >= 0 ? first : after >= 0 ? after : ordered.length, 0, fact)
  }
  return ordered
}

const follows = new Set<AnyFact["kind"]>(["document.issued", "request.done", "request.failed"])

/** When somebody was not connected. */
export interface Gap {
  from: Instant
  /** `null`: until the end. */
  until: Instant | null
}

/** When each participant's connection was lost and came back, from the time of the visit's first step to its last. */
export async function gapsIn(
  store: Store,
  { id, office, from, until }: Pick<Of, "id" | "office" | "from" | "until">,
): Promise<Map<string, Gap[]>> {
  const said = await store.db
    .select()
    .from(facts)
    .where(
      and(
        gte(facts.at, from),
        lte(facts.at, until),
        sql`+${facts.stream} = ${office}`,
        sql`+${facts.kind} = 'visit.presence'`,
        sql`json_extract(${facts.body}, '$.visit') = ${id}`,
      ),
    )
    .orderBy(asc(facts.seq))
  const found = new Map<string, Gap[]>()
  for (const fact of said as unknown as AnyFact[]) {
    if (fact.kind !== "visit.presence") continue
    const { participant, state } = fact.body
    const gaps = found.get(participant) ?? []
    found.set(participant, gaps)
    const open = gaps.find((gap) => gap.until === null)
    if (state === "online" && open) open.until = fact.at
    if (state !== "online" && !open) gaps.push({ from: fact.at, until: null })
  }
  return found
}

/** What stands in minutes; the switch below has a word for each. */
const told: AnyFact["kind"][] = [
  ...(["ticket.issued", "ticket.called", "ticket.recalled", "visit.no_answer", "visit.called_off"] as const),
  ...(["visit.late", "visit.moved", "visit.joined", "visit.removed", "visit.ended_by_supervisor"] as const),
  ...(["visit.taken_over", "visit.sent_on", "check.drawn", "check.ended", "check.lapsed", "file.given"] as const),
  ...(["document.issued", "recording.answered", "request.begun", "request.done", "request.failed"] as const),
  "request.declined",
]

function happening(fact: AnyFact, kinds: Of["kinds"]): Happening | null {
  const { at } = fact
  const is = (what: What, how: string | null = null, who: string | null = null): Happening => ({ at, what, who, how })
  const kindOf = (participant: string) => kinds.get(participant) ?? null
  switch (fact.kind) {
    case "ticket.issued":
      return is("arrived")
    case "ticket.called":
    case "ticket.recalled":
      return is("ring", String(fact.body.calls))
    case "visit.no_answer":
      return is("no_answer")
    case "visit.called_off":
      return is("called_off")
    case "visit.late":
      return is("late")
    case "visit.moved":
      return moved(fact.body, is, kindOf)
    case "visit.joined":
      return is("joined", null, fact.body.kind)
    case "visit.removed":
      return is("removed", fact.body.why, kindOf(fact.body.participant))
    case "visit.ended_by_supervisor":
      return is("ended_by_supervisor", fact.body.reason)
    case "visit.taken_over":
      return is("taken_over", null, kindOf(fact.body.participant))
    case "visit.sent_on":
      return is("sent_on", fact.body.to === fact.body.visit ? "here" : "elsewhere")
    case "check.drawn":
      return is("check", fact.body.kind)
    case "check.ended":
      return is("check_ended", fact.body.state)
    case "check.lapsed":
      return is("check_lapsed", fact.body.why)
    case "file.given":
      return is("file", fact.body.type)
    case "document.issued":
      return fact.body.kind === "minutes" ? null : is("document", fact.body.kind)
    case "recording.answered":
      return is("recording_answer", fact.body.state, kindOf(fact.body.participant))
    case "request.begun":
      return is("request_begun", fact.body.service)
    case "request.done":
      return is("request_done", fact.body.number)
    case "request.declined":
      return is("declined")
    case "request.failed":
      return is("request_failed", fact.body.number)
    case "confirmation.given":
      return is("confirmed", fact.body.action)
    default:
      return null
  }
}

function moved(
  { from, to, why, with: other }: { from: string; to: string; why: string | null; with: string | null },
  is: (what: What, how?: string | null, who?: string | null) => Happening,
  kindOf: (participant: string) => string | null,
): Happening | null {
  switch (to) {
    case "call":
      return is(from === "ringing" ? "call" : "resumed")
    case "hold":
      return is("hold")
    case "private":
      return is("private", null, other === null ? null : kindOf(other))
    case "interrupted":
      return is("interrupted", null, why === null ? null : why.replace(/_gone$/, ""))
    case "wrapUp":
      return is("wrap_up")
    case "lobby":
      return why === "agent_gone" || why === "desk" ? is("back_to_waiting", why) : null
    case "over":
      return is("over", why)
    default:
      return null
  }
}

/** How long each part took, from the steps alone. */
export interface Spent {
  /** From coming, or the booked time where that is later, to the first answer. */
  waited: number
  /** From the first answer to the end, holds and interruptions included. */
  whole: number
  held: number
  interrupted: number
  interruptions: number
  rings: number
}

const begins = new Set<What>([
  "call",
  "resumed",
  "hold",
  "private",
  "interrupted",
  "wrap_up",
  "back_to_waiting",
  "over",
])

export function spent(steps: readonly Happening[], bookedAt: Instant | null): Spent {
  const at = (what: What) => steps.find((one) => one.what === what)?.at ?? null
  const [arrived, call] = [at("arrived"), at("call")]
  const phases = steps.filter(({ what }) => begins.has(what))
  const last = phases.at(-1)?.at ?? call ?? 0
  const lasted = (what: What) =>
    phases.reduce((all, one, index) => all + (one.what === what ? (phases[index + 1]?.at ?? one.at) - one.at : 0), 0)
  return {
    waited: call === null || arrived === null ? 0 : Math.max(0, call - Math.max(arrived, bookedAt ?? arrived)),
    whole: call === null ? 0 : last - call,
    held: lasted("hold"),
    interrupted: lasted("interrupted"),
    interruptions: steps.filter(({ what }) => what === "interrupted").length,
    rings: steps.filter(({ what }) => what === "ring").length,
  }
}
