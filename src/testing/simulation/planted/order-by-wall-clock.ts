import type { Planted } from "../parts.ts"

export const orderByWallClock: Planted = {
  name: "order-by-wall-clock",
  breaks: "the time of the house never goes back",
  by: "the record is whole",
  from: 9,
  changes: [
    {
      file: "db/write.ts",
      find: "return Math.max(lastNow, options.clock.office())",
      replace: "return options.clock.office()",
    },
  ],
}
