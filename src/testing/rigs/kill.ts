import { runServer } from "../process.ts"
import { crowd, databaseIn, done, ownHouse, wrongWith } from "./house.ts"
import type { Rig } from "./rig.ts"

/** The process dies by `kill -9` in the midst of many who book and cancel, and is started again, over and over on the same folder. */
export const kill: Rig = {
  promise: "what was answered with yes is there after kill -9, once, and the same key gives the same booking",
  rounds: { short: 5, long: 200 },
  async run(rounds, random) {
    const findings: string[] = []
    const counts = { kills: 0, granted: 0, refused: 0, unanswered: 0, checked: 0 }
    const folder = await ownHouse()
    const first = runServer(folder)
    const people = await crowd(folder, await first.origin(), random)
    let server = first
    for (let round = 1; round <= rounds; round++) {
      const origin = await server.origin()
      const running = server
      const wanted = 5 + random.below(40)
      let answered = 0
      let isDying: Promise<unknown> | null = null
      const { granted, refused, lost } = await people.work(origin, {
        lanes: 8,
        isOver: () => {
          if (++answered > wanted) isDying ??= running.kill("SIGKILL")
          return running.isOver()
        },
      })
      await isDying
      counts.kills++
      counts.granted += granted
      counts.refused += refused
      counts.unanswered += lost
      findings.push(...wrongWith(databaseIn(folder)).map((line) => `round ${round}: ${line}`))
      server = runServer(folder)
      // Everything ever promised is asked for now and then, what is new each time.
      const isWhole = round % 25 === 0 || round === rounds
      const again = await people.broken(await server.origin(), isWhole ? undefined : 150)
      findings.push(...again.map((line) => `round ${round}: ${line}`))
      counts.checked += isWhole ? people.asked.length : Math.min(150, people.asked.length)
      if (findings.length > 20) break
    }
    if (counts.granted < rounds) findings.push(`only ${counts.granted} were granted: too little was tried`)
    await server.kill("SIGTERM")
    done(folder)
    return { findings, counts }
  },
}
