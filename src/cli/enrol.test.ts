import { expect, test } from "bun:test"
import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type OpenStore, openStore } from "../../db/open.ts"
import { readStore } from "../../db/store.ts"
import { openWriter } from "../../db/write.ts"
import { machineChance, machineClock } from "../base/clock.ts"
import type { Keys } from "../base/seal.ts"
import { readEnrolment } from "../domain/access/enrolment.ts"
import { subjectOfKey } from "../domain/access/keys.ts"
import { staffForSignIn } from "../domain/access/sessions.ts"
import { personByNumber } from "../domain/people/reads.ts"
import { atTheEnd } from "../testing/cleanup.ts"
import { openKeys } from "./keys-file.ts"

const folder = mkdtempSync(join(tmpdir(), "dawr-enrol-"))
const env = { ...process.env, DATA_DIR: join(folder, "data"), PUBLIC_ORIGIN: "http://localhost:3000" }
atTheEnd(() => rmSync(folder, { recursive: true, force: true }))

async function run(command: string, ...args: string[]) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, `${command}.ts`), ...args], {
    env,
    stdout: "pipe",
    stderr: "pipe",
  })
  const [out, err] = [await new Response(child.stdout).text(), await new Response(child.stderr).text()]
  return { code: await child.exited, out, err }
}

const enrol = (...args: string[]) => run("enrol", ...args)
const named = ["--ar", "سارة", "--en", "Sara"]
const demoFiles = ["offices.json", "services.json"].map((name) => join(import.meta.dir, "demo", name))

test("an operator lets in an agent, a kiosk, a program and a person; what opens the door is printed once and works", async () => {
  expect((await enrol("staff", "sara", "--role", "agent", "--office", "RUH-RML", ...named)).err).toContain(
    "npm run setup",
  )
  expect((await run("setup", ...demoFiles, "--yes")).code).toBe(0)

  const agent = await enrol("staff", "Sara", "--role", "agent", "--office", "RUH-RML", ...named)
  const kiosk = await enrol("device", "kiosk", "--office", "RUH-RML")
  const program = await enrol("key", "Reporting", "--scopes", "facts:read")
  const person = await enrol("person", "1000000008", "--birth-date", "1411-06-13", "--mobile", "0550000000", ...named)
  expect([agent.code, kiosk.code, program.code, person.code]).toEqual([0, 0, 0, 0])

  const opened = openStore(env.DATA_DIR, { create: false })
  const store = readStore(opened.reading)
  const keys = openKeys(`${env.DATA_DIR}.keys.json`, { create: false, chance: machineChance })
  const row = await staffForSignIn(store, "sara")
  expect(await whoseCode(opened, keys, agent.out)).toEqual(["staff", row?.id])
  expect(row).toMatchObject({ role: "agent", scope: "RUH-RML" })
  const device = await subjectOfKey(store, /key=(\S+)/.exec(kiosk.out)?.[1] ?? "", Date.now())
  expect(device).toMatchObject({ role: "kiosk", office: "RUH-RML" })
  const integrator = await subjectOfKey(store, program.out.trim().split("\n").at(-1) ?? "", Date.now())
  expect(integrator).toMatchObject({ role: "integrator", scopes: ["facts:read"] })
  const known = await personByNumber(store, keys.index("number", "1000000008"))
  expect(await whoseCode(opened, keys, person.out)).toEqual(["citizen", known?.id])
  expect(known?.birthYear).toBe(1990)
  opened.close()
}, 60_000)

/** Whose the enrolment code is that was printed. */
async function whoseCode(opened: OpenStore, keys: Keys, printed: string) {
  const writer = openWriter(opened.writing, { clock: machineClock() })
  const code = /enrolment code (\S+)/.exec(printed)?.[1] ?? ""
  const found = await writer.write((tx) => readEnrolment(tx, keys, code, "test", Date.now()), { scopes: ["accounts"] })
  await writer.close()
  return [found?.kind, found?.owner]
}

test("somebody who has lost every way in gets a new code, and the old ways are closed", async () => {
  const first = await enrol("staff", "omar", "--role", "agent", "--office", "RUH-RML", ...named)
  const second = await enrol("again", "omar")
  expect([first.code, second.code]).toEqual([0, 0])
  const opened = openStore(env.DATA_DIR, { create: false })
  const store = readStore(opened.reading)
  const keys = openKeys(`${env.DATA_DIR}.keys.json`, { create: false, chance: machineChance })
  const row = await staffForSignIn(store, "omar")
  expect(await whoseCode(opened, keys, first.out)).toEqual([undefined, undefined])
  expect(await whoseCode(opened, keys, second.out)).toEqual(["staff", row?.id])
  opened.close()
  expect((await enrol("again", "nobody")).err).toContain("nobody is enrolled")
}, 60_000)

test("what cannot be is said in a sentence and lets nobody in", async () => {
  const wrong = [
    [["staff", "sara", "--role", "agent", "--office", "RUH-RML", ...named], "login is taken"],
    [["staff", "x", "--role", "king", ...named], "--role must be"],
    [["staff", "huda", "--role", "agent", "--office", "NOWHERE", ...named], "no office NOWHERE; there are RUH-"],
    [["device", "toaster", "--office", "RUH-RML"], "kiosk or a board"],
    [["key", "Reporting", "--scopes", "everything"], "there is no scope everything"],
    [["device", "kiosk", "--office", "jed-abc"], "no office jed-abc; there are JED-SRF, JED-THL, JED-MUN and 8 more"],
    [["person", "1000000008", "--birth-year", "1990", ...named], "enrolled already"],
    [["person", "123", "--birth-year", "1990", ...named], "ten digits"],
    [["person", "1000000016", "--birth-date", "1411-13-01", ...named], "--birth-date is a date"],
    [["person", "1000000009", "--birth-year", "1990", ...named], "a digit of 1000000009 is wrong"],
    [["nothing"], "Usage"],
  ] as const
  for (const [args, said] of wrong) {
    const { code, err } = await enrol(...args)
    expect([args[0], code !== 0, err.includes(said) || err]).toEqual([args[0], true, true])
  }
}, 60_000)

test("a number whose last digit does not fit is enrolled by who has seen the card and says so", async () => {
  const odd = ["person", "1000000009", "--birth-year", "1990", ...named]
  const { code, out } = await enrol(...odd, "--as-typed")
  expect([code, out]).toEqual([0, expect.stringContaining("citizen 1000000009, enrolment code")])
}, 60_000)

test("under another installation's keys nobody is let in, and nobody is served", async () => {
  const file = `${env.DATA_DIR}.keys.json`
  copyFileSync(file, `${file}.own`)
  const bytes = () => Buffer.from(machineChance.bytes(32)).toString("base64url")
  writeFileSync(file, JSON.stringify({ data: bytes(), index: bytes(), token: bytes() }))
  const enrolled = await enrol("person", "1000000008", "--birth-year", "1990", ...named)
  const setUp = await run("setup", ...demoFiles, "--yes")
  const served = await run("../main")
  renameSync(`${file}.own`, file)
  expect([enrolled.code, setUp.code, served.code]).toEqual([65, 65, 78])
  for (const { err } of [enrolled, setUp, served]) expect(err).toContain("keys of another installation")
}, 60_000)
