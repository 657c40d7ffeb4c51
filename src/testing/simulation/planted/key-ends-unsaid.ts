import type { Planted } from "../parts.ts"

export const keyEndsUnsaid: Planted = {
  name: "key-ends-unsaid",
  breaks: "a right does not change unsaid",
  by: "a right does not change unsaid",
  changes: [
    {
      file: "src/domain/access/integrators.ts",
      find: `  await tx.say(accountsStream, "key.revoked", { key: id, by })`,
      replace: `  if (by === "") await tx.say(accountsStream, "key.revoked", { key: id, by })`,
    },
  ],
}
