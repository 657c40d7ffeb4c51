import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { openStore } from "../../../db/open.ts"
import { verifyFile } from "../../../db/verify.ts"
import { ownFolder } from "../process.ts"
import { createDisk, models } from "./disk.ts"
import { crowd, databaseIn, done, ownHouse } from "./house.ts"
import type { Rig } from "./rig.ts"
import { type Call, hasStrace, readTrace, traced } from "./trace.ts"

/**
 * The power is cut. What a server under load writes, syncs and answers is traced once; then, for many moments of it, the disk is as it may be
 * after a cut at that moment: only what was synced; of what was not, some writes, some sectors, or all. Each of them must open.
 */
export const power: Rig = {
  promise: "what was answered is there after the power was cut, the database opens, and it is whole",
  rounds: { short: 12, long: 400 },
  needs: () => (hasStrace ? null : "there is no strace; apt-get install strace"),
  async run(rounds, random) {
    const findings: string[] = []
    const counts = { calls: 0, syncs: 0, answers: 0, disks: 0, lost: 0 }
    const { base, trace } = await recorded(Math.max(60, Math.min(400, rounds * 2)), random)
    counts.calls = trace.length
    counts.syncs = trace.filter((one) => one.do === "synced").length
    const answers = trace.filter((one) => one.do === "answered").length
    counts.answers = answers
    if (answers < 20 || counts.syncs < 5) findings.push("the trace shows no answers or no syncs: nothing was tried")

    const cuts = new Set(Array.from({ length: rounds }, () => random.below(trace.length)))
    const disk = createDisk(base)
    const promised = new Map<string, string>()
    const place = ownFolder()
    for (const [at, call] of trace.entries()) {
      disk.take(at, call)
      if (call.do === "answered") note(promised, call)
      if (!cuts.has(at)) continue
      for (const model of models) {
        const wrong = opens(place, disk.after(model, random), promised)
        counts.disks++
        counts.lost += wrong.length > 0 ? 1 : 0
        findings.push(...wrong.slice(0, 3).map((line) => `cut after call ${at}, ${model}: ${line}`))
      }
      if (findings.length > 20) break
    }
    return { findings, counts }
  },
}

/** What is there before, and what a server then does while people book and cancel; both by the files' own paths. */
async function recorded(requests: number, random: Parameters<Rig["run"]>[1]) {
  const folder = await ownHouse()
  const file = databaseIn(folder)
  const log = join(folder, "trace")
  const base: Record<string, Buffer> = {}
  for (const name of [file, `${file}-wal`]) base[name] = existsSync(name) ? readFileSync(name) : Buffer.alloc(0)
  const server = await traced(folder, log)
  const people = await crowd(folder, server.origin, random)
  await people.work(server.origin, { lanes: 6, requests })
  await server.kill()
  const trace = readTrace(log)
  done(folder)
  return { base, trace }
}

/** A cancellation comes after its booking; a booking that is known cancelled stays so. */
function note(promised: Map<string, string>, { body }: Extract<Call, { do: "answered" }>): void {
  const { id, state } = body
  if (typeof id !== "string" || typeof state !== "string") return
  if (promised.get(id) !== "cancelled") promised.set(id, state)
}

/** What is wrong with a disk, as a server that starts on it would find it. */
function opens(place: string, files: Record<string, Buffer>, promised: Map<string, string>): string[] {
  const folder = join(place, "data")
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [name, bytes] of Object.entries(files)) {
    if (bytes.length > 0) writeFileSync(join(folder, name.endsWith("-wal") ? "dawr.db-wal" : "dawr.db"), bytes)
  }
  const wrong: string[] = []
  try {
    const opened = openStore(folder, { create: false })
    const rows = opened.reading.raw.query<{ id: string; state: string }, []>("SELECT id, state FROM booking").all()
    const states = new Map(rows.map(({ id, state }) => [id, state]))
    for (const [id, state] of promised) {
      const found = states.get(id)
      // Cancelled already, though nobody had been told so.
      const isMore = state !== "cancelled" && found === "cancelled"
      if (found !== state && !isMore) wrong.push(`booking ${id} was answered ${state} and is ${found ?? "lost"}`)
    }
    opened.close()
    wrong.push(...verifyFile(join(folder, "dawr.db")).wrong)
  } catch (thrown) {
    wrong.push(`it does not open: ${thrown}`)
  }
  return wrong
}
