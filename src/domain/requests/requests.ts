import { and, desc, eq, inArray, sql } from "drizzle-orm"
import { canonical } from "../../../db/facts.ts"
import { type RequestRow, type RequestState, requests, type Unconfirmed } from "../../../db/schema/requests.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { type Instant, minute } from "../../base/day.ts"
import { bookingCode } from "../../base/id.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys, PersonKey } from "../../base/seal.ts"
import { authorize } from "../access/authorize.ts"
import { freeze } from "../access/confirmation.ts"
import type { Citizen, Staff } from "../access/subject.ts"
import { service as serviceOf } from "../catalogue/reads.ts"
import { notify } from "../notifications/outbox.ts"
import { mustServe, office as officeOf } from "../offices/reads.ts"
import { personKey } from "../people/sealed.ts"
import { mustBeIn, talking } from "../visits/phases.ts"
import { visitAtHand } from "../visits/visits.ts"
import { missingIn, readFields } from "./fields.ts"
import type { Asked, Decision, Fields, Line, Reason, Service } from "./service.ts"
import { type Fingerprints, type HouseRules, helpersIn, mustStand, twoInCall } from "./standing.ts"
import { serviceFile } from "./table.ts"

/*
 * A service carried out in a visit, from its beginning to its end. The agent fills in, the person looks on and confirms; `carrying.ts` does
 * it. There is one open request in a visit at a time.
 */

/** Every move of a request, and nothing else. */
export const requestMoves = {
  draft: ["draft", "asked", "done", "failed", "withdrawn"],
  asked: ["draft", "asked", "done", "failed", "withdrawn"],
  done: [],
  failed: [],
  // The end of the visit, with which it was given up, was taken back.
  withdrawn: ["draft"],
} as const satisfies Record<RequestState, readonly RequestState[]>

export const openStates = ["draft", "asked"] as const satisfies RequestState[]

/** How long what was asked can be confirmed. */
export const confirmWithin = 2 * minute

/** What a frozen request is named in the record of confirmations. */
export const requestAction = "request.carry_out"

/** What came of a request: what was confirmed, what the service said to it, and by what it was decided. */
export interface Outcome {
  lines: Line[]
  receipt: Line[]
  reason: Reason
  used: Record<string, unknown>
  /** What the person can do about a no. */
  wayOut?: { ar: string; en: string }
}

/** What came of it, line by line: what was confirmed, without what was true only before that, and what it brought. */
export const toldOf = ({ lines, receipt }: Outcome): Line[] => [
  ...lines.filter(({ isBefore }) => !isBefore),
  ...receipt,
]

/** What was frozen, beside what the row says. Sealed: a confirmation is kept for ten years, and names nobody by then. */
export interface FrozenContent {
  fields: Fields
  lines: Line[]
  /** As the page shows it. */
  text: { ar: string[]; en: string[] }
}

/** To what a confirmation is bound beside its text: one state of one request, and the two connections by which it is asked. */
export interface Bound {
  visit: string
  version: number
  agent: string
  participant: string
  page: string
  epoch: number
  fingerprints: Fingerprints
  /** Who else was there to help. */
  helpers: string[]
}

const p = sql.placeholder
const insertRequest = statement((db) => db.insert(requests).values(placeholders(requests)).onConflictDoNothing())
const byId = statement((db) =>
  db
    .select()
    .from(requests)
    .where(eq(requests.id, p("id"))),
)
const lastOf = statement((db) =>
  db
    .select()
    .from(requests)
    .where(eq(requests.visit, p("visit")))
    .orderBy(desc(requests.id)),
)

const waitedFor = statement((db) =>
  db
    .select()
    .from(requests)
    .where(
      and(
        eq(requests.office, p("office")),
        sql`${requests.state} = 'asked'`,
        sql`${requests.askedUntil} <= ${p("now")}`,
      ),
    ),
)

/** Refuses `not_found`. */
export async function request(store: Store, id: string): Promise<RequestRow> {
  const [row] = await byId(store).execute({ id })
  if (!row) throw new Refusal("not_found", { what: "request" })
  return row
}

/** The requests of a visit, the last first. */
export function requestsIn(store: Store, visit: string): Promise<RequestRow[]> {
  return lastOf(store).execute({ visit })
}

/** The file of a request's service. Refuses `service_not_here` where it is carried out here no more. */
export function fileOf({ service }: Pick<RequestRow, "service">): Service {
  const file = serviceFile(service)
  if (!file) throw new Refusal("service_not_here", { service })
  return file
}

