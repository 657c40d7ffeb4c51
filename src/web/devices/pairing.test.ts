import { afterAll, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { devices, deviceTokens, pairings } from "../../../db/schema/devices.ts"
import { minute } from "../../base/day.ts"
import { sha256 } from "../../base/seal.ts"
import { startSession } from "../../domain/access/sessions.ts"
import { addStaff } from "../../domain/access/staff.ts"
import { visiting } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { type Visited, type Visitor, visitor } from "../../testing/visitor.ts"

const server = await testServer({ plan: { citizens: 2, counters: 1, more: [{ code: "JED-SRF" }] } })
const { office, house } = server
const { clock } = office

afterAll(() => {
  expect(server.bugs).toEqual([])
})

const screen = () => visitor(() => server.origin)
const codeOn = ({ text }: Visited) => /data-code="([A-Z]+)"/.exec(text)?.[1] ?? ""
/** Who runs the office of the test, with a passkey of this very moment. */
const lead = () => staffMember("supervisor", office.code)
/** What is sent for a kiosk that shall do everything, in the office of the test. */
const everything = { name: "Entrance", office: office.code, "capabilities[]": "ticket:issue" }

async function approveAs(who: Visitor, code: string, fields: Record<string, string> = everything): Promise<Visited> {
  await who.get(`/devices/pairing?code=${code}`)
  return who.post(`/devices/pairing?code=${code}`, fields)
}

/** A screen that has just been paired, with its cookies. */
async function paired(kind: "kiosk" | "board" = "kiosk") {
  const who = screen()
  const asked = await who.get(`/${kind}`)
  expect((await approveAs(await lead(), codeOn(asked))).status).toBe(303)
  expect((await who.get(`/${kind}`)).location).toBe(`/${kind}/${office.code}`)
  const token = who.cookies.get("dev") ?? ""
  const [found] = await office.store.db
    .select({ id: deviceTokens.device })
    .from(deviceTokens)
    .where(eq(deviceTokens.id, sha256(token)))
  return { who, token, id: found?.id ?? "" }
}

async function staffMember(role: "agent" | "supervisor" | "administrator" | "auditor", scope: string | null) {
  const login = `${role}-${Math.round(clock.real())}-${scope ?? "all"}-${made++}`
  const where = scope ? { scopeKind: "office" as const, scope } : { scopeKind: "all" as const, scope: "" }
  const name = { ar: "س", en: "S" }
  const id = await office.write((tx) => addStaff(tx, { login, name, passwordHash: "-", role, ...where }, "test"))
  const given = { kind: "staff" as const, subject: id, role, factors: "passkey", userAgent: "", provenAt: clock.real() }
  const { token } = await office.write((tx) => startSession(tx, given, clock.real()))
  const who = screen()
  who.cookies.set("sid", token)
  return who
}
let made = 0

test("a screen shows a code, a supervisor approves it, and the screen's next look brings it to work", async () => {
  const kiosk = screen()
  const asked = await kiosk.get(`/kiosk/${office.code}?lang=en`)
  expect(asked.status).toBe(200)
  const code = codeOn(asked)
  expect(code).toMatch(/^K[B-DF-HJKMNP-TV-Z]{7}$/)
  // The square leads to the approval with the code; the screen's own secret is in its cookie alone.
  const secret = kiosk.cookies.get("pair") ?? ""
  expect(secret).toMatch(/^[\w-]{43}$/)
  expect(asked.text).not.toContain(secret)
  expect(asked.headers.getSetCookie().join()).toMatch(/pair=[\w-]{43}; Max-Age=86400; Path=\/; HttpOnly; SameSite=Lax/)
  expect(asked.text).toContain('<noscript><meta http-equiv="refresh" content="4"/></noscript>')

  const who = await lead()
  const shown = await who.get(`/devices/pairing?code=${code.toLowerCase().replace(/^(.)/, "$1 ")}`, {})
  expect(shown.status).toBe(200)
  expect(shown.text).toContain(office.code)
  const approved = await who.post(`/devices/pairing?code=${code}`, everything)
  expect([approved.status, approved.location]).toEqual([303, "/devices?done=pairedNow"])

  const on = await kiosk.get(`/kiosk/${office.code}`)
  expect([on.status, on.location, kiosk.cookies.has("pair")]).toEqual([303, `/kiosk/${office.code}`, false])
  expect((await kiosk.get(`/kiosk/${office.code}/start`)).status).toBe(200)
  const facts = await office.facts("device.paired", "accounts")
  expect(facts.at(-1)?.body).toMatchObject({ kind: "kiosk", office: office.code, by: expect.any(String) })
  // Neither the secret nor the token nor the whole address is in the store.
  const kept = JSON.stringify([
    await office.store.db.select().from(pairings),
    await office.store.db.select().from(deviceTokens),
  ])
  for (const one of [secret, kiosk.cookies.get("dev") ?? "", "127.0.0.1"]) expect(kept).not.toContain(one)
  const list = await who.get("/devices?lang=en")
  expect(list.text).toContain("Entrance")
})

test("the secret is exchanged once: who comes with it again gets a code and no token", async () => {
  const kiosk = screen()
  const code = codeOn(await kiosk.get("/kiosk"))
  const secret = kiosk.cookies.get("pair") ?? ""
  await approveAs(await lead(), code)
  const copy = screen()
  copy.cookies.set("pair", secret)
  const answers = await Promise.all([kiosk.get("/kiosk"), copy.get("/kiosk")])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 303])
  const tokens = [kiosk, copy].filter((one) => one.cookies.has("dev"))
  expect(tokens).toHaveLength(1)
})

