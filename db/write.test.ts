import { expect, test } from "bun:test"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { eq } from "drizzle-orm"
import { handClock } from "../src/base/clock.ts"
import { Refusal } from "../src/base/refusal.ts"
import { atTheEnd } from "../src/testing/cleanup.ts"
import type { AnyFact } from "./facts.ts"
import { openStore } from "./open.ts"
import { meta } from "./schema/access.ts"
import { facts } from "./schema/facts.ts"
import { placeholders, statement } from "./statement.ts"
import { readStore } from "./store.ts"
import { openWriter, type Tx } from "./write.ts"

const insertMeta = statement((db) => db.insert(meta).values(placeholders(meta)))

function door() {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "dawr-door-"))
  const opened = openStore(folder, { create: true })
  const clock = handClock(1_000_000)
  const broken: unknown[] = []
  const listenerErrors: unknown[] = []
  const open = () =>
    openWriter(opened.writing, {
      clock,
      onBroken: (cause) => broken.push(cause),
      onListenerError: (cause) => listenerErrors.push(cause),
    })
  const writer = open()
  const store = readStore(opened.reading)
  atTheEnd(async () => {
    await writer.close()
    opened.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const ours = ({ key }: { key: string }) => key !== "now"
  const keys = async () =>
    (await store.db.select().from(meta))
      .filter(ours)
      .map(({ key }) => key)
      .sort()
  const said = () => store.db.select().from(facts)
  const write = <T>(turn: (tx: Tx) => Promise<T>) => writer.write(turn, { scopes: ["accounts", "office:RUH-RML"] })
  return { writer, write, store, keys, said, clock, raw: opened.writing.raw, open, broken, listenerErrors }
}

const put = (tx: Tx, key: string) => insertMeta(tx).execute({ key, value: "x" })
const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "nothing was thrown",
    (thrown: unknown) => thrown,
  )
const messageOf = async (promise: Promise<unknown>) => String(await thrownBy(promise))

test("what a turn wrote is there when its caller is told so", async () => {
  const { write, keys } = door()
  expect(await write(async (tx) => put(tx, "a").then(() => "done"))).toBe("done")
  expect(await keys()).toEqual(["a"])
})

test("turns that come together share a commit, and a refused one leaves nothing while the others stay", async () => {
  const { write, keys, said } = door()
  const outcomes = await Promise.allSettled(
    [1, 2, 3, 4].map((n) =>
      write(async (tx) => {
        await put(tx, `k${n}`)
        await tx.say("accounts", "session.ended", { why: `w${n}` })
        if (n === 2) throw new Refusal("slot_full")
        return n
      }),
    ),
  )
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"])
  expect(await keys()).toEqual(["k1", "k3", "k4"])
  expect((await said()).map(({ seq, body }) => [seq, body])).toEqual([
    [1, { why: "w1" }],
    [2, { why: "w3" }],
    [3, { why: "w4" }],
  ])
})

