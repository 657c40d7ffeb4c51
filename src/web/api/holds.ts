import { isoWithOffset } from "../../base/time.ts"
import { slotId } from "../../domain/availability/grid.ts"
import { hold, ownHold, releaseHold } from "../../domain/availability/holds.ts"
import { office } from "../../domain/offices/reads.ts"
import { call } from "./endpoint.ts"
import { idPath, ofRights, visit } from "./forms.ts"
import { change } from "./idempotency.ts"
import { hold as holdShape } from "./shapes.ts"
import { citizen } from "./subjects.ts"

/** Places kept for ten minutes while a form is filled. */
export const holdCalls = [
  call({
    method: "post",
    path: "/api/v1/holds",
    tag: "Booking",
    summary: "Keep places while the form is filled",
    description:
      "A second hold for the same service moves the first: if the new places are not to be had, the old ones stay.",
    gate: "visit.arrange",
    body: visit,
    example: { office: "RUH-RML", service: "PAS-08", slot: "RUH-RML.PAS.20261122T0730" },
    answers: { 201: holdShape },
    refusals: [
      ...(["slot_full", "slot_unknown", "slot_past", "too_soon", "too_far", "office_closed", "hold_limit"] as const),
      ...(["limit_reached", "already_booked", "too_many_people"] as const),
      ...ofRights,
      ...(["service_not_here", "service_online_only", "not_found"] as const),
    ],
    async handle(c, { body, given }) {
      const who = citizen(c)
      return change(c, given, [`office:${body.office}`, `person:${who.id}`], async (tx) => {
        const row = await hold(tx, who, body)
        const { zone } = await office(tx, row.office)
        const slot = slotId(row.office, row.line, row.startsAt)
        return { status: 201, body: { id: row.id, slot, expiresAt: isoWithOffset(row.until, zone) } }
      })
    },
  }),

  call({
    method: "delete",
    path: "/api/v1/holds/{id}",
    tag: "Booking",
    summary: "Give a hold up",
    gate: "hold.change",
    params: idPath,
    answers: { 204: "It is given up, or was over already." },
    refusals: ["hold_gone"],
    async handle(c, { params, given }) {
      const who = citizen(c)
      const { office } = await ownHold(c.var.house.store, who, params.id)
      return change(c, given, [`office:${office}`, `person:${who.id}`], async (tx) => {
        await releaseHold(tx, who, params.id)
        return { status: 204 }
      })
    },
  }),
]
