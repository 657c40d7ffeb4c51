import { afterAll, expect, test } from "bun:test"
import { statusOf } from "../../base/refusal.ts"
import { testServer } from "../../testing/server.ts"

const server = await testServer({ plan: { citizens: 1 } })

afterAll(() => {
  expect(server.bugs).toEqual([])
})

const page = async (path: string, lang: string) => {
  const answer = await fetch(server.origin + path, { headers: { "Accept-Language": lang, Accept: "text/html" } })
  return { status: answer.status, text: (await answer.text()).replace(/<[^>]*>/g, " ") }
}

test("the type of a problem document leads to the same words, whoever follows it and in whichever language", async () => {
  for (const lang of ["en", "ar"]) {
    const problem = await server.citizen(1).get("/api/v1/offices/NOWHERE", { headers: { "Accept-Language": lang } })
    const { type, title, detail, code } = problem.body
    expect([problem.status, type]).toEqual([404, "/problems/not_found"])
    const { status, text } = await page(type, lang)
    expect(status).toBe(200)
    for (const part of [title, detail, code, "404"]) expect(text).toContain(part)
  }
})

test("every refusal has such a page, and so has a bug; no other word has", async () => {
  const all = (await page("/problems", "en")).text
  for (const code of [...Object.keys(statusOf), "bug"]) {
    expect(all).toContain(code)
    const { status, text } = await page(`/problems/${code}`, "en")
    expect([code, status, text.includes(code)]).toEqual([code, 200, true])
  }
  for (const code of ["nothing", "toString", "Slot_full"]) {
    expect([code, (await page(`/problems/${code}`, "en")).status]).toEqual([code, 404])
  }
})
