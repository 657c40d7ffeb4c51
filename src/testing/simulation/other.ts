import { runSeed } from "./run.ts"
import type { Answered, Asked } from "./spread.ts"

/* One of the processes of `spread.ts`: lives through the seeds that it is given, one after the other. */

process.on("message", ({ seed, days }: Asked) => {
  const say = (answer: Answered) => process.send?.(answer)
  runSeed(seed, { days }).then(
    (outcome) => say({ outcome }),
    (thrown: unknown) => say({ thrown: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) }),
  )
})
process.on("disconnect", () => process.exit(0))
