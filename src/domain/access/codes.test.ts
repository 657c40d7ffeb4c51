import { expect, test } from "bun:test"
import { ceremonies, enrolments, oneTimeCodes, preSessions, recoveryCodes } from "../../../db/schema/passkeys.ts"
import { machineChance } from "../../base/clock.ts"
import { hour, minute } from "../../base/day.ts"
import { Keys, makeKeyMaterial } from "../../base/seal.ts"
import { softAuthenticator } from "../../testing/authenticator.ts"
import { keyring } from "../../testing/keyring.ts"
import { granted, refusal, refusedWith, testOffice } from "../../testing/office.ts"
import { notHeld } from "../people/legal-holds.ts"
import { forgetCeremonies, openCeremony } from "./ceremonies.ts"
import { forgetOneTimeCodes, makeCode, makeOneTimeCode, openOneTimeCode, readCode, useOneTimeCode } from "./codes.ts"
import { dropEnrolments, forgetEnrolments, makeEnrolment, readEnrolment, spendEnrolment } from "./enrolment.ts"
import type { Owner } from "./owner.ts"
import { addPasskey, passkeysOf } from "./passkeys.ts"
import { finishPreSession, forgetPreSessions, openPreSession, preSessionOf } from "./pre-sessions.ts"
import { codesLeft, makeCodes, useRecoveryCode } from "./recovery.ts"

const office = await testOffice({ citizens: 30, counters: 2 })
const ring = keyring(office)
const keys = new Keys(makeKeyMaterial(machineChance))
const now = () => office.clock.real()
const codesFor = (owner: Owner) => office.write((tx) => makeCodes(tx, keys, owner, now()))
const tryCode = (owner: Owner, code: string, keep = false) =>
  office.write((tx) => useRecoveryCode(tx, keys, owner, code, now(), { keep }))

test("a code is read however it was copied, and is nothing but its letters", () => {
  const code = makeCode({ bytes: (length) => Uint8Array.from({ length }, (_, index) => index) }, 26, 5)
  expect(code).toBe("01234-56789-ABCDE-FGHJK-MNPQR-S")
  for (const typed of [code, code.toLowerCase(), ` ${code.replaceAll("-", " ")} `, code.replaceAll("-", "")]) {
    expect(readCode(typed, 26)).toBe("0123456789ABCDEFGHJKMNPQRS")
  }
  expect(readCode("O1Il", 4)).toBe("0111")
  expect(readCode("٠١٢٣", 4)).toBe("0123")
  for (const none of ["", "012", "01234", "012U", "0".repeat(10_000), "012\u0000"]) expect(readCode(none, 4)).toBeNull()
})

test("ten codes are made, none is kept as it is, and new ones replace all of them", async () => {
  const owner = ring.owner(1)
  const first = await codesFor(owner)
  expect(new Set(first).size).toBe(10)
  for (const code of first) expect(readCode(code, 26)).toHaveLength(26)
  const kept = JSON.stringify(await office.store.db.select().from(recoveryCodes))
  for (const code of first) expect(kept).not.toContain(code.replaceAll("-", ""))
  const second = await codesFor(owner)
  expect(await codesLeft(office.store, owner)).toBe(10)
  expect(await tryCode(owner, first[0] ?? "")).toBe(false)
  expect(await tryCode(owner, second[0] ?? "")).toBe(true)
  expect(await codesLeft(office.store, owner)).toBe(9)
})

test("a recovery code works once, for its owner alone", async () => {
  const [owner, other] = [ring.owner(2), ring.owner(3)]
  const [code = ""] = await codesFor(owner)
  await codesFor(other)
  expect(await tryCode(other, code)).toBe(false)
  expect(await tryCode({ kind: "staff", id: owner.id }, code)).toBe(false)
  expect(await tryCode(owner, code.toLowerCase().replaceAll("-", " "))).toBe(true)
  expect(await tryCode(owner, code)).toBe(false)
})

test("one recovery code used twice at the same moment works once", async () => {
  const owner = ring.owner(4)
  const [code = ""] = await codesFor(owner)
  const used = await Promise.all([1, 2, 3, 4].map(() => tryCode(owner, code)))
  expect(used.filter(Boolean)).toHaveLength(1)
  expect(await codesLeft(office.store, owner)).toBe(9)
})

test("five tries an hour, right or wrong, and no more, also after a restart", async () => {
  const owner = ring.owner(5)
  const [code = ""] = await codesFor(owner)
  const begun = now()
  for (let time = 0; time < 5; time++) expect(await tryCode(owner, makeCode(machineChance, 26, 5))).toBe(false)
  office.clock.advance(20 * minute)
  await office.restart()
  const { code: refused, details } = await refusal(tryCode(owner, code))
  expect([refused, details]).toEqual(["too_many_requests", { retryAfterSeconds: 40 * 60 }])
  expect(await tryCode(ring.owner(6), "wrong")).toBe(false)
  office.clock.set(begun + hour)
  expect(await tryCode(owner, code)).toBe(true)
})