test("a part of a turn that is refused leaves nothing, neither rows nor facts, and the rest of the turn stands", async () => {
  const { write, keys, said } = door()
  const say = (tx: Tx, visit: string) => tx.say("RUH-RML", "visit.late", { visit, since: 0 })
  const failing = async (tx: Tx) => {
    await put(tx, "in the part")
    await say(tx, "in the part")
    throw new Refusal("wrong_state")
  }
  await write(async (tx) => {
    await put(tx, "before")
    await say(tx, "before")
    for (const _ of [1, 2]) expect(await thrownBy(tx.attempt(() => failing(tx)))).toBeInstanceOf(Refusal)
    expect(await tx.attempt(async () => say(tx, "in a part that is well"))).toBe(2)
    await put(tx, "after")
    await say(tx, "after")
  })
  expect((await keys()).filter((key) => key !== "chain")).toEqual(expect.arrayContaining(["after", "before"]))
  expect(await keys()).not.toContain("in the part")
  const facts = (await said()).map(({ seq, body }) => [seq, (body as { visit: string }).visit])
  expect(facts).toEqual([
    [1, "before"],
    [2, "in a part that is well"],
    [3, "after"],
  ])
  // A turn that fails as a whole takes its parts with it, also those that went well.
  await thrownBy(
    write(async (tx) => {
      await tx.attempt(async () => put(tx, "lost"))
      throw new Refusal("wrong_state")
    }),
  )
  expect(await keys()).not.toContain("lost")
  await write((tx) => say(tx, "next"))
  expect((await said()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
})

test("nobody sees a turn that is not committed", async () => {
  const { write, keys } = door()
  let during: string[] = []
  await write(async (tx) => {
    await put(tx, "a")
    during = await keys()
  })
  expect(during).toEqual([])
  expect(await keys()).toEqual(["a"])
})

test("a turn that uses setImmediate fails loudly and leaves nothing, and the next one is served", async () => {
  const { write, keys } = door()
  const slow = write(async (tx) => {
    await put(tx, "before")
    await new Promise((resolve) => setImmediate(resolve))
    await put(tx, "after")
  })
  const next = write((tx) => put(tx, "next"))
  expect(await messageOf(slow)).toContain("waited for something other than the store")
  await next
  expect(await keys()).toEqual(["next"])
})

test("a turn that waits for what has come already, and only has to be fetched, fails as well, each of several", async () => {
  const { write, keys } = door()
  const file = new URL(import.meta.url)
  const slow = Array.from({ length: 20 }, (_, index) =>
    write(async (tx) => {
      await put(tx, `before ${index}`)
      await Bun.file(file).text()
    }),
  )
  const good = write((tx) => put(tx, "good"))
  for (const one of slow) expect(await messageOf(one)).toContain("waited for something other than the store")
  await good
  expect(await keys()).toEqual(["good"])
})

test("a turn that fetches fails loudly and leaves nothing", async () => {
  const { write, keys } = door()
  const server = Bun.serve({ port: 0, fetch: () => new Response("ok") })
  const turn = write(async (tx) => {
    await put(tx, "a")
    await fetch(`http://127.0.0.1:${server.port}/`)
  })
  expect(await messageOf(turn)).toContain("waited for something other than the store")
  expect(await keys()).toEqual([])
  await server.stop(true)
})

test("a turn that never ends holds nobody up", async () => {
  const { write, keys } = door()
  const stuck = write(() => new Promise(() => {}))
  const next = write((tx) => put(tx, "next"))
  expect(await messageOf(stuck)).toContain("waited")
  await next
  expect(await keys()).toEqual(["next"])
})

test("a turn that writes through the door from within waits for itself, and is told so", async () => {
  const { write, keys } = door()
  const outer = write(async (tx) => {
    await put(tx, "outer")
    await write((inner) => put(inner, "inner"))
  })
  expect(await messageOf(outer)).toContain("waited")
  await write((tx) => put(tx, "later"))
  expect(await keys()).toEqual(["inner", "later"])
})

test("an insert that is begun and not awaited fails its turn", async () => {
  const { write, keys } = door()
  const turn = write(async (tx) => {
    await put(tx, "a")
    tx.db.insert(meta).values({ key: "b", value: "x" })
  })
  expect(await messageOf(turn)).toContain("never ran it")
  expect(await keys()).toEqual([])
})

test("a helper left running by Promise.all cannot write into the next turn", async () => {
  const { write, keys } = door()
  const late: unknown[] = []
  let go = () => {}
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  const turn = write(async (tx) => {
    const slow = gate.then(() => put(tx, "slow")).catch((thrown: unknown) => late.push(thrown))
    await Promise.all([slow, Promise.reject(new Refusal("slot_full"))])
  })
  const next = write(async (tx) => {
    go()
    await put(tx, "next")
  })
  expect(await thrownBy(turn)).toBeInstanceOf(Refusal)
  await next
  await gate
  expect(late.map(String).join()).toContain("turn_is_over")
  expect(await keys()).toEqual(["next"])
})

test("Promise.all with one refusal undoes what its others wrote", async () => {
  const { write, keys } = door()
  const turn = write((tx) => Promise.all([put(tx, "a"), put(tx, "b"), Promise.reject(new Refusal("limit_reached"))]))
  expect(await thrownBy(turn)).toMatchObject({ code: "limit_reached" })
  expect(await keys()).toEqual([])
})

test("a throw after a statement undoes the statement", async () => {
  const { write, keys } = door()
  const turn = write(async (tx) => {
    await put(tx, "a")
    throw new TypeError("a bug")
  })
  expect(await messageOf(turn)).toContain("a bug")
  expect(await keys()).toEqual([])
})

test("a constraint that one turn breaks fails that turn alone", async () => {
  const { write, keys } = door()
  await write((tx) => put(tx, "a"))
  const [second, third] = await Promise.allSettled([write((tx) => put(tx, "a")), write((tx) => put(tx, "b"))])
  expect([second?.status, third?.status]).toEqual(["rejected", "fulfilled"])
  expect(await keys()).toEqual(["a", "b"])
})

test("an error at COMMIT acknowledges nobody and publishes nothing", async () => {
  const { write, keys, writer, raw, said } = door()
  const heard: AnyFact[] = []
  writer.onFacts((all) => heard.push(...all))
  raw.run("CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT")
  raw.run("CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED) STRICT")
  const good = write(async (tx) => {
    await put(tx, "good")
    await tx.say("accounts", "session.ended", { why: "good" })
  })
  const bad = write(async (tx) => {
    tx.connection.raw.run("INSERT INTO child VALUES (7)")
  })
  const [first, second] = await Promise.allSettled([good, bad])
  expect([first?.status, second?.status]).toEqual(["rejected", "rejected"])
  expect(first?.status === "rejected" && first.reason).toMatchObject({ code: "unavailable" })
  expect(await keys()).toEqual([])
  expect(heard).toEqual([])
  await write((tx) => tx.say("accounts", "session.ended", { why: "after" }))
  expect((await said()).map(({ seq }) => seq)).toEqual([1])
})

test("when the engine ends the transaction by itself, the whole batch is told and nothing is half there", async () => {
  const { write, keys } = door()
  const first = write((tx) => put(tx, "first"))
  const ending = write(async (tx) => {
    await put(tx, "ending")
    tx.connection.raw.run("ROLLBACK")
    throw new Error("disk full")
  })
  const last = write((tx) => put(tx, "last"))
  const outcomes = await Promise.allSettled([first, ending, last])
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"])
  expect(await keys()).toEqual([])
  await write((tx) => put(tx, "again"))
  expect(await keys()).toEqual(["again"])
})

test("whoever finds the disk full is told to ask again, and it is no bug; what needs no room goes on", async () => {
  const { write, keys, raw } = door()
  const pages = raw.query<{ page_count: number }, []>("PRAGMA page_count").get()?.page_count ?? 0
  raw.run(`PRAGMA max_page_count = ${pages}`)
  const large = write((tx) => insertMeta(tx).execute({ key: "large", value: "x".repeat(200_000) }))
  const small = write((tx) => put(tx, "small"))
  const [first] = await Promise.allSettled([large, small])
  expect(first?.status === "rejected" && first.reason).toMatchObject({ name: "Refusal", code: "unavailable" })
  expect(first?.status === "rejected" && first.reason.cause).toMatchObject({ code: "SQLITE_FULL" })
  raw.run("PRAGMA max_page_count = 1000000")
  await write((tx) => insertMeta(tx).execute({ key: "large", value: "x".repeat(200_000) }))
  expect(await keys()).toContain("large")
})

test("a fact into a stream that the scopes do not name is refused", async () => {
  const { write, said } = door()
  const turn = write((tx) => tx.say("JED-SRF", "counter.closed", { counter: "JED-SRF.1", by: "x" }))
  expect(await messageOf(turn)).toContain("scopes do not name")
  expect(await said()).toEqual([])
})

test("facts are numbered without a gap in their own stream and heard once, after they are on disk", async () => {
  const { write, writer, store } = door()
  const heard: { stream: string; seq: number; onDisk: number }[] = []
  writer.onFacts((all) => {
    const [row] = store.connection.raw.query<{ n: number }, []>("SELECT count(*) AS n FROM fact").all()
    for (const { stream, seq } of all) heard.push({ stream, seq, onDisk: row?.n ?? 0 })
  })
  await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      n % 2
        ? write((tx) => tx.say("accounts", "session.ended", { why: `${n}` }))
        : write((tx) => tx.say("RUH-RML", "counter.closed", { counter: "RUH-RML.1", by: "x" })),
    ),
  )
  expect(heard.filter(({ stream }) => stream === "accounts").map(({ seq }) => seq)).toEqual(
    Array.from({ length: 10 }, (_, n) => n + 1),
  )
  expect(heard.filter(({ stream }) => stream === "RUH-RML").map(({ seq }) => seq)).toEqual(
    Array.from({ length: 10 }, (_, n) => n + 1),
  )
  expect(heard.every(({ onDisk }) => onDisk === 20)).toBe(true)
})

