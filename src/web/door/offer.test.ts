import { expect, test } from "bun:test"
import { sessions } from "../../../db/schema/access.ts"
import type { Owner } from "../../domain/access/owner.ts"
import { usablePasskeys } from "../../domain/access/passkeys.ts"
import { hashPassword } from "../../domain/access/passwords.ts"
import { demoCode, keepDemoCode } from "../../domain/access/recovery.ts"
import { addStaff } from "../../domain/access/staff.ts"
import { momentText } from "../../i18n/dates.ts"
import { softAuthenticator } from "../../testing/authenticator.ts"
import { keyring } from "../../testing/keyring.ts"
import { asStranger, withAuthenticator } from "../../testing/screens.ts"
import { testServer } from "../../testing/server.ts"
import { leadsTo, reading } from "../../testing/signed-in.ts"
import { visitor } from "../../testing/visitor.ts"

const password = "four green camels walk"
const number = "1000000008"

/** A demonstration with one person in it, who has its code and no passkey; and one of the staff. */
async function demonstration() {
  const server = await testServer({ plan: { citizens: 1, counters: 1 } })
  server.house.demo = true
  const { office, keys } = server
  const passwordHash = await hashPassword(password)
  const { id } = await office.person({ nationalId: number, passwordHash })
  const owner: Owner = { kind: "citizen", id }
  const given = { login: "sara", name: { ar: "سارة", en: "Sara" }, passwordHash, role: "agent" as const }
  const staff = await office.write(async (tx) => {
    const scope = { scopeKind: "office" as const, scope: office.code }
    const id = await addStaff(tx, { ...given, ...scope }, "test")
    for (const one of [owner, { kind: "staff" as const, id }]) await keepDemoCode(tx, keys, one, office.clock.real())
    return { kind: "staff" as const, id }
  })
  return { server, office, owner, staff }
}

async function inByCode(server: Awaited<ReturnType<typeof testServer>>, next = "") {
  const who = visitor(() => server.origin)
  await who.post("/sign-in", { number, password, next })
  return { who, answer: await who.post("/sign-in/code", { code: demoCode }) }
}

