import { and, asc, eq, sql } from "drizzle-orm"
import {
  type CheckKind,
  type CheckRow,
  identityChecks,
  identityPictures,
  identitySteps,
  type Measured,
  type StepResult,
  type StepRow,
} from "../../../db/schema/identity.ts"
import { visits } from "../../../db/schema/visits.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import { cleanText } from "../../base/text.ts"
import { authorize } from "../access/authorize.ts"
import { type Citizen, isStaff, type Staff } from "../access/subject.ts"
import { office } from "../offices/reads.ts"
import { noteRead } from "../people/read-log.ts"
import { personKey } from "../people/sealed.ts"
import { conditions, drawnFor, isAsked, mayExchange, otherWay, outcomeOf, plan, shortOf } from "./check-list.ts"
import { lapse } from "./identity.ts"
import { mustBeIn } from "./phases.ts"
import { visitTimes } from "./times.ts"
import { ownVisit, roster, type Visit, visit, visitAtHand } from "./visits.ts"

/*
 * How an agent goes through the list. The house says which step is next and writes down what came of it; the agent answers, and can neither
 * leave out a step nor answer one twice. What it all comes to is computed.
 */

const noteMost = 500

/** What the agent's page last said of the picture that it receives, and when. */
export interface Received extends Measured {
  at: Instant
  /** How the connection is beyond the picture, as far as it was said. */
  rtt?: number | undefined
  state?: string
  /** It is a screen that is shown. */
  isScreen?: boolean
}

/**
 * Draws a list for the person's present page: a whole one, or a short one where this agent has found the same person before in this visit
 * and in this tab, as after a reload.
 * Refuses `not_your_counter`, `wrong_state` while the two do not see each other, while one is open, and after a rejection that stands.
 */
export async function drawCheck(tx: Tx, agent: Staff, id: string): Promise<CheckRow> {
  const found = await visitAtHand(tx, agent, id)
  const { row } = found
  mustBeIn(found.phase, "call", "private")
  const person = (await roster(tx, id)).find(({ kind }) => kind === "citizen")
  if (person?.state !== "admitted" || person.page === null) {
    throw new Refusal("wrong_state", { state: person?.state ?? "gone" })
  }
  const before = await checksOf(tx, row.thread)
  const [last] = before
  if (last?.state === "open" && last.lapsedAt === null) throw new Refusal("wrong_state", { state: "open" })
  if (last?.state === "verified" && last.lapsedAt === null) throw new Refusal("wrong_state", { state: "verified" })
  if (before.some(({ state }) => state === "rejected")) throw new Refusal("wrong_state", { state: "rejected" })
  // Whoever comes from another device may be another one: nothing that was found there tells who sits here.
  const isKnown = before.some(
    ({ visit: of, agent: by, state, tab }) =>
      of === id && by === agent.id && state === "verified" && tab !== null && tab === person.tab,
  )
  const kind: CheckKind = isKnown ? "again" : "full"
  const check: CheckRow = {
    ...{ id: tx.id(), visit: id, participant: person.id, page: person.page, tab: person.tab },
    ...{ epoch: person.epoch, kind },
    ...{
      state: "open",
      agent: agent.id,
      drawnAt: tx.now,
      asked: null,
      endedAt: null,
      darkSince: null,
      unseenSince: null,
    },
    ...{ lapsedAt: null, lapsed: null, second: null, secondBy: null, secondAt: null, secondNoteSealed: null },
  }
  await tx.db.insert(identityChecks).values(check)
  const blank = { check: check.id, turn: 0, measured: null, result: null, noteSealed: null, by: null, at: null }
  await tx.db.insert(identitySteps).values(plan(kind, tx.chance).map((step, place) => ({ ...blank, place, ...step })))
  const said = { visit: id, check: check.id, participant: person.id, epoch: person.epoch, kind, by: agent.id }
  await tx.say(row.office, "check.drawn", { ...said, subject: row.person })
  return check
}

/**
 * Looks at what the agent's page receives. Where every condition is met the step is passed; else what was found is kept with it, to be
 * looked at again or answered as not possible. Refuses `wrong_state` where another step is next, `forbidden`.
 */