test("a listener that throws does not reach the caller of a turn that is on disk", async () => {
  const { write, writer, keys, listenerErrors } = door()
  writer.onFacts(() => {
    throw new Error("a listener's bug")
  })
  await write(async (tx) => {
    await put(tx, "a")
    await tx.say("accounts", "session.ended", { why: "x" })
  })
  expect(await keys()).toEqual(["a"])
  expect(listenerErrors).toHaveLength(1)
})

test("time never goes back, neither for a clock that is set back nor over a restart", async () => {
  const { write, clock, open } = door()
  const now = () =>
    write(async (tx) => {
      await tx.say("accounts", "session.ended", { why: "x" })
      return tx.now
    })
  expect(await now()).toBe(1_000_000)
  clock.set(2_000_000)
  expect(await now()).toBe(2_000_000)
  clock.set(500)
  expect(await now()).toBe(2_000_000)
  const restarted = open()
  expect(await restarted.write(async (tx) => tx.now, { scopes: [] })).toBe(2_000_000)
})

test("time does not go back over a restart either where the last thing written was no fact; what has written nothing keeps nothing", async () => {
  const { write, clock, open, raw } = door()
  const kept = () => raw.query<{ value: string }, []>("SELECT value FROM meta WHERE key = 'now'").get()?.value
  await write((tx) => put(tx, "a"))
  expect(kept()).toBe("1000000")
  clock.set(2_000_000)
  await write((tx) => put(tx, "b"))
  clock.set(3_000_000)
  await write(async (tx) => tx.now)
  expect(kept()).toBe("2000000")
  clock.set(500)
  expect(await open().write(async (tx) => tx.now, { scopes: [] })).toBe(2_000_000)
})

test("a prepared statement is bound anew each time, and a value that is missing is an error", async () => {
  const { write, store } = door()
  await write((tx) => put(tx, "a"))
  await write((tx) => put(tx, "b"))
  expect(await store.db.select().from(meta).where(eq(meta.key, "b"))).toHaveLength(1)
  expect(await messageOf(write((tx) => insertMeta(tx).execute({ key: "c" })))).toContain("value")
})

test("closing lets what was asked finish and refuses what comes later", async () => {
  const { writer, write, keys } = door()
  const asked = [1, 2, 3].map((n) => write((tx) => put(tx, `k${n}`)))
  await writer.close()
  await Promise.all(asked)
  expect(await thrownBy(write((tx) => put(tx, "late")))).toMatchObject({ code: "unavailable" })
  expect(await keys()).toEqual(["k1", "k2", "k3"])
})
