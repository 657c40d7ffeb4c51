import { canonical } from "../../../db/facts.ts"
import type { RequestRow } from "../../../db/schema/requests.ts"
import type { Store } from "../../../db/store.ts"
import type { Scope, Tx, Writer } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import { authorize } from "../access/authorize.ts"
import { confirm, confirmBare, type Frozen, frozenFor } from "../access/confirmation.ts"
import { mustNotBeHeld, type Owner } from "../access/owner.ts"
import type { Room } from "../access/proof.ts"
import type { Citizen, Staff } from "../access/subject.ts"
import { counter } from "../queue/tickets.ts"
import { visit } from "../visits/visits.ts"
import {
  askedBy,
  type Bound,
  decisionOn,
  end,
  type FrozenContent,
  fail,
  fileOf,
  inHand,
  isOpen,
  keyFor,
  mustBeYes,
  type Outcome,
  openFields,
  refusedOutcome,
  request,
  requestAction,
  saidOf,
  unask,
} from "./requests.ts"
import type { Decision, Fields, Line } from "./service.ts"
import { type Fingerprints, type HouseRules, helpersIn, mustStand, twoInCall } from "./standing.ts"

/*
 * The person confirms, and in the same turn it is carried out from what was frozen: the confirmation is used up, the change is made and the
 * receipt is there; or the confirmation is used up, and the request has failed. Anything that is not as it was when it was asked makes it stale, and it is asked anew. What the service
 * then refuses is the end of the request, and kept.
 */

export interface Confirming {
  citizen: Citizen
  /** The request's own confirmation. */
  confirmation: string
  session: string
  /** By which the person came in. */
  passkey: string | null
  /** As the server sees the two talk now. */
  fingerprints: Fingerprints
  rules?: HouseRules
}

/** What is to be confirmed, as the person's page shows it. Refuses `not_found`, `confirmation_over`. */
export async function toConfirm(
  store: Store,
  keys: Keys,
  person: string,
  id: string,
  now: Instant,
): Promise<FrozenContent> {
  const frozen = await frozenFor(store, { kind: "citizen", id: person }, id, now)
  return contentOf(store, keys, person, frozen)
}

async function contentOf(store: Store, keys: Keys, person: string, { data }: Frozen): Promise<FrozenContent> {
  const key = await keyFor(store, keys, person)
  return JSON.parse(key.open("request.frozen", String(data["sealed"])))
}

/**
 * Takes the passkey's answer and carries the request out. Answers the request as it ended: `done`, or `failed` where the service says no by
 * now. Refuses `confirmation_stale` where anything is not as it was asked, and what `confirm` refuses. `now` is the real clock's.
 */
export async function confirmRequest(
  room: Room,
  keys: Keys,
  response: string,
  given: Confirming,
  now: Instant,
): Promise<RequestRow> {
  const owner: Owner = { kind: "citizen", id: given.citizen.id }
  const { confirmation: id, session } = given
  return carrying(room, keys, given, now, (scopes, change) =>
    confirm(room, response, { id, owner, session, scopes }, now, change),
  )
}

/** In a demonstration, for whoever has no passkey: as `confirmRequest`, without one. Nothing is kept that could show who it was. Refuses
 * `step_up_needed` to whoever has one. */
export async function confirmWithoutPasskey(
  room: Pick<Room, "store" | "writer">,
  keys: Keys,
  given: Confirming,
  now: Instant,
): Promise<RequestRow> {
  const owner: Owner = { kind: "citizen", id: given.citizen.id }
  return carrying(
    room,
    keys,
    given,
    now,
    (scopes, change) => confirmBare(room, { id: given.confirmation, owner, scopes }, now, change),
    true,
  )
}

/** The agent carries out what needs no confirmation. Refuses as `ask`. */
export async function carryOutNow(
  { store, writer }: Pick<Room, "store" | "writer">,
  keys: Keys,
  agent: Staff,
  id: string,
  rules: HouseRules = {},
): Promise<RequestRow> {
  const row = await request(store, id)
  const stage = { begun: false }
  return keeping({ writer, keys, row, stage }, () =>
    writer.write(
      async (tx) => {
        const now = await inHand(tx, agent, id)
        const file = fileOf(now)
        if (file.identity >= 2) throw new Refusal("identity_needed", { identity: file.identity })
        await mustStand(tx, file, { visit: now.visit, person: now.person, agent: agent.id, now: tx.now }, rules)
        const fields = openFields(await keyFor(tx, keys, now.person), now)
        const decided = await mustBeYes(tx, keys, now, fields)
        stage.begun = true
        return tryTo(tx, keys, now, fields, decided)
      },
      { scopes: scopesOf(row) },
    ),
  )
}

type Change = (tx: Tx, frozen: Frozen) => Promise<RequestRow>