export async function measure(tx: Tx, agent: Staff, id: string, received: Received | null, realNow: Instant) {
  const { found, check, step, steps } = await currentStep(tx, agent, id)
  if (step.kind !== "measured") throw new Refusal("wrong_state", { state: step.kind })
  const isFresh = received !== null && tx.now - received.at <= conditions.freshMilliseconds
  const measured = isFresh ? { w: received.w, h: received.h, fps: received.fps, loss: received.loss } : null
  await tx.db.update(identitySteps).set({ measured }).where(isStep(step))
  const short = shortOf(measured, check.darkSince !== null)
  if (short.length === 0) await write(tx, { found, check, step, steps }, agent, "pass", null, realNow)
  else await sayAsked(tx, found, check, null, agent.id)
  return short
}

export interface Answered {
  /** The place for which the answer is meant: what was shown when it was given. */
  place: number
  result: Exclude<StepResult, "exchanged">
  note?: string | null
}

/**
 * The agent's word on the step that is next; after the last one the check ends by itself. `realNow`: for the log of who reads what, because
 * the record is shown with the step that compares it. Refuses `wrong_state` for a step that is not next and for conditions that were not
 * measured, `picture_missing`, `invalid_field`, `forbidden`, `not_found`.
 */
export async function answerStep(
  tx: Tx,
  keys: Keys,
  agent: Staff,
  id: string,
  { place, result, note = null }: Answered,
  realNow: Instant,
): Promise<CheckRow> {
  const current = await currentStep(tx, agent, id)
  const { found, check, step } = current
  if (step.place !== place) throw new Refusal("wrong_state", { state: step.kind })
  if (step.kind === "measured" && result !== "not_possible") throw new Refusal("wrong_state", { state: step.kind })
  if (step.kind === "picture" && result === "pass") await mustHaveBoth(tx, check, place)
  const text = note === null ? "" : cleanText(note, "note", noteMost)
  const key = text === "" ? null : await personKey(tx, keys, found.row.person)
  const noteSealed = key ? key.seal("identity_step.note", text, tx.chance) : null
  return write(tx, current, agent, result, noteSealed, realNow)
}

/** Goes no further: what has not been answered was not possible. Refuses as `answerStep`. */
export async function breakOff(tx: Tx, agent: Staff, id: string, realNow: Instant): Promise<CheckRow> {
  let { check } = await currentStep(tx, agent, id)
  while (check.state === "open") {
    check = await write(tx, await currentStep(tx, agent, id), agent, "not_possible", null, realNow, true)
  }
  return check
}

/**
 * Another way for the step that is asked for, which takes no sight: the person asks for it on the page, or tells the agent. Nothing is lost by
 * it, and the list keeps both. Refuses `wrong_state` for a step that has no other way, or has had it, `not_found`.
 */
export async function otherWayFor(tx: Tx, by: Citizen | Staff, id: string): Promise<void> {
  const found = isStaff(by) ? await visitAtHand(tx, by, id) : await ownVisit(tx, by, id)
  const { check, step, steps } = await openStep(tx, id)
  if (!mayExchange(step.kind) || step.turn > 0) throw new Refusal("wrong_state", { state: step.kind })
  const other = otherWay(
    steps.map(({ kind }) => kind),
    tx.chance,
  )
  await tx.db.update(identitySteps).set({ result: "exchanged", by: by.id, at: tx.now }).where(isStep(step))
  const blank = { check: check.id, measured: null, result: null, noteSealed: null, by: null, at: null }
  const drawn = drawnFor(other.kind, tx.chance)
  await tx.db.insert(identitySteps).values({ ...blank, ...other, drawn, place: step.place, turn: 1 })
  const said = { visit: id, check: check.id, place: step.place, from: step.kind, to: other.kind, by: by.id }
  await tx.say(found.row.office, "check.exchanged", { ...said, subject: found.row.person })
}

/**
 * A second person looks at a rejection. Confirmed, it stands; overturned, the check is what it would be had nothing failed. Refuses
 * `second_person` to who found it, `request_over` where there is nothing to decide, `not_found`.
 */
