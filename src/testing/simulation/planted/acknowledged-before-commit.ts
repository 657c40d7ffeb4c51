import type { Planted } from "../parts.ts"

export const acknowledgedBeforeCommit: Planted = {
  name: "acknowledged-before-commit",
  breaks: "what is acknowledged is on disk",
  by: "what is acknowledged is on disk",
  from: 3,
  changes: [
    {
      file: "db/write.ts",
      find: `      keepNow(said.length > 0)
`,
      replace: `      for (const done of settle) done()
      keepNow(said.length > 0)
`,
    },
  ],
}
