import type { Planted } from "../parts.ts"

export const restartForgetsTheTime: Planted = {
  name: "restart-forgets-the-time",
  breaks: "the time of the house never goes back over a restart",
  by: "the record is whole",
  from: 2,
  changes: [
    {
      file: "db/write.ts",
      find: `let lastNow = keptNow(raw)`,
      replace: `let lastNow = 0`,
    },
  ],
}
