import type { Planted } from "../parts.ts"

export const otherRightsOldSession: Planted = {
  name: "other-rights-old-session",
  breaks: "rights that were changed count at once",
  by: "what was taken away does nothing",
  from: 2,
  changes: [
    {
      file: "src/domain/access/approvals.ts",
      find: `return endAll(tx, { kind: "staff", id }, "rights_changed", now)`,
      replace: "return []",
    },
  ],
}
