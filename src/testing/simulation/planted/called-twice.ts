import type { Planted } from "../parts.ts"

export const calledTwice: Planted = {
  name: "called-twice",
  breaks: "a ticket is called by one counter",
  by: "the one called is the lowest due of those who may be called",
  changes: [
    {
      file: "src/domain/queue/calling.ts",
      find: `line = \${sql.placeholder(\`line\${index}\`)} and state = 'waiting'`,
      replace: `line = \${sql.placeholder(\`line\${index}\`)} and state in ('waiting', 'called')`,
    },
    {
      file: "src/domain/queue/calling.ts",
      find: `and(eq(tickets.id, smallest), sql\`\${tickets.state} = 'waiting'\`)`,
      replace: "eq(tickets.id, smallest)",
    },
    {
      file: "migrations/sqlite/0001_begin.sql",
      find: `  ticket TEXT UNIQUE,
`,
      replace: `  ticket TEXT,
`,
    },
  ],
}