test("many wrong codes at the same moment are five tries too", async () => {
  const owner = ring.owner(7)
  const tried = await Promise.allSettled(Array.from({ length: 12 }, () => tryCode(owner, "wrong")))
  expect(granted(tried)).toHaveLength(5)
  expect(new Set(refusedWith(tried))).toEqual(new Set(["too_many_requests"]))
})

test("in a demonstration a code opens and stays", async () => {
  const owner = ring.owner(8)
  const [code = ""] = await codesFor(owner)
  expect([await tryCode(owner, code, true), await tryCode(owner, code, true)]).toEqual([true, true])
  expect(await tryCode(owner, "wrong", true)).toBe(false)
  expect(await codesLeft(office.store, owner)).toBe(10)
})

const invite = (owner: Owner, channel: "counter" | "letter" | "kiosk" = "counter") =>
  office.write((tx) => makeEnrolment(tx, keys, owner, { channel, by: "agent" }, now()))
const read = (code: string, from = "here") => office.write((tx) => readEnrolment(tx, keys, code, from, now()))

test("an enrolment code lasts as long as its way takes", async () => {
  for (const [channel, lasts] of [
    ["counter", 10 * minute],
    ["kiosk", 10 * minute],
    ["letter", 7 * 24 * hour],
  ] as const) {
    const owner = ring.owner(9)
    const { id, code, until } = await invite(owner, channel)
    expect(until).toBe(now() + lasts)
    expect(readCode(code, 16)).toHaveLength(16)
    office.clock.set(until - 1)
    expect((await read(code))?.id).toBe(id)
    office.clock.set(until)
    expect(await read(code)).toBeNull()
    const late = office.write((tx) => spendEnrolment(tx, owner, id, "passkey", now()))
    expect((await refusal(late)).code).toBe("code_refused")
  }
})

test("a new enrolment code ends the one before, and so does taking it back", async () => {
  const owner = ring.agent(1)
  const [first, second] = [await invite(owner, "letter"), await invite(owner, "letter")]
  expect(await read(first.code)).toBeNull()
  expect(await read(second.code)).toMatchObject({ kind: "staff", owner: owner.id, madeBy: "agent" })
  await office.write((tx) => dropEnrolments(tx, owner))
  expect(await read(second.code)).toBeNull()
})

test("one enrolment code brings one passkey, however many come with it at once", async () => {
  const owner = ring.owner(10)
  const { id, code } = await invite(owner)
  const sample = (await ring.enrol(ring.owner(11))).passkey
  const halves = await Promise.all([1, 2, 3].map(() => read(code)))
  expect(halves.map((half) => half?.id)).toEqual([id, id, id])
  const added = await Promise.allSettled(
    halves.map((_, index) =>
      office.write(async (tx) => {
        const passkey = await addPasskey(tx, owner, { ...sample, id: `${sample.id}${index}` }, "Phone", now())
        await spendEnrolment(tx, owner, id, passkey.id, now())
      }),
    ),
  )
  expect(refusedWith(added)).toEqual(["code_refused", "code_refused"])
  expect(await passkeysOf(office.store, owner)).toHaveLength(1)
  expect(await read(code)).toBeNull()
})

test("ten wrong enrolment codes from one address, and it waits; right ones do not count", async () => {
  const owner = ring.owner(12)
  const { code } = await invite(owner, "letter")
  for (let time = 0; time < 30; time++) expect(await read(code, "hall")).not.toBeNull()
  for (let time = 0; time < 10; time++) expect(await read("0000-0000-0000-0000", "hall")).toBeNull()
  expect((await refusal(read(code, "hall"))).code).toBe("too_many_requests")
  expect(await read(code, "home")).not.toBeNull()
  office.clock.advance(10 * minute)
  expect(await read(code, "hall")).not.toBeNull()
})

test("half a sign-in lasts ten minutes and is finished once", async () => {
  const owner = ring.owner(13)
  const open = () => office.write((tx) => openPreSession(tx, { owner, step: "second", next: "/bookings" }, now()))
  const half = await open()
  expect(await preSessionOf(office.store, half.token, now())).toMatchObject({
    owner,
    step: "second",
    next: "/bookings",
  })
  for (const none of ["", half.id, half.token.slice(1), `${half.token}A`, "x".repeat(4096)]) {
    expect(await preSessionOf(office.store, none, now())).toBeNull()
  }
  const finish = () => office.write((tx) => finishPreSession(tx, half.id, now()))
  expect(refusedWith(await Promise.allSettled([finish(), finish()]))).toEqual(["not_signed_in"])
  expect(await preSessionOf(office.store, half.token, now())).toBeNull()
  const late = await open()
  office.clock.set(late.until)
  expect(await preSessionOf(office.store, late.token, now())).toBeNull()
  expect((await refusal(office.write((tx) => finishPreSession(tx, late.id, now())))).code).toBe("not_signed_in")
})

test("a passkey of staff is enrolled with an invitation, from the letter to the first sign-in", async () => {
  const owner = ring.agent(2)
  const { code } = await invite(owner, "letter")
  const found = await read(code)
  const device = softAuthenticator(ring.party.origin)
  await ring.take(device.create(await ring.offer(owner, "half")), owner, "half")
  const ceremony = { purpose: "sign_in" as const, owner: null, session: null }
  const proof = await ring.show(device.get(await ring.question(ceremony)), ceremony)
  expect([found?.owner, proof.owner]).toEqual([owner.id, owner])
})

