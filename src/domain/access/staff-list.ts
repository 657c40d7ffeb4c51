import { and, asc, count, eq, isNull, max } from "drizzle-orm"
import { sessions, staff } from "../../../db/schema/access.ts"
import { passkeys } from "../../../db/schema/passkeys.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"
import { placesIn } from "./places.ts"
import type { StaffRow } from "./request-reads.ts"
import { contains, seesStaff } from "./roles.ts"
import type { Staff } from "./subject.ts"

/** Somebody who works here, as those see it who answer for the area. */
export interface Member extends Omit<StaffRow, "passwordHash"> {
  /** Enrolment sets one; in a demonstration it is there from the first. */
  hasPassword: boolean
  /** Passkeys that open something. */
  passkeys: number
  /** Of the last three months; earlier sessions are forgotten. */
  signedInAt: Instant | null
}

/** Everybody within the area of this person, or within one office of it; those who are shut out last. */
export async function staffWithin(store: Store, by: Staff, office: string | null = null): Promise<Member[]> {
  const places = await placesIn(store)
  const rows = await store.db.select().from(staff).orderBy(asc(staff.scope), asc(staff.login))
  const seen = rows
    .filter((row) => seesStaff(by, row, places))
    .filter((row) => office === null || contains(row, { scopeKind: "office", scope: office }, places))
  const [keys, signIns] = [await keyCounts(store), await lastSignIns(store)]
  return seen
    .map(({ passwordHash, ...row }) => ({
      ...row,
      hasPassword: passwordHash !== "",
      passkeys: keys.get(row.id) ?? 0,
      signedInAt: signIns.get(row.id) ?? null,
    }))
    .sort((left, right) => Number(left.disabledAt !== null) - Number(right.disabledAt !== null))
}

async function keyCounts(store: Store): Promise<Map<string, number>> {
  const rows = await store.db
    .select({ owner: passkeys.owner, count: count() })
    .from(passkeys)
    .where(and(eq(passkeys.kind, "staff"), isNull(passkeys.disabledAt)))
    .groupBy(passkeys.owner)
  return new Map(rows.map((row) => [row.owner, row.count]))
}

async function lastSignIns(store: Store): Promise<Map<string, Instant>> {
  const rows = await store.db
    .select({ subject: sessions.subject, at: max(sessions.createdAt) })
    .from(sessions)
    .where(eq(sessions.kind, "staff"))
    .groupBy(sessions.subject)
  return new Map(rows.flatMap(({ subject, at }) => (at === null ? [] : [[subject, at] as const])))
}