export async function keyFor(store: Store, keys: Keys, person: string): Promise<PersonKey> {
  const key = await personKey(store, keys, person)
  if (!key) throw new Refusal("not_found", { what: "person" })
  return key
}

export const openFields = (key: PersonKey, row: RequestRow): Fields =>
  JSON.parse(key.open("request.fields", row.fieldsSealed))

/** By what the service decides now about what is filled in. */
export const askedBy = (
  store: Store,
  keys: Keys,
  { person }: Pick<RequestRow, "person">,
  fields: Fields,
  now: Instant,
) => ({ store, keys, person, fields, now }) satisfies Asked

/**
 * Begins a service in the visit in hand. Refuses `service_not_here` for one that the office does not do or that cannot be done by video,
 * `request_open` where another one is open, `wrong_state` without a call, `not_your_counter`.
 */
export async function begin(tx: Tx, keys: Keys, agent: Staff, visitId: string, code: string): Promise<RequestRow> {
  const { row: of, phase } = await visitAtHand(tx, agent, visitId)
  authorize(agent, "request.prepare", await officeOf(tx, of.office))
  mustBeIn(phase, ...talking)
  const file = fileOf({ service: code })
  mustServe(await officeOf(tx, of.office), await serviceOf(tx, code))
  const key = await keyFor(tx, keys, of.person)
  const row: RequestRow = {
    ...{ id: tx.id(), visit: visitId, office: of.office, service: file.code, person: of.person, agent: agent.id },
    ...{ state: "draft", version: 1, fieldsSealed: key.seal("request.fields", "{}", tx.chance) },
    ...{ confirmation: null, askedUntil: null, unconfirmed: null, outcomeSealed: null, code: null, number: null },
    ...{ startedAt: tx.now, endedAt: null },
  }
  await insertRequest(tx).execute({ ...row })
  const [made] = await byId(tx).execute({ id: row.id })
  if (!made) throw new Refusal("request_open")
  const said = { request: row.id, visit: visitId, service: file.code, by: agent.id, subject: of.person }
  await tx.say(of.office, "request.begun", said)
  return row
}

/**
 * Fills in. What was asked to be confirmed before is void: the person would confirm something else. Refuses `wrong_state`,
 * `invalid_field`, `not_your_counter`.
 */
export async function edit(tx: Tx, keys: Keys, agent: Staff, id: string, typed: Fields): Promise<RequestRow> {
  const row = await inHand(tx, agent, id)
  const file = fileOf(row)
  const key = await keyFor(tx, keys, row.person)
  const fields = readFields(file, typed)
  if (canonical(fields) === canonical(openFields(key, row))) return row
  const fieldsSealed = key.seal("request.fields", JSON.stringify(fields), tx.chance)
  const after = await move(tx, row, "draft", { fieldsSealed, version: row.version + 1, agent: agent.id })
  const decision = await decisionOn(tx, keys, after, fields)
  const code = decision === null ? "incomplete" : decision.is === "yes" ? "yes" : decision.reason.code
  await tx.say(row.office, "request.edited", { ...saidOf(after), decision: code, by: agent.id })
  return after
}

/** What the service says to what is filled in; `null` while something is missing. */
export async function decisionOn(
  store: Store & { now: Instant },
  keys: Keys,
  row: RequestRow,
  fields: Fields,
): Promise<Decision | null> {
  const file = fileOf(row)
  if (missingIn(file, fields).length > 0) return null
  return file.decide(askedBy(store, keys, row, fields, store.now))
}

export interface Asking {
  fingerprints: Fingerprints
  /** Writes the lines in both languages: days and countries are words of the page's. */
  write(lines: readonly Line[]): { ar: string[]; en: string[] }
  /** The real clock's: a confirmation goes by it. */
  realNow: Instant
  rules?: HouseRules
}

/**
 * Freezes what is filled in and asks the person to confirm it, for two minutes. Refuses `service_refused` with the reason where the service
 * says no, `invalid_field` while something is missing, `connection_unknown` while the server has not seen by which keys the two talk,
 * `identity_needed`, `recording_needed`, `wrong_state`, `not_your_counter`.
 */