async function carrying(
  { store, writer }: Pick<Room, "store" | "writer">,
  keys: Keys,
  given: Confirming,
  now: Instant,
  run: (scopes: Scope[], change: Change) => Promise<RequestRow>,
  isDemo = false,
): Promise<RequestRow> {
  const { citizen, confirmation, fingerprints, passkey } = given
  const owner: Owner = { kind: "citizen", id: citizen.id }
  const { action, object } = await frozenFor(store, owner, confirmation, now)
  if (action !== requestAction) throw new Refusal("not_found")
  const row = await request(store, object)
  authorize(citizen, "request.confirm", row)
  const stage = { begun: false }
  return keeping({ writer, keys, row, stage, confirmation }, () =>
    run(scopesOf(row), async (tx, frozen) => {
      const asked = await request(tx, object)
      await mustBeAsAsked(tx, asked, frozen, fingerprints)
      await mustNotBeHeld(tx, owner, now, passkey)
      const file = fileOf(asked)
      await mustStand(
        tx,
        file,
        { visit: asked.visit, person: asked.person, agent: asked.agent, now: tx.now },
        { ...given.rules, isDemo },
      )
      const { fields, lines } = await contentOf(tx, keys, citizen.id, frozen)
      stage.begun = true
      const decided = await decisionOn(tx, keys, asked, fields)
      if (decided?.is === "no") return fail(tx, keys, asked, refusedOutcome(decided))
      // What would be done is another thing than what was confirmed.
      if (decided === null || canonical(decided.lines) !== canonical(lines)) {
        stage.begun = false
        throw new Refusal("confirmation_stale", { why: "changed" })
      }
      return tryTo(tx, keys, asked, fields, decided)
    }),
  )
}

/** Whether request, visit and both connections are still those that the confirmation names. Refuses `confirmation_stale` with `why`. */
async function mustBeAsAsked(tx: Tx, row: RequestRow, { id, data }: Frozen, seen: Fingerprints): Promise<void> {
  const bound = data["bound"] as Bound
  const stale = (why: string) => new Refusal("confirmation_stale", { why })
  if (row.state !== "asked" || row.confirmation !== id || row.version !== bound.version) throw stale("request")
  const { ticket } = await visit(tx, row.visit)
  const holder = ticket.counter === null ? null : (await counter(tx, ticket.counter)).staff
  if (bound.visit !== row.visit || bound.agent !== row.agent || holder !== bound.agent) throw stale("agent")
  const two = await twoInCall(tx, row.visit, bound.agent)
  if (!two || two.citizen.id !== bound.participant) throw stale("call")
  if (two.citizen.page !== bound.page || two.citizen.epoch !== bound.epoch) throw stale("page")
  const helpers = await helpersIn(tx, row.visit)
  if (bound.helpers.some((one) => !helpers.includes(one))) throw stale("helper")
  const { citizen, agent } = bound.fingerprints
  if (citizen !== seen.citizen || agent !== seen.agent) throw stale("connection")
}

/**
 * What the service refuses while it carries out is the end of the request, with its code and what was to be done. Nothing of it is left; but that it
 * was confirmed, and by what, stands in the same turn.
 */
async function tryTo(
  tx: Tx,
  keys: Keys,
  row: RequestRow,
  fields: Fields,
  decided: Extract<Decision, { is: "yes" }>,
): Promise<RequestRow> {
  try {
    return await tx.attempt(() => execute(tx, keys, row, fields, decided))
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
    return fail(tx, keys, row, { code: thrown.code, outcome: failedOutcome(thrown.code, thrown, decided.lines) })
  }
}

async function execute(
  tx: Tx,
  keys: Keys,
  row: RequestRow,
  fields: Fields,
  decided: Extract<Decision, { is: "yes" }>,
): Promise<RequestRow> {
  const asked = askedBy(tx, keys, row, fields, tx.now)
  const place = { request: row.id, visit: row.visit, office: row.office, agent: row.agent }
  const receipt = await fileOf(row).carryOut({ ...asked, tx, ...place }, decided)
  const { lines, reason, used } = decided
  const after = await end(tx, keys, row, "done", { lines, receipt, reason, used })
  await tx.say(row.office, "request.done", { ...saidOf(after), number: after.number ?? "" })
  return after
}

/** What went wrong before anything was begun leaves the request as it is, or to be asked anew; after that it has failed, in a turn of its own. */
async function keeping(
  {
    writer,
    keys,
    row,
    stage,
    confirmation = "",
  }: { writer: Pick<Writer, "write">; keys: Keys; row: RequestRow; stage: { begun: boolean }; confirmation?: string },
  run: () => Promise<RequestRow>,
): Promise<RequestRow> {
  try {
    return await run()
  } catch (thrown) {
    const code = isRefusal(thrown) ? thrown.code : "bug"
    const scopes = scopesOf(row)
    if (stage.begun) {
      await writer.write(
        async (tx) => {
          const now = await request(tx, row.id)
          if (isOpen(now)) await fail(tx, keys, now, { code, outcome: failedOutcome(code, thrown) })
        },
        { scopes },
      )
    } else if (code === "confirmation_stale" && isRefusal(thrown)) {
      await writer.write((tx) => unask(tx, row.id, confirmation, String(thrown.details["why"])), { scopes })
    }
    throw thrown
  }
}

function failedOutcome(code: string, thrown: unknown, lines: Line[] = []): Outcome {
  const words = { ar: "تعذّر تنفيذ الطلب، ولم يتغير شيء", en: "It could not be carried out, and nothing was changed" }
  const used = isRefusal(thrown) ? { details: thrown.details } : {}
  return {
    ...{ lines, receipt: [], reason: { code, words, facts: [] }, used },
    wayOut: { ar: "اطلب من الموظف أن يبدأه من جديد.", en: "Ask the agent to begin it again." },
  }
}

const scopesOf = ({ office, person }: RequestRow): Scope[] => [`office:${office}`, `person:${person}`, "accounts"]
