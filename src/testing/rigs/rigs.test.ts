import { expect, setDefaultTimeout, test } from "bun:test"
import { rigs } from "./list.ts"
import { seeded } from "./rig.ts"

/* The short form of `npm run crash`: the real process and its files, killed, starved and damaged. */

setDefaultTimeout(300_000)

for (const [name, rig] of Object.entries(rigs)) {
  test(`${name}: ${rig.promise}`, async () => {
    const missing = rig.needs?.() ?? null
    if (missing !== null) {
      // A machine that is to try all of them says so, and fails where it cannot.
      if (process.env["DAWR_RIGS"] === "1") throw new Error(`not tried: ${missing}`)
      process.stderr.write(`${name}: not tried, ${missing}\n`)
      return
    }
    const { findings, counts } = await rig.run(rig.rounds.short, seeded(1))
    expect(findings).toEqual([])
    expect(Object.values(counts).some((count) => count > 0)).toBe(true)
  })
}
