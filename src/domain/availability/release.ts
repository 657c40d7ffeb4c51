import { and, eq, gte, lt, sql } from "drizzle-orm"
import { heldBack, slots } from "../../../db/schema/availability.ts"
import { statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import { office as officeWith } from "../offices/reads.ts"
import { earliestStart, releaseTime } from "./rules.ts"
import type { TakenPlaces } from "./visit.ts"

/*
 * A place that is given up is not offered at once. Whoever trades appointments between accounts gives one up at a moment that the buyer
 * knows and takes it up a second later; when chance decides on the moment, that is a race against everybody. It holds for the giver too.
 * A mere hold that is given up is free at once: it was short-lived and countable from the beginning, and nobody can keep one to sell it.
 */

const p = sql.placeholder

const insertBack = statement((db) =>
  db.insert(heldBack).select(
    db
      .select({
        id: sql<string>`${p("id")}`.as("id"),
        office: slots.office,
        line: slots.line,
        startsAt: slots.startsAt,
        day: slots.day,
        width: sql<number>`${p("width")}`.as("width"),
        releaseAt: sql<number>`${p("releaseAt")}`.as("release_at"),
        until: sql<number>`${p("releaseAt")}`.as("until"),
      })
      .from(slots)
      .where(
        and(
          eq(slots.office, p("office")),
          eq(slots.line, p("line")),
          gte(slots.startsAt, p("startsAt")),
          lt(slots.startsAt, p("endsAt")),
          sql`(${slots.startsAt} - ${p("startsAt")}) % ${p("step")} = 0`,
          sql`not (${slots.startsAt} >= ${p("stillFrom")} and ${slots.startsAt} < ${p("stillUntil")})`,
        ),
      ),
  ),
)

/**
 * Holds the places that a booking has just given up back from the public. Answers until when; `null` where they are free at once, or can
 * no longer be booked. `still`: what of them the booking has again, having been moved by less than its own length.
 */
export async function holdBack(tx: Tx, given: TakenPlaces, still?: TakenPlaces): Promise<Instant | null> {
  const office = await officeWith(tx, given.office)
  if (given.startsAt < earliestStart(tx.now, office, false)) return null
  const releaseAt = releaseTime(tx.now, given.startsAt, office, office.releaseMinutesMax > 0 ? draw(tx) : 0)
  if (releaseAt === null) return null
  const overlap = still?.line === given.line ? still : null
  await insertBack(tx).execute({
    ...given,
    id: tx.id(),
    releaseAt,
    step: (given.endsAt - given.startsAt) / given.length,
    stillFrom: overlap?.startsAt ?? 0,
    stillUntil: overlap?.endsAt ?? 0,
  })
  return releaseAt
}

/** A number from 0 to below 1. */
function draw({ chance }: Tx): number {
  return new DataView(chance.bytes(4).buffer).getUint32(0) / 2 ** 32
}