test("whoever came into a demonstration by its code is offered a passkey once, and may pass it over", async () => {
  const { server, office, owner } = await demonstration()
  const { who, answer } = await inByCode(server, "/bookings?x=1")
  expect([answer.status, answer.location]).toEqual([303, "/account/passkeys/offer?next=%2Fbookings%3Fx%3D1"])
  const page = await who.get(answer.location ?? "")
  expect([page.status, page.text.includes('href="/bookings?x=1"')]).toEqual([200, true])
  const elsewhere = await who.get("/account/passkeys/offer?next=//evil.example/")
  expect([/(href|action)="(https?:)?\/\/evil/.test(elsewhere.text), elsewhere.status]).toEqual([false, 200])
  expect(leadsTo((await inByCode(server, "/bookings")).answer)).toBe("/bookings")
  expect(await usablePasskeys(office.store, owner)).toEqual([])
  expect(server.bugs).toEqual([])
})

test("whoever has a passkey already is offered none, and outside a demonstration there is no offer", async () => {
  const { server, office, owner } = await demonstration()
  await keyring(office, server.origin).enrol(owner)
  const { who, answer } = await inByCode(server)
  expect(leadsTo(answer)).toBe("/")
  server.house.demo = false
  expect((await who.get("/account/passkeys/offer")).status).toBe(404)
  expect((await who.post("/account/passkeys/offer", { response: "{}", name: "" })).status).toBe(404)
  expect(await usablePasskeys(office.store, owner)).toHaveLength(1)
  expect(server.bugs).toEqual([])
})

test("where the address knows no passkeys none is offered, and the pages say why", async () => {
  const { server } = await demonstration()
  const { origin } = server
  const who = visitor(() => origin)
  const why = "they need https and a domain name, or localhost"
  const elsewhere = { Host: "192.168.1.20:3000", Origin: "http://192.168.1.20:3000" }
  server.house.env.origin = elsewhere.Origin
  const door = await who.get("/sign-in?lang=en", elsewhere)
  expect([door.text.includes(why), door.text.includes("data-passkey")]).toEqual([true, false])
  await who.post("/sign-in", { number, password, next: "" }, elsewhere)
  const answer = await who.post("/sign-in/code", { code: demoCode }, elsewhere)
  expect([answer.status, leadsTo(answer)]).toEqual([303, "/"])
  const security = await who.get("/account/security", elsewhere)
  expect([security.text.includes(why), security.text.includes("/account/passkeys/new")]).toEqual([true, false])
  server.house.env.origin = origin
  expect(server.bugs).toEqual([])
})

test("of the staff whoever is offered a passkey or shows that it is they can sign out there", async () => {
  const { server } = await demonstration()
  const who = visitor(() => server.origin)
  await who.post("/staff", { login: "sara", password, next: "" })
  const { location } = await who.post("/sign-in/code", { code: demoCode })
  for (const path of [location ?? "", "/step-up", "/account/security"]) {
    const page = await who.get(path)
    expect([path, page.status, page.text.includes('action="/sign-out"')]).toEqual([path, 200, true])
  }
  expect(server.bugs).toEqual([])
})

test("the account's moments are told by the clock that the rest of a demonstration goes by", async () => {
  const { server } = await demonstration()
  const { clock } = server.house
  const day = 24 * 60 * 60_000
  const who = (await inByCode(server)).who
  const before = /Since ([^<]*), last/.exec((await who.get("/account/security")).text)?.[1]
  server.house.clock = { office: () => clock.office() + 3 * day, real: clock.real }
  const after = /Since ([^<]*), last/.exec((await who.get("/account/security")).text)?.[1]
  const { store } = server.office
  const [session] = await store.db.select().from(sessions)
  const told = (shift: number) => momentText((session?.createdAt ?? 0) + shift, "Asia/Riyadh", "en")
  expect([before, after]).toEqual([told(0), told(3 * day)])
  expect(server.bugs).toEqual([])
})

test("the passkey that was offered is made in one press and opens the account the next time", async () => {
  const { server, office, owner } = await demonstration()
  const screen = await asStranger(server)
  const { page } = screen
  await withAuthenticator(page)
  await page.goto("/sign-in?lang=en&next=/bookings")
  await page.fill("#number", number)
  await page.fill("#password", password)
  await page.click("main form[action='/sign-in'] button")
  await page.click("form[action='/sign-in/code'] button")
  await page.waitForURL("**/account/passkeys/offer?**")
  await page.click("[data-passkey] button")
  await page.getByRole("heading", { name: "Your passkey is ready" }).waitFor()
  await page.click("main a.button-main")
  await page.waitForURL("**/bookings")
  expect(await usablePasskeys(office.store, owner)).toHaveLength(1)
  await page.click("form[action='/sign-out'] button")
  await page.goto("/sign-in?lang=en&next=/bookings")
  await page.click("[data-passkey] button")
  await page.waitForURL("**/bookings")
  expect([...screen.troubles, ...server.bugs]).toEqual([])
}, 60_000)

test("of the staff who have one passkey each is reminded of a second when they sign in, and who has two is not", async () => {
  const { server, office, staff, owner } = await demonstration()
  server.house.demo = false
  const ring = keyring(office, server.origin)
  const { device } = await ring.enrol(staff)
  const signIn = async () => {
    const who = visitor(() => server.origin)
    await who.post("/staff", { login: "sara", password })
    const asked = await who.post("/passkeys/options", { purpose: "second" })
    return { who, answer: await who.post("/sign-in/second", { response: device.get(JSON.parse(asked.text)) }) }
  }
  const { who, answer } = await signIn()
  expect([answer.status, answer.location]).toEqual([303, "/desk?passkeys=one"])
  const desk = await who.get("/desk?passkeys=one&lang=en")
  expect(reading(desk)).toContain("You have one passkey. Add a second")
  expect(desk.text).toContain('href="/account/passkeys/new"')
  expect(reading(await who.get("/desk"))).not.toContain("You have one passkey")
  expect(reading(await who.get("/account/security"))).toContain("You have one passkey")
  expect((await signIn()).answer.location).toBe("/desk?passkeys=one")

  await ring.enrol(staff, softAuthenticator(server.origin))
  const again = await signIn()
  expect(again.answer.location).toBe("/desk")
  const account = reading(await again.who.get("/account/security?lang=en"))
  expect([account.includes("You have one passkey"), account.includes("for two passkeys")]).toEqual([false, true])

  const { device: own } = await ring.enrol(owner)
  const citizen = visitor(() => server.origin)
  const asked = await citizen.post("/passkeys/options", { purpose: "sign_in" })
  const entered = await citizen.post("/sign-in/passkey", {
    response: own.get(JSON.parse(asked.text)),
    next: "",
    door: "citizen",
  })
  expect(leadsTo(entered)).toBe("/")
  expect(entered.location).not.toContain("passkeys")
  expect(server.bugs).toEqual([])
})
