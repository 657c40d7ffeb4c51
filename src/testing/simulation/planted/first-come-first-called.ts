import type { Planted } from "../parts.ts"

export const firstComeFirstCalled: Planted = {
  name: "first-come-first-called",
  breaks: "the lowest due is called first",
  by: "the one called is the lowest due of those who may be called",
  from: 2,
  changes: [
    {
      file: "src/domain/queue/calling.ts",
      find: "order by rank, arrival limit 1",
      replace: "order by arrival limit 1",
    },
  ],
}
