import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, renameSync } from "node:fs"
import { join } from "node:path"
import { atTheEnd } from "../cleanup.ts"
import { asks, demoFile, runServer } from "../process.ts"
import { crowd, databaseIn, done, ownHouse, wrongWith } from "./house.ts"
import type { Rig } from "./rig.ts"

/**
 * The disk is full in the midst of what people ask for. The data folder is a small file system of its own, which is made larger afterwards;
 * only root may make one.
 */
export const full: Rig = {
  promise:
    "on a full disk what cannot be kept is refused with 503, reading goes on, nothing answered is lost, and with room it goes on",
  rounds: { short: 1, long: 10 },
  needs: () => (process.getuid?.() === 0 ? null : "only root can mount a small file system"),
  async run(rounds, random) {
    const findings: string[] = []
    const counts = { granted: 0, unavailable: 0, grantedAfterwards: 0 }
    for (let round = 1; round <= rounds; round++) {
      const say = (line: string) => findings.push(`round ${round}: ${line}`)
      const folder = await ownHouse()
      // Its log needs room for itself: what is left after the start is full after some dozens of bookings.
      const unmount = onSmallDisk(folder, 600 + random.below(900))
      const server = runServer(folder)
      const origin = await server.origin()
      const people = await crowd(folder, origin, random)
      let isFull = false
      for (let turn = 0; turn < 60 && !isFull && !server.isOver(); turn++) {
        const answers = await people.work(origin, { lanes: 8, requests: 25 })
        counts.granted += answers.granted
        counts.unavailable += answers.unavailable
        isFull = answers.unavailable > 0
        if (answers.lost > 0) say(`${answers.lost} got no answer at all`)
      }
      if (!isFull) say("the disk never became full")
      if (server.isOver()) say(`the server ended: ${server.said().slice(-300)}`)
      const [citizen] = demoFile(folder).citizens
      const read = await asks(origin, citizen?.token ?? "", "/api/v1/me").catch(() => ({ status: 0 }))
      if (read.status !== 200) say(`reading answers ${read.status}`)
      resize(folder, 65_536)
      const after = await people.work(origin, { lanes: 8, requests: 40 }).catch(() => null)
      counts.grantedAfterwards += after?.granted ?? 0
      if (!after || after.granted === 0) say("with room again nothing is granted")
      for (const line of await people.broken(origin).catch((thrown) => [String(thrown)])) say(line)
      await server.kill("SIGKILL")
      for (const line of wrongWith(databaseIn(folder))) say(line)
      unmount()
      done(folder)
    }
    return { findings, counts }
  },
}

/** Puts the data folder on a file system that has only so much room left. */
function onSmallDisk(folder: string, leftKilobytes: number): () => void {
  const data = join(folder, "data")
  const aside = join(folder, "aside")
  renameSync(data, aside)
  mkdirSync(data)
  const held = Number(spawnSync("du", ["-sk", aside]).stdout.toString().split("\t")[0])
  mustRun("mount", ["-t", "tmpfs", "-o", `size=${held + leftKilobytes}k,mode=700`, "tmpfs", data])
  let isMounted = true
  const unmount = () => {
    if (isMounted) spawnSync("umount", ["-l", data])
    isMounted = false
  }
  atTheEnd(unmount)
  cpSync(aside, data, { recursive: true })
  return unmount
}

const resize = (folder: string, kilobytes: number) =>
  mustRun("mount", ["-o", `remount,size=${kilobytes}k`, join(folder, "data")])

function mustRun(program: string, args: string[]): void {
  const { status, stderr } = spawnSync(program, args)
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`)
}
