import type { Planted } from "../parts.ts"

export const receiptWithoutThePiece: Planted = {
  name: "receipt-without-the-piece",
  breaks: "a piece of a recording that was acknowledged is there",
  by: "what was recorded is whole",
  changes: [
    {
      file: "src/domain/visits/recording/segments.ts",
      find: `  await insertChunk(tx).execute({ segment, seq, hash, length, at: tx.now, head })
`,
      replace: "",
    },
  ],
}
