import type { Planted } from "../parts.ts"

export const cancelledKeepsItsPlace: Planted = {
  name: "cancelled-keeps-its-place",
  breaks: "who cancels gives the place back",
  by: "the tables are what the facts tell",
  changes: [
    {
      file: "src/domain/bookings/writes.ts",
      find: `  await freePlaces(tx, row)
  await closeFor(tx)`,
      replace: "  await closeFor(tx)",
    },
  ],
}
