import type { Planted } from "../parts.ts"

export const struckInSilence: Planted = {
  name: "struck-in-silence",
  breaks: "whose time is taken away is told",
  by: "what was promised stays or is struck and told",
  changes: [
    {
      file: "src/domain/bookings/day-changes.ts",
      find: `    await tellStruck(tx, row)
`,
      replace: "",
    },
  ],
}
