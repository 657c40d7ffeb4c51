import { expect, test } from "bun:test"
import { createPublicKey, verify } from "node:crypto"
import fc from "fast-check"
import { machineChance } from "../../base/clock.ts"
import { hour } from "../../base/day.ts"
import { refusal, testOffice } from "../../testing/office.ts"
import { erase } from "../people/erasure.ts"
import { ownData } from "../people/own-data.ts"
import { clearOld } from "../people/retention.ts"
import { documentCode, readDocumentCode } from "./codes.ts"
import { documentsOf, verifiedDocument } from "./reads.ts"
import { type DocumentBody, hexOf, initials, lastOf } from "./rules.ts"
import { type Issued, issueDocument, revokeDocument } from "./writes.ts"

const body: DocumentBody = {
  title: { ar: "تصريح سفر", en: "Travel permit" },
  goodFor: { ar: "السفر", en: "Travel" },
  people: [{ name: { ar: "سارة محمد العتيبي", en: "Sarah Mohammed Al-Otaibi" }, number: "1000000206" }],
  lines: [],
  content: { to: ["JO", "EG"] },
}

async function withOne(more: Partial<Issued> = {}) {
  const office = await testOffice({ citizens: 2 })
  const { write, keys, code, clock } = office
  const who = office.citizen(1)
  const given: Issued = { kind: "permit", person: who.id, office: code, ref: "R-1", until: null, body, ...more }
  const issued = await write((tx) => issueDocument(tx, keys, given))
  const check = (typed = issued.code) => verifiedDocument(office.store, keys, typed, clock.office())
  const raw = office.store.connection.raw
  return { office, who, given, issued, check, raw, write, keys, clock }
}

test("a code is found however it was typed, and a mistyped one is none", () => {
  const code = documentCode(machineChance)
  expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/)
  const asTyped = code.replaceAll("0", "o").replaceAll("1", "l").toLowerCase()
  for (const typed of [
    asTyped,
    code.replaceAll("-", ""),
    ` ${code.replaceAll("-", " ")} `,
    `https://a.sa/verify/${code}`,
  ])
    expect(readDocumentCode(typed)).toBe(code)
  fc.assert(
    fc.property(fc.nat(27), fc.nat(27), fc.nat(31), (one, other, letter) => {
      const plain = [...code.replaceAll("-", "")]
      const wrong = plain.with(one, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[letter] ?? "")
      if (wrong.join("") !== plain.join("")) expect(readDocumentCode(wrong.join(""))).toBe(null)
      const swapped = plain.with(one, plain[other] ?? "").with(other, plain[one] ?? "")
      if (swapped.join("") !== plain.join("")) expect(readDocumentCode(swapped.join(""))).toBe(null)
    }),
  )
})

test("two codes are never alike, and hold a hundred and thirty bits", () => {
  const codes = Array.from({ length: 2_000 }, () => documentCode(machineChance))
  expect(new Set(codes).size).toBe(2_000)
  for (let place = 0; place < 26; place++) {
    expect(new Set(codes.map((code) => code.replaceAll("-", "")[place])).size).toBe(32)
  }
})

test("what was issued holds, is signed, and can be checked with the published key and nothing else", async () => {
  const { issued, check, office, keys, clock } = await withOne()
  const found = await check()
  expect(found).toMatchObject({ standing: "valid", kind: "permit", office: office.code, body })
  const key = createPublicKey({ key: keys.publicKey(), format: "jwk" })
  const { signed = "", signature = "" } = found ?? {}
  expect(verify(null, Buffer.from(signed), key, Buffer.from(signature, "base64url"))).toBe(true)
  const [held] = await documentsOf(office.store, keys, "R-1", clock.office())
  expect(held?.code).toBe(issued.code)
  expect(JSON.parse(signed)).toMatchObject({ code: issued.code, sha256: hexOf(held?.text ?? "") })
})

test("neither the code nor what it says can be read in the store", async () => {
  const { issued, raw } = await withOne()
  const row = JSON.stringify(raw.query("SELECT * FROM issued_document").all())
  expect(row).not.toContain(issued.code)
  expect(row).not.toContain("Sarah")
  const facts = JSON.stringify(raw.query("SELECT body FROM fact WHERE kind = 'document.issued'").all())
  expect(facts).toContain("permit")
  expect(facts).not.toContain(issued.code)
})

