import { afterAll, expect, test } from "bun:test"
import { createPublicKey, verify } from "node:crypto"
import { day, hour } from "../../base/day.ts"
import { wallToInstant } from "../../base/time.ts"
import type { DocumentBody } from "../../domain/documents/rules.ts"
import { issueDocument, revokeDocument } from "../../domain/documents/writes.ts"
import { testServer } from "../../testing/server.ts"

const server = await testServer({ plan: { citizens: 2 } })
const { office, keys, origin } = server

afterAll(() => {
  expect(server.bugs).toEqual([])
})

const name = { ar: "منيرة سعد العتيبي", en: "Munira Saad Al-Otaibi" }

let refs = 0
const issue = (until: number | null = null, more: Partial<DocumentBody> = {}) =>
  office.write((tx) =>
    issueDocument(tx, keys, {
      ...{ kind: "permit", person: office.citizen(1).id, office: office.code, ref: `R-${++refs}`, until },
      body: {
        title: { ar: "تصريح سفر", en: "Travel permit" },
        goodFor: { ar: "السفر مرة واحدة", en: "One journey" },
        people: [{ name, number: "1000000206" }],
        lines: [{ label: { ar: "إلى", en: "To" }, value: { ar: "الأردن", en: "Jordan" } }],
        content: { secret: "what only the holder reads" },
        ...more,
      },
    }),
  )

const look = async (path: string, lang = "en") => {
  const answer = await fetch(`${origin}${path}`, { redirect: "manual", headers: { "Accept-Language": lang } })
  return {
    status: answer.status,
    to: answer.headers.get("Location"),
    text: await answer.text(),
    headers: answer.headers,
  }
}

test("a stranger types a code in small letters with spaces and is shown that the document is valid, without a script", async () => {
  const { code } = await issue()
  const typed = code.toLowerCase().replaceAll("-", " ")
  const asked = await look(`/verify?code=${encodeURIComponent(typed)}`)
  expect(asked).toMatchObject({ status: 303, to: `/verify/${code}` })
  const { status, text } = await look(`/verify/${code}`)
  expect(status).toBe(200)
  for (const said of ["Valid", "Travel permit", "One journey", "Jordan", "M. S. A.", "0206"])
    expect(text).toContain(said)
  for (const hidden of ["Munira", "1000000206", "only the holder"]) expect(text).not.toContain(hidden)
})

test("the same in Arabic", async () => {
  const { code } = await issue()
  const { text } = await look(`/verify/${code}`, "ar")
  for (const said of ["ساري", "تصريح سفر", "م. س. ع."]) expect(text).toContain(said)
})

test("what is over, cancelled or unknown is said so in big words", async () => {
  const [short, gone] = [await issue(office.clock.office() + hour), await issue()]
  await office.write((tx) => revokeDocument(tx, gone.code, "withdrawn"))
  office.clock.advance(hour)
  expect((await look(`/verify/${short.code}`)).text).toMatch(/<h1>Expired/)
  const cancelled = (await look(`/verify/${gone.code}`)).text
  expect(cancelled).toMatch(/<h1>Cancelled/)
  expect(cancelled).toContain("The office withdrew it")
})

test("a code of nothing and what is no code are answered alike", async () => {
  const other = "0000-0000-0000-0000-0000-0000-0000"
  const plain = (text: string, code: string) =>
    text.replaceAll(`/verify/${code}`, "").replace(/nonce="[^"]*"|data-now="\d+"| value="[^"]*"/g, "")
  const [unknown, malformed] = [await look(`/verify/${other}`), await look("/verify/x")]
  expect([unknown.status, malformed.status]).toEqual([404, 404])
  expect(plain(unknown.text, other)).toBe(plain(malformed.text, "x"))
  expect((await look("/verify?code=%3Cscript%3E")).to).toBe("/verify/script")
})

test("a code that is wrong stands in the field again, to be corrected", async () => {
  const typed = "0000-0000-0000-0000-0000-0000-0001"
  const { text } = await look(`/verify/${typed}`)
  expect(text).toMatch(new RegExp(`<input[^>]*value="${typed}"`))
})

test("what ends with a day is said by that day, and what ends within one by the time", async () => {
  const midnight = wallToInstant(day("2027-01-16"), "00:00", "Asia/Riyadh")
  const [whole, part] = [await issue(midnight), await issue(midnight - hour)]
  const said = (await look(`/verify/${whole.code}`)).text
  expect(said).toMatch(/the end of [A-Za-z]+ 15 January 2027/)
  expect(said).not.toContain("16 January")
  expect((await look(`/verify/${part.code}`)).text).toMatch(/15 January 2027 · 23:00/)
})

test("a permit that the guardian cancelled says who, since when, and what may still be done", async () => {
  const onceCancelled = { ar: "العودة متاحة", en: "The return is still open" }
  const { code } = await issue(null, { onceCancelled })
  expect((await look(`/verify/${code}`)).text).not.toContain(onceCancelled.en)
  await office.write((tx) => revokeDocument(tx, code, "cancelled_by_guardian", "citizen"))
  const { text } = await look(`/verify/${code}`)
  for (const said of ["The guardian cancelled it", "Cancelled on", "Was good for", onceCancelled.en]) {
    expect(text).toContain(said)
  }
  for (const wrong of ["Good for", "Its holder"]) expect(text).not.toContain(wrong)
  expect((await look(`/verify/${code}`, "ar")).text).toContain("ألغاه ولي الأمر")
})

test("whoever checks offline needs the published key, the signed text and the signature", async () => {
  const { code } = await issue()
  const { text } = await look(`/verify/${code}`)
  const [signed = "", signature = ""] = [...text.matchAll(/<pre[^>]*>([^<]*)<\/pre>/g)].map(([, inner = ""]) =>
    inner.trim().replaceAll("&quot;", '"'),
  )
  const published = await look("/.well-known/jwks.json")
  expect(published.headers.get("Content-Type")).toBe("application/jwk-set+json")
  expect(published.headers.get("Access-Control-Allow-Origin")).toBe("*")
  const [jwk] = JSON.parse(published.text).keys
  expect(jwk).toMatchObject({ kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig" })
  const key = createPublicKey({ key: jwk, format: "jwk" })
  expect(verify(null, Buffer.from(signed), key, Buffer.from(signature, "base64url"))).toBe(true)
  expect(
    verify(null, Buffer.from(signed.replace("permit", "decision")), key, Buffer.from(signature, "base64url")),
  ).toBe(false)
  expect(JSON.parse(signed)).toMatchObject({ v: 1, code, kind: "permit", office: office.code })
})

test("asking too often is refused like any other page without a session", async () => {
  const narrow = await testServer({ office, env: { ANONYMOUS_PER_MINUTE: "10" } })
  const seen: number[] = []
  for (let asked = 0; asked < 12; asked++) seen.push((await fetch(`${narrow.origin}/verify/x`)).status)
  expect(seen.slice(0, 10).every((status) => status === 404)).toBe(true)
  expect(seen.at(-1)).toBe(429)
})
