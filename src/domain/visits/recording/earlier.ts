import { and, asc, eq, lte } from "drizzle-orm"
import type { AnyFact } from "../../../../db/facts.ts"
import { facts } from "../../../../db/schema/facts.ts"
import { type ParticipantRow, participants, type VisitRow, visits } from "../../../../db/schema/visits.ts"
import type { Store } from "../../../../db/store.ts"
import type { Instant } from "../../../base/day.ts"
import { isAsked, isThird, type Standing } from "./consents.ts"

/**
 * Whether everybody's answers let a visit be recorded at an earlier time, as the facts say it: what a page could not bring in time is judged
 * by what was agreed when it was taken, and neither by a later yes nor by a later no.
 */
export async function standingAt(store: Store, row: VisitRow, at: Instant): Promise<Standing> {
  const everybody = await store.db
    .select({ who: participants })
    .from(participants)
    .innerJoin(visits, eq(visits.id, participants.visit))
    .where(eq(visits.thread, row.thread))
  const here = everybody.map(({ who }) => who).filter((one) => one.visit === row.id && wasIn(one, at))
  const answers = await answersBy(store, row.person, at)
  const subjectOf = new Map(everybody.map(({ who }) => [who.id, who.subject]))
  const asked = here.filter(({ kind }) => isAsked(kind))
  const lastOf = asked.map((who) => ({
    who,
    answer: answers.findLast(({ by }) => by === who.id || (who.subject !== null && subjectOf.get(by) === who.subject)),
  }))
  const states = lastOf.map(({ answer }) => answer?.state)
  if (states.includes("withdrawn")) return "withdrawn"
  if (states.includes("refused")) return "refused"
  const isOpen = lastOf.some(
    ({ who, answer }) =>
      !answer ||
      here.some((one) => isThird(one.kind) && one.id !== who.id && one.joinedAt !== null && one.joinedAt > answer.at),
  )
  return asked.length === 0 || isOpen ? "asked" : "yes"
}

async function answersBy(store: Store, person: string, until: Instant) {
  const said = await store.db
    .select()
    .from(facts)
    .where(and(eq(facts.subject, person), eq(facts.kind, "recording.answered"), lte(facts.at, until)))
    .orderBy(asc(facts.at), asc(facts.seq))
  return (said as unknown as AnyFact[]).flatMap((fact) =>
    fact.kind === "recording.answered" ? [{ by: fact.body.participant, state: fact.body.state, at: fact.at }] : [],
  )
}

function wasIn({ kind, joinedAt, leftAt }: ParticipantRow, at: Instant): boolean {
  return kind === "citizen" || (joinedAt !== null && joinedAt <= at && (leftAt === null || at <= leftAt))
}
