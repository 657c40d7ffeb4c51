import { asc } from "drizzle-orm"
import { kept } from "../../../db/kept.ts"
import { type ServiceRow, sectors, services } from "../../../db/schema/catalogue.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import { Refusal } from "../../base/refusal.ts"

export type Service = ServiceRow
export type Sector = typeof sectors.$inferSelect

const everyService = statement((db) => db.select().from(services).orderBy(asc(services.position)))
const everySector = statement((db) => db.select().from(sectors).orderBy(asc(sectors.position)))

/** The service with this code. Refuses `not_found`. */
export async function service(store: Store, code: string): Promise<Service> {
  const found = (await servicesByCode(store)).get(code)
  if (!found) throw new Refusal("not_found", { what: "service" })
  return found
}

export async function allServices(store: Store): Promise<Service[]> {
  return [...(await servicesByCode(store)).values()]
}

/** Every service, in their order. */
function servicesByCode(store: Store): Promise<Map<string, Service>> {
  return kept(store, "services", async () => {
    const rows = await everyService(store).execute()
    return new Map(rows.map((row) => [row.code, row]))
  })
}

export function allSectors(store: Store): Promise<Sector[]> {
  return kept(store, "sectors", () => everySector(store).execute())
}
