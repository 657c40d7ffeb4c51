import { afterAll, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { proxies } from "../../../db/schema/people.ts"
import { day, minute } from "../../base/day.ts"
import { type Citizen, mint } from "../../domain/access/subject.ts"
import type { Member } from "../../domain/people/family.ts"
import { enrol } from "../../domain/people/writes.ts"
import type { Registry } from "../../outside/registry.ts"
import { relate } from "../../testing/family.ts"
import { keyring } from "../../testing/keyring.ts"
import { testServer } from "../../testing/server.ts"
import { leadsTo, reading, signedIn } from "../../testing/signed-in.ts"

const child: Member = {
  ...{ nationalId: "1000000206", kind: "citizen", name: { ar: "جود الحربي", en: "Joud Al-Harbi" } },
  ...{ birthDay: day("2018-05-04"), relation: "child" },
}
let says: Member[] | null | Error = [child]
const registry: Registry = {
  async familyOf(number) {
    if (says instanceof Error) throw says
    return number === "1000000008" ? says : null
  },
}

const server = await testServer({ plan: { citizens: 3, counters: 1 }, demo: true, registry })
const { office } = server
const people = await office.write(async (tx) => {
  const given = (nationalId: string, ar: string, en: string) => ({
    ...{ kind: "citizen" as const, nationalId, name: { ar, en }, birthDay: day("1985-04-01") },
    ...{ mobile: `+96655${nationalId.slice(3)}`, passwordHash: "not to be checked" },
  })
  return [
    await enrol(tx, server.keys, given("1000000008", "فهد الحربي", "Fahd Al-Harbi")),
    await enrol(tx, server.keys, given("1000000107", "منيرة العتيبي", "Munira Al-Otaibi")),
  ]
})
const [fahd, munira] = people.map((id) => mint<Citizen>({ role: "citizen", id, kind: "citizen", level: "full" })) as [
  Citizen,
  Citizen,
]
const wanted = {
  ...{ number: "١٠٠٠٠٠٠١٠٧", name: "Munira Al Otaibi", until: "31/12/2026" },
  ...{ "acts[]": ["book", "change"], "services[]": ["PAS"] },
}

afterAll(() => {
  expect(server.bugs.filter((line) => !line.includes("registry_away"))).toEqual([])
})

/** From the form to the household page, confirmed as a demonstration lets newcomers do it. */
async function name(who: Awaited<ReturnType<typeof signedIn>>, over: Partial<typeof wanted> = {}) {
  const asked = await who.send("/account/household/proxies", { ...wanted, ...over })
  const confirming = await who.get(leadsTo(asked))
  return { asked, confirming, done: await who.send(leadsTo(asked), { do: "demo" }) }
}

test("the family is what the registry says now; what it said last stands where it cannot be asked", async () => {
  const who = await signedIn(server, fahd)
  says = [child]
  expect(reading(await who.get("/account/household"))).toContain("Joud Al-Harbi")
  says = new Error("away")
  const away = await who.get("/account/household")
  expect([away.status, reading(away).includes("Joud Al-Harbi")]).toEqual([200, true])
  says = []
  expect(reading(await who.get("/account/household"))).toContain("ended on")
  says = [child]
  expect(reading(await who.get("/account/household"))).toMatch(/Joud Al-Harbi child · until 17 September 2038/)
  const slots = reading(await who.get(`/offices/${office.code}/slots?service=PAS-01`))
  expect(slots).toMatch(/Joud Al-Harbi child/)
})

test("a proxy is named, confirmed, seen by both, and ended at once; both are told", async () => {
  const [giver, holder] = [await signedIn(server, fahd), await signedIn(server, munira)]
  const { confirming, done } = await name(giver)
  const lines = reading(confirming)
  expect(lines).toContain(
    "Whose identity number ends in 0107 may book appointments, move and cancel appointments for me",
  )
  expect(lines).toContain("in: PAS until the end of 31 December 2026")
  expect(leadsTo(done)).toBe("/account/household")
  expect(reading(await holder.get("/account/household"))).toContain("Fahd Al-Harbi")
  expect(reading(await holder.get(`/offices/${office.code}/slots?service=PAS-01`))).toContain(
    "Fahd Al-Harbi named you proxy",
  )
  expect(reading(await holder.get(`/offices/${office.code}/slots?service=RES-01`))).not.toContain("Fahd Al-Harbi")
  expect(reading(await giver.get("/inbox"))).toContain("You named a proxy")
  expect(reading(await holder.get("/inbox"))).toContain("Somebody named you a proxy")

  const [row] = await office.store.db.select().from(proxies).where(eq(proxies.giver, fahd.id))
  const slot = office.slot("12:00")
  const book = { office: office.code, service: "PAS-01", slot, for: fahd.id }
  const held = await holder.send("/holds", book)
  expect(leadsTo(held)).toStartWith("/holds/")
  await giver.send(`/account/household/proxies/${row?.id}/end`)
  const late = await holder.send("/bookings", { hold: leadsTo(held).split("/")[2] ?? "" })
  expect([late.status, reading(late).includes("This proxy has ended")]).toEqual([422, true])
  expect(reading(await holder.get("/inbox"))).toContain("A proxy that you held has ended")
})

test("whether anybody has the number or the name is seen on no page", async () => {
  const who = await signedIn(server, fahd)
  const pages: string[] = []
  for (const over of [{}, { name: "Sara Al-Otaibi" }, { number: "1000000123" }]) {
    const { asked, confirming, done } = await name(who, over)
    const own = await who.get("/account/household")
    const text = [asked.status, reading(confirming), done.status, leadsTo(done), reading(own)].join("\n")
    pages.push(
      text
        .replaceAll(/Munira Al Otaibi|Sara Al-Otaibi/g, "NAME")
        .replaceAll(/0107|0123/g, "FOUR")
        .replaceAll(/Messages \d+ .*? My/g, "My"),
    )
    for (const one of await office.store.db.select().from(proxies).where(eq(proxies.giver, fahd.id))) {
      await who.send(`/account/household/proxies/${one.id}/end`)
    }
  }
  expect(new Set(pages).size).toBe(1)
})

test("what cannot be is said beside its field, and nothing waits to be confirmed", async () => {
  const who = await signedIn(server, fahd)
  const before = (await office.store.db.select().from(proxies)).length
  for (const [field, over] of [
    ["number", { number: "1000000008" }],
    ["name", { name: "Munira" }],
    ["until", { until: "31/12/2028" }],
    ["until", { until: "yesterday" }],
  ] as const) {
    const refused = await who.send("/account/household/proxies", { ...wanted, ...over })
    expect([field, refused.status, refused.text.includes(`id="${field}-error"`)]).toEqual([field, 400, true])
  }
  const young = await office.person({ nationalId: "1000000305", birthDay: day("2011-01-01"), name: child.name })
  const early = await (await signedIn(server, young)).send("/account/household/proxies", wanted)
  expect([early.status, reading(early).includes("turned eighteen")]).toEqual([403, true])
  const none = await who.send("/account/household/proxies", { ...wanted, "acts[]": [] })
  expect([none.status, reading(none).includes("Choose at least one")]).toEqual([400, true])
  expect(await office.store.db.select().from(proxies)).toHaveLength(before)
})

test("a guardian reads what is kept about a child, under the guardian's name; nobody else's child, and no proxy does", async () => {
  const own = await office.write(async (tx) => {
    const id = await enrol(tx, server.keys, { kind: "citizen", name: child.name, birthYear: 2018 })
    await relate(tx, munira.id, id, "child")
    return id
  })
  const who = await signedIn(server, munira)
  const page = await who.get(`/account/household/${own}/data`)
  expect([page.status, reading(page).includes("Joud Al-Harbi")]).toEqual([200, true])
  const [said] = (await office.facts("data.exported", "accounts")).filter(({ subject }) => subject === own)
  expect(said?.body).toMatchObject({ by: munira.id, form: "page" })
  const stranger = await signedIn(server, fahd)
  expect((await stranger.get(`/account/household/${own}/data`)).status).toBe(422)
  await name(await signedIn(server, munira), { number: "1000000008", name: "Fahd Al-Harbi", "services[]": [] })
  expect((await stranger.get(`/account/household/${munira.id}/data`)).status).toBe(422)
})

test("who has a passkey confirms a proxy by it alone, also in a demonstration", async () => {
  const nationalId = "1000000404"
  const person = await office.person({
    nationalId,
    birthDay: day("1980-01-01"),
    name: { ar: "سعد الدوسري", en: "Saad Al-Dosari" },
  })
  await keyring(office).enrol({ kind: "citizen", id: person.id })
  const { confirming, done } = await name(await signedIn(server, person))
  expect(confirming.status).toBe(200)
  expect([confirming.text.includes('value="demo"'), confirming.text.includes('data-purpose="confirm"')]).toEqual([
    false,
    true,
  ])
  expect(done.status).toBe(403)
  expect(await office.store.db.select().from(proxies).where(eq(proxies.giver, person.id))).toMatchObject([
    { since: null },
  ])
})

test("what was confirmed is over, and whoever signed in long ago says anew that it is they before anything is", async () => {
  const person = await office.person({
    nationalId: "1000000412",
    birthDay: day("1980-01-01"),
    name: { ar: "بدر العنزي", en: "Badr Al-Anzi" },
  })
  const who = await signedIn(server, person)
  const asked = await who.send("/account/household/proxies", wanted)
  const path = leadsTo(asked)
  office.clock.advance(6 * minute)
  const late = await who.send(path, { do: "demo" })
  expect(late.location).toEndWith(`/step-up?next=${encodeURIComponent(path)}`)
  const ofPerson = () => office.store.db.select().from(proxies).where(eq(proxies.giver, person.id))
  expect(await ofPerson()).toMatchObject([{ since: null }])
  const again = await signedIn(server, person)
  expect(leadsTo(await again.send(path, { do: "demo" }))).toBe("/account/household")
  expect((await again.send(path, { do: "demo" })).status).toBe(409)
})
