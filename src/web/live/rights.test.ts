import { afterAll, describe, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { staff as staffTable } from "../../../db/schema/access.ts"
import { addDevice, revokeDevice, startToken } from "../../domain/access/devices.ts"
import { revokeKey } from "../../domain/access/integrators.ts"
import { makeKey, staffOf } from "../../domain/access/keys.ts"
import { endAll, startSession } from "../../domain/access/sessions.ts"
import { actionOf } from "../../realtime/topics.ts"
import { type Caller, everyCaller, type Thing, verdict } from "../../testing/callers.ts"
import { testServer } from "../../testing/server.ts"
import { type EveryThing, everyThing, everyWhose } from "../../testing/things.ts"
import { visitor } from "../../testing/visitor.ts"

/*
 * The live wire, asked for every topic by everybody as the routes are; and what becomes of a request and of a socket when a right is taken
 * away or a session ended while they are under way.
 */

const elsewhere = "JED-SRF"
const server = await testServer({ plan: { citizens: 3, counters: 2, more: [{ code: elsewhere, counters: 2 }] } })
const { office, keys } = server
const callers = await everyCaller(server)
const things = await everyThing(server, elsewhere)

afterAll(() => {
  expect(server.bugs).toEqual([])
})

/** What each topic is about; a topic without a line here does not compile. */
const about = {
  board: "office",
  queue: "office",
  counter: "counter",
  ticket: "ticket",
  inbox: null,
} as const satisfies Record<Exclude<keyof typeof actionOf, "visit">, keyof EveryThing | null>
// Who may listen to a visit is said by who is in it and not by the table; the visits' own tests ask that.
const kinds = Object.keys(about) as (keyof typeof about)[]

type Heard = { refused?: string; code?: string; snapshot?: unknown; bye?: string }

/** A socket of somebody's, said hello on; hears one message after another, and how it was closed. */
async function listening({ browser, key }: Pick<Caller, "browser" | "key">) {
  const url = `${server.origin.replace("http", "ws")}/live`
  let hello: object = { token: key ?? "" }
  let headers = {}
  if (browser) {
    const { cookie, formToken } = await browser()
    headers = { Cookie: cookie, Origin: server.origin }
    const given = await fetch(`${server.origin}/live/ticket`, {
      method: "POST",
      headers: { ...headers, "X-Form-Token": formToken, Accept: "application/json" },
    })
    if (given.status !== 200) return null
    hello = { ticket: ((await given.json()) as { ticket: string }).ticket }
  }
  const socket = new WebSocket(url, { headers } as never)
  const inbox: Heard[] = []
  let wake = () => {}
  socket.addEventListener("message", ({ data }) => {
    const said = JSON.parse(String(data))
    if (!("ping" in said)) inbox.push(said)
    wake()
  })
  const closed = new Promise<number>((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)))
  await new Promise<void>((resolve) => socket.addEventListener("open", () => resolve(), { once: true }))
  socket.send(JSON.stringify(hello))
  return {
    closed,
    say: (message: object) => socket.send(JSON.stringify(message)),
    async next(): Promise<Heard> {
      while (inbox.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      return inbox.shift() as Heard
    },
    close: () => socket.close(),
  }
}

for (const kind of kinds) {
  const action = actionOf[kind]
  const name = (thing: Thing | undefined) => (thing ? `${kind}:${thing.id}` : kind)

  test(`the topic ${kind} is heard by whom the table names, of what is within their reach`, async () => {
    const of = about[kind]
    for (const caller of callers.filter(({ role }) => role !== null)) {
      const wire = await listening(caller)
      const mayListen = caller.role === "integrator" || verdict(caller, "live.listen", null) === "in"
      expect([caller.name, wire !== null]).toEqual([caller.name, mayListen])
      for (const whose of of && wire ? everyWhose : everyWhose.slice(0, wire ? 1 : 0)) {
        const thing = of ? things[of][whose] : undefined
        // Nobody can so much as name another's inbox.
        const wanted = verdict(caller, action, thing ?? null)
        wire?.say({ sub: [name(thing)], as: "json" })
        const said = await wire?.next()
        const heard = said?.refused ? said.code : "in"
        // Of tickets nobody learns that there are any; and a visitor without an account is told that one is needed.
        const same = kind === "ticket" && wanted === "forbidden" ? "not_found" : wanted
        const isShort = caller.level === "unproven" && heard === "account_needed"
        expect([caller.name, whose, isShort ? "forbidden" : heard]).toEqual([caller.name, whose, same])
      }
      wire?.close()
    }
  })
}

test("whoever is nobody hears nothing", async () => {
  const stranger = await listening({ browser: null, key: "dawr_live_aaaaaaaa_nothing" })
  expect(await stranger?.closed).toBe(4401)
})

describe("while somebody is at work", () => {
  const now = () => office.clock.real()

  async function agentAtWork(number: number) {
    const { id } = office.agent(number)
    const who = {
      kind: "staff" as const,
      subject: id,
      role: "agent",
      factors: "passkey",
      userAgent: "",
      provenAt: now(),
    }
    const { token, session } = await office.write((tx) => startSession(tx, who, now()))
    const formToken = keys.capability("form", session.id)
    const wire = await listening({ browser: async () => ({ cookie: `sid=${token}`, formToken }), key: null })
    if (!wire) throw new Error("no ticket for the wire")
    wire.say({ sub: [`queue:${office.code}`, `board:${office.code}`], as: "json" })
    expect(await wire.next()).toHaveProperty("snapshot")
    expect(await wire.next()).toHaveProperty("snapshot")
    const browser = visitor(() => server.origin)
    browser.cookies.set("sid", token)
    expect((await browser.get("/desk")).status).toBe(200)
    return { id, token, session, wire, browser, formToken }
  }

  async function change(id: string, values: Partial<typeof staffTable.$inferInsert>) {
    await office.write(async (tx) => {
      await tx.db.update(staffTable).set(values).where(eq(staffTable.id, id))
      const row = await staffOf(tx, id)
      if (!row) await tx.say("accounts", "staff.disabled", { staff: id, by: "test", subject: id })
      else {
        const { role, scopeKind, scope } = row
        await tx.say("accounts", "staff.changed", { staff: id, role, scopeKind, scope, by: "test", subject: id })
      }
    })
  }

  test("another office: the next request is refused, and the wire stops telling of the one before", async () => {
    const { id, wire, browser } = await agentAtWork(1)
    await change(id, { scope: elsewhere })
    const told = [await wire.next(), await wire.next()]
    expect(told.map(({ code }) => code)).toEqual(["forbidden", "forbidden"])
    expect(told.map(({ refused }) => refused).sort()).toEqual([`board:${office.code}`, `queue:${office.code}`])
    expect((await browser.get(`/desk?office=${office.code}`)).text).not.toContain(office.counter(2))
    const call = await browser.post("/desk/act", { do: `open ${office.counter(1)}` })
    expect([call.status, (await office.facts("counter.opened")).length]).toEqual([403, 0])
    wire.say({ sub: [`queue:${office.code}`], as: "json" })
    expect(await wire.next()).toMatchObject({ refused: `queue:${office.code}`, code: "forbidden" })
    await change(id, { scope: office.code })
    wire.close()
  })

  test("another role: the wire is closed, and pages of the one before are refused", async () => {
    const { id, wire, browser } = await agentAtWork(1)
    await change(id, { role: "auditor" })
    expect(await wire.closed).toBe(4401)
    expect((await browser.get("/desk")).status).toBe(403)
    await change(id, { role: "agent" })
  })

  test("disabled: the wire is closed, the next request is a stranger's, and so is the next call with a key", async () => {
    const key = await server.agent(2).token()
    const { id, wire, browser } = await agentAtWork(2)
    const program = await listening({ browser: null, key })
    program?.say({ sub: [`queue:${office.code}`] })
    expect(await program?.next()).toHaveProperty("snapshot")
    await change(id, { disabledAt: now() })
    expect(await wire.closed).toBe(4401)
    expect(await program?.closed).toBe(4401)
    expect((await browser.get("/desk")).location).toContain("/staff?next=")
    expect((await server.withToken(key ?? "").get("/api/v1/me")).status).toBe(401)
    await change(id, { disabledAt: null })
  })

  test("ended elsewhere: the wire is closed at once and the next request is a stranger's", async () => {
    const { id, wire, browser } = await agentAtWork(1)
    await office.write((tx) => endAll(tx, { kind: "staff", id }, "ended_by_owner", now()))
    expect(await wire.closed).toBe(4401)
    expect((await browser.get("/desk")).location).toContain("/staff?next=")
  })

  /** Sends what passes the gate and then waits for its turn, which stands behind `meanwhile`. Answers with which status it ended. */
  async function sentBefore(meanwhile: () => Promise<unknown>, send: () => Promise<Response>): Promise<number> {
    let letGo = () => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    const { writer } = server.house
    const real = writer.write
    const asked = new Promise<void>((resolve) => {
      writer.write = async (turn, options) => {
        resolve()
        await held
        return real(turn, options)
      }
    })
    const sending = send()
    await asked
    writer.write = real
    await meanwhile()
    letGo()
    return (await sending).status
  }

  const form = (path: string, cookie: string, fields: Record<string, string>) =>
    fetch(`${server.origin}${path}`, {
      method: "POST",
      headers: { Cookie: cookie, Origin: server.origin, Accept: "application/json" },
      body: new URLSearchParams(fields),
    })

  test("a form that is still on its way when its session ends changes nothing", async () => {
    const { id, token, formToken } = await agentAtWork(1)
    const before = (await office.facts("counter.opened")).length
    const status = await sentBefore(
      () => office.write((tx) => endAll(tx, { kind: "staff", id }, "ended_by_owner", now())),
      () => form("/desk/act", `sid=${token}`, { _form: formToken, do: `open ${office.counter(1)}` }),
    )
    expect([status, (await office.facts("counter.opened")).length]).toEqual([401, before])
  })

  test("what a kiosk has sent when it is taken away gives nobody a number", async () => {
    const id = await office.write((tx) =>
      addDevice(tx, { office: office.code, kind: "kiosk", name: "at the door" }, "test", now()),
    )
    const token = await office.write((tx) => startToken(tx, id, now()))
    const fields = {
      service: "PAS-10",
      number: "1000000008",
      people: "1",
      need: "",
      _form: keys.capability("form", id),
    }
    const path = `/kiosk/${office.code}/number`
    const issued = async () => (await office.facts("ticket.issued")).length
    const before = await issued()
    await form(path, `dev=${token}`, { ...fields, once: "first" })
    expect(await issued()).toBe(before + 1)
    const status = await sentBefore(
      () => office.write((tx) => revokeDevice(tx, id, "test", now())),
      () => form(path, `dev=${token}`, { ...fields, number: "1000000016", once: "second" }),
    )
    expect([status, await issued()]).toEqual([401, before + 1])
  })

  test("what a program has sent when its key is taken away, or whose it is gets other work, changes nothing", async () => {
    const { id } = office.agent(2)
    const made = async () => {
      const given = { kind: "staff" as const, subject: id, name: "test", scopes: [], demo: true }
      return office.write((tx) => makeKey(tx, given, "test", now()))
    }
    const opens = (key: string) => () =>
      fetch(`${server.origin}/api/v1/counters/${office.counter(2)}/opening`, {
        method: "POST",
        headers: { Authorization: `Bearer ${key}` },
      })
    const count = async () => (await office.facts("counter.opened")).length
    const before = await count()
    const key = await made()
    const revoke = () => office.write((tx) => revokeKey(tx, key.split("_")[2] ?? "", "test", now()))
    expect([await sentBefore(revoke, opens(key)), await count()]).toEqual([401, before])
    const other = await made()
    expect([await sentBefore(() => change(id, { scope: elsewhere }), opens(other)), await count()]).toEqual([
      401,
      before,
    ])
    await change(id, { scope: office.code })
    expect([(await opens(other)()).status, await count()]).toEqual([200, before + 1])
  })
})
