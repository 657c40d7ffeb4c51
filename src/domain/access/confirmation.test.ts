import { expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { confirmationEvidence, confirmations } from "../../../db/schema/passkeys.ts"
import { minute } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { sha256 } from "../../base/seal.ts"
import { softAuthenticator } from "../../testing/authenticator.ts"
import { keyring } from "../../testing/keyring.ts"
import { granted, refusal, refusedWith, testOffice } from "../../testing/office.ts"
import {
  challengeOf,
  confirm,
  evidenceOf,
  type Frozen,
  forgetConfirmations,
  freeze,
  frozenFor,
  type Transaction,
  verify,
} from "./confirmation.ts"
import type { Owner } from "./owner.ts"
import { passkeysOf, passkeyWith } from "./passkeys.ts"
import { authenticationOptions } from "./webauthn.ts"

const office = await testOffice({ citizens: 20, counters: 2 })
const ring = keyring(office)
const now = () => office.clock.real()
const session = "session"
let next = 0

const erasure: Transaction = {
  action: "data.erase",
  object: "person",
  text: { ar: ["حذف بياناتي"], en: ["Erase my data"] },
  data: { from: "2026-11-22", many: 3 },
}

async function somebody(synced = true) {
  const owner = ring.owner(++next)
  const { device, passkey } = await ring.enrol(owner, softAuthenticator(ring.party.origin, { synced }))
  return { owner, device, passkey }
}

const ask = (owner: Owner, asked = erasure) => office.write((tx) => freeze(tx, owner, asked, now()))
async function press(owner: Owner, id: string) {
  const challenge = await office.write((tx) => challengeOf(tx, { id, owner, session }, now()))
  return authenticationOptions(ring.party, { challenge, allow: await passkeysOf(office.store, owner) })
}
const give = (text: string, owner: Owner, id: string, change = async (_: unknown, frozen: Frozen) => frozen) =>
  confirm(ring.room, text, { id, owner, session }, now(), change)

test("what was frozen is confirmed, changed and kept in one turn", async () => {
  const { owner, device, passkey } = await somebody(false)
  const frozen = await ask(owner)
  expect(await frozenFor(office.store, owner, frozen.id, now())).toEqual(frozen)
  const answer = device.get(await press(owner, frozen.id))
  expect(await give(answer, owner, frozen.id)).toEqual({ ...frozen, ...erasure, owner, data: erasure.data ?? {} })
  const kept = await evidenceOf(office.store, frozen.id)
  expect(kept).toMatchObject({ credential: passkey.id, rpId: "front.example.gov", at: now() })
  const [said] = await office.facts("confirmation.given", "accounts")
  expect(said?.body).toEqual({
    ...{ confirmation: frozen.id, action: "data.erase", object: "person", passkey: passkey.id },
    frozen: sha256(kept?.frozen ?? ""),
  })
  expect((await passkeyWith(office.store, passkey.id))?.signCount).toBe(1)
  expect((await refusal(frozenFor(office.store, owner, frozen.id, now()))).code).toBe("confirmation_over")
})

test("a signature over one text confirms no other, were it only a letter", async () => {
  const { owner, device } = await somebody()
  const mine = await ask(owner)
  const other = await ask(owner, { ...erasure, data: { ...erasure.data, many: 4 } })
  const answer = device.get(await press(owner, mine.id))
  await press(owner, other.id)
  expect((await refusal(give(answer, owner, other.id))).code).toBe("passkey_refused")
  // Also where somebody who writes the tables puts another text under the signature.
  const second = device.get(await press(owner, mine.id))
  const bent = await office.write(async (tx) => {
    const [row] = await tx.db.select().from(confirmations).where(eq(confirmations.id, mine.id))
    const frozen = row?.frozen.replace("Erase my data", "Erase my date") ?? ""
    await tx.db.update(confirmations).set({ frozen }).where(eq(confirmations.id, mine.id))
    return frozen
  })
  expect(bent).toContain("Erase my date")
  expect((await refusal(give(second, owner, mine.id))).code).toBe("passkey_refused")
  expect(await evidenceOf(office.store, mine.id)).toBeNull()
})

test("only what answers the last press counts", async () => {
  const { owner, device } = await somebody()
  const frozen = await ask(owner)
  const [first, second] = [await press(owner, frozen.id), await press(owner, frozen.id)]
  expect(first.challenge).not.toBe(second.challenge)
  expect((await refusal(give(device.get(first), owner, frozen.id))).code).toBe("passkey_refused")
  await give(device.get(second), owner, frozen.id)
})

test("a confirmation is given once, however often it is sent", async () => {
  const { owner, device } = await somebody()
  const frozen = await ask(owner)
  const answer = device.get(await press(owner, frozen.id))
  const sent = await Promise.allSettled([1, 2, 3].map(() => give(answer, owner, frozen.id)))
  expect(granted(sent)).toHaveLength(1)
  expect(refusedWith(sent)).toEqual(["passkey_refused", "passkey_refused"])
  expect((await refusal(press(owner, frozen.id))).code).toBe("confirmation_over")
})

test("a sign-in or a fresh word of the passkey confirms nothing, and a confirmation signs nobody in", async () => {
  const { owner, device } = await somebody()
  const frozen = await ask(owner)
  for (const purpose of ["second", "step_up"] as const) {
    const answer = device.get(await ring.question({ purpose, owner, session }))
    expect((await refusal(give(answer, owner, frozen.id))).code).toBe("passkey_refused")
  }
  for (const ceremony of [
    { purpose: "sign_in", owner: null, session: null },
    { purpose: "step_up", owner, session },
  ] as const) {
    const answer = device.get(await press(owner, frozen.id))
    expect((await refusal(ring.show(answer, ceremony))).code).toBe("passkey_refused")
  }
})

test("nobody sees or confirms what another was asked", async () => {
  const [mine, other] = [await somebody(), await somebody()]
  const frozen = await ask(mine.owner)
  expect((await refusal(frozenFor(office.store, other.owner, frozen.id, now()))).code).toBe("not_found")
  expect((await refusal(press(other.owner, frozen.id))).code).toBe("confirmation_over")
  const answer = other.device.get({ ...(await press(mine.owner, frozen.id)), allowCredentials: [] })
  expect((await refusal(give(answer, mine.owner, frozen.id))).code).toBe("passkey_refused")
})

test("it is over after ten minutes, and what nobody gave is forgotten a day later", async () => {
  const { owner, device } = await somebody()
  const frozen = await ask(owner)
  office.clock.set(frozen.until - 1)
  const answer = device.get(await press(owner, frozen.id))
  office.clock.set(frozen.until)
  expect((await refusal(give(answer, owner, frozen.id))).code).toBe("confirmation_over")
  expect((await refusal(frozenFor(office.store, owner, frozen.id, now()))).code).toBe("confirmation_over")
  office.clock.advance(24 * 60 * minute + 1)
  await office.write((tx) => forgetConfirmations(tx, now()))
  expect((await refusal(frozenFor(office.store, owner, frozen.id, now()))).code).toBe("not_found")
  const given = await office.store.db.select().from(confirmations)
  expect(given.map(({ usedAt }) => usedAt)).not.toContain(null)
  expect(given.length).toBeGreaterThan(0)
})

test("where the change is refused nothing is kept, and it can be confirmed again", async () => {
  const { owner, device, passkey } = await somebody(false)
  const frozen = await ask(owner)
  const answer = device.get(await press(owner, frozen.id))
  const refused = give(answer, owner, frozen.id, async () => {
    throw new Refusal("wrong_state")
  })
  expect((await refusal(refused)).code).toBe("wrong_state")
  expect(await evidenceOf(office.store, frozen.id)).toBeNull()
  expect(await passkeyWith(office.store, passkey.id)).toMatchObject({ signCount: 0, failures: 0 })
  await give(device.get(await press(owner, frozen.id)), owner, frozen.id)
})

test("kept evidence shows by itself what was confirmed, and not a bit of it may change", async () => {
  const { owner, device } = await somebody()
  const frozen = await ask(owner)
  await give(device.get(await press(owner, frozen.id)), owner, frozen.id)
  const kept = await evidenceOf(office.store, frozen.id)
  if (!kept) throw new Error("no evidence was kept")
  expect(await verify(kept)).toBe(true)
  const fields = [
    "frozen",
    "nonce",
    "publicKey",
    "rpId",
    "origin",
    "clientData",
    "authenticatorData",
    "signature",
  ] as const
  for (const field of fields) {
    const text = kept[field]
    const middle = Math.floor(text.length / 2)
    const letter = text[middle] === "a" ? "b" : "a"
    const bent = text.slice(0, middle) + letter + text.slice(middle + 1)
    expect([field, await verify({ ...kept, [field]: bent })]).toEqual([field, false])
    expect([field, await verify({ ...kept, [field]: "" })]).toEqual([field, false])
  }
  const changing = office.write(async (tx) => void (await tx.db.update(confirmationEvidence).set({ frozen: "{}" })))
  const [changed] = await Promise.allSettled([changing])
  expect(changed.status === "rejected" && String(changed.reason)).toContain("evidence is never changed")
})
