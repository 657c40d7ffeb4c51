import { Database } from "bun:sqlite"
import { expect, setDefaultTimeout, test } from "bun:test"
import { existsSync, readdirSync, readFileSync, renameSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { and, eq, inArray, isNull } from "drizzle-orm"
import { type OpenStore, openStore } from "../../db/open.ts"
import { sessions } from "../../db/schema/access.ts"
import { facts } from "../../db/schema/facts.ts"
import { deliveries } from "../../db/schema/messages.ts"
import { people } from "../../db/schema/people.ts"
import { readStore } from "../../db/store.ts"
import { openWriter } from "../../db/write.ts"
import { machineClock } from "../base/clock.ts"
import { startSession } from "../domain/access/sessions.ts"
import { notify } from "../domain/notifications/outbox.ts"
import { openStorage } from "../outside/storage.ts"
import { asks, demoFile, ownFolder, run, runServer } from "../testing/process.ts"

setDefaultTimeout(60_000)

const folder = ownFolder()
const data = join(folder, "data")
const shelf = join(folder, "shelf")

/** Runs a command over the data folder; what it said, and how it ended. */
async function command(name: "backup" | "restore" | "verify", ...args: string[]) {
  const ran = run(`src/cli/${name}.ts`, { DATA_DIR: data }, args)
  return { code: await ran.ended, said: ran.said() }
}

/** What is done to the store while no server runs. */
async function within<T>(use: (opened: OpenStore) => Promise<T>): Promise<T> {
  const opened = openStore(data, { create: false })
  try {
    return await use(opened)
  } finally {
    opened.close()
  }
}

test("a backup is taken while the server runs, and what comes back is of that moment: nobody is signed in, nothing is sent twice", async () => {
  const server = runServer(folder, { DEMO: "1" })
  const origin = await server.origin()
  const { agents, citizens } = demoFile(folder)
  expect((await asks(origin, agents[0]?.token ?? "", "/api/v1/me")).status).toBe(200)
  await openStorage(join(data, "files")).put("visits/one/paper", new Uint8Array([1, 2, 3]))
  // A way that is not there is a slip, or a disk that is not.
  const nowhere = await command("backup", join(folder, "no-disk", "shelf"))
  expect([nowhere.code, nowhere.said]).toEqual([
    65,
    `There is no folder ${join(folder, "no-disk")} to put a backup into.\n`,
  ])
  const taken = await command("backup", shelf)
  expect([taken.code, taken.said]).toEqual([0, expect.stringMatching(/: \d+ facts, 1 file\.\n$/)])
  await server.kill("SIGTERM")

  // Of a session, and of a message that waits, the backup of a moment later knows.
  const who = await within(async (opened) => {
    const [person] = await readStore(opened.reading).db.select().from(people)
    if (!person) throw new Error("the demo has no people")
    const clock = machineClock()
    const writer = openWriter(opened.writing, { clock })
    const session = {
      kind: "citizen",
      subject: person.id,
      role: "citizen",
      factors: "password",
      userAgent: "t",
    } as const
    await writer.write((tx) => startSession(tx, session, clock.real()), { scopes: ["accounts"] })
    await writer.write(
      (tx) =>
        notify(tx, {
          to: { kind: "citizen", id: person.id },
          kind: "one_time_code",
          data: { until: clock.real() + 600_000 },
          dedupe: "code",
        }),
      { scopes: ["accounts"] },
    )
    await writer.close()
    return person.id
  })
  const before = await within(async ({ reading }) => (await readStore(reading).db.select().from(facts)).length)
  expect((await command("backup", shelf)).code).toBe(0)
  const latest = join(shelf, readdirSync(shelf).sort().at(-1) ?? "")
  expect((await command("verify", latest)).said).toContain("is whole")

  expect((await command("restore", latest)).said).toContain("is not empty")
  renameSync(data, join(folder, "old"))
  const back = await command("restore", latest)
  expect([back.code, back.said]).toEqual([0, expect.stringContaining("Everybody signs in anew")])
  await within(async ({ reading }) => {
    const { db } = readStore(reading)
    expect(await db.select().from(sessions).where(isNull(sessions.revokedAt))).toEqual([])
    const waiting = inArray(deliveries.state, ["pending", "failed"])
    expect(await db.select().from(deliveries).where(waiting)).toEqual([])
    const off = and(eq(deliveries.owner, who), eq(deliveries.state, "called_off"))
    expect((await db.select().from(deliveries).where(off)).length).toBeGreaterThan(0)
    expect((await db.select().from(facts)).length).toBe(before + 1)
  })
  expect(new Uint8Array(readFileSync(join(data, "files/visits/one/paper")))).toEqual(new Uint8Array([1, 2, 3]))
  expect((await command("verify")).code).toBe(0)

  const again = runServer(folder, { DEMO: "1" })
  expect((await asks(await again.origin(), citizens[0]?.token ?? "", "/api/v1/me")).status).toBe(200)
  await again.kill("SIGTERM")
})

test("what has changed since is found, and is not put in place", async () => {
  const backup = join(shelf, readdirSync(shelf).sort()[0] ?? "")
  const paper = join(backup, "files/visits/one/paper")
  renameSync(data, join(folder, "older"))
  writeFileSync(paper, new Uint8Array([1, 2, 4]))
  expect((await command("verify", backup)).said).toContain("files/visits/one/paper is not what was put there")
  writeFileSync(paper, new Uint8Array([1, 2, 3]))

  const file = join(backup, "dawr.db")
  const whole = readFileSync(file)
  const raw = new Database(file)
  for (const { name } of triggersOnFacts(raw)) raw.run(`DROP TRIGGER ${name}`)
  raw.run("UPDATE fact SET body = replace(body, '\"number\":', '\"numbers\":') WHERE kind = 'ticket.issued'")
  raw.close()
  const bent = await command("restore", backup)
  expect([bent.code, bent.said]).toEqual([
    65,
    expect.stringMatching(/This backup is not whole: .*is not what was said/s),
  ])
  expect(existsSync(data)).toBe(false)

  writeFileSync(file, whole)
  truncateSync(file, Math.floor(statSync(file).size / 2))
  expect((await command("verify", backup)).code).toBe(1)
  expect((await command("restore", backup)).said).toContain("This backup is not whole")
  writeFileSync(file, whole)
  expect((await command("restore", backup)).code).toBe(0)
})

test("a folder that takes no backup is named in one sentence with what to do, and nothing is left there", async () => {
  const place = ownFolder()
  writeFileSync(join(place, "paper"), "")
  const places = [
    join(place, "paper"),
    join(place, "paper", "within"),
    ...(existsSync("/proc/self") ? ["/proc/x"] : []),
  ]
  for (const place of places) {
    const { code, said } = await command("backup", place)
    expect([code, said.trim().split("\n")]).toEqual([
      65,
      [expect.stringMatching(new RegExp(`^No backup can be put into ${place} \\(.+\\)\\. Name a folder`))],
    ])
  }
  expect(readdirSync(place)).toEqual(["paper"])
})

test("what is no backup, or would lie within the data folder, is refused", async () => {
  expect((await command("backup", join(data, "inside"))).said).toContain("must lie outside it")
  expect((await command("backup")).code).toBe(64)
  expect((await command("restore", folder)).said).toMatch(/not empty|not a backup/)
  expect((await command("verify", ownFolder())).code).toBe(65)
})

test("where each chain ends is printed, and by that alone a tail that was cut is noticed", async () => {
  const ends = async () => {
    const { code, said } = await command("verify")
    expect([code, said]).toEqual([0, expect.stringContaining("is whole")])
    return new Map(
      [...said.matchAll(/^ {2}(\S+) ends with (\d+), \S+$/gm)].map(([, stream, seq]) => [stream, Number(seq)]),
    )
  }
  const before = await ends()
  const raw = new Database(join(data, "dawr.db"))
  for (const { name } of triggersOnFacts(raw)) raw.run(`DROP TRIGGER ${name}`)
  raw.run("DELETE FROM fact WHERE stream = 'RUH-RML' AND seq = (SELECT max(seq) FROM fact WHERE stream = 'RUH-RML')")
  raw.close()
  expect([...(await ends())]).toEqual([...before].map(([name, end]) => [name, name === "RUH-RML" ? end - 1 : end]))
})

const triggersOnFacts = (raw: Database) =>
  raw.query<{ name: string }, []>("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'fact'").all()
