import { z } from "@hono/zod-openapi"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import { isoWithOffset } from "../../base/time.ts"
import { citizenOf } from "../../domain/access/keys.ts"
import type { Citizen, Integrator } from "../../domain/access/subject.ts"
import { call } from "./endpoint.ts"
import { id } from "./forms.ts"
import { change } from "./idempotency.ts"
import { instant } from "./shapes.ts"
import { citizen } from "./subjects.ts"

const hoursMax = 30 * 24

/**
 * A consent is a note that only the citizen's own key could have asked for: for whom it is given, by whom and until when, under our seal.
 * It is kept by the integrator it was given to, is good for nobody else, and ends by itself.
 */
export const consentCalls = [
  call({
    method: "post",
    path: "/api/v1/consents",
    tag: "Booking",
    summary: "Let an integrator book for oneself",
    gate: "consent.give",
    body: z.object({
      integrator: id.openapi({ description: "The integrator's id, as it names itself." }),
      hours: z.int().min(1).max(hoursMax).default(24),
    }),
    example: { integrator: "019aa0f0-7c5e-7b1e-9d3c-2f4f4a5f6b7c", hours: 24 },
    answers: { 201: z.object({ consent: z.string(), until: instant }).openapi("Consent") },
    async handle(c, { body, given }) {
      const { keys } = c.var.house
      const who = citizen(c)
      const answer = await change(c, given, [`person:${who.id}`], async (tx) => {
        const until = Math.floor((tx.now + body.hours * hour) / 1000) * 1000
        return { status: 201, body: { until: isoWithOffset(until, "UTC") } }
      })
      // Sealed after the turn, so that no kept answer holds what opens a door.
      const { until } = answer.body as { until: string }
      return { status: 201, body: { consent: sealed(keys, who.id, body.integrator, Date.parse(until)), until } }
    },
  }),
]

/** Of whom a note says that it is; whether that is true is `consenting`'s to find. */
export function namedIn(consent: string | undefined): string {
  return consent?.split("~")[0] ?? ""
}

/** The citizen who has consented to this integrator. Refuses `forbidden` for a note that is none, is another's, or is over. */
export async function consenting(tx: Tx, keys: Keys, by: Integrator, consent: string | undefined): Promise<Citizen> {
  const person = namedIn(consent)
  const until = consent?.split("~")[1] ?? ""
  const good = consent !== undefined && consent === sealed(keys, person, by.id, Number(until)) && Number(until) > tx.now
  const who = good ? await citizenOf(tx, person) : null
  if (!who) throw new Refusal("forbidden", { why: "consent" })
  return who
}

function sealed(keys: Keys, person: string, integrator: string, until: Instant): string {
  return `${person}~${until}~${keys.capability("consent", `${person}~${integrator}~${until}`)}`
}
