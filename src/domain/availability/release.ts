import { and, eq, gte, lt, or, sql } from "drizzle-orm"
import { type HoldRow, heldBack, slots } from "../../../db/schema/availability.ts"
import { waitlist } from "../../../db/schema/waitlist.ts"
import { statement } from "../../../db/statement.ts"
import type { Tx } from "../../../db/write.ts"
import { type Instant, minute } from "../../base/day.ts"
import { office as officeWith } from "../offices/reads.ts"
import { earliestStart, jobLateMinutes, releaseTime } from "./rules.ts"
import type { TakenPlaces } from "./visit.ts"

/*
 * A place that is given up is not offered at once. Whoever trades appointments between accounts gives one up at a moment that the buyer
 * knows and takes it up a second later; when chance decides on the moment, that is a race against everybody. It holds for the giver too.
 * A mere hold that is given up is free at once: it was short-lived and countable from the beginning, and nobody can keep one to sell it.
 *
 * Where somebody waits for such a place, its row stands a little longer than its time: the job offers it in the turn that takes the row
 * away (`offers.ts`), and nobody comes in between, be the job late or the process started anew. Should it not come at all, the row's
 * `until` ends the matter, and the place is for everybody.
 */

const p = sql.placeholder

/** Somebody waits for a place of this slot's line and day. */
const isWaitedFor = sql`exists (select 1 from ${waitlist} where ${waitlist.office} = ${slots.office} and ${waitlist.line} = ${slots.line}
  and ${waitlist.state} = 'waiting' and ${waitlist.firstDay} <= ${slots.day} and ${waitlist.lastDay} >= ${slots.day})`

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
        until: sql<number>`${p("releaseAt")} + case when ${isWaitedFor} then ${p("late")} else 0 end`.as("until"),
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
          or(sql`${p("releaseAt")} > ${p("now")}`, isWaitedFor),
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
  const overlap = still?.line === given.line ? still : null
  await insertBack(tx).execute({
    ...given,
    id: tx.id(),
    step: (given.endsAt - given.startsAt) / given.length,
    releaseAt: releaseAt ?? tx.now,
    late: jobLateMinutes * minute,
    stillFrom: overlap?.startsAt ?? 0,
    stillUntil: overlap?.endsAt ?? 0,
    now: tx.now,
  })
  return releaseAt
}

/** Leaves what a hold has just given up to those who wait for such a place, if anybody does; else it is free at once. */
export async function passOn(tx: Tx, { office: code, line, startsAt, width, length }: HoldRow): Promise<void> {
  const step = (await officeWith(tx, code)).gridMinutes * minute
  await insertBack(tx).execute({
    ...{ id: tx.id(), office: code, line, startsAt, endsAt: startsAt + length * step, width, step },
    releaseAt: tx.now,
    late: jobLateMinutes * minute,
    ...{ stillFrom: 0, stillUntil: 0, now: tx.now },
  })
}

/** A number from 0 to below 1. */
function draw({ chance }: Tx): number {
  return new DataView(chance.bytes(4).buffer).getUint32(0) / 2 ** 32
}
