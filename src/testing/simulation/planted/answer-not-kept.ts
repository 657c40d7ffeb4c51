import type { Planted } from "../parts.ts"

export const answerNotKept: Planted = {
  name: "answer-not-kept",
  breaks: "one request is done once, however often it comes",
  by: "what is acknowledged is on disk",
  changes: [
    {
      file: "src/web/once.ts",
      find: `  await keepAnswer(tx, repeatable, { status: 201, answer: made })
`,
      replace: "",
    },
  ],
}
