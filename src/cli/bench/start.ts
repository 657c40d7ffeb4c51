import { median, type Part, progress } from "./figure.ts"
import { inFolder, prepare } from "./prepare.ts"
import { type Running, startBare, startHouse } from "./running.ts"

export interface Wanted {
  disk: string
  starts: number
}

/** Milliseconds from the start of the process to its first "ready", over a store that is there already; beside it a bare Hono process. */
export async function start({ disk, starts }: Wanted): Promise<Part> {
  return inFolder(disk, async (folder) => {
    progress(`start: ${starts} times`)
    const prepared = await prepare(folder, {})
    const [own, others]: [number[], number[]] = [[], []]
    // The first of each reads the program from the disk.
    for (let turn = 0; turn <= starts; turn++) {
      const times = [await timed(() => startHouse(prepared), "/readyz"), await timed(startBare, "/healthz")]
      if (turn === 0) continue
      own.push(times[0] ?? 0)
      others.push(times[1] ?? 0)
    }
    const baseline = { what: "bare Hono", value: median(others) }
    return {
      figures: [{ what: "process start to ready", value: median(own), unit: "ms", baseline, aim: { most: 1_000 } }],
    }
  })
}

async function timed(begin: () => Promise<Running>, path: string): Promise<number> {
  const began = performance.now()
  const running = await begin()
  const answer = await fetch(`${running.origin}${path}`)
  const took = performance.now() - began
  if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}`)
  await running.stop()
  return took
}
