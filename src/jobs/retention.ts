import { allOffices } from "../domain/offices/reads.ts"
import {
  clearDays,
  clearedByDay,
  clearOld,
  daysToClear,
  isCleared,
  settleReleased,
} from "../domain/people/retention.ts"
import type { JobParts } from "./run.ts"

/** Clears what is old enough, once a day. Asked every hour, so that a process that starts anew each night does it too. */
export async function stepRetention(parts: JobParts, stopping?: AbortSignal): Promise<void> {
  if (await isCleared(parts.store, parts.clock.real())) return
  await clearRecords(parts, stopping)
}

/** Small turns, one after the other: nobody who books waits for more than a day's rows of one office. */
export async function clearRecords({ store, writer, clock }: JobParts, stopping?: AbortSignal): Promise<void> {
  const realNow = clock.real()
  await writer.write((tx) => settleReleased(tx, realNow), { scopes: ["accounts"] })
  for (const office of await allOffices(store)) {
    for (const record of clearedByDay) {
      while (!stopping?.aborted) {
        const days = await daysToClear(store, record, office, clock.office())
        if (!days) break
        await writer.write((tx) => clearDays(tx, record, office.code, days, realNow), {
          scopes: [`office:${office.code}`],
        })
        if (days.isLast) break
      }
    }
  }
  let isMore = true
  while (isMore && !stopping?.aborted) {
    isMore = await writer.write((tx) => clearOld(tx, realNow), { scopes: ["accounts"] })
  }
  await writer.emptyLog()
}
