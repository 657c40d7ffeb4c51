import type { Tx } from "../../db/write.ts"
import { expireHolds } from "../domain/availability/holds.ts"
import { offerPlaces } from "../domain/availability/offers.ts"
import { expireRequests, markMissed } from "../domain/bookings/steps.ts"
import { tellSoon } from "../domain/queue/notices.ts"
import { endSessions } from "../domain/queue/session-end.ts"
import { wake } from "../domain/queue/waking.ts"
import { lapseAsked } from "../domain/requests/requests.ts"
import { visitStep } from "../domain/visits/steps.ts"

/**
 * What time has done in one office since the last look: people whose time has come, holds that ran out, places that came free for those
 * who wait for them, a session that is over, rings that nobody answered, a turn that is near.
 */
export async function officeStep(tx: Tx, office: string): Promise<void> {
  await wake(tx, office)
  await expireHolds(tx, office)
  await offerPlaces(tx, office)
  await endSessions(tx, office)
  await visitStep(tx, office)
  await lapseAsked(tx, office)
  await tellSoon(tx, office)
  await expireRequests(tx, office)
  await markMissed(tx, office)
}