test("two supervisors who approve one code at the same moment make one device", async () => {
  const kiosk = screen()
  const code = codeOn(await kiosk.get("/kiosk"))
  const [one, two] = [await lead(), await lead()]
  const before = (await office.store.db.select().from(devices)).length
  const answers = await Promise.all([approveAs(one, code), approveAs(two, code)])
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 404])
  expect((await office.store.db.select().from(devices)).length).toBe(before + 1)
})

test("a code is over after five minutes; the screen shows another by itself and stays the same screen", async () => {
  const board = screen()
  const first = codeOn(await board.get("/board"))
  expect(first).toStartWith("B")
  const secret = board.cookies.get("pair")
  clock.advance(4 * minute)
  expect(codeOn(await board.get("/board"))).toBe(first)
  clock.advance(minute)
  const late = await lead()
  expect((await late.get(`/devices/pairing?code=${first}`)).status).toBe(404)
  const second = codeOn(await board.get("/board"))
  expect(second).not.toBe(first)
  expect(board.cookies.get("pair")).toBe(secret)
  expect((await approveAs(await lead(), second, { name: "Hall", office: office.code })).status).toBe(303)
  expect((await board.get("/board")).location).toBe(`/board/${office.code}`)
  expect((await board.get(`/board/${office.code}`)).text).toContain("data-live-ack")
})

test("an approved screen that comes for its token too late gets none", async () => {
  const kiosk = screen()
  const code = codeOn(await kiosk.get("/kiosk"))
  await approveAs(await lead(), code)
  clock.advance(10 * minute)
  expect(codeOn(await kiosk.get("/kiosk"))).toMatch(/^K/)
  expect(kiosk.cookies.has("dev")).toBe(false)
})

test("without a passkey of the last minute nobody sees who asks, and a form that comes later changes nothing", async () => {
  const code = codeOn(await screen().get("/kiosk"))
  const who = await staffMember("supervisor", office.code)
  expect((await who.get(`/devices/pairing?code=${code}`)).status).toBe(200)
  clock.advance(minute)
  const asked = await who.get(`/devices/pairing?code=${code}`)
  const stepUp = `/step-up?next=${encodeURIComponent(`/devices/pairing?code=${code}`)}`
  expect([asked.status, asked.location]).toEqual([303, stepUp])
  const before = (await office.store.db.select().from(devices)).length
  const sent = await who.post(`/devices/pairing?code=${code}`, everything)
  expect([sent.status, sent.location]).toEqual([303, stepUp])
  expect((await office.store.db.select().from(devices)).length).toBe(before)
  // To look at the list and to type a code takes nothing of the kind.
  expect([(await who.get("/devices")).status, (await who.get("/devices/pairing")).status]).toEqual([200, 200])
})

test("who does not run an office pairs nothing there, and sees none of its devices", async () => {
  const { id } = await paired()
  const code = codeOn(await screen().get("/kiosk"))
  const elsewhere = await staffMember("supervisor", "JED-SRF")
  expect((await approveAs(elsewhere, code)).status).toBe(403)
  expect((await elsewhere.get(`/devices/${id}`)).status).toBe(404)
  expect((await elsewhere.post(`/devices/${id}/revocation`)).status).toBe(404)
  expect((await elsewhere.get("/devices")).text).not.toContain(id)
  const auditor = await staffMember("auditor", null)
  expect((await auditor.get("/devices")).text).toContain(id)
  expect((await auditor.get(`/devices/${id}`)).text).not.toContain("/revocation")
  expect((await auditor.post(`/devices/${id}/revocation`)).status).toBe(403)
  const agent = await visiting(server, { agent: 1 })
  const citizen = await visiting(server, { citizen: 1 })
  for (const one of [agent, citizen]) expect((await one.get("/devices")).status).toBe(403)
  const administrator = await staffMember("administrator", null)
  expect((await approveAs(administrator, code, { ...everything, office: "JED-SRF" })).status).toBe(303)
})

