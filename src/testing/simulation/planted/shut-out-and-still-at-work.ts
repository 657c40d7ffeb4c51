import type { Planted } from "../parts.ts"

export const shutOutAndStillAtWork: Planted = {
  name: "shut-out-and-still-at-work",
  breaks: "whoever is shut out does nothing more",
  by: "what was taken away does nothing",
  changes: [
    {
      file: "src/domain/access/approvals.ts",
      find: `return endAll(tx, owner, "disabled", now)`,
      replace: "return []",
    },
  ],
}
