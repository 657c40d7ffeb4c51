import type { Planted } from "../parts.ts"

export const numberGivenTwice: Planted = {
  name: "number-given-twice",
  breaks: "a number is given once a day",
  by: "a number is given once a day",
  from: 2,
  changes: [
    {
      file: "src/domain/queue/tickets.ts",
      find: `set: { last: sql\`\${ticketSeries.last} + 1\` },`,
      replace: `set: { last: sql\`\${ticketSeries.last} % 4 + 1\` },`,
    },
    {
      file: "migrations/sqlite/0001_begin.sql",
      find: `  UNIQUE (office, day, number),
`,
      replace: "",
    },
  ],
}
