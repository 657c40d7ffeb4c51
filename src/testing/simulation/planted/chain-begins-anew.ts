import type { Planted } from "../parts.ts"

export const chainBeginsAnew: Planted = {
  name: "chain-begins-anew",
  breaks: "each piece of a recording is chained to the one before",
  by: "what was recorded is whole",
  changes: [
    {
      file: "src/domain/visits/recording/segments.ts",
      find: "const head = nextHead(prev, { hash, seq, length, at: tx.now })",
      replace: `const head = nextHead(seq % 3 === 0 ? "" : prev, { hash, seq, length, at: tx.now })`,
    },
  ],
}
