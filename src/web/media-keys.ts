import { type Fingerprints, type HouseRules, twoInCall } from "../domain/requests/standing.ts"
import type { House } from "./house.ts"

/** By which keys the person and the agent of a visit talk to each other now, as the server saw them go by. */
export async function fingerprintsOf({ store, hub }: House, visit: string, agent: string): Promise<Fingerprints> {
  const two = await twoInCall(store, visit, agent)
  if (!two) return { citizen: null, agent: null }
  const [citizen, other] = [two.citizen.id, two.agent.id]
  return { citizen: hub.fingerprint(visit, citizen, other), agent: hub.fingerprint(visit, other, citizen) }
}

/** How this house is set up, as far as it decides what a service needs. */
export function rulesOf({ demo, env }: Pick<House, "demo" | "env">): HouseRules {
  return { isDemo: demo, isRecorded: env.recording !== "off" }
}
