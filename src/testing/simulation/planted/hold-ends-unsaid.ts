import type { Planted } from "../parts.ts"

export const holdEndsUnsaid: Planted = {
  name: "hold-ends-unsaid",
  breaks: "a place that was given up is said to be free again, so that whoever looks at the times sees it",
  by: "the tables are what the facts tell",
  from: 20,
  changes: [
    {
      file: "src/domain/availability/holds.ts",
      find: `await tx.say(row.office, "hold.released", { hold: id, by: citizen.id, subject: row.person })`,
      replace: "return",
    },
  ],
}
