import { join } from "node:path"
import { type Outcome, runSeed } from "./run.ts"

/*
 * Many seeds over the machine's processors. A seed knows nothing of any other, so which process lives through it changes nothing of it.
 */

/** What a process is asked to live through, and what it answers. */
export interface Asked {
  seed: number
  days: number
}
export type Answered = { outcome: Outcome } | { thrown: string }

/**
 * Lives through the seeds from `first` to `last`, in `processes` of their own, or in this one where that is one; tells each outcome as it
 * comes. Where `tell` answers false that seed is broken, and from then on only seeds before it are told: so the broken one that is told last is
 * the first of all, however fast each of them was.
 */
export async function runSeeds(
  { first, last, days, processes }: { first: number; last: number; days: number; processes: number },
  tell: (outcome: Outcome) => boolean,
  start: () => Other = startOther,
): Promise<void> {
  let next = first
  let until = last
  const underWay = new Set<number>()
  const over = Promise.withResolvers<void>()
  const work = async (live: (asked: Asked) => Promise<Outcome>) => {
    while (next <= until) {
      const seed = next++
      underWay.add(seed)
      const outcome = await live({ seed, days })
      underWay.delete(seed)
      if (seed <= until && !tell(outcome)) until = seed - 1
      if (until < last && [...underWay].every((other) => other > until)) over.resolve()
    }
  }
  if (processes === 1) return work(({ seed }) => runSeed(seed, { days }))
  const others = Array.from({ length: processes }, () => start())
  try {
    await Promise.race([Promise.all(others.map((other) => work(other.live))), over.promise])
  } finally {
    until = first - 1
    for (const other of others) other.end()
  }
}

export interface Other {
  live(asked: Asked): Promise<Outcome>
  end(): void
}

/** Another process that lives through one seed after the other. */
export function startOther(): Other {
  let answer = Promise.withResolvers<Outcome>()
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "other.ts")], {
    stdio: ["ignore", "inherit", "inherit"],
    serialization: "advanced",
    ipc: (said: Answered) => ("outcome" in said ? answer.resolve(said.outcome) : answer.reject(new Error(said.thrown))),
  })
  child.exited.then(() =>
    answer.reject(new Error(`a process of the simulation ended: ${child.signalCode ?? child.exitCode}`)),
  )
  return {
    live(asked: Asked): Promise<Outcome> {
      answer = Promise.withResolvers<Outcome>()
      child.send(asked)
      return answer.promise
    },
    end(): void {
      answer.promise.catch(() => {})
      child.kill()
    },
  }
}
