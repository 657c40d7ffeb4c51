import type { Words } from "../../../db/schema/catalogue.ts"
import type { RequestRow } from "../../../db/schema/requests.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"
import type { Keys } from "../../base/seal.ts"
import { allServices, type Service as Listed, service as serviceOf } from "../catalogue/reads.ts"
import { lineFor, office as officeOf } from "../offices/reads.ts"
import { personKey } from "../people/sealed.ts"
import { missingIn, optionsFor } from "./fields.ts"
import { askedBy, fileOf, isOpen, type Outcome, openFields, requestsIn } from "./requests.ts"
import type { Decision, Fields, Option, Service } from "./service.ts"
import { serviceFile } from "./table.ts"

/** A request that has ended, with what came of it. */
export type Ended = Pick<RequestView, "row" | "name" | "outcome">

/** A request as both sides see it. */
export interface RequestView {
  row: RequestRow
  file: Service
  name: Words
  fields: Fields
  options: Map<string, readonly Option[]>
  /** Names of fields that must be filled in yet. */
  missing: string[]
  /** What the service says now; `null` while something is missing, and once it has ended. */
  decision: Decision | null
  outcome: Outcome | null
}

/** What was carried out in a visit, or was not, the last first; without the one that `requestView` shows. */
export async function receiptsBefore(store: Store, keys: Keys, visit: string, shown: string | null): Promise<Ended[]> {
  const ended = (await requestsIn(store, visit)).filter(({ id, state }) => state !== "withdrawn" && id !== shown)
  const found: Ended[] = []
  for (const row of ended) {
    const key = row.outcomeSealed === null ? null : await personKey(store, keys, row.person)
    if (!key || row.outcomeSealed === null) continue
    const outcome: Outcome = JSON.parse(key.open("request.outcome", row.outcomeSealed))
    found.push({ row, name: (await serviceOf(store, row.service)).name, outcome })
  }
  return found
}

/** The open request of a visit, else the last one that was ended by something other than being given up; `null` where there is none. */
export async function requestView(store: Store, keys: Keys, visit: string, now: Instant): Promise<RequestView | null> {
  const all = await requestsIn(store, visit)
  const row = all.find(isOpen) ?? all.find(({ state }) => state !== "withdrawn")
  const key = row ? await personKey(store, keys, row.person) : null
  if (!row || !key) return null
  const file = fileOf(row)
  const fields = openFields(key, row)
  const asked = askedBy(store, keys, row, fields, now)
  const missing = missingIn(file, fields)
  return {
    ...{ row, file, fields, missing, name: (await serviceOf(store, row.service)).name },
    options: await optionsFor(file, asked),
    decision: isOpen(row) && missing.length === 0 ? await file.decide(asked) : null,
    outcome: row.outcomeSealed === null ? null : JSON.parse(key.open("request.outcome", row.outcomeSealed)),
  }
}

/** The services that this office carries out in a visit. */
export async function servicesIn(store: Store, office: string): Promise<Listed[]> {
  const here = await officeOf(store, office)
  return (await allServices(store)).filter((one) => serviceFile(one.code) !== null && lineFor(here, one) !== null)
}
