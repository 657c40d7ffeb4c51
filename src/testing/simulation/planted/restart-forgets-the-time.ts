import type { Planted } from "../parts.ts"

export const restartForgetsTheTime: Planted = {
  name: "restart-forgets-the-time",
  breaks: "the time of the house never goes back over a restart",
  changes: [
    {
      file: "db/write.ts",
      find: `let lastNow = raw.query<{ at: number | null }, []>("SELECT max(at) AS at FROM fact").get()?.at ?? 0`,
      replace: "let lastNow = 0",
    },
  ],
}