test("the same body has another hash each time, so that nobody finds out a name by trying names", async () => {
  const { given, check, write, keys } = await withOne()
  const again = await write((tx) => issueDocument(tx, keys, { ...given, ref: "R-2" }))
  expect((await check(again.code))?.sha256).not.toBe((await check())?.sha256)
})

test("one of a kind is in force for each thing: another only after the first was cancelled", async () => {
  const { given, issued, check, write, keys } = await withOne()
  expect((await refusal(write((tx) => issueDocument(tx, keys, given)))).code).toBe("wrong_state")
  await write((tx) => revokeDocument(tx, issued.code, "replaced"))
  const second = await write((tx) => issueDocument(tx, keys, given))
  expect(await check()).toMatchObject({ standing: "cancelled", revokedWhy: "replaced" })
  expect(await check(second.code)).toMatchObject({ standing: "valid" })
  expect((await refusal(write((tx) => revokeDocument(tx, issued.code, "mistake")))).code).toBe("wrong_state")
  expect((await refusal(write((tx) => revokeDocument(tx, "nothing", "mistake")))).code).toBe("not_found")
})

test("it holds until its last moment and not at it", async () => {
  const office = await testOffice({ citizens: 1 })
  const until = office.clock.office() + hour
  const { code } = await office.write((tx) =>
    issueDocument(tx, office.keys, {
      ...{ kind: "permit", person: office.citizen(1).id, office: office.code, ref: "R", until, body },
    }),
  )
  const standing = async () =>
    (await verifiedDocument(office.store, office.keys, code, office.clock.office()))?.standing
  office.clock.advance(hour - 1)
  expect(await standing()).toBe("valid")
  office.clock.advance(1)
  expect(await standing()).toBe("expired")
})

for (const [what, change] of [
  ["its time", "UPDATE issued_document SET issued_at = issued_at + 1"],
  ["its end", "UPDATE issued_document SET until = 9999999999999"],
  ["its office", "UPDATE issued_document SET office = 'JED-SRF'"],
  ["its hash", "UPDATE issued_document SET sha256 = replace(sha256, substr(sha256, 1, 1), 'g')"],
  ["its text", "UPDATE issued_document SET body_sealed = code_sealed"],
] as const) {
  test(`a document of which somebody changed ${what} in the store is not to be relied on`, async () => {
    const { check, write } = await withOne()
    await write(async (tx) => {
      tx.connection.raw.run(change)
    })
    expect(await check()).toMatchObject({ standing: "broken", body: null })
  })
}

test("who checks is shown the first letters of names and the last digits of numbers", () => {
  expect(initials("سارة محمد العتيبي")).toBe("س. م. ع.")
  expect(initials("Sarah Mohammed Al-Otaibi")).toBe("S. M. A.")
  expect(initials("  ")).toBe("")
  expect([lastOf("1000000206"), lastOf("A12")]).toEqual(["0206", "12"])
})

test("the person has it among the own data; erased, the paper stands without anybody's name", async () => {
  const { office, who, issued, check, write, keys, clock } = await withOne()
  const [own] = (await ownData(office.store, keys, who.id, clock.office())).documents
  expect(own).toMatchObject({ code: issued.code, kind: "permit" })
  expect(own?.text).toContain("Sarah")
  await write((tx) => erase(tx, who.id, who.id, clock.real()))
  expect(await check()).toMatchObject({ standing: "valid", body: null })
  expect(JSON.stringify(office.store.connection.raw.query("SELECT * FROM issued_document").all())).not.toContain(who.id)
})

test("ten years after its end nothing of it is left, and not a day sooner", async () => {
  const { check, write, clock } = await withOne()
  clock.advance((3_650 * 24 - 1) * hour)
  await write((tx) => clearOld(tx, clock.real()))
  expect(await check()).not.toBe(null)
  clock.advance(2 * hour)
  await write((tx) => clearOld(tx, clock.real()))
  expect(await check()).toBe(null)
})
