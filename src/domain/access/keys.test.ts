import { expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { apiKeys } from "../../../db/schema/access.ts"
import type { Store } from "../../../db/store.ts"
import { hour } from "../../base/day.ts"
import { refusal, testOffice } from "../../testing/office.ts"
import { markKeySeen } from "./integrators.ts"
import { holderNow, holderOfKey, makeKey, sessionOfKey, subjectOfKey } from "./keys.ts"
import { isWithin, readNetworks } from "./networks.ts"

const wanted = { kind: "integrator" as const, subject: "reports", name: "Reports", scopes: ["facts:read"], demo: false }

async function oneKey(more: { addresses?: string[]; days?: number } = {}) {
  const office = await testOffice({ citizens: 1 })
  const key = await office.write((tx) => makeKey(tx, { ...wanted, ...more }, "operator", office.clock.real()))
  return { office, key, now: office.clock.real() }
}

test("a key that was typed wrongly is refused before anything is looked up", async () => {
  const { office, key, now } = await oneKey()
  let asked = 0
  const counting = new Proxy(office.store, {
    get(target, name) {
      asked++
      return Reflect.get(target, name)
    },
  }) as Store
  for (let place = 0; place < key.length; place++) {
    const letter = key[place] === "A" ? "B" : "A"
    expect(await holderOfKey(counting, key.slice(0, place) + letter + key.slice(place + 1), now)).toBeNull()
  }
  const swapped = key.slice(0, 20) + key[21] + key[20] + key.slice(22)
  for (const text of [swapped === key ? "" : swapped, key.slice(0, -1), `${key}A`, ` ${key}`, ""]) {
    expect(await holderOfKey(counting, text, now)).toBeNull()
  }
  expect(asked).toBe(0)
  expect(await subjectOfKey(office.store, key, now)).toMatchObject({ role: "integrator", id: "reports" })
})

test("of a key the store has a hash; the readable part names it, on the wire too", async () => {
  const { office, key } = await oneKey()
  const [, , id = "", ...secret] = key.split("_")
  expect(sessionOfKey(key)).toBe(`key:${id}`)
  const [row] = await office.store.db.select().from(apiKeys).where(eq(apiKeys.id, id))
  expect(JSON.stringify(row)).not.toContain(secret.join("_").slice(0, 43))
})

test("no key is good for longer than a year, and none after its last day", async () => {
  const { office, key, now } = await oneKey({ days: 4_000 })
  const last = now + 365 * 24 * hour
  expect(await subjectOfKey(office.store, key, last - 1)).not.toBeNull()
  expect(await subjectOfKey(office.store, key, last)).toBeNull()
  expect(await holderNow(office.store, key.split("_")[2] ?? "", last)).toBeNull()
})

test("a key that is used again and again is read once a second, anew after a change in the accounts, and in a turn each time", async () => {
  const { office, key, now } = await oneKey()
  const id = key.split("_")[2] ?? ""
  // Named without a fact, which nothing of the house does: so it is seen which row was read.
  const named = async (name: string) => {
    await office.write((tx) => tx.db.update(apiKeys).set({ name }).where(eq(apiKeys.id, id)))
  }
  const nameAt = async (at: number, store: Store = office.store) => (await holderOfKey(store, key, at))?.key.name
  await named("first")
  await office.write((tx) => markKeySeen(tx, id, now))
  expect(await nameAt(now)).toBe("first")
  await named("second")
  expect([await nameAt(now), await nameAt(now + 999)]).toEqual(["first", "first"])
  expect(await nameAt(now + 1_000)).toBe("second")
  await named("third")
  expect(await nameAt(now + 1_000)).toBe("second")
  expect(await office.write((tx) => nameAt(now + 1_000, tx))).toBe("third")
  await office.write((tx) =>
    tx.say(accountsStream, "key.made", { ...wanted, key: "other", office: null, until: 0, by: "a" }),
  )
  expect(await nameAt(now + 1_000)).toBe("third")
})

test("from the moment in which its use is to be marked anew a program's key is read each time", async () => {
  const { office, key, now } = await oneKey()
  const id = key.split("_")[2] ?? ""
  const seenAt = async (at: number) => (await holderOfKey(office.store, key, at))?.key.seenAt
  expect(await seenAt(now)).toBeNull()
  await office.write((tx) => markKeySeen(tx, id, now))
  expect(await seenAt(now)).toBe(now)
  const due = now + hour
  expect(await seenAt(due - 1)).toBe(now)
  await office.write((tx) => markKeySeen(tx, id, due))
  expect([await seenAt(due - 1), await seenAt(due)]).toEqual([now, due])
})

test("a key for some addresses is good from those alone, and from nowhere where nobody says from where it comes", async () => {
  const { office, key, now } = await oneKey({ addresses: ["192.0.2.0/24", "2001:db8::/32"] })
  const from = async (address: string) => (await subjectOfKey(office.store, key, now, () => address)) !== null
  expect([await from("192.0.2.77"), await from("2001:db8::9")]).toEqual([true, true])
  for (const address of ["192.0.3.1", "2001:db9::9", "unknown", ""]) {
    expect([address, await from(address)]).toEqual([address, false])
  }
})

test("addresses and networks are read as people type them, and what is neither is refused", async () => {
  expect(readNetworks(" 192.0.2.1,\n2001:db8::/32 ; 192.0.2.1 ")).toEqual(["192.0.2.1", "2001:db8::/32"])
  expect(readNetworks("")).toEqual([])
  const wrong = [
    "192.0.2.0/33",
    "192.0.2.0/24/8",
    "192.0.2",
    "example.org",
    "2001:db8::/129",
    "192.0.2.0/",
    "10.0.0.0/-1",
  ]
  const many = Array.from({ length: 21 }, (_, index) => `192.0.2.${index}`).join(" ")
  for (const text of [...wrong, many]) {
    const { code } = await refusal((async () => readNetworks(text))())
    expect([text, code]).toEqual([text, "invalid_field"])
  }
  expect(isWithin("192.0.2.1", ["192.0.2.1"])).toBe(true)
  expect(isWithin("192.0.2.2", ["192.0.2.1"])).toBe(false)
  expect(isWithin("192.0.2.2", ["0.0.0.0/0"])).toBe(true)
})
