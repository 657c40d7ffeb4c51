import { z } from "zod"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Staff } from "../../domain/access/subject.ts"
import { answerStep, breakOff, drawCheck, measure, otherWayFor, type Received } from "../../domain/visits/checking.ts"
import { roster } from "../../domain/visits/visits.ts"
import type { House } from "../house.ts"

const answer = z.tuple([z.coerce.number().int().min(0).max(50), z.enum(["pass", "fail", "not_possible"])])

/** What the agent's buttons do with the list of the visit in hand; `null` for a word that is none of them. `other`: `<place>.<result>`. */
export function identityTurn(
  verb: string,
  { house, agent, id, other, note }: { house: House; agent: Staff; id: string; other: string; note: string },
): ((tx: Tx) => Promise<unknown>) | null {
  const now = house.clock.real()
  const turns: Record<string, (tx: Tx) => Promise<unknown>> = {
    "identity-draw": (tx) => drawCheck(tx, agent, id),
    "identity-measure": async (tx) => measure(tx, agent, id, await receivedNow(house, tx, agent, id), now),
    "identity-other": (tx) => otherWayFor(tx, agent, id),
    "identity-stop": (tx) => breakOff(tx, agent, id, now),
    "identity-say": (tx) => {
      const read = answer.safeParse(other.split("."))
      if (!read.success) throw new Refusal("malformed")
      const [place, result] = read.data
      return answerStep(tx, house.keys, agent, id, { place, result, note }, now)
    },
  }
  return turns[verb] ?? null
}

/** What this agent's own page says of the person's picture. */
async function receivedNow(house: House, tx: Tx, agent: Staff, id: string): Promise<Received | null> {
  const all = await roster(tx, id)
  const [own, person] = [all.find(({ subject }) => subject === agent.id), all.find(({ kind }) => kind === "citizen")]
  return own && person ? house.hub.received(own.id, person.id) : null
}
