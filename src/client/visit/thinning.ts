import type { Weight } from "./transport.ts"

/** How somebody else receives us, as they say it every few seconds: milliseconds there and back, the share of packets lost. */
export interface Received {
  rtt?: number
  loss?: number
}

const steps: readonly Weight[] = ["full", "small", "sound"]
const badReports = 2
const goodReports = 6
const goodReportsMost = 48

/**
 * How much may be sent so that people still understand each other: where it arrives badly, a smaller picture, then the sound alone; where it
 * arrives well for half a minute, a step back up. Who steps up and has to go down again at once waits twice as long the next time. Of several
 * who receive us, the one with the worst network counts.
 */
export function createThinning() {
  const ways = new Map<string, ReturnType<typeof createWay>>()

  return {
    get weight(): Weight {
      return steps[Math.max(0, ...[...ways.values()].map(({ step }) => step))] ?? "full"
    },
    /**
     * Takes a report of somebody's in and answers the weight from now on. `isSeen`: somebody reads lips or signs, and the picture is never
     * paused.
     */
    hear(received: Received, isSeen = false, from = ""): Weight {
      const way = ways.get(from) ?? createWay()
      ways.set(from, way)
      way.hear(received, isSeen)
      return this.weight
    },
    /** Who receives us still; how it arrived at others is forgotten. */
    only(those: string[]): void {
      for (const from of ways.keys()) if (!those.includes(from)) ways.delete(from)
    },
  }
}

/** The way to one of them. */
function createWay() {
  let step = 0
  let [bad, good] = [0, 0]
  let wait = goodReports
  /** A step up that has not proved itself yet. */
  let isTrying = false

  return {
    get step(): number {
      return step
    },
    hear({ rtt = 0, loss = 0 }: Received, isSeen: boolean): void {
      const most = isSeen ? 1 : steps.length - 1
      // Somebody who reads lips or signs has come in.
      step = Math.min(step, most)
      const isBad = loss >= 0.12 || rtt >= 1_000
      const isGood = loss < 0.03 && rtt < 400
      bad = isBad ? bad + 1 : 0
      good = isGood ? good + 1 : 0
      if (bad >= badReports && step < most) {
        step++
        if (isTrying) wait = Math.min(wait * 2, goodReportsMost)
        isTrying = false
        bad = 0
      } else if (good >= wait) {
        if (isTrying) wait = goodReports
        isTrying = step > 0
        step = Math.max(0, step - 1)
        good = 0
      }
    },
  }
}
