import { expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { passkeys } from "../../../db/schema/passkeys.ts"
import { machineChance } from "../../base/clock.ts"
import { hour } from "../../base/day.ts"
import { Keys, makeKeyMaterial } from "../../base/seal.ts"
import { softAuthenticator } from "../../testing/authenticator.ts"
import { keyring } from "../../testing/keyring.ts"
import { granted, refusal, refusedWith, testOffice } from "../../testing/office.ts"
import { handleOf, holdSensitive, mustNotBeHeld, type Owner } from "./owner.ts"
import { addPasskey, namePasskey, passkeysMax, passkeysOf, removePasskey } from "./passkeys.ts"
import { makeCodes, useRecoveryCode } from "./recovery.ts"
import { liveSession, startSession } from "./sessions.ts"
import { authenticationOptions } from "./webauthn.ts"

const office = await testOffice({ citizens: 30, counters: 4 })
const ring = keyring(office)
const keys = new Keys(makeKeyMaterial(machineChance))
const now = () => office.clock.real()
const session = { userAgent: "", factors: "passkey" }
const drop = (owner: Owner, id: string, keep: string | null = null) =>
  office.write((tx) => removePasskey(tx, owner, id, { by: owner.id, keep }, now()))

test("the browser is asked for what we take and nothing else", async () => {
  const owner = ring.owner(1)
  const { passkey } = await ring.enrol(owner)
  const offered = await ring.offer(owner)
  expect(offered.pubKeyCredParams.map(({ alg }) => alg)).toEqual([-8, -7, -257])
  expect(offered).toMatchObject({
    rp: { id: "front.example.gov", name: "Front office" },
    timeout: 300_000,
    attestation: "none",
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    excludeCredentials: [{ id: passkey.id, type: "public-key", transports: ["hybrid", "internal"] }],
  })
  expect(Buffer.from(offered.user.id, "base64url")).toHaveLength(32)
  expect(Buffer.from(offered.challenge, "base64url")).toHaveLength(32)
  const asked = await authenticationOptions(ring.party, { challenge: offered.challenge })
  expect(asked).toMatchObject({ rpId: "front.example.gov", timeout: 300_000, userVerification: "required" })
  expect(asked.allowCredentials).toEqual([])
  expect(asked.challenge).toBe(offered.challenge)
})

test("an authenticator knows its owner by bytes that stay and are nobody else's", async () => {
  const [first, second] = [await ring.offer(ring.owner(1)), await ring.offer(ring.owner(1))]
  expect(first.user.id).toBe(second.user.id)
  const staff: Owner = { kind: "staff", id: ring.owner(1).id }
  expect((await ring.offer(staff)).user.id).not.toBe(first.user.id)
  expect(await handleOf(office.store, ring.owner(29))).toBeNull()
})

test("a passkey belongs to one account: nobody adds it a second time", async () => {
  const { device, passkey } = await ring.enrol(ring.owner(2))
  const options = { ...(await ring.offer(ring.owner(2))), excludeCredentials: [] }
  expect(() => device.create({ ...options, excludeCredentials: [{ id: passkey.id }] })).toThrow("InvalidStateError")
  for (const owner of [ring.owner(2), ring.owner(3), ring.agent(1)]) {
    const again = office.write((tx) => addPasskey(tx, owner, passkey, "Again", now()))
    expect((await refusal(again)).code).toBe("passkey_known")
  }
  expect(await passkeysOf(office.store, ring.owner(3))).toEqual([])
})

test("an account has twenty passkeys at most, however many are added at once", async () => {
  const owner = ring.owner(4)
  const { passkey } = await ring.enrol(owner)
  const more = Array.from({ length: passkeysMax + 5 }, (_, index) => ({ ...passkey, id: `${passkey.id}${index}` }))
  const added = await Promise.allSettled(
    more.map((made) => office.write((tx) => addPasskey(tx, owner, made, "One more", now()))),
  )
  expect(granted(added)).toHaveLength(passkeysMax - 1)
  expect(new Set(refusedWith(added))).toEqual(new Set(["passkey_limit"]))
})

test("a passkey is named by its owner, and nobody else's is there to be named or removed", async () => {
  const owner = ring.owner(5)
  const { passkey } = await ring.enrol(owner)
  await office.write((tx) => namePasskey(tx, owner, passkey.id, "  هاتفي  "))
  expect((await passkeysOf(office.store, owner)).map(({ name }) => name)).toEqual(["هاتفي"])
  const other = ring.owner(6)
  expect((await refusal(office.write((tx) => namePasskey(tx, other, passkey.id, "Mine")))).code).toBe("not_found")
  expect((await refusal(drop(other, passkey.id))).code).toBe("not_found")
  const staff: Owner = { kind: "staff", id: owner.id }
  expect((await refusal(drop(staff, passkey.id))).code).toBe("not_found")
})

test("the last passkey stays, unless a citizen has another way back", async () => {
  const owner = ring.owner(7)
  const { passkey } = await ring.enrol(owner)
  expect((await refusal(drop(owner, passkey.id))).code).toBe("last_passkey")
  // All codes are used up, over some hours, because only so many may be tried in one.
  for (const code of await office.write((tx) => makeCodes(tx, keys, owner, now()))) {
    office.clock.advance(hour)
    expect(await office.write((tx) => useRecoveryCode(tx, keys, owner, code, now()))).toBe(true)
  }
  expect((await refusal(drop(owner, passkey.id))).code).toBe("last_passkey")
  await office.write((tx) => makeCodes(tx, keys, owner, now()))
  await drop(owner, passkey.id)
  expect(await passkeysOf(office.store, owner)).toEqual([])
})

test("staff keep one passkey always, and no codes are made for them", async () => {
  const owner = ring.agent(1)
  const { passkey } = await ring.enrol(owner)
  expect((await refusal(office.write((tx) => makeCodes(tx, keys, owner, now())))).code).toBe("forbidden")
  expect((await refusal(drop(owner, passkey.id))).code).toBe("last_passkey")
  const { passkey: second } = await ring.enrol(owner)
  await drop(owner, passkey.id)
  expect((await refusal(drop(owner, second.id))).code).toBe("last_passkey")
})

test("of two passkeys that are removed at once one stays", async () => {
  const owner = ring.agent(2)
  const both = [(await ring.enrol(owner)).passkey, (await ring.enrol(owner)).passkey]
  const removed = await Promise.allSettled(both.map(({ id }) => drop(owner, id)))
  expect(refusedWith(removed)).toEqual(["last_passkey"])
  expect(await passkeysOf(office.store, owner)).toHaveLength(1)
})

test("a disabled passkey is no way back: the last good one stays, the disabled one may go", async () => {
  const owner = ring.agent(3)
  const [good, bad] = [(await ring.enrol(owner)).passkey, (await ring.enrol(owner)).passkey]
  await office.write(async (tx) => {
    await tx.db.update(passkeys).set({ disabledAt: tx.now }).where(eq(passkeys.id, bad.id))
  })
  expect((await refusal(drop(owner, good.id))).code).toBe("last_passkey")
  await drop(owner, bad.id)
  expect((await passkeysOf(office.store, owner)).map(({ id }) => id)).toEqual([good.id])
})

test("with a passkey go the sessions that it opened, but for the one that removes it", async () => {
  const owner = ring.owner(8)
  const [lost, kept] = [(await ring.enrol(owner)).passkey, (await ring.enrol(owner)).passkey]
  const open = (passkey: string) =>
    office.write((tx) => {
      const whose = { kind: "citizen" as const, subject: owner.id, role: "citizen", passkey }
      return startSession(tx, { ...session, ...whose }, now())
    })
  const [stolen, here, other] = [await open(lost.id), await open(lost.id), await open(kept.id)]
  expect(await drop(owner, lost.id, here.session.id)).toEqual([stolen.session.id])
  const isLive = async (id: string) => (await liveSession(office.store, id, now())) !== null
  expect(await Promise.all([stolen, here, other].map((one) => isLive(one.session.id)))).toEqual([false, true, true])
})

test("a removed passkey opens nothing, and may be registered anew", async () => {
  const owner = ring.owner(9)
  const { device, passkey } = await ring.enrol(owner)
  await ring.enrol(owner, softAuthenticator(ring.party.origin))
  await drop(owner, passkey.id)
  const ceremony = { purpose: "sign_in" as const, owner: null, session: null }
  const answer = device.get(await ring.question(ceremony))
  expect((await refusal(ring.show(answer, ceremony))).code).toBe("passkey_refused")
  await office.write((tx) => addPasskey(tx, owner, passkey, "Back", now()))
})

test("what is sensitive waits for a day after a recovery", async () => {
  const owner = ring.owner(10)
  await mustNotBeHeld(office.store, owner, now(), null)
  const until = await office.write((tx) => holdSensitive(tx, owner, now()))
  expect(until).toBe(now() + 24 * hour)
  const held = await refusal(mustNotBeHeld(office.store, owner, until - 1, null))
  expect([held.code, held.details]).toEqual(["account_held", { until }])
  await mustNotBeHeld(office.store, owner, until, null)
  await mustNotBeHeld(office.store, ring.owner(11), now(), null)
})

test("whoever still has a passkey from before the recovery undoes it at once; what came since waits, however often it recovers", async () => {
  const owner = ring.owner(12)
  const { passkey: before } = await ring.enrol(owner)
  const { passkey: others } = await ring.enrol(ring.owner(13))
  office.clock.advance(1)
  await office.write((tx) => holdSensitive(tx, owner, now()))
  office.clock.advance(1)
  const { passkey: since } = await ring.enrol(owner)
  office.clock.advance(hour)
  const again = await office.write((tx) => holdSensitive(tx, owner, now()))
  await mustNotBeHeld(office.store, owner, now(), before.id)
  for (const passkey of [since.id, others.id, null]) {
    expect((await refusal(mustNotBeHeld(office.store, owner, again - 1, passkey))).code).toBe("account_held")
  }
  // A day that is over is over: then the other is as good, and of a new hold one from before.
  office.clock.set(again)
  await office.write((tx) => holdSensitive(tx, owner, now()))
  await mustNotBeHeld(office.store, owner, now(), since.id)
})
