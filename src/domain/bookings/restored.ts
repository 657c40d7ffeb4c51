import { gt, inArray, isNull, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { sessions } from "../../../db/schema/access.ts"
import { pairings } from "../../../db/schema/devices.ts"
import { deliveries, reminderMarks } from "../../../db/schema/messages.ts"
import { ceremonies, confirmations, enrolments, oneTimeCodes, preSessions } from "../../../db/schema/passkeys.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant } from "../../base/day.ts"
import { reminderHours } from "../notifications/rules.ts"

/**
 * The store is what it was at an earlier moment. What was begun then may have been ended since, and what was to be sent may have been: so
 * everybody signs in anew, codes and links that were open are void, what waited to be sent is called off, and reminders begin with what is
 * ahead of them from now on. `takenAt`, `realNow`: the real clock's. What keys, passkeys and recovery codes there were stay.
 */
export async function restored(tx: Tx, takenAt: Instant, realNow: Instant): Promise<void> {
  const ended = await tx.db
    .update(sessions)
    .set({ revokedAt: realNow })
    .where(isNull(sessions.revokedAt))
    .returning({ id: sessions.id })
  for (const table of [preSessions, ceremonies, oneTimeCodes, pairings]) await tx.db.delete(table)
  await tx.db.update(enrolments).set({ until: realNow }).where(gt(enrolments.until, realNow))
  await tx.db.update(confirmations).set({ until: realNow }).where(gt(confirmations.until, realNow))
  const unsent = await tx.db
    .update(deliveries)
    .set({ state: "called_off", secretSealed: null })
    .where(inArray(deliveries.state, ["pending", "failed"]))
    .returning({ id: deliveries.id })
  for (const hours of reminderHours) {
    const mark = { hours, startsAt: tx.now + hours * hour, booking: "" }
    await tx.db
      .insert(reminderMarks)
      .values(mark)
      .onConflictDoUpdate({
        target: reminderMarks.hours,
        set: { startsAt: sql`excluded.starts_at`, booking: sql`excluded.booking` },
      })
  }
  const said = { takenAt, sessions: ended.length, deliveries: unsent.length }
  await tx.say(accountsStream, "store.restored", said)
}
