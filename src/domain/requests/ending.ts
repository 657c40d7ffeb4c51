import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Staff } from "../access/subject.ts"
import type { Outcome } from "../queue/serving.ts"
import * as calls from "../visits/calls.ts"
import type { Visit } from "../visits/visits.ts"
import { isOpen, requestsIn } from "./requests.ts"

/**
 * What is begun and not carried out is given up with the visit, and not by a slip: refuses `unfinished_request` with the ids and services of
 * what is open, unless `confirmed`.
 */
export async function mustBeFinished(store: Store, visit: string, confirmed = false): Promise<void> {
  const left = confirmed ? [] : (await requestsIn(store, visit)).filter(isOpen)
  if (left.length === 0) return
  throw new Refusal("unfinished_request", {
    visit,
    requests: left.map(({ id }) => id),
    services: left.map(({ service }) => service),
  })
}

/** Ends a visit as `calls.end` does, provided that nothing is left open in it or `confirmed`. */
export async function end(
  tx: Tx,
  agent: Staff,
  id: string,
  { confirmed = false, ...result }: { outcome: Outcome; note?: string | null; confirmed?: boolean },
): Promise<Visit> {
  await mustBeFinished(tx, id, confirmed)
  return calls.end(tx, agent, id, result)
}
