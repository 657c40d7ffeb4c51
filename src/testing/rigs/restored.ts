import { copyFileSync, readdirSync, renameSync } from "node:fs"
import { join } from "node:path"
import { openStore } from "../../../db/open.ts"
import { openWriter } from "../../../db/write.ts"
import { machineClock } from "../../base/clock.ts"
import { startSession } from "../../domain/access/sessions.ts"
import { demoFile, ownFolder, run, runServer } from "../process.ts"
import { crowd, done, ownHouse, verified } from "./house.ts"
import type { Rig } from "./rig.ts"

/** A backup is taken, life goes on, the machine dies, and the backup is put in place: everybody who was there meets an earlier house. */
export const restored: Rig = {
  promise:
    "after a backup was put in place old sessions are void, screens begin anew, and nothing is sent a second time",
  rounds: { short: 1, long: 10 },
  async run(rounds, random) {
    const findings: string[] = []
    const counts = { sentBefore: 0, sentAfterwards: 0, factsGivenUp: 0 }
    for (let round = 1; round <= rounds; round++) {
      const say = (line: string) => findings.push(`round ${round}: ${line}`)
      const folder = await ownHouse()
      const data = join(folder, "data")
      const shelf = ownFolder()
      const provider = await sms()
      const env = { SMS_URL: provider.url, SMS_TOKEN: "token", SMS_FROM: "Dawr" }
      const { citizens, boards } = demoFile(folder)
      const session = await signIn(data, citizens[0]?.id ?? "")
      const first = runServer(folder, env)
      const origin = await first.origin()
      const people = await crowd(folder, origin, random)
      if ((await lets(origin, session)) !== 200) say("the session opened nothing before")

      // What is sent just before is taken by the provider, who says no: it waits to be tried again when the backup is taken.
      provider.says = 503
      await people.work(origin, { lanes: 4, requests: 30 })
      await provider.has(1)
      const taken = run("src/cli/backup.ts", { DATA_DIR: data }, [shelf])
      if ((await taken.ended) !== 0) say(`the backup failed: ${taken.said()}`)
      provider.says = 200
      const board = boards.find(({ office }) => office === "RUH-RML")?.token ?? ""
      await people.work(origin, { lanes: 4, requests: 40 })
      const seen = await look(origin, board)
      await first.kill("SIGKILL")
      const before = new Set(provider.taken.splice(0))
      counts.sentBefore += before.size

      renameSync(data, join(folder, "old"))
      const backup = join(shelf, readdirSync(shelf)[0] ?? "")
      const back = run("src/cli/restore.ts", { DATA_DIR: data }, [backup])
      if ((await back.ended) !== 0) say(`the restore failed: ${back.said()}`)
      // What a demonstration's people may sign in with is no part of a backup.
      copyFileSync(join(folder, "old", "demo.json"), join(data, "demo.json"))
      const again = runServer(folder, env)
      const later = await again.origin()
      if ((await lets(later, session)) === 200) say("a session of before still opens the inbox")

      // Who has seen more than there is now asks from there, and is shown the whole as it is, like anybody who comes new.
      const fresh = await look(later, board)
      const returning = await look(later, board, seen.seq)
      counts.factsGivenUp += Math.max(0, seen.seq - fresh.seq)
      if (returning.kind !== "snapshot") say(`a screen of before is answered with a ${returning.kind}`)
      if (returning.content !== fresh.content) say("a screen of before is shown something else than a new one")
      if (returning.seq !== fresh.seq) say(`a screen of before is at ${returning.seq}, a new one at ${fresh.seq}`)

      // The rounds of the messages are every few seconds; somebody new books, and that is sent.
      const news = await crowd(folder, later, random, 80)
      const { granted } = await news.work(later, { lanes: 4, requests: 20 })
      if (granted > 0) await provider.has(1)
      else say("nobody new got a booking")
      counts.sentAfterwards += provider.taken.length
      const twice = provider.taken.filter((id) => before.has(id))
      if (twice.length > 0) say(`${twice.length} messages were sent again`)
      for (const line of await news.broken(later)) say(line)
      await again.kill("SIGTERM")
      const looked = await verified(folder)
      if (looked.code !== 0) say(looked.said)
      provider.close()
      done(folder)
      done(shelf)
    }
    return { findings, counts }
  },
}

/** A provider of SMS that keeps the ids of what it was handed, whatever it answers. */
async function sms() {
  const taken: string[] = []
  const own = { says: 200 }
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      taken.push(((await request.json()) as { id: string }).id)
      return new Response(null, { status: own.says })
    },
  })
  return Object.assign(own, {
    taken,
    url: `http://127.0.0.1:${server.port}/`,
    close: () => server.stop(true),
    async has(count: number) {
      while (taken.length < count) await Bun.sleep(50)
    },
  })
}

/** A session of a citizen, made while no server runs; answers its token. */
async function signIn(data: string, subject: string): Promise<string> {
  const opened = openStore(data, { create: false })
  const clock = machineClock()
  const writer = openWriter(opened.writing, { clock })
  const who = { kind: "citizen", subject, role: "citizen", factors: "password+passkey", userAgent: "rig" } as const
  const { token } = await writer.write((tx) => startSession(tx, who, clock.real()), { scopes: ["accounts"] })
  await writer.close()
  opened.close()
  return token
}

async function lets(origin: string, session: string): Promise<number> {
  const headers = { Cookie: `sid=${session}` }
  return (await fetch(`${origin}/inbox`, { headers, redirect: "manual" })).status
}

interface Look {
  kind: string
  seq: number
  content: string
}

/** The first that a board is told, by the wire. */
function look(origin: string, token: string, since?: number): Promise<Look> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${origin.replace("http", "ws")}/live`)
    socket.onopen = () => {
      socket.send(JSON.stringify({ token }))
      socket.send(JSON.stringify({ sub: ["board:RUH-RML"], as: "json", ...(since === undefined ? {} : { since }) }))
    }
    socket.onmessage = ({ data }) => {
      const told = JSON.parse(String(data)) as Record<string, unknown>
      if (told["topic"] === undefined && told["refused"] === undefined) return
      const kind = "snapshot" in told ? "snapshot" : "change" in told ? "change" : "refusal"
      resolve({ kind, seq: Number(told["seq"]), content: JSON.stringify(told["snapshot"] ?? told["change"] ?? told) })
      socket.close()
    }
    socket.onerror = () => reject(new Error("the wire is not there"))
  })
}
