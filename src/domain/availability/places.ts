import { and, eq, sql } from "drizzle-orm"
import { lines, offices } from "../../../db/schema/offices.ts"
import type { Tx } from "../../../db/write.ts"
import { addDays } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import { authorize } from "../access/authorize.ts"
import type { Staff } from "../access/subject.ts"
import { office as officeWith } from "../offices/reads.ts"
import { offerPlaces } from "./offers.ts"
import { replan } from "./writes.ts"

const placesMax = 500

/**
 * Changes how many places each slot of a line has from now on. What is booked stays booked, also where it is more than the slot now
 * has: such a slot shows none free, and a cancellation there frees nothing before it is below its places again.
 * Refuses `forbidden`, `not_found`, `invalid_field`.
 */
export async function changePlaces(
  tx: Tx,
  by: Staff,
  wanted: { office: string; line: string; publicPlaces: number; staffExtra: number },
): Promise<void> {
  const { office: code, line, publicPlaces, staffExtra } = wanted
  authorize(by, "place.change", await officeWith(tx, code))
  for (const [field, places] of Object.entries({ publicPlaces, staffExtra })) {
    const right = Number.isInteger(places) && places >= 0 && places <= placesMax
    if (!right) throw new Refusal("invalid_field", { field, most: placesMax })
  }
  const changed = await tx.db
    .update(lines)
    .set({ publicPlaces, staffExtra })
    .where(and(eq(lines.office, code), eq(lines.code, line)))
    .returning({ code: lines.code })
  if (changed.length === 0) throw new Refusal("not_found", { what: "line" })
  const office = await officeWith(tx, code)
  // Yesterday too: a session that began then may still be running.
  await replan(tx, office, addDays(dayIn(tx.now, office.zone), -1))
  const [raised] = await tx.db
    .update(offices)
    .set({ version: sql`${offices.version} + 1` })
    .where(eq(offices.code, code))
    .returning({ version: offices.version })
  const version = raised?.version ?? office.version
  await tx.say(code, "office.places_changed", { line, publicPlaces, staffExtra, by: by.id, version })
  await offerPlaces(tx, code)
}
