import { expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { throttles } from "../../../db/schema/access.ts"
import { ceremonies, passkeys } from "../../../db/schema/passkeys.ts"
import { minute } from "../../base/day.ts"
import { type Bent, softAuthenticator } from "../../testing/authenticator.ts"
import { keyring } from "../../testing/keyring.ts"
import { granted, refusal, refusedWith, testOffice } from "../../testing/office.ts"
import { readAssertion } from "./authenticator-said.ts"
import type { Ceremony } from "./ceremonies.ts"
import type { Owner } from "./owner.ts"
import { passkeyWith } from "./passkeys.ts"
import { verifyAssertion } from "./webauthn.ts"

const office = await testOffice({ citizens: 60, counters: 2 })
const ring = keyring(office)
const { origin } = ring.party
let next = 0

/** A citizen of the test's own with one passkey, and the ceremony of a second factor. */
async function somebody(synced = false) {
  const owner = ring.owner(++next)
  const { device, passkey } = await ring.enrol(owner, softAuthenticator(origin, { synced }))
  const ceremony: Ceremony = { purpose: "second", owner, session: `half ${next}` }
  const tell = async (bent?: Bent) => device.get(await ring.question(ceremony), bent)
  return { owner, device, passkey, ceremony, tell }
}

/** Why an answer was refused: the one code that everybody hears, and the reason that only the facts know. */
async function why(asked: Promise<unknown>, owner: Owner): Promise<string | undefined> {
  // Here everything is tried at once; how often that is allowed is another question.
  await office.write((tx) => tx.db.delete(throttles).then(() => {}))
  const { code, details } = await refusal(asked)
  expect([code, details]).toEqual(["passkey_refused", {}])
  return (await office.facts("passkey.refused", "accounts")).findLast(({ subject }) => subject === owner.id)?.body.why
}

test("a passkey of each kind that is offered opens, and its use is kept", async () => {
  for (const algorithm of [-8, -7, -257] as const) {
    const owner = ring.owner(++next)
    const { device, passkey } = await ring.enrol(owner, softAuthenticator(origin, { algorithm }))
    expect(passkey.algorithm).toBe(algorithm)
    const ceremony: Ceremony = { purpose: "second", owner, session: "half" }
    const proof = await ring.show(device.get(await ring.question(ceremony)), ceremony)
    expect(proof.owner).toEqual(owner)
    expect(await passkeyWith(office.store, passkey.id)).toMatchObject({ signCount: 1, usedAt: office.clock.real() })
  }
})

test("a key's own word about itself is taken, one that is empty or comes with certificates is not", async () => {
  const owner = ring.owner(++next)
  const { passkey } = await ring.enrol(owner, softAuthenticator(origin), { format: "packed" })
  expect(passkey.algorithm).toBe(-7)
  const { x5c, empty } = {
    x5c: new Map<string, unknown>([["x5c", [new Uint8Array(20)]]]),
    empty: new Map<string, unknown>(),
  }
  for (const [statement, reason] of [
    [empty, "library"],
    [x5c, "attestation"],
  ] as const) {
    const made = softAuthenticator(origin).create(await ring.offer(owner), { format: "packed", statement })
    expect(await why(ring.take(made, owner), owner)).toBe(reason)
  }
})

test("an answer that was given once is worth nothing when it comes again", async () => {
  const { owner, ceremony, tell } = await somebody(true)
  const answer = await tell()
  await ring.show(answer, ceremony)
  expect(await why(ring.show(answer, ceremony), owner)).toBe("ceremony")
})

test("of the same answer sent twice at once, one opens", async () => {
  const { ceremony, tell } = await somebody(true)
  const answer = await tell()
  const sent = await Promise.allSettled([1, 2, 3].map(() => ring.show(answer, ceremony)))
  expect(granted(sent)).toHaveLength(1)
  expect(refusedWith(sent)).toEqual(["passkey_refused", "passkey_refused"])
})

test("a challenge is used up by a wrong answer too, so that nobody tries twice", async () => {
  const { owner, device, ceremony } = await somebody(true)
  const options = await ring.question(ceremony)
  const wrong = device.get(options, { flip: { in: "signature", bit: 200 } })
  expect(await why(ring.show(wrong, ceremony), owner)).toMatch(/signature|library/)
  expect(await why(ring.show(device.get(options), ceremony), owner)).toBe("ceremony")
})

test("an answer to another question, or to none that was asked, is refused", async () => {
  const { owner, device, ceremony, tell } = await somebody()
  const others = await ring.question({ ...ceremony, session: "another half" })
  expect(await why(ring.show(device.get(others), ceremony), owner)).toBe("ceremony")
  expect(
    await why(
      tell({ challenge: "A".repeat(43) }).then((text) => ring.show(text, ceremony)),
      owner,
    ),
  ).toBe("ceremony")
})

test("a question is over after ten minutes", async () => {
  const { owner, device, ceremony } = await somebody()
  const [early, late] = [await ring.question(ceremony), await ring.question(ceremony)]
  const begun = office.clock.real()
  office.clock.set(begun + 10 * minute - 1)
  await ring.show(device.get(early), ceremony)
  office.clock.set(begun + 10 * minute)
  expect(await why(ring.show(device.get(late), ceremony), owner)).toBe("ceremony")
})

test("what was asked for one purpose serves no other, nor another session or owner", async () => {
  const { owner, device, ceremony } = await somebody(true)
  const other = await somebody(true)
  const purposes = ["sign_in", "second", "enrol", "step_up", "confirm"] as const
  for (const asked of purposes) {
    for (const used of purposes) {
      if (asked === used) continue
      const answer = device.get(await ring.question({ ...ceremony, purpose: asked }))
      expect([asked, used, await why(ring.show(answer, { ...ceremony, purpose: used }), owner)]).toEqual([
        ...[asked, used, "ceremony"],
      ])
    }
  }
  const answer = async () => device.get(await ring.question(ceremony))
  expect(
    await why(
      answer().then((text) => ring.show(text, { ...ceremony, session: "else" })),
      owner,
    ),
  ).toBe("ceremony")
  expect(
    await why(
      answer().then((text) => ring.show(text, { ...ceremony, session: null })),
      owner,
    ),
  ).toBe("ceremony")
  expect(
    await why(
      answer().then((text) => ring.show(text, { ...ceremony, of: "thing" })),
      owner,
    ),
  ).toBe("ceremony")
  expect(
    await why(
      answer().then((text) => ring.show(text, other.ceremony)),
      other.owner,
    ),
  ).toBe("ceremony")
})

test("an answer made on another site, for another site or in a frame is refused", async () => {
  const { owner, ceremony, tell } = await somebody()
  const bent: [Bent, string][] = [
    [{ origin: "https://evil.front.example.gov" }, "origin"],
    [{ origin: "http://front.example.gov" }, "origin"],
    [{ origin: "https://front.example.gov:8443" }, "origin"],
    [{ origin: `${origin}/` }, "origin"],
    [{ origin: "null" }, "origin"],
    [{ rpId: "example.gov" }, "party"],
    [{ rpId: "evil.example" }, "party"],
    [{ crossOrigin: true }, "frame"],
    [{ crossOrigin: true, topOrigin: "https://evil.example" }, "frame"],
    [{ crossOrigin: true, topOrigin: origin }, "frame"],
    [{ topOrigin: origin }, "frame"],
    [{ type: "webauthn.create" }, "type"],
    [{ type: "payment.get" }, "type"],
  ]
  for (const [how, reason] of bent) {
    expect([how, await why(ring.show(await tell(how), ceremony), owner)]).toEqual([how, reason])
  }
  await ring.show(await tell(), ceremony)
})

test("a passkey made on another site, for another site or in a frame is not added", async () => {
  const owner = ring.owner(++next)
  const bent: [Bent, string][] = [
    [{ origin: "https://evil.front.example.gov" }, "origin"],
    [{ rpId: "example.gov" }, "party"],
    [{ crossOrigin: true }, "frame"],
    [{ crossOrigin: true, topOrigin: "https://evil.example" }, "frame"],
    [{ type: "webauthn.get" }, "type"],
    [{ present: false }, "presence"],
    [{ verified: false }, "verification"],
    [{ backupEligible: false, backedUp: true }, "backup"],
    [{ algorithm: -48 }, "library"],
    [{ algorithm: -7 - 65_536 }, "library"],
    [{ id: Buffer.alloc(32, 7).toString("base64url") }, "credential"],
    [{ rawId: Buffer.alloc(32, 7).toString("base64url") }, "library"],
  ]
  for (const [how, reason] of bent) {
    const made = softAuthenticator(origin).create(await ring.offer(owner), how)
    expect([how, await why(ring.take(made, owner), owner)]).toEqual([how, reason])
  }
  expect(await office.store.db.select().from(passkeys).where(eq(passkeys.owner, owner.id))).toEqual([])
})

test("a key that names another passkey than the one that signed, or no passkey at all, is refused", async () => {
  const victim = await somebody()
  const { owner, ceremony, tell } = await somebody()
  const named: [unknown, string][] = [
    [victim.passkey.id, "owner"],
    [Buffer.alloc(32, 1).toString("base64url"), "passkey"],
    [5, "shape"],
    ["", "shape"],
    [null, "shape"],
    [[ring.owner(1).id], "shape"],
    ["AAAA", "shape"],
    [`${victim.passkey.id}=`, "shape"],
  ]
  for (const [id, reason] of named) {
    expect([id, await why(ring.show(await tell({ id }), ceremony), owner)]).toEqual([id, reason])
  }
  // Nothing of that is held against the one who was named.
  expect(await passkeyWith(office.store, victim.passkey.id)).toMatchObject({ failures: 0, signCount: 0 })
})

test("another's passkey is refused when nobody has said who they are, however well it is dressed up", async () => {
  const victim = await somebody()
  const thief = await somebody()
  const ceremony: Ceremony = { purpose: "sign_in", owner: null, session: null }
  const dressed: Bent[] = [
    { id: victim.passkey.id },
    { id: victim.passkey.id, userHandle: victim.device.keys[0]?.handle },
    { userHandle: victim.device.keys[0]?.handle },
    { userHandle: null },
    { userHandle: "" },
  ]
  for (const bent of dressed) {
    const answer = thief.device.get(await ring.question(ceremony), bent)
    expect([bent, (await refusal(ring.show(answer, ceremony))).code]).toEqual([bent, "passkey_refused"])
  }
  const proof = await ring.show(thief.device.get(await ring.question(ceremony)), ceremony)
  expect(proof.owner).toEqual(thief.owner)
})

test("a user handle that is another's is refused, one that is left out is not where the owner is known", async () => {
  const victim = await somebody()
  const { owner, ceremony, tell } = await somebody()
  const userHandle = victim.device.keys[0]?.handle
  expect(await why(ring.show(await tell({ userHandle }), ceremony), owner)).toBe("handle")
  for (const none of [null, ""]) await ring.show(await tell({ userHandle: none }), ceremony)
})

test("nobody there, or somebody whom the key did not recognise, is refused", async () => {
  const { owner, ceremony, tell } = await somebody()
  expect(await why(ring.show(await tell({ present: false }), ceremony), owner)).toBe("presence")
  expect(await why(ring.show(await tell({ verified: false }), ceremony), owner)).toBe("verification")
})

test("a key that could not be copied and now can, or the reverse, is refused and raises an alarm", async () => {
  const fixed = await somebody()
  const synced = await somebody(true)
  const alarms = async (owner: Owner) =>
    (await office.facts("passkey.alarm", "accounts")).filter(({ subject }) => subject === owner.id).length
  const bent: [typeof fixed, Bent][] = [
    [fixed, { backupEligible: true }],
    [fixed, { backupEligible: true, backedUp: true }],
    [fixed, { backedUp: true }],
    [synced, { backupEligible: false, backedUp: false }],
  ]
  for (const [who, how] of bent) {
    const before = await alarms(who.owner)
    expect([how, await why(ring.show(await who.tell(how), who.ceremony), who.owner)]).toEqual([how, "backup"])
    expect(await alarms(who.owner)).toBe(before + 1)
  }
  await ring.show(await synced.tell({ backedUp: false }), synced.ceremony)
  expect((await passkeyWith(office.store, synced.passkey.id))?.backedUp).toBe(false)
})

test("a counter that goes back or stands still is a copy: refused, and an alarm", async () => {
  const { owner, passkey, ceremony, tell } = await somebody()
  await ring.show(await tell({ counter: 10 }), ceremony)
  for (const counter of [9, 10, 0]) {
    expect([counter, await why(ring.show(await tell({ counter }), ceremony), owner)]).toEqual([counter, "counter"])
  }
  const alarms = (await office.facts("passkey.alarm", "accounts")).filter(({ subject }) => subject === owner.id)
  expect(alarms.map(({ body }) => body)).toEqual(Array(3).fill({ passkey: passkey.id, why: "counter" }))
  expect((await passkeyWith(office.store, passkey.id))?.signCount).toBe(10)
})

test("by itself, too, the verdict looks at which passkey was named and at how far it has counted", async () => {
  const { passkey, device, tell } = await somebody()
  const judged = async (bent: Bent, before = 0) => {
    const read = readAssertion(await tell(bent))
    const asked = { challenge: read.challenge, passkey: { ...passkey, signCount: before }, mustName: true }
    const verdict = verifyAssertion(ring.party, read, { ...asked, handle: device.keys[0]?.handle ?? "" })
    return verdict.then(
      ({ signCount }) => signCount,
      (thrown) => thrown.why,
    )
  }
  expect(await judged({ counter: 8 }, 7)).toBe(8)
  expect(await judged({ counter: 7 }, 7)).toBe("counter")
  expect(await judged({ counter: 0 }, 7)).toBe("counter")
  expect(await judged({ counter: 0 }, 0)).toBe(0)
  expect(await judged({ id: Buffer.alloc(32, 3).toString("base64url") })).toBe("credential")
})

test("no alarm without the key's own signature", async () => {
  const { owner, ceremony, tell } = await somebody()
  await ring.show(await tell({ counter: 10 }), ceremony)
  const forged = await tell({ counter: 3, flip: { in: "signature", bit: 120 } })
  expect(await why(ring.show(forged, ceremony), owner)).toMatch(/signature|library/)
  const alarms = (await office.facts("passkey.alarm", "accounts")).filter(({ subject }) => subject === owner.id)
  expect(alarms).toEqual([])
})

test("two answers with one counter at the same moment: one opens, the other is a copy", async () => {
  const { owner, ceremony, tell } = await somebody()
  const both = [await tell({ counter: 5 }), await tell({ counter: 5 })]
  const sent = await Promise.allSettled(both.map((text) => ring.show(text, ceremony)))
  expect(granted(sent)).toHaveLength(1)
  expect(refusedWith(sent)).toEqual(["passkey_refused"])
  const alarms = (await office.facts("passkey.alarm", "accounts")).filter(({ subject }) => subject === owner.id)
  expect(alarms.map(({ body }) => body.why)).toEqual(["counter"])
})

test("one bit turned round anywhere in what was signed, or in the signature, is refused", async () => {
  const { ceremony, tell } = await somebody(true)
  const bits: Bent["flip"][] = [
    ...Array.from({ length: 37 }, (_, byte) => ({ in: "authenticatorData" as const, bit: byte * 8 + (byte % 8) })),
    ...Array.from({ length: 8 }, (_, bit) => ({ in: "authenticatorData" as const, bit: 32 * 8 + bit })),
    ...Array.from({ length: 16 }, (_, part) => ({ in: "signature" as const, bit: part * 33 })),
    ...Array.from({ length: 20 }, (_, part) => ({ in: "clientDataJSON" as const, bit: part * 37 })),
  ]
  for (const flip of bits) {
    expect([flip, (await refusal(ring.show(await tell({ flip }), ceremony))).code]).toEqual([flip, "passkey_refused"])
  }
})

test("an attestation too large, too deep or cut short is refused as any other", async () => {
  const owner = ring.owner(++next)
  const objects = [
    new Uint8Array(64 * 1024),
    new Uint8Array(9_000).fill(0x81),
    new Uint8Array(9_000).fill(0xa1),
    Uint8Array.from([0xbb, 255, 255, 255, 255, 255, 255, 255, 255]),
    Uint8Array.from([0x9b, 0, 0, 0, 1, 0, 0, 0, 0, 0]),
    Uint8Array.from([0x5b, 0, 31, 255, 255, 255, 255, 255, 255]),
    Uint8Array.from([0xa0]),
    Uint8Array.from([0xf6]),
  ]
  for (const attestationObject of objects) {
    const made = softAuthenticator(origin).create(await ring.offer(owner), { attestationObject })
    expect((await refusal(ring.take(made, owner))).code).toBe("passkey_refused")
  }
})

test("what is no answer at all is refused as any other, whatever its size", async () => {
  const { owner, device, ceremony } = await somebody()
  const whole = JSON.parse(device.get(await ring.question(ceremony)))
  const without = (name: string) => JSON.stringify({ ...whole, [name]: undefined })
  const texts = [
    ...["", "null", "[]", "7", '"text"', "{}", "{", "\u0000", "true", '{"__proto__":{}}'],
    ...[without("id"), without("response"), without("type"), JSON.stringify({ ...whole, type: "password" })],
    JSON.stringify({ ...whole, response: null }),
    JSON.stringify({ ...whole, response: { ...whole.response, signature: "" } }),
    JSON.stringify({ ...whole, response: { ...whole.response, signature: 5 } }),
    JSON.stringify({ ...whole, response: { ...whole.response, authenticatorData: "AA" } }),
    JSON.stringify({ ...whole, response: { ...whole.response, clientDataJSON: "bnVsbA" } }),
    JSON.stringify({ ...whole, response: { ...whole.response, clientDataJSON: "e30" } }),
    JSON.stringify({ ...whole, more: "x".repeat(5_000_000) }),
  ]
  for (const text of texts) {
    expect(await why(ring.show(text, ceremony), owner)).toBe("shape")
    expect(await why(ring.take(text, owner), owner)).toBe("shape")
  }
})

test("a stranger's nonsense leaves nothing behind", async () => {
  const { device } = await somebody()
  const before = (await office.facts(undefined, "accounts")).length
  const ceremony: Ceremony = { purpose: "sign_in", owner: null, session: null }
  const unknown = Buffer.alloc(32, 9).toString("base64url")
  await refusal(ring.show("{}", ceremony))
  await refusal(ring.show(device.get(await ring.question(ceremony), { id: unknown }), ceremony))
  expect((await office.facts(undefined, "accounts")).length).toBe(before)
  const [open] = await office.store.db.select().from(ceremonies).where(eq(ceremonies.purpose, "sign_in"))
  expect(open).toBeUndefined()
})

test("a passkey refused a hundred times in a row is disabled; one right answer before that forgives all", async () => {
  const { owner, passkey, ceremony, tell } = await somebody(true)
  const wrong = async () => refusal(ring.show(await tell({ verified: false }), ceremony))
  for (let time = 0; time < 99; time++) await wrong()
  await ring.show(await tell(), ceremony)
  expect(await passkeyWith(office.store, passkey.id)).toMatchObject({ failures: 0, disabledAt: null })
  for (let time = 0; time < 100; time++) {
    expect((await passkeyWith(office.store, passkey.id))?.disabledAt).toBeNull()
    await refusal(ring.show(await tell({ verified: false }), ceremony))
  }
  const ended = { ...ceremony, owner: null, purpose: "sign_in" as const, session: null }
  const disabled = await passkeyWith(office.store, passkey.id)
  expect(disabled?.disabledAt).toBe(office.clock.real())
  const facts = (await office.facts("passkey.disabled", "accounts")).filter(({ subject }) => subject === owner.id)
  expect(facts.map(({ body }) => body)).toEqual([{ passkey: passkey.id, failures: 100 }])
  expect(
    await why(
      tell().then((text) => ring.show(text, ceremony)),
      owner,
    ),
  ).toBe("disabled")
  expect((await refusal(ring.show(await tell(), ended))).code).toBe("passkey_refused")
})
