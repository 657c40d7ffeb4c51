import type { Planted } from "../parts.ts"

export const sentWithoutSending: Planted = {
  name: "sent-without-sending",
  breaks: "what counts as sent was handed over",
  by: "everything comes to its end",
  changes: [
    {
      file: "src/jobs/messages.ts",
      find: `    await parts.post[delivery.channel](letter, stop)
`,
      replace: `    if (letter.id === "") await parts.post[delivery.channel](letter, stop)
`,
    },
  ],
}