test("somebody who tries codes has to wait, from another session too, and so has the address; a right one forgives", async () => {
  const small = await testServer({ plan: { citizens: 1 } })
  const who = await visiting(small, "supervisor")
  const statuses: number[] = []
  for (let tries = 0; tries < 7; tries++) {
    statuses.push((await who.get("/devices/pairing?code=KBCDFGHJ")).status)
  }
  expect(statuses).toEqual([404, 404, 404, 404, 404, 429, 429])
  const blocked = await who.get("/devices/pairing?code=KBCDFGHJ&lang=en")
  expect(blocked.text).toContain("Too many tries")
  expect(Number(blocked.headers.get("Retry-After"))).toBeGreaterThan(0)
  expect(await small.office.facts("pairing.refused", "accounts")).toHaveLength(5)

  small.office.clock.advance(3_000)
  const asked = codeOn(await visitor(() => small.origin).get("/kiosk"))
  const again = await visiting(small, "supervisor")
  expect((await again.get(`/devices/pairing?code=${asked}`)).status).toBe(200)
  for (let tries = 0; tries < 5; tries++) {
    expect((await again.get("/devices/pairing?code=KBCDFGHJ")).status).toBe(404)
  }
})

test("nothing is paired without a name, or to do nothing; what was typed stays", async () => {
  const code = codeOn(await screen().get("/kiosk"))
  const who = await staffMember("supervisor", office.code)
  const nameless = await approveAs(who, code, { ...everything, name: "   " })
  expect([nameless.status, nameless.text.includes("one to sixty letters")]).toEqual([422, true])
  const { "capabilities[]": _none, ...idle } = everything
  const doesNothing = await approveAs(who, code, { ...idle, name: "<b>Door</b>" })
  expect([doesNothing.status, doesNothing.text.includes("Choose one at least")]).toEqual([422, true])
  expect(doesNothing.text).toContain('value="&lt;b&gt;Door&lt;/b&gt;"')
})

test("a kiosk does what it was allowed and nothing else", async () => {
  const kiosk = screen()
  const code = codeOn(await kiosk.get("/kiosk"))
  await approveAs(await lead(), code, { ...everything, "capabilities[]": "ticket:arrive" })
  await kiosk.get("/kiosk")
  const base = `/kiosk/${office.code}`
  const start = await kiosk.get(`${base}/start?lang=en`)
  expect([start.text.includes("/arrive"), start.text.includes("/services")]).toEqual([true, false])
  for (const path of ["/services", "/number?service=PAS-10"]) {
    expect([path, (await kiosk.get(base + path)).status]).toEqual([path, 403])
  }
  await kiosk.get(`${base}/arrive`)
  const form = { service: "PAS-10", once: "x", number: "1000000008", people: "1", need: "" }
  expect((await kiosk.post(`${base}/number`, form)).status).toBe(403)
})

test("a device that is revoked is outside at once: its wires close, its pages show a code", async () => {
  const { who, token, id } = await paired("board")
  const csrf = /name="csrf" content="([^"]+)"/.exec((await who.get(`/board/${office.code}`)).text)?.[1] ?? ""
  const { text } = await who.post("/live/ticket", {}, { "X-Form-Token": csrf, Accept: "application/json" })
  const { ticket } = JSON.parse(text) as { ticket: string }
  const socket = new WebSocket(`${server.origin.replace("http", "ws")}/live`, {
    headers: { Cookie: `dev=${token}`, Origin: server.origin },
  } as never)
  const heard = Promise.withResolvers<void>()
  const closed = new Promise<number>((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)))
  socket.addEventListener("open", () => {
    socket.send(JSON.stringify({ ticket }))
    socket.send(JSON.stringify({ sub: [`board:${office.code}`], as: "json" }))
  })
  socket.addEventListener("message", ({ data }) => String(data).includes('"snapshot"') && heard.resolve())
  await heard.promise

  const boss = await lead()
  expect((await boss.get("/devices?lang=en")).text).toContain("connected now")
  await boss.get(`/devices/${id}`)
  const revoked = await boss.post(`/devices/${id}/revocation`)
  expect([revoked.status, revoked.location]).toEqual([303, "/devices?done=revokedNow"])
  expect(await closed).toBe(4401)
  expect(codeOn(await who.get(`/board/${office.code}`))).toMatch(/^B/)
  expect(await office.store.db.select().from(deviceTokens).where(eq(deviceTokens.device, id))).toEqual([])
  expect((await office.facts("device.revoked", "accounts")).at(-1)?.body).toMatchObject({ device: id })
  expect((await boss.get(`/devices/${id}?lang=en`)).text).toContain("revoked")
})

