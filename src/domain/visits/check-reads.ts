import { and, asc, desc, eq, inArray, isNull, sql } from "drizzle-orm"
import type { Words } from "../../../db/schema/catalogue.ts"
import {
  type CheckRow,
  identityChecks,
  identityPictures,
  type PictureRow,
  type StepKind,
  type StepRow,
} from "../../../db/schema/identity.ts"
import { visits } from "../../../db/schema/visits.ts"
import type { Store } from "../../../db/store.ts"
import type { Day, Instant } from "../../base/day.ts"
import type { Keys } from "../../base/seal.ts"
import { staffOf } from "../access/keys.ts"
import { staffNames } from "../access/names.ts"
import { type CivilRecord, civilRecord } from "../people/civil.ts"
import { personalData } from "../people/reads.ts"
import { personKey } from "../people/sealed.ts"
import { mayExchange, type Shortfall, shortOf } from "./check-list.ts"
import { checksOf, stepsOf } from "./checking.ts"
import { type Level, levelNow } from "./identity.ts"
import { mayLookIn, participantOf, visit } from "./visits.ts"

/* What the pages show of a check: the agent all of it, the person the one step that is asked for. */

export interface StepView extends Pick<StepRow, "place" | "turn" | "kind" | "drawn" | "measured" | "result" | "at"> {
  isNow: boolean
  note: string | null
  /** Of the conditions, what was short when they were looked at last. */
  short: Shortfall[]
  mayExchange: boolean
  pictures: PictureRow[]
}

/** What stands in the record, for the one step that compares it. */
export interface RecordView {
  name: Words | null
  number: string | null
  born: Day | null
  /** What the registry says of documents: of what kind, with what number, until when. */
  papers: CivilRecord["papers"]
}

export interface CheckView extends Omit<CheckRow, "secondNoteSealed"> {
  agentName: Words | null
  secondName: Words | null
  secondNote: string | null
  steps: StepView[]
  /** Only while it is compared, and for the agent who does. */
  record: RecordView | null
}

export interface IdentityView {
  level: Level
  /** The last one; `null` where none was drawn. */
  check: CheckView | null
  /** Whether a list may be drawn now. */
  mayDraw: boolean
}

/** How it stands with who the person is, for the staff who serve them. Who may look, the asker has proved. */
export async function identityView(store: Store, keys: Keys, id: string, reader: string): Promise<IdentityView> {
  const { row, phase } = await visit(store, id)
  const all = await checksOf(store, row.thread)
  const [last] = all
  const isClear = !all.some(({ state }) => state === "rejected")
  const stands = last?.lapsedAt === null && (last.state === "open" || last.state === "verified")
  const isTalking = phase === "call" || phase === "private"
  return {
    level: await levelNow(store, id),
    check: last ? await checkView(store, keys, last, reader) : null,
    mayDraw: isTalking && isClear && !stands,
  }
}

/** One check with everything that came of it. */
export async function checkView(store: Store, keys: Keys, check: CheckRow, reader: string): Promise<CheckView> {
  const { row } = await visit(store, check.visit)
  const steps = await stepsOf(store, check.id)
  const key = await personKey(store, keys, row.person)
  const names = await staffNames(store, [check.agent, ...(check.secondBy ? [check.secondBy] : [])])
  const pictures = await picturesOf(store, check.id)
  const isOpen = check.state === "open" && check.lapsedAt === null
  const now = isOpen ? steps.find(({ result }) => result === null) : undefined
  const { secondNoteSealed, ...rest } = check
  const isCompared = now?.kind === "data" && check.agent === reader
  return {
    ...rest,
    agentName: names.get(check.agent) ?? null,
    secondName: check.secondBy ? (names.get(check.secondBy) ?? null) : null,
    secondNote: secondNoteSealed && key ? key.open("identity_check.note", secondNoteSealed) : null,
    steps: steps.map((step) => ({
      ...step,
      isNow: step === now,
      note: step.noteSealed && key ? key.open("identity_step.note", step.noteSealed) : null,
      short: step.kind === "measured" && step.result === null ? shortOf(step.measured, check.darkSince !== null) : [],
      mayExchange: step === now && step.turn === 0 && mayExchange(step.kind),
      pictures: pictures.filter(({ place }) => place === step.place),
    })),
    record: isCompared ? await recordOf(store, keys, row.person) : null,
  }
}

async function recordOf(store: Store, keys: Keys, person: string): Promise<RecordView | null> {
  const found = await personalData(store, keys, person)
  const papers = (await civilRecord(store, keys, person))?.papers ?? []
  return found && { name: found.name, number: found.nationalId, born: found.birthDay, papers }
}

/** What the person is asked for now, or how it stands. */
export type AskedView =
  | { kind: "none" | "looking" | "verified" | "again" | "ended" }
  | { kind: "step"; check: string; place: number; step: StepKind; drawn: string | null; mayExchange: boolean }

/** For the person alone. What only the agent may know, e.g. digits that are read out, is not in it. */
export async function askedView(store: Store, id: string): Promise<AskedView> {
  const { row } = await visit(store, id)
  const [check] = await checksOf(store, row.thread)
  if (!check || check.visit !== id) return { kind: "none" }
  if (check.lapsedAt !== null) return { kind: check.state === "open" || check.state === "verified" ? "again" : "none" }
  if (check.state === "verified") return { kind: "verified" }
  if (check.state !== "open") return { kind: "ended" }
  const step = (await stepsOf(store, check.id)).find(({ result }) => result === null)
  if (check.asked === null || !step) return { kind: "looking" }
  const isShown = step.kind === "digits" || step.kind === "picture"
  return {
    ...{ kind: "step", check: check.id, place: step.place, step: step.kind },
    drawn: isShown ? step.drawn : null,
    mayExchange: step.turn === 0 && mayExchange(step.kind),
  }
}

/** Whether this one of the staff may see how it stands with who the person is. */
export async function mayLook(store: Store, id: string, reader: string): Promise<boolean> {
  const own = await participantOf(store, id, reader)
  if (own) return own.kind === "agent" || own.kind === "supervisor"
  const staff = await staffOf(store, reader)
  return staff !== null && mayLookIn(store, await visit(store, id), staff)
}

export interface Waiting {
  id: string
  visit: string
  agent: Words | null
  endedAt: Instant | null
}

/** Rejections of an office that wait for a second person, the oldest first. */
export async function awaitingSecond(store: Store, officeCode: string): Promise<Waiting[]> {
  const rows = await store.db
    .select({ check: identityChecks })
    .from(identityChecks)
    .innerJoin(visits, eq(visits.id, identityChecks.visit))
    .where(and(eq(visits.office, officeCode), eq(identityChecks.state, "rejected"), isNull(identityChecks.second)))
    .orderBy(asc(identityChecks.endedAt))
  const names = await staffNames(
    store,
    rows.map(({ check }) => check.agent),
  )
  return rows.map(({ check: { id, visit: of, agent, endedAt } }) => ({
    ...{ id, visit: of, endedAt },
    agent: names.get(agent) ?? null,
  }))
}

/** The pictures of checks by their steps: what was sent before what was received. */
export function picturesOf(store: Store, ...checks: string[]): Promise<PictureRow[]> {
  return store.db
    .select()
    .from(identityPictures)
    .where(inArray(identityPictures.check, checks))
    .orderBy(asc(identityPictures.place), desc(identityPictures.side), sql`rowid`)
}
