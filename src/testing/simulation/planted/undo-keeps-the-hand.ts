import type { Planted } from "../parts.ts"

export const undoKeepsTheHand: Planted = {
  name: "undo-keeps-the-hand",
  breaks: "an undo puts everything back",
  by: "no bug",
  from: 6,
  changes: [
    {
      file: "src/domain/queue/undo.ts",
      find: `  await letGo(tx, now.id)
`,
      replace: "",
    },
  ],
}
