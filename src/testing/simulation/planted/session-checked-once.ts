import type { Planted } from "../parts.ts"

export const sessionCheckedOnce: Planted = {
  name: "session-checked-once",
  breaks: "a session that has ended does nothing",
  by: "a session that has ended does nothing",
  changes: [
    {
      file: "src/web/signed-in.ts",
      find: `      if (!isOver) await mustStand(tx, session)
`,
      replace: "",
    },
  ],
}