export async function decide(
  tx: Tx,
  keys: Keys,
  by: Staff,
  checkId: string,
  { decision, note = null }: { decision: "confirmed" | "overturned"; note?: string | null },
): Promise<CheckRow> {
  const check = await checkById(tx, checkId)
  const { row } = await visit(tx, check.visit)
  authorize(by, "check.decide", await office(tx, row.office))
  if (by.id === check.agent) throw new Refusal("second_person")
  if (check.state !== "rejected" || check.second !== null) throw new Refusal("request_over")
  const text = note === null ? "" : cleanText(note, "note", noteMost)
  const key = text === "" ? null : await personKey(tx, keys, row.person)
  const secondNoteSealed = key ? key.seal("identity_check.note", text, tx.chance) : null
  const results = (await stepsOf(tx, check.id)).map(({ result }) => result)
  const state = outcomeOf(results, decision === "overturned")
  const [after] = await tx.db
    .update(identityChecks)
    .set({ state, second: decision, secondBy: by.id, secondAt: tx.now, secondNoteSealed })
    .where(and(eq(identityChecks.id, check.id), sql`${identityChecks.second} is null`))
    .returning()
  if (!after) throw new Refusal("request_over")
  const said = { visit: check.visit, check: check.id, decision, state, by: by.id }
  await tx.say(row.office, "check.decided", { ...said, subject: row.person })
  return after
}

/** What a page says of the picture: the person's whether the camera is on, the agent's whether anything of it arrives. */
export type Sight = { by: "person"; isOff: boolean } | { by: "agent"; agent: string; isOff: boolean }

/** Whether a report of a participant's picture is news for a check. For whoever would else begin a turn for each. */
export async function isNewsOfSight(store: Store, participant: string, sight: Sight): Promise<boolean> {
  const [check] = await standing(store).execute({ participant })
  return check !== undefined && isTheirs(check, sight) && (sight.isOff || check[since(sight)] !== null)
}

/**
 * What is reported of the person's picture. Off for more than five seconds, or nothing of it at the agent for as long, and nobody knows any
 * more who sits there: whatever was looked at lapses. Each of the two pages says it at once when it changes, and every five seconds; neither
 * takes back what the other has said. Of agents, the one counts who answers for the check.
 */
export async function sightIs(tx: Tx, participant: string, sight: Sight): Promise<void> {
  const [check] = await standing(tx).execute({ participant })
  if (!check || !isTheirs(check, sight)) return
  const { row } = await visit(tx, check.visit)
  const isTooLong = (at: Instant | null) => at !== null && tx.now - at > visitTimes.cameraOff
  if (isTooLong(check.darkSince)) return lapse(tx, row, "camera_off")
  if (isTooLong(check.unseenSince)) return lapse(tx, row, "unseen")
  const at = sight.isOff ? (check[since(sight)] ?? tx.now) : null
  await tx.db
    .update(identityChecks)
    .set({ [since(sight)]: at })
    .where(eq(identityChecks.id, check.id))
}

const since = ({ by }: Sight) => (by === "person" ? "darkSince" : "unseenSince")
const isTheirs = ({ agent }: CheckRow, sight: Sight) => sight.by === "person" || sight.agent === agent

/** The checks of a visit's thread, the last first. */
export async function checksOf(store: Store, thread: string): Promise<CheckRow[]> {
  const rows = await ofThread(store).execute({ thread })
  return rows.map(({ check }) => check)
}

/** All rows of a list, in its order. */
export function stepsOf(store: Store, check: string): Promise<StepRow[]> {
  return byCheck(store).execute({ check })
}

/** Refuses `not_found`. */
export async function checkById(store: Store, id: string): Promise<CheckRow> {
  const [row] = await store.db.select().from(identityChecks).where(eq(identityChecks.id, id))
  if (!row) throw new Refusal("not_found", { what: "check" })
  return row
}

/** The check that is gone through now, with the step that is next. Refuses `wrong_state` where none is. */
export async function openStep(
  store: Store,
  id: string,
): Promise<{ check: CheckRow; step: StepRow; steps: StepRow[] }> {
  const [check] = await openOf(store).execute({ visit: id })
  const steps = check ? await stepsOf(store, check.id) : []
  const step = steps.find(({ result }) => result === null)
  if (!check || !step) throw new Refusal("wrong_state", { state: "none" })
  return { check, step, steps }
}

interface Current {
  found: Visit
  check: CheckRow
  step: StepRow
  steps: StepRow[]
}

async function currentStep(tx: Tx, agent: Staff, id: string): Promise<Current> {
  const found = await visitAtHand(tx, agent, id)
  const open = await openStep(tx, id)
  // A supervisor's is every hand, but what somebody answers for they have seen themselves.
  if (open.check.agent !== agent.id) throw new Refusal("forbidden")
  return { found, ...open }
}

