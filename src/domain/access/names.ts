import { inArray } from "drizzle-orm"
import { staff } from "../../../db/schema/access.ts"
import { agencies, type Words } from "../../../db/schema/catalogue.ts"
import type { Store } from "../../../db/store.ts"

/** The names of the agencies, by their codes. */
export async function agencyNames(store: Store): Promise<Map<string, Words>> {
  const rows = await store.db.select({ code: agencies.code, name: agencies.name }).from(agencies)
  return new Map(rows.map(({ code, name }) => [code, name]))
}

/** The names of these members of staff, also of those who are not here any more; what is no id of anybody has none. */
export async function staffNames(store: Store, ids: string[]): Promise<Map<string, Words>> {
  const rows = await store.db.select({ id: staff.id, name: staff.name }).from(staff).where(inArray(staff.id, ids))
  return new Map(rows.map(({ id, name }) => [id, name]))
}
