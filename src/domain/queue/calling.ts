import { and, eq, type SQL, sql } from "drizzle-orm"
import type { Db } from "../../../db/dialect.ts"
import { type CounterRow, type ProfileLine, type TicketRow, tickets } from "../../../db/schema/queue.ts"
import { statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import { minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Staff } from "../access/subject.ts"
import { profileMax } from "./counters.ts"
import { mustBeAtHand, mustBeFree, ownCounter, seatOf, ticketHere } from "./desk.ts"
import { tellCalled } from "./notices.ts"
import { mustBe, mustMove } from "./states.ts"
import { put, snapshot, step, take } from "./tickets.ts"
import { wake } from "./waking.ts"
import { mustSuit } from "./wishes.ts"

/**
 * Calls the next person to a counter: over the counter's lines the smallest due plus the line's handicap; of equals who came first.
 * Answers the ticket, now `called`, or `null` when nobody may be called. Two counters that ask in the same instant get two people.
 * Refuses `counter_busy` with the ticket in hand, `counter_closed`, `not_your_counter`.
 */
export async function next(tx: Tx, agent: Staff, counterId: string): Promise<TicketRow | null> {
  const desk = await readyCounter(tx, agent, counterId)
  // Whose time has come waits before anybody is chosen, so that no job's rhythm decides who is next.
  await wake(tx, desk.office)
  const [called] = await callHead(tx).execute({
    office: desk.office,
    counter: desk.id,
    now: tx.now,
    staff: agent.id,
    ...lookUps(desk.profile),
  })
  if (!called) return null
  const before: TicketRow = { ...called, state: "waiting", counter: null, calledAt: null, calls: 0 }
  const fact = await announce(tx, desk, before)
  return put(tx, called, { ...called, undo: { fact, at: tx.now, by: agent.id, before: snapshot(before) } })
}

/**
 * Calls this person and nobody else, out of turn, to the agent's own counter. Refuses `wrong_state` with the state it found (an early
 * person is left in peace until ready or due), `counter_busy`, `no_counter`, and `not_your_counter` for who was parked elsewhere.
 */
export async function callThis(tx: Tx, agent: Staff, ticketId: string, counterId?: string): Promise<TicketRow> {
  const { office } = await ticketHere(tx, agent, ticketId)
  const desk = await readyCounter(tx, agent, counterId ?? (await seatOf(tx, agent, office)).id)
  await wake(tx, office)
  const before = await ticketHere(tx, agent, ticketId)
  mustBe(before, "waiting", "parked")
  await mustSuit(tx, agent, before)
  if (desk.office !== office) throw new Refusal("no_counter")
  if (before.state === "parked") await mustBeAtHand(tx, agent, before)
  const fact = await announce(tx, desk, before)
  const called = { state: "called" as const, counter: desk.id, calledAt: tx.now, calls: 1, servingAt: null }
  return step(tx, agent, before, called, fact)
}

/** Calls again who has not come yet: boards ring again. Refuses `wrong_state`, `not_your_counter`. */
export async function recall(tx: Tx, agent: Staff, ticketId: string): Promise<TicketRow> {
  const before = await ticketHere(tx, agent, ticketId)
  mustBe(before, "called")
  await mustBeAtHand(tx, agent, before)
  const calls = before.calls + 1
  const fact = await tx.say(before.office, "ticket.recalled", {
    ticket: before.id,
    number: before.number,
    counter: before.counter ?? "",
    counterNumber: counterNumber(before.counter),
    calls,
    subject: before.person,
  })
  return step(tx, agent, before, { calls, calledAt: tx.now }, fact)
}

async function readyCounter(tx: Tx, agent: Staff, counterId: string): Promise<CounterRow> {
  const desk = await ownCounter(tx, agent, counterId)
  await mustBeFree(tx, desk)
  if (desk.state !== "open") throw new Refusal("counter_closed", { counter: desk.id, state: desk.state })
  return desk
}

/** Puts the ticket in the counter's hand and says so. The hand is taken by a statement of its own that matches only an empty one. */
async function announce(tx: Tx, desk: CounterRow, before: TicketRow): Promise<number> {
  mustMove(before, "called")
  if (!(await take(tx, desk.id, before.id))) throw new Refusal("counter_busy", { counter: desk.id })
  const fact = await tx.say(desk.office, "ticket.called", {
    ticket: before.id,
    number: before.number,
    line: before.line,
    counter: desk.id,
    counterNumber: desk.number,
    calls: 1,
    due: before.due,
    waitedMs: tx.now - before.arrivedAt,
    from: before.state,
    subject: before.person,
  })
  await tellCalled(tx, before, desk.number, fact)
  return fact
}

/** Counters' ids end in their number. */
export function counterNumber(counterId: string | null): number {
  return Number(counterId?.slice(counterId.lastIndexOf(".") + 1) ?? 0)
}

function lookUps(profile: readonly ProfileLine[]): Record<string, string | number> {
  const values: Record<string, string | number> = {}
  for (let index = 0; index < profileMax; index++) {
    const entry = profile[index]
    values[`line${index}`] = entry?.line ?? ""
    values[`handicap${index}`] = (entry?.handicap ?? 0) * minute
  }
  return values
}

/**
 * One statement finds the smallest and takes it. Each line has two heads: that of those whom anybody may call, and, for a woman, that of
 * those who wait for one. Each head is one look-up in an index of its own, so it costs the same whether ten wait or a hundred thousand, and
 * however many are passed over.
 */
export function callHeadOn(db: Db) {
  const isWoman = sql`exists (select 1 from staff where id = ${sql.placeholder("staff")} and sex = 'female')`
  const head = (index: number, name: string, which: SQL) => sql`
      select * from (
        select id, due + ${sql.placeholder(`handicap${index}`)} as rank, arrival from ticket
        where office = ${sql.placeholder("office")} and line = ${sql.placeholder(`line${index}`)} and state = 'waiting'
          and ${which}
        order by due, arrival limit 1
      ) as ${sql.raw(`${name}${index}`)}`
  const heads = Array.from({ length: profileMax }, (_, index) => [
    head(index, "free", sql`wants is null`),
    head(index, "wishing", sql`wants is not null and ${isWoman}`),
  ]).flat()
  const smallest = sql`(select id from (${sql.join(heads, sql` union all `)}) as heads order by rank, arrival limit 1)`
  return db
    .update(tickets)
    .set({
      state: "called",
      counter: sql`${sql.placeholder("counter")}`,
      calledAt: sql`${sql.placeholder("now")}`,
      calls: 1,
    })
    .where(and(eq(tickets.id, smallest), sql`${tickets.state} = 'waiting'`))
    .returning()
}

const callHead = statement(callHeadOn)
