import type { Planted } from "../parts.ts"

export const strangersCancel: Planted = {
  name: "strangers-cancel",
  breaks: "a booking is changed only by who may",
  by: "a booking is changed only by who may",
  from: 3,
  changes: [
    {
      file: "src/domain/bookings/writes.ts",
      find: `    authorize(actor, "booking.change", ofWhom(actor, row, who))
    acting = await actingFor(store, actor, who, { act: "change", service: row.service }, now)`,
      replace: `    if (ofWhom(actor, row, who).person) acting = await actingFor(store, actor, who, { act: "change", service: row.service }, now)`,
    },
  ],
}