/** Writes one result, and goes on: to the next step, or to what it all comes to. */
async function write(
  tx: Tx,
  { found, check, step, steps }: Current,
  agent: Staff,
  result: Exclude<StepResult, "exchanged">,
  noteSealed: string | null,
  realNow: Instant,
  isEnding = false,
): Promise<CheckRow> {
  const { row } = found
  const [written] = await tx.db
    .update(identitySteps)
    .set({ result, noteSealed, by: agent.id, at: tx.now })
    .where(and(isStep(step), sql`${identitySteps.result} is null`))
    .returning({ place: identitySteps.place })
  if (!written) throw new Refusal("wrong_state", { state: step.kind })
  const said = { visit: row.id, check: check.id, place: step.place, step: step.kind, result, by: agent.id }
  await tx.say(row.office, "check.answered", { ...said, subject: row.person })
  const left = steps.filter((one) => one !== step && one.result === null)
  const [next] = left
  if (next && isEnding) return check
  if (next) return goTo(tx, found, check, next, agent, realNow)
  const results = steps.map((one) => (one === step ? result : one.result))
  const ended = { state: outcomeOf(results), endedAt: tx.now, asked: null }
  await tx.db.update(identityChecks).set(ended).where(eq(identityChecks.id, check.id))
  const outcome = { visit: row.id, check: check.id, state: ended.state, by: agent.id }
  await tx.say(row.office, "check.ended", { ...outcome, subject: row.person })
  return { ...check, ...ended }
}

async function goTo(tx: Tx, found: Visit, check: CheckRow, next: StepRow, agent: Staff, realNow: Instant) {
  const asked = isAsked(next.kind) ? next.place : null
  const drawn = drawnFor(next.kind, tx.chance)
  if (drawn !== null) await tx.db.update(identitySteps).set({ drawn }).where(isStep(next))
  await tx.db.update(identityChecks).set({ asked }).where(eq(identityChecks.id, check.id))
  const { id: about, office: where, person } = found.row
  // From here on the agent's panel shows the record.
  if (next.kind === "data")
    await noteRead(tx, { staff: agent.id, person, what: "identity", office: where, about }, realNow)
  await sayAsked(tx, found, check, asked, agent.id)
  return { ...check, asked }
}

async function sayAsked(tx: Tx, { row }: Visit, check: CheckRow, place: number | null, by: string): Promise<void> {
  await tx.say(row.office, "check.asked", { visit: row.id, check: check.id, place, by, subject: row.person })
}

async function mustHaveBoth(tx: Tx, check: CheckRow, place: number): Promise<void> {
  const sides = await tx.db
    .selectDistinct({ side: identityPictures.side })
    .from(identityPictures)
    .where(and(eq(identityPictures.check, check.id), eq(identityPictures.place, place)))
  if (sides.length < 2) throw new Refusal("picture_missing")
}

const isStep = ({ check, place, turn }: StepRow) =>
  and(eq(identitySteps.check, check), eq(identitySteps.place, place), eq(identitySteps.turn, turn))

const p = sql.placeholder
const byCheck = statement((db) =>
  db
    .select()
    .from(identitySteps)
    .where(eq(identitySteps.check, p("check")))
    .orderBy(asc(identitySteps.place), asc(identitySteps.turn)),
)
const openOf = statement((db) =>
  db
    .select()
    .from(identityChecks)
    .where(
      and(
        eq(identityChecks.visit, p("visit")),
        sql`${identityChecks.state} = 'open'`,
        sql`${identityChecks.lapsedAt} is null`,
      ),
    ),
)
const standing = statement((db) =>
  db
    .select()
    .from(identityChecks)
    .where(
      and(
        eq(identityChecks.participant, p("participant")),
        sql`${identityChecks.lapsedAt} is null`,
        sql`${identityChecks.state} in ('open', 'verified')`,
      ),
    )
    .limit(1),
)
const ofThread = statement((db) =>
  db
    .select({ check: identityChecks })
    .from(identityChecks)
    .innerJoin(visits, eq(visits.id, identityChecks.visit))
    .where(eq(visits.thread, p("thread")))
    .orderBy(sql`${identityChecks.drawnAt} desc`, sql`${identityChecks.id} desc`),
)
