import type { Planted } from "../parts.ts"

export const holdExpiresByJob: Planted = {
  name: "hold-expires-by-job",
  breaks: "a hold that has run out keeps nothing from anybody",
  by: "a hold does not outlive its time",
  from: 17,
  days: 2,
  changes: [
    {
      file: "src/domain/availability/writes.ts",
      find: `and \${heldPlaces.until} > \${p("now")}), 0)\``,
      replace: `and \${heldPlaces.until} + 0 * \${p("now")} > 0), 0)\``,
    },
  ],
}
