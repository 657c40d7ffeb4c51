import { and, eq, sql } from "drizzle-orm"
import { canonical } from "../../../../db/facts.ts"
import { type ConsentRow, type ConsentState, visitConsents } from "../../../../db/schema/recordings.ts"
import { type ParticipantKind, type ParticipantRow, participants, visits } from "../../../../db/schema/visits.ts"
import { statement } from "../../../../db/statement.ts"
import type { Store } from "../../../../db/store.ts"
import type { Tx } from "../../../../db/write.ts"
import { Refusal } from "../../../base/refusal.ts"
import type { Subject } from "../../access/subject.ts"
import { mustFollow, visit } from "../visits.ts"
import { hashOfText } from "./chain.ts"
import { follow } from "./gaps.ts"

/*
 * What people have answered to being recorded. Nothing is recorded before everybody in the call who is not of the office has been told
 * (`notice`) or has agreed (`consent`), to these people being there; whoever joins is asked, and the others once more.
 */

/** By what right an agency records: it tells people, or it asks them. */
export type Basis = "notice" | "consent"

export type Answer = Exclude<ConsentState, "not_asked">

/** What was shown: a version of the text, in one language, and the SHA-256 of what stood there. */
export interface Shown {
  version: string
  lang: "ar" | "en"
  textHash: string
}

/**
 * Somebody's answer. It may be another one at any time; what was recorded by then is kept as it would have been. Refuses `wrong_state` for
 * an answer that this basis does not ask for and when the visit is over, `not_found` to whoever is not in the visit, `forbidden` to staff.
 */
export async function answerConsent(
  tx: Tx,
  subject: Subject,
  id: string,
  answer: Answer,
  { basis, ...shown }: Shown & { basis: Basis },
): Promise<ConsentState> {
  const own = await mustFollow(tx, subject, id)
  if (own === "at_hand" || !isAsked(own.kind)) throw new Refusal("forbidden")
  const { row, phase } = await visit(tx, id)
  if (phase === "over") throw new Refusal("wrong_state", { state: phase })
  if ((answer === "noticed") !== (basis === "notice")) throw new Refusal("wrong_state", { state: basis })
  const before = await consentOf(tx, row.thread, subject.id)
  const wasGiven = before?.state === "given"
  // Whoever had agreed and no longer does takes it back, by whatever word.
  const state = answer === "refused" && wasGiven ? "withdrawn" : answer
  if (state === "withdrawn" && !wasGiven) throw new Refusal("wrong_state", { state: before?.state ?? "not_asked" })
  const company = (await companyOf(tx, id)).filter((one) => one !== own.id)
  const consent = { participant: own.id, state, ...shown, company, at: tx.now }
  await tx.db
    .insert(visitConsents)
    .values({ thread: row.thread, subject: subject.id, ...consent })
    .onConflictDoUpdate({ target: [visitConsents.thread, visitConsents.subject], set: consent })
  const said = { visit: id, participant: own.id, state, version: shown.version, lang: shown.lang, text: shown.textHash }
  await tx.say(row.office, "recording.answered", { ...said, subject: row.person })
  await follow(tx, id, subject.id)
  return state
}

/** Whether everybody's answers let a visit be recorded, and if not, why: somebody is still to answer, or does not want it. */
export type Standing = "yes" | "asked" | "refused" | "withdrawn"

export interface Answered {
  participant: string
  subject: string | null
  kind: ParticipantKind
  isIn: boolean
  state: ConsentState
  /** An answer is wanted: none was given, or somebody has joined since. */
  isOpen: boolean
}

/**
 * What everybody in a visit who is asked has answered, whether or not they have been let in. `afterwards`: also of those who have left, who
 * count as in it.
 */
export async function answersIn(store: Store, id: string, afterwards = false): Promise<Answered[]> {
  const all = await withAnswers(store).execute({ visit: id })
  const thirds = all.filter(({ who }) => isIn(who) && isThird(who.kind)).map(({ who }) => who.id)
  return all
    .filter(({ who }) => isAsked(who.kind) && (afterwards || who.state !== "gone"))
    .map(({ who, answer }) => ({
      ...{ participant: who.id, subject: who.subject, kind: who.kind },
      isIn: isIn(who) || who.state === "gone",
      state: answer?.state ?? "not_asked",
      isOpen: answer === null || thirds.some((one) => one !== who.id && !answer.company.includes(one)),
    }))
}

export async function standingOf(store: Store, id: string): Promise<Standing> {
  return standing(await answersIn(store, id))
}

export function standing(all: readonly Answered[]): Standing {
  const there = all.filter((one) => one.isIn)
  if (there.some(({ state }) => state === "withdrawn")) return "withdrawn"
  if (there.some(({ state }) => state === "refused")) return "refused"
  return there.length === 0 || there.some(({ isOpen }) => isOpen) ? "asked" : "yes"
}

/** SHA-256 of the answers that stand now, for the beginning of a chain. */
export async function consentHash(store: Store, id: string): Promise<string> {
  const answers = (await withAnswers(store).execute({ visit: id })).flatMap(({ answer }) => answer ?? [])
  return hashOfText(canonical(answers.toSorted((a, b) => (a.subject < b.subject ? -1 : 1))))
}

/** When somebody's answer last changed. */
export async function lastAnswerAt(store: Store, id: string): Promise<number> {
  const answers = (await withAnswers(store).execute({ visit: id })).map(({ answer }) => answer?.at ?? 0)
  return Math.max(0, ...answers)
}

/** Since when the answers of those who are in a visit do not let it be recorded, where they do not. */
export async function unansweredSince(store: Store, id: string): Promise<number> {
  const all = (await withAnswers(store).execute({ visit: id })).filter(({ who }) => isIn(who))
  const times = all.flatMap(({ who, answer }) => {
    if (!isAsked(who.kind)) return []
    if (!answer) return who.joinedAt ?? 0
    if (answer.state === "refused" || answer.state === "withdrawn") return answer.at
    const later = all.filter(
      (one) => isThird(one.who.kind) && one.who.id !== who.id && !answer.company.includes(one.who.id),
    )
    return later.map((one) => one.who.joinedAt ?? 0)
  })
  return Math.min(...times)
}

async function consentOf(store: Store, thread: string, subject: string): Promise<ConsentRow | null> {
  const [row] = await store.db
    .select()
    .from(visitConsents)
    .where(and(eq(visitConsents.thread, thread), eq(visitConsents.subject, subject)))
  return row ?? null
}

async function companyOf(store: Store, id: string): Promise<string[]> {
  const all = await withAnswers(store).execute({ visit: id })
  return all.filter(({ who }) => isIn(who) && isThird(who.kind)).map(({ who }) => who.id)
}

const isIn = ({ state }: ParticipantRow) => state === "admitted" || state === "held"
/** Staff know that they are recorded at work. */
export const isAsked = (kind: ParticipantKind) => kind !== "agent" && kind !== "supervisor"
export const isThird = (kind: ParticipantKind) => kind !== "agent" && kind !== "citizen"

const withAnswers = statement((db) =>
  db
    .select({ who: participants, answer: visitConsents })
    .from(participants)
    .innerJoin(visits, eq(visits.id, participants.visit))
    .leftJoin(
      visitConsents,
      and(eq(visitConsents.thread, visits.thread), eq(visitConsents.subject, participants.subject)),
    )
    .where(and(eq(participants.visit, sql.placeholder("visit")), sql`${participants.state} <> 'removed'`))
    .orderBy(participants.id),
)
