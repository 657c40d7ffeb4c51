import { offices } from "../../../db/schema/offices.ts"
import type { Store } from "../../../db/store.ts"
import type { Place } from "./authorize.ts"

/** Every office, as far as it matters for who may act there. */
export async function placesIn(store: Store): Promise<Place[]> {
  return store.db.select({ code: offices.code, agency: offices.agency, region: offices.region }).from(offices)
}
