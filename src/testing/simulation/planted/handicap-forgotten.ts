import type { Planted } from "../parts.ts"

export const handicapForgotten: Planted = {
  name: "handicap-forgotten",
  breaks: "a counter takes its own line first",
  by: "the one called is the lowest due of those who may be called",
  from: 2,
  changes: [
    {
      file: "src/domain/queue/calling.ts",
      find: `due + \${sql.placeholder(\`handicap\${index}\`)} as rank`,
      replace: `due + 0 * \${sql.placeholder(\`handicap\${index}\`)} as rank`,
    },
  ],
}