export async function ask(tx: Tx, keys: Keys, agent: Staff, id: string, asking: Asking): Promise<RequestRow> {
  const row = await inHand(tx, agent, id)
  const file = fileOf(row)
  if (file.identity < 2) throw new Refusal("wrong_state", { state: row.state })
  await mustStand(tx, file, { visit: row.visit, person: row.person, agent: agent.id, now: tx.now }, asking.rules)
  const two = await twoInCall(tx, row.visit, agent.id)
  if (!two) throw new Refusal("wrong_state", { state: "not_in_call" })
  const key = await keyFor(tx, keys, row.person)
  const fields = openFields(key, row)
  const { lines } = await mustBeYes(tx, keys, row, fields)
  // What is bound to nothing would stand for any connection.
  const { citizen, agent: own } = asking.fingerprints
  if (citizen === null || own === null) throw new Refusal("connection_unknown")
  const text = asking.write(lines)
  const content: FrozenContent = { fields, lines, text }
  const { name } = await serviceOf(tx, row.service)
  const bound: Bound = {
    ...{ visit: row.visit, version: row.version, agent: agent.id },
    ...{ participant: two.citizen.id, page: two.citizen.page ?? "", epoch: two.citizen.epoch },
    fingerprints: asking.fingerprints,
    helpers: await helpersIn(tx, row.visit),
  }
  const frozen = await freeze(
    tx,
    { kind: "citizen", id: row.person },
    {
      ...{ action: requestAction, object: row.id, text: { ar: [name.ar], en: [name.en] } },
      data: { bound, sealed: key.seal("request.frozen", JSON.stringify(content), tx.chance) },
    },
    asking.realNow,
    confirmWithin,
  )
  const askedUntil = tx.now + confirmWithin
  const after = await move(tx, row, "asked", { confirmation: frozen.id, askedUntil, agent: agent.id })
  const said = { ...saidOf(after), confirmation: frozen.id, until: askedUntil, by: agent.id }
  await tx.say(row.office, "request.asked", said)
  return after
}

/** The agent gives it up. Refuses `wrong_state`, `not_your_counter`. */
export async function withdraw(tx: Tx, agent: Staff, id: string): Promise<RequestRow> {
  const row = await inHand(tx, agent, id)
  const after = await move(tx, row, "withdrawn", { endedAt: tx.now })
  await tx.say(row.office, "request.withdrawn", { ...saidOf(after), by: agent.id })
  return after
}

/** What distinguishes what went with its visit from what the agent gave up for itself. */
const withVisit = "visit_over"

/** What was left open when the visit ended is given up. `by`: who ended it, or `time`. */
export async function withdrawLeft(tx: Tx, visit: string, by: string): Promise<void> {
  for (const row of (await requestsIn(tx, visit)).filter(isOpen)) {
    const after = await move(tx, row, "withdrawn", { endedAt: tx.now, code: withVisit })
    await tx.say(row.office, "request.withdrawn", { ...saidOf(after), by })
  }
}

/** The visit goes on, and with it what was given up by its end. What was asked has to be asked anew. */
export async function bringBack(tx: Tx, visit: string, by: string): Promise<void> {
  for (const row of (await requestsIn(tx, visit)).filter(({ code }) => code === withVisit)) {
    const after = await move(tx, row, "draft", { endedAt: null, code: null })
    await tx.say(row.office, "request.brought_back", { ...saidOf(after), by })
  }
}

/** The service says no, and that is the end of it: the person gets the reason and a number. Refuses `wrong_state` where it does not say no. */
export async function close(tx: Tx, keys: Keys, agent: Staff, id: string): Promise<RequestRow> {
  const row = await inHand(tx, agent, id)
  const decision = await decisionOn(tx, keys, row, openFields(await keyFor(tx, keys, row.person), row))
  if (decision?.is !== "no") throw new Refusal("wrong_state", { state: row.state })
  return fail(tx, keys, row, refusedOutcome(decision))
}

/** The person does not want it so. What was filled in stays. Refuses `wrong_state`, `not_found`. */
export async function decline(tx: Tx, citizen: Citizen, id: string): Promise<RequestRow> {
  const row = await request(tx, id)
  authorize(citizen, "request.confirm", row)
  if (row.state !== "asked") throw new Refusal("wrong_state", { state: row.state })
  const after = await move(tx, row, "draft", { unconfirmed: "declined" })
  await tx.say(row.office, "request.declined", { ...saidOf(after), by: citizen.id })
  return after
}

