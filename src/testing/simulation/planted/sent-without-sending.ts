import type { Planted } from "../parts.ts"

export const sentWithoutSending: Planted = {
  name: "sent-without-sending",
  breaks: "what counts as sent was handed over",
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
