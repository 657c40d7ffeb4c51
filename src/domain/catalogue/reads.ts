import { asc, eq, sql } from "drizzle-orm"
import { agencies, type ServiceRow, sectors, services } from "../../../db/schema/catalogue.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import { Refusal } from "../../base/refusal.ts"

export type Service = ServiceRow
export type Sector = typeof sectors.$inferSelect
export type Agency = typeof agencies.$inferSelect

const oneService = statement((db) =>
  db
    .select()
    .from(services)
    .where(eq(services.code, sql.placeholder("code"))),
)
const everyService = statement((db) => db.select().from(services).orderBy(asc(services.position)))
const everySector = statement((db) => db.select().from(sectors).orderBy(asc(sectors.position)))
const everyAgency = statement((db) => db.select().from(agencies).orderBy(asc(agencies.code)))

/** The service with this code. Refuses `not_found`. */
export async function service(store: Store, code: string): Promise<Service> {
  const [row] = await oneService(store).execute({ code })
  if (!row) throw new Refusal("not_found", { what: "service" })
  return row
}

export const allServices = (store: Store): Promise<Service[]> => everyService(store).execute()
export const allSectors = (store: Store): Promise<Sector[]> => everySector(store).execute()
export const allAgencies = (store: Store): Promise<Agency[]> => everyAgency(store).execute()