test("a kiosk that was revoked in the middle of something goes back to its first page and signs nobody in", async () => {
  const { who, id } = await paired()
  const base = `/kiosk/${office.code}`
  await who.get(`${base}/number?service=PAS-10`)
  const boss = await lead()
  await boss.get("/devices")
  await boss.post(`/devices/${id}/revocation`)
  for (const path of ["/start", "/services"]) expect((await who.get(base + path)).location).toBe(base)
  const form = { service: "PAS-10", once: "y", number: "1000000008", people: "1", need: "" }
  expect((await who.post(`${base}/number`, form)).location).toBe(base)
})

test("a screen on which somebody is signed in is not paired before that account is closed", async () => {
  const who = await lead()
  const asked = await who.get("/kiosk?lang=en")
  expect([asked.status, codeOn(asked)]).toEqual([403, ""])
  expect(asked.text).toContain("/sign-out")
})

test("a name may be changed, and what is no name is refused with what was typed", async () => {
  const { id } = await paired()
  const boss = await lead()
  await boss.get(`/devices/${id}`)
  expect((await boss.post(`/devices/${id}/name`, { name: "" })).status).toBe(422)
  expect((await boss.post(`/devices/${id}/name`, { name: " North gate " })).location).toBe("/devices?done=renamedNow")
  expect((await boss.get(`/devices/${id}`)).text).toContain("<bdi>North gate</bdi>")
})

test("too many screens that ask from one address are told to wait, and the page tries again", async () => {
  const small = await testServer({ plan: { citizens: 1 } })
  for (let count = 0; count < 20; count++) {
    expect((await visitor(() => small.origin).get("/kiosk")).status).toBe(200)
  }
  const late = visitor(() => small.origin)
  const asked = await late.get("/kiosk")
  expect([asked.status, late.cookies.has("pair"), codeOn(asked)]).toEqual([429, false, ""])
  expect(asked.text).toContain('http-equiv="refresh"')
  small.office.clock.advance(66 * minute)
  expect((await late.get("/kiosk")).status).toBe(200)
})

test("the address with a key in it opens once, leaves a cookie of its own, and is out of the address at once", async () => {
  const key = (await server.device("kiosk", "JED-SRF").token()) ?? ""
  const who = screen()
  const opened = await who.get(`/kiosk/JED-SRF?key=${key}&lang=en`)
  expect([opened.status, opened.location]).toEqual([303, "/kiosk/JED-SRF?lang=en"])
  expect(opened.headers.get("Referrer-Policy")).toBe("no-referrer")
  expect(who.cookies.get("dev")).toMatch(/^[\w-]{43}$/)
  expect((await who.get("/kiosk/JED-SRF/start")).status).toBe(200)
  expect((await screen().get(`/kiosk/JED-SRF?key=${key}`)).status).toBe(401)
  expect((await server.withToken(key).get("/api/v1/me")).status).toBe(401)

  house.demo = true
  const demo = (await server.device("board", "JED-SRF").token()) ?? ""
  for (let times = 0; times < 2; times++) {
    expect((await screen().get(`/board/JED-SRF?key=${demo}`)).status).toBe(303)
  }
  house.demo = false
})

test("a day later an ordinary answer brings the next token, and the screen never notices", async () => {
  const { who, token } = await paired()
  await who.get(`/kiosk/${office.code}/start`)
  expect(who.cookies.get("dev")).toBe(token)
  clock.advance(24 * 60 * minute)
  const later = await who.get(`/kiosk/${office.code}/start`)
  expect(later.status).toBe(200)
  const next = who.cookies.get("dev") ?? ""
  expect([next !== token, /^[\w-]{43}$/.test(next)]).toEqual([true, true])
  const [cookie = ""] = later.headers.getSetCookie().filter((line) => line.startsWith("dev="))
  expect(cookie).toMatch(/; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/)
  // As long as the pairing: what is left of its ninety days.
  expect(Number(/Max-Age=(\d+)/.exec(cookie)?.[1])).toBe(89 * 24 * 3_600)
  expect((await who.get(`/kiosk/${office.code}/start`)).status).toBe(200)
  const copy = screen()
  copy.cookies.set("dev", token)
  expect((await copy.get(`/kiosk/${office.code}/start`)).status).toBe(200)
  clock.advance(10 * minute)
  expect((await copy.get(`/kiosk/${office.code}/start`)).location).toBe(`/kiosk/${office.code}`)
})
