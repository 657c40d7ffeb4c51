import { asks, runServer } from "../process.ts"
import { done, ownHouse } from "./house.ts"
import type { Rig } from "./rig.ts"

/** A second process over the same folder, one after the other and several in the same instant. */
export const two: Rig = {
  promise: "one process at a time has a folder; every other says so and ends with 78",
  rounds: { short: 1, long: 10 },
  async run(rounds) {
    const findings: string[] = []
    const counts = { refused: 0 }
    for (let round = 1; round <= rounds; round++) {
      const folder = await ownHouse()
      const all = Array.from({ length: 3 }, () => runServer(folder))
      const open = await Promise.all(all.map((one) => one.origin().catch(() => null)))
      const serving = open.filter((origin) => origin !== null)
      if (serving.length !== 1) findings.push(`round ${round}: ${serving.length} of three serve one folder`)
      for (const [index, one] of all.entries()) {
        if (open[index] !== null) continue
        const code = await one.ended
        counts.refused++
        if (code !== 78 || !/Another process is using the data folder/.test(one.said())) {
          findings.push(`round ${round}: the second one ended with ${code} and said ${one.said().slice(0, 200)}`)
        }
      }
      const [origin] = serving
      if (origin && (await asks(origin, null, "/readyz")).status !== 200) findings.push(`round ${round}: not ready`)
      for (const one of all) if (!one.isOver()) await one.kill("SIGTERM")
      done(folder)
    }
    return { findings, counts }
  },
}