/** What was asked by this confirmation does not hold any more, and is asked anew by the agent. What was asked since then stands. */
export async function unask(tx: Tx, id: string, confirmation: string, why: string): Promise<void> {
  const now = await request(tx, id)
  if (now.state !== "asked" || now.confirmation !== confirmation) return
  await tx.say(now.office, "request.stale", {
    ...saidOf(await move(tx, now, "draft", { unconfirmed: "changed" })),
    why,
  })
}

/** What was asked in time and not answered is waited for no more: both sides are told. A step of the clock. */
export async function lapseAsked(tx: Tx, office: string): Promise<void> {
  for (const row of await waitedFor(tx).execute({ office, now: tx.now })) {
    await tx.say(office, "request.stale", {
      ...saidOf(await move(tx, row, "draft", { unconfirmed: "over" })),
      why: "time",
    })
  }
}

/** Why nothing waits to be confirmed though it was asked; `null` where nothing was, or something else was filled in since. */
export function unconfirmedOf({ state, askedUntil, unconfirmed }: RequestRow, now: Instant): Unconfirmed | null {
  // The clock looks now and then; what is over is over before.
  return state === "asked" && askedUntil !== null && askedUntil <= now ? "over" : unconfirmed
}

export function refusedOutcome({ reason, used, wayOut }: Extract<Decision, { is: "no" }>): {
  code: string
  outcome: Outcome
} {
  return { code: reason.code, outcome: { lines: [], receipt: [], reason, used, wayOut } }
}

/** A request that was refused or could not be carried out, with its code and all by which it was decided. */
export async function fail(
  tx: Tx,
  keys: Keys,
  row: RequestRow,
  { code, outcome }: { code: string; outcome: Outcome },
): Promise<RequestRow> {
  const after = await end(tx, keys, row, "failed", outcome, code)
  await tx.say(row.office, "request.failed", { ...saidOf(after), number: after.number ?? "", code })
  await notify(tx, {
    to: { kind: "citizen", id: row.person },
    kind: "service_refused",
    data: { ticket: row.visit, office: row.office, service: row.service },
    dedupe: `service_refused:${row.id}`,
  })
  return after
}

/** Writes how it ended. */
export async function end(
  tx: Tx,
  keys: Keys,
  row: RequestRow,
  state: "done" | "failed",
  outcome: Outcome,
  code: string | null = null,
): Promise<RequestRow> {
  const key = await keyFor(tx, keys, row.person)
  const outcomeSealed = key.seal("request.outcome", JSON.stringify(outcome), tx.chance)
  return move(tx, row, state, { outcomeSealed, code, number: bookingCode(tx.chance), endedAt: tx.now })
}

/** Refuses `service_refused` with the reason's code, `invalid_field` while something is missing. */
export async function mustBeYes(tx: Tx, keys: Keys, row: RequestRow, fields: Fields) {
  const decision = await decisionOn(tx, keys, row, fields)
  if (decision === null) throw new Refusal("invalid_field", { field: missingIn(fileOf(row), fields)[0] ?? "" })
  if (decision.is === "no") throw new Refusal("service_refused", { reason: decision.reason.code })
  return decision
}

/** The open request, provided that its visit is in this agent's hand. */
export async function inHand(tx: Tx, agent: Staff, id: string): Promise<RequestRow> {
  const row = await request(tx, id)
  authorize(agent, "request.prepare", await officeOf(tx, row.office))
  await visitAtHand(tx, agent, row.visit)
  if (!isOpen(row)) throw new Refusal("wrong_state", { state: row.state })
  return row
}

export const isOpen = ({ state }: Pick<RequestRow, "state">) => (openStates as readonly RequestState[]).includes(state)

export const saidOf = ({ id, visit, service, version, person }: RequestRow) => ({
  ...{ request: id, visit, service, version },
  subject: person,
})

/** The move is in the statement: whoever was faster has moved it. Only in `asked` is there something to confirm. */
async function move(tx: Tx, row: RequestRow, to: RequestState, set: Partial<RequestRow>): Promise<RequestRow> {
  if (!(requestMoves[row.state] as readonly RequestState[]).includes(to)) {
    throw new Refusal("wrong_state", { state: row.state })
  }
  const asked = to === "asked" ? {} : { confirmation: null, askedUntil: null }
  const [after] = await tx.db
    .update(requests)
    .set({ unconfirmed: null, ...set, ...asked, state: to })
    .where(and(eq(requests.id, row.id), eq(requests.version, row.version), inArray(requests.state, [row.state])))
    .returning()
  if (!after) throw new Refusal("wrong_state", { state: (await request(tx, row.id)).state })
  return after
}
