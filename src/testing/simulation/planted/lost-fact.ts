import type { Planted } from "../parts.ts"

export const lostFact: Planted = {
  name: "lost-fact",
  breaks: "every change says a fact",
  by: "the tables are what the facts tell",
  from: 6,
  changes: [
    {
      file: "src/domain/queue/counters.ts",
      find: `  await tx.say(desk.office, "counter.paused", { counter: desk.id, by: agent.id })
`,
      replace: "",
    },
  ],
}
