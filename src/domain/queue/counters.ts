import { and, eq, isNull, or, sql } from "drizzle-orm"
import { type CounterRow, counters, type ProfileLine, tickets } from "../../../db/schema/queue.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Staff } from "../access/subject.ts"
import type { Office } from "../offices/reads.ts"
import { mustBeFree, ownCounter, workplace } from "./desk.ts"
import { counter, counterOf, countersOf } from "./tickets.ts"

/** As many lines as one look-up asks. */
export const profileMax = 8
const handicapMax = 480

/**
 * Opens a counter, or opens it again after a pause, for `lines` or else for the counter's own profile. Whoever sits at another counter
 * leaves it. Refuses `counter_taken` where somebody else sits, `counter_busy` where the person's other counter has a ticket in hand,
 * `invalid_field` for lines that the office does not have.
 */
export async function openCounter(
  tx: Tx,
  agent: Staff,
  counterId: string,
  lines: readonly ProfileLine[] | null = null,
): Promise<CounterRow> {
  const desk = await counter(tx, counterId)
  const office = await workplace(tx, agent, "counter.run", desk.office)
  if (desk.number < 0) throw new Refusal("not_found", { what: "counter" })
  if (desk.staff !== null && desk.staff !== agent.id) throw new Refusal("counter_taken", { counter: desk.id })
  const profile = profileFor(office, lines ?? desk.profile)
  const same = desk.state === "open" && JSON.stringify(desk.profile) === JSON.stringify(profile)
  if (same) return desk
  await leaveOther(tx, agent, desk)
  const [opened] = await sitDown(tx).execute({ id: desk.id, staff: agent.id, profile, now: tx.now })
  if (!opened) throw new Refusal("counter_taken", { counter: desk.id })
  await tx.say(desk.office, "counter.opened", { counter: desk.id, by: agent.id, lines: profile })
  return opened
}

/** A pause: nobody is called to the counter, and it stays the agent's. Refuses `counter_busy`, `counter_closed`, `not_your_counter`. */
export async function pauseCounter(tx: Tx, agent: Staff, counterId: string): Promise<CounterRow> {
  const desk = await ownCounter(tx, agent, counterId)
  if (desk.state === "paused") return desk
  await mustBeFree(tx, desk)
  const paused = await settle(tx, desk, "paused", agent.id)
  await tx.say(desk.office, "counter.paused", { counter: desk.id, by: agent.id })
  return paused
}

/**
 * Closes a counter; a supervisor may close anybody's. Refuses `counter_busy` with a ticket in hand, and `last_counter` with the number
 * of people who wait where nobody else serves them, unless `confirmed`.
 */
export async function closeCounter(
  tx: Tx,
  agent: Staff,
  counterId: string,
  { confirmed = false } = {},
): Promise<CounterRow> {
  const desk = await counter(tx, counterId)
  await workplace(tx, agent, "counter.run", desk.office)
  if (desk.state === "closed") return desk
  if (desk.staff !== agent.id && agent.role !== "supervisor") {
    throw new Refusal("not_your_counter", { counter: desk.id })
  }
  await mustBeFree(tx, desk)
  const waiting = confirmed ? 0 : await leftAlone(tx, desk)
  if (waiting > 0) throw new Refusal("last_counter", { counter: desk.id, waiting })
  return shut(tx, desk, agent.id)
}

/** Closes a counter that is free, whoever sits there. `by`: a person of the staff, or `session_end`. */
export async function shut(tx: Tx, desk: CounterRow, by: string): Promise<CounterRow> {
  const closed = await settle(tx, desk, "closed", null)
  await tx.say(desk.office, "counter.closed", { counter: desk.id, by })
  return closed
}

/** How many wait in lines that no other counter serves, should this one close. */
async function leftAlone(store: Store, desk: CounterRow): Promise<number> {
  const others = (await countersOf(store, desk.office)).filter(({ id, state }) => id !== desk.id && state !== "closed")
  const served = new Set(others.flatMap(({ profile }) => profile.map(({ line }) => line)))
  let waiting = 0
  for (const { line } of desk.profile) {
    if (!served.has(line)) waiting += await waitingIn(store, desk.office, line)
  }
  return waiting
}

export async function waitingIn(store: Store, office: string, line: string): Promise<number> {
  return (await countWaiting(store).execute({ office, line }))[0]?.n ?? 0
}

async function leaveOther(tx: Tx, agent: Staff, desk: CounterRow): Promise<void> {
  const other = await counterOf(tx, agent.id)
  if (!other || other.id === desk.id) return
  await mustBeFree(tx, other)
  // A person of the staff may have moved to another office; what happened there is said there.
  if (other.office !== desk.office) throw new Refusal("counter_taken", { counter: other.id, office: other.office })
  await shut(tx, other, agent.id)
}

function profileFor(office: Office, wanted: readonly ProfileLine[]): ProfileLine[] {
  const lines = wanted.length > 0 ? wanted : office.lines.map(({ code }) => ({ line: code, handicap: 0 }))
  const known = new Set(office.lines.map(({ code }) => code))
  const codes = new Set(lines.map(({ line }) => line))
  const sound = lines.every(
    ({ line, handicap }) => known.has(line) && Number.isInteger(handicap) && handicap >= 0 && handicap <= handicapMax,
  )
  if (!sound || codes.size !== lines.length || lines.length > profileMax) {
    throw new Refusal("invalid_field", { field: "lines" })
  }
  return lines.map(({ line, handicap }) => ({ line, handicap }))
}

async function settle(tx: Tx, desk: CounterRow, state: "paused" | "closed", staff: string | null): Promise<CounterRow> {
  const [row] = await setState(tx).execute({ id: desk.id, state, staff, now: tx.now })
  if (!row) throw new Refusal("counter_busy", { counter: desk.id })
  return row
}

const sitDown = statement((db) =>
  db
    .update(counters)
    .set({
      state: "open",
      staff: sql`${sql.placeholder("staff")}`,
      profile: sql`${sql.param(sql.placeholder("profile"), counters.profile)}`,
      changedAt: sql`${sql.placeholder("now")}`,
    })
    .where(
      and(
        eq(counters.id, sql.placeholder("id")),
        or(isNull(counters.staff), eq(counters.staff, sql.placeholder("staff"))),
      ),
    )
    .returning(),
)
const setState = statement((db) =>
  db
    .update(counters)
    .set({
      state: sql`${sql.placeholder("state")}`,
      staff: sql`${sql.placeholder("staff")}`,
      changedAt: sql`${sql.placeholder("now")}`,
    })
    .where(and(eq(counters.id, sql.placeholder("id")), isNull(counters.ticket)))
    .returning(),
)
const countWaiting = statement((db) =>
  db
    .select({ n: sql<number>`count(*)` })
    .from(tickets)
    .where(
      and(
        eq(tickets.office, sql.placeholder("office")),
        eq(tickets.line, sql.placeholder("line")),
        sql`${tickets.state} = 'waiting'`,
      ),
    ),
)
