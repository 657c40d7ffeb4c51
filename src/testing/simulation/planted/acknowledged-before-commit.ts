import type { Planted } from "../parts.ts"

export const acknowledgedBeforeCommit: Planted = {
  name: "acknowledged-before-commit",
  breaks: "what is acknowledged is on disk",
  changes: [
    {
      file: "db/write.ts",
      find: `    try {
      sql.commit.run()`,
      replace: `    for (const done of settle) done()
    try {
      sql.commit.run()`,
    },
  ],
}
