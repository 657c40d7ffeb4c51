import type { Planted } from "../parts.ts"

export const brokenChain: Planted = {
  name: "broken-chain",
  breaks: "each fact is chained to the one before",
  by: "the record is whole",
  changes: [
    {
      file: "db/facts.ts",
      find: "const hash = chainHash(head.hash, numbered, text)",
      replace: `const hash = chainHash(head.seq % 50 === 49 ? "" : head.hash, numbered, text)`,
    },
  ],
}
