import type { Planted } from "../parts.ts"

export const refusedTurnStays: Planted = {
  name: "refused-turn-stays",
  breaks: "a refused turn leaves nothing behind",
  by: "no bug",
  changes: [
    {
      file: "db/write.ts",
      find: `          sql.undo.run()
`,
      replace: "",
    },
  ],
}
