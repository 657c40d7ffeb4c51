import { and, eq, gt, gte, inArray, notInArray, sql } from "drizzle-orm"
import { holds } from "../../../db/schema/availability.ts"
import { bookings } from "../../../db/schema/bookings.ts"
import { lines } from "../../../db/schema/offices.ts"
import { counters, type ProfileLine, tickets } from "../../../db/schema/queue.ts"
import type { Tx } from "../../../db/write.ts"

/*
 * The lines and counters of a hall as its setup changes. What has been used is never deleted, because bookings and tickets speak of it: it
 * is retired, and can come back. A retired line has the position -1 and no places; a retired counter has its number below zero.
 */

/** Minutes by which a counter takes the other lines of its hall later than its own work. */
const helpAfterMinutes = 10

/** A counter takes up to this many lines. */
const profileMax = 8

/** Puts the lines in place; answers those that were not there before. */
export async function setUpLines(
  tx: Tx,
  office: string,
  planned: Omit<typeof lines.$inferInsert, "office" | "position">[],
): Promise<string[]> {
  const there = await tx.db.select({ code: lines.code, position: lines.position }).from(lines).where(isOf(office))
  for (const [position, line] of planned.entries()) {
    const row = { ...line, office, position }
    await tx.db
      .insert(lines)
      .values(row)
      .onConflictDoUpdate({ target: [lines.office, lines.code], set: row })
  }
  const before = there.filter(({ position }) => position >= 0).map(({ code }) => code)
  return planned.map(({ code }) => code).filter((code) => !before.includes(code))
}

/** Puts counters 1 to `count` in place. What a counter takes stays as somebody chose it: lines that are gone leave it, new ones are added. */
export async function setUpCounters(
  tx: Tx,
  office: string,
  count: number,
  { all, added }: { all: string[]; added: string[] },
): Promise<void> {
  const there = await tx.db.select().from(counters).where(eq(counters.office, office))
  for (let number = 1; number <= count; number++) {
    const id = `${office}.${number}`
    const before = there.find((row) => row.id === id)
    if (before) {
      const profile = carriedOver(before.profile, all, added) ?? usualProfile(all, number)
      await tx.db.update(counters).set({ number, profile }).where(eq(counters.id, id))
    } else {
      const row = { id, office, number, state: "closed" as const, staff: null, ticket: null, changedAt: tx.now }
      await tx.db.insert(counters).values({ ...row, profile: usualProfile(all, number) })
    }
  }
}

/** Counters take the hall's lines by turns as their own work, and help with the others once those are late enough. */
function usualProfile(codes: string[], number: number): ProfileLine[] {
  const own = (number - 1) % codes.length
  const inOrder = [...codes.slice(own), ...codes.slice(0, own)].slice(0, profileMax)
  return inOrder.map((line, index) => ({ line, handicap: index === 0 ? 0 : helpAfterMinutes }))
}

/** `null`: nothing of its own work is left. */
function carriedOver(profile: ProfileLine[], all: string[], added: string[]): ProfileLine[] | null {
  const left = profile.filter(({ line }) => all.includes(line))
  if (!left.some(({ handicap }) => handicap === 0)) return null
  const fresh = added.filter((line) => !left.some((one) => one.line === line))
  return [...left, ...fresh.map((line) => ({ line, handicap: helpAfterMinutes }))].slice(0, profileMax)
}

/** Retires the lines that are not among `codes`. Answers, a sentence each, those on which somebody depends: they stay. */
export async function retireLines(tx: Tx, office: string, codes: string[]): Promise<string[]> {
  const gone = await tx.db
    .select({ code: lines.code })
    .from(lines)
    .where(and(isOf(office), notInArray(lines.code, codes), gte(lines.position, 0)))
  const mistakes: string[] = []
  for (const { code } of gone) {
    const depend = await dependOn(tx, office, code)
    if (depend) mistakes.push(`office ${office}: the line ${code} cannot go yet: ${depend}`)
    else {
      const retired = { position: -1, publicPlaces: 0, staffExtra: 0 }
      await tx.db
        .update(lines)
        .set(retired)
        .where(and(isOf(office), eq(lines.code, code)))
    }
  }
  return mistakes
}

async function dependOn(tx: Tx, office: string, line: string): Promise<string> {
  const count = sql<number>`count(*)`
  const [booked] = await tx.db
    .select({ count })
    .from(bookings)
    .where(
      and(eq(bookings.office, office), eq(bookings.line, line), inArray(bookings.state, ["requested", "confirmed"])),
    )
  const [held] = await tx.db
    .select({ count })
    .from(holds)
    .where(and(eq(holds.office, office), eq(holds.line, line), eq(holds.state, "live"), gt(holds.until, tx.now)))
  const [waiting] = await tx.db
    .select({ count })
    .from(tickets)
    .where(and(eq(tickets.office, office), eq(tickets.line, line), eq(tickets.live, true)))
  const found = [
    [booked?.count ?? 0, "bookings are ahead (give it 0 places until they are over, or settle them)"],
    [held?.count ?? 0, "times are being held for ten minutes"],
    [waiting?.count ?? 0, "people are in its queue"],
  ] as const
  return found.flatMap(([n, what]) => (n > 0 ? [`${n} ${what}`] : [])).join(", ")
}

/** Retires the counters beyond `count`. Answers, a sentence each, those at which somebody sits: they stay. */
export async function retireCounters(tx: Tx, office: string, count: number): Promise<string[]> {
  const beyond = await tx.db
    .select()
    .from(counters)
    .where(and(eq(counters.office, office), gt(counters.number, count)))
  const mistakes: string[] = []
  for (const { id, number, state, ticket } of beyond) {
    if (state !== "closed" || ticket !== null) {
      mistakes.push(`office ${office}: counter ${number} cannot go yet: it is open; have it closed first`)
      continue
    }
    const [used] = await tx.db.select({ id: tickets.id }).from(tickets).where(eq(tickets.counter, id)).limit(1)
    if (used) await tx.db.update(counters).set({ number: -number }).where(eq(counters.id, id))
    else await tx.db.delete(counters).where(eq(counters.id, id))
  }
  return mistakes
}

const isOf = (office: string) => eq(lines.office, office)
