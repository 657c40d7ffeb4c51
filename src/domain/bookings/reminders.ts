import { and, asc, eq, lte, max, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { bookings, isAhead } from "../../../db/schema/bookings.ts"
import { messages, reminderMarks } from "../../../db/schema/messages.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant } from "../../base/day.ts"
import { notify } from "../notifications/outbox.ts"
import { reminderHours, settledFor, usefulUntil } from "../notifications/rules.ts"
import { bodyOf, ownersOf } from "./notices.ts"

/*
 * Reminders are not planned: who is to be reminded follows from what is booked. A mark for each kind of reminder goes along the bookings in
 * the order in which they begin, always so many hours ahead of the time; each booking that it passes is reminded of, if it stands. Whatever
 * is moved, cancelled or struck before then leaves nothing behind that would have to be called off.
 */

/** So many are told in one turn. */
const stepMax = 200

const p = sql.placeholder

const markOf = statement((db) =>
  db
    .select()
    .from(reminderMarks)
    .where(eq(reminderMarks.hours, p("hours"))),
)
const setMark = statement((db) =>
  db
    .insert(reminderMarks)
    .values({ hours: sql`${p("hours")}`, startsAt: sql`${p("startsAt")}`, booking: sql`${p("booking")}` })
    .onConflictDoUpdate({
      target: reminderMarks.hours,
      set: { startsAt: sql`excluded.starts_at`, booking: sql`excluded.booking` },
    }),
)

const isPassed = and(
  isAhead,
  sql`(${bookings.startsAt}, ${bookings.id}) > (${p("startsAt")}, ${p("booking")})`,
  // Said once more for the index, which knows nothing of ids.
  sql`${bookings.startsAt} >= ${p("startsAt")}`,
  lte(bookings.startsAt, p("until")),
)
const passed = statement((db) =>
  db.select().from(bookings).where(isPassed).orderBy(asc(bookings.startsAt), asc(bookings.id)).limit(stepMax),
)
const anyPassed = statement((db) => db.select({ id: bookings.id }).from(bookings).where(isPassed).limit(1))
const lastSaid = statement((db) =>
  db
    .select({ at: max(messages.at) })
    .from(messages)
    .where(and(eq(messages.owner, p("owner")), eq(messages.about, p("about")))),
)

/** Whether there is anybody to look at for a reminder at `now`; else it costs no turn. */
export async function hasReminders(store: Store, now: Instant): Promise<boolean> {
  for (const hours of reminderHours) {
    if ((await anyPassed(store).execute(await spanOf(store, hours, now))).length > 0) return true
  }
  return false
}

/** Reminds of the next bookings whose time has come near. Answers how many it looked at: call it again until that is 0. */
export async function tellReminders(tx: Tx): Promise<number> {
  let seen = 0
  for (const hours of reminderHours) {
    const due = await passed(tx).execute(await spanOf(tx, hours, tx.now))
    for (const booking of due) {
      const until = usefulUntil(booking.startsAt, hours)
      if (booking.state !== "confirmed" || booking.struckAt !== null || until <= tx.now) continue
      const dedupe = `reminder:${booking.id}:${booking.startsAt}:${hours}`
      for (const to of await ownersOf(tx, booking)) {
        const [last] = await lastSaid(tx).execute({ owner: to.id, about: booking.id })
        if ((last?.at ?? 0) > booking.startsAt - hours * hour - settledFor) continue
        const said = { to, kind: "reminder" as const, data: { ...bodyOf(booking), hours } }
        const message = await notify(tx, { ...said, dedupe, until })
        if (message) await tx.say(accountsStream, "message.told", { message, kind: "reminder", subject: to.id })
      }
    }
    const end = due.at(-1)
    if (end) await setMark(tx).execute({ hours, startsAt: end.startsAt, booking: end.id })
    seen += due.length
  }
  return seen
}

/** What the mark has not passed, among those that begin within so many hours. What has begun is of no interest any more. */
async function spanOf(store: Store, hours: number, now: Instant) {
  const [mark] = await markOf(store).execute({ hours })
  const from = mark && mark.startsAt >= now ? mark : { startsAt: now, booking: "" }
  return { startsAt: from.startsAt, booking: from.booking, until: now + hours * hour }
}
