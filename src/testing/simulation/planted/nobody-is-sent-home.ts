import type { Planted } from "../parts.ts"

export const nobodyIsSentHome: Planted = {
  name: "nobody-is-sent-home",
  breaks: "who was not called leaves in the end",
  by: "everything comes to its end",
  changes: [
    {
      file: "src/jobs/office.ts",
      find: `  await endSessions(tx, office)
`,
      replace: "",
    },
  ],
}
