import type { Planted } from "../parts.ts"

export const moveFreesLate: Planted = {
  name: "move-frees-late",
  breaks: "a move never leaves two places",
  by: "the tables are what the facts tell",
  changes: [
    {
      file: "src/domain/bookings/writes.ts",
      find: `  await freePlaces(tx, row)
  const day = await takePlaces(tx, visit, { ...to, moved: row })`,
      replace: "  const day = await takePlaces(tx, visit, { ...to, moved: row })",
    },
  ],
}
