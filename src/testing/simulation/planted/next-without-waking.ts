import type { Planted } from "../parts.ts"

export const nextWithoutWaking: Planted = {
  name: "next-without-waking",
  breaks: "whose time has come may be called at once",
  by: "the one called is the lowest due of those who may be called",
  changes: [
    {
      file: "src/domain/queue/calling.ts",
      find: `  await wake(tx, desk.office)
  const [called]`,
      replace: "  const [called]",
    },
  ],
}