test("what nobody finished is forgotten once it is over, and what is open stays", async () => {
  const owner = ring.owner(14)
  office.clock.advance(minute)
  const began = now()
  const ceremony = { purpose: "sign_in" as const, owner: null, session: null }
  const half = { owner, step: "enrol" as const, next: "" }
  await office.write(async (tx) => {
    await openCeremony(tx, ceremony, began)
    await openPreSession(tx, half, began)
  })
  await invite(owner)
  const count = async () => {
    const tables = [ceremonies, preSessions, enrolments]
    const rows = await Promise.all(tables.map((table) => office.store.db.select().from(table)))
    return rows.map((found) => found.length)
  }
  const forgetAll = () =>
    office.write(async (tx) => {
      await forgetCeremonies(tx, now())
      await forgetPreSessions(tx, now())
      await forgetEnrolments(tx, notHeld, now())
    })
  await forgetAll()
  const [open, halves, codes] = await count()
  expect([open, halves]).toEqual([1, 1])
  expect(codes).toBeGreaterThan(0)
  office.clock.set(began + 10 * minute + 1)
  await forgetAll()
  expect(await count()).toEqual([0, 0, codes ?? 0])
  office.clock.advance(98 * 24 * hour)
  await forgetAll()
  expect(await count()).toEqual([0, 0, 0])
})

const send = (owner: Owner, to = owner.id, about: string | null = null) =>
  office.write((tx) => makeOneTimeCode(tx, keys, owner, { purpose: "mobile", to, about }, now()))
const use = (owner: Owner, code: string, purpose: "mobile" | "sign_in" = "mobile") =>
  office.write((tx) => useOneTimeCode(tx, keys, owner, purpose, code, now()))
const other = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, "0")

test("a one-time code is right once, for its owner and its purpose, in whichever digits it is typed", async () => {
  const [owner, stranger] = [ring.owner(20), ring.owner(21)]
  const { code, until } = await send(owner, "a", "what it proves")
  expect(code).toMatch(/^\d{6}$/)
  expect(JSON.stringify(await office.store.db.select().from(oneTimeCodes))).not.toContain(code)
  expect(await openOneTimeCode(office.store, owner, "mobile", now())).toMatchObject({ about: "what it proves", until })
  expect(await use(owner, code, "sign_in")).toEqual({ is: "over" })
  expect(await use(stranger, code)).toEqual({ is: "over" })
  expect(await use({ kind: "staff", id: owner.id }, code)).toEqual({ is: "over" })
  expect(await use(owner, other(code))).toEqual({ is: "wrong" })
  const arabic = [...code].map((digit) => String.fromCodePoint(0x0660 + Number(digit)))
  expect(await use(owner, ` ${arabic.slice(0, 3).join("")} ${arabic.slice(3).join("")}`)).toEqual({
    is: "right",
    about: "what it proves",
  })
  expect(await use(owner, code)).toEqual({ is: "over" })
})

test("of many who type the same one-time code at once, one gets in", async () => {
  const owner = ring.owner(22)
  const { code } = await send(owner)
  const tried = await Promise.all(Array.from({ length: 5 }, () => use(owner, code)))
  expect(tried.filter(({ is }) => is === "right")).toHaveLength(1)
})

test("after five wrong tries even the right one-time code is over, and so it is after ten minutes or when another is sent", async () => {
  const owner = ring.owner(23)
  const guessed = await send(owner)
  for (let tried = 0; tried < 5; tried++) expect((await use(owner, other(guessed.code))).is).toBe("wrong")
  expect((await use(owner, guessed.code)).is).toBe("over")

  const late = await send(owner)
  office.clock.advance(10 * minute)
  expect(await openOneTimeCode(office.store, owner, "mobile", now())).toBeNull()
  expect((await use(owner, late.code)).is).toBe("over")

  const [first, second] = [await send(owner), await send(owner)]
  if (first.code !== second.code) expect((await use(owner, first.code)).is).toBe("wrong")
  expect((await use(owner, second.code)).is).toBe("right")
})

test("five one-time codes an hour go to one owner or one address, and those that are over are forgotten", async () => {
  const owner = ring.owner(24)
  for (let sent = 0; sent < 5; sent++) await send(owner, `address ${sent}`)
  expect(await refusal(send(owner, "one more"))).toMatchObject({ code: "too_many_requests" })
  for (let sent = 0; sent < 4; sent++) await send(ring.owner(25 + sent), "address 0")
  expect(await refusal(send(ring.owner(29), "address 0"))).toMatchObject({ code: "too_many_requests" })
  office.clock.advance(hour)
  await send(owner, "one more")
  office.clock.advance(10 * minute)
  await office.write((tx) => forgetOneTimeCodes(tx, now()))
  expect(await office.store.db.select().from(oneTimeCodes)).toEqual([])
})
