import { expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { services } from "../../db/schema/catalogue.ts"
import { visiting } from "../testing/screens.ts"
import { testServer } from "../testing/server.ts"
import { reading } from "../testing/signed-in.ts"
import { type Visited, visitor } from "../testing/visitor.ts"

const server = await testServer({ plan: { citizens: 2, counters: 2 } })

/** Reads a refusal as its reader does, and makes sure that nothing of the inside is in it. */
function page({ text, headers }: Visited, lang: string): string {
  expect(text).toContain(`<html lang="${lang}"`)
  expect(text).not.toMatch(/\bat .*:\d+|\/src\/|node_modules|Error\b|SQLITE|undefined|\[object/)
  const read = reading({ text } as Visited)
  // What the support is told stands on the page and in the log.
  expect(read).toContain(headers.get("X-Request-Id") ?? "no id")
  return read
}

const asked = { ar: "ar-SA", en: "en-GB" }

for (const lang of ["ar", "en"] as const) {
  const somebody = () => {
    const { ask } = visitor(() => server.origin)
    return (path: string, init: Parameters<typeof ask>[1] = {}) =>
      ask(path, { ...init, headers: { "Accept-Language": asked[lang], ...init.headers } })
  }
  const sent = (body: string) => ({
    method: "POST",
    body,
    headers: { Origin: server.origin, "Content-Type": "application/x-www-form-urlencoded" },
  })

  test(`an address that is not there is answered with the way on, ${lang}`, async () => {
    for (const path of ["/nothing", "/offices/NOWHERE", "/services/NONE", "/bookings/x/y/z", "/%E0%A4%A", "/a%00b"]) {
      const answer = await somebody()(path)
      expect([path, answer.status]).toEqual([path, 404])
      expect(page(answer, lang)).toContain(lang === "ar" ? "لم نجد ما تبحث عنه" : "We did not find that")
      expect(answer.text).toContain('href="/"')
    }
  })

  test(`what cannot be done at an address is said, and what can, ${lang}`, async () => {
    const answer = await somebody()("/search", sent("q=1"))
    expect([answer.status, answer.headers.get("Allow")]).toEqual([405, "GET"])
    expect(page(answer, lang)).toContain(lang === "ar" ? "هذا الإجراء غير متاح هنا" : "That cannot be done here")
  })

  test(`a form that is too large is answered in words, also far beyond the limit, ${lang}`, async () => {
    for (const size of [300 * 1024, 6 * 1024 * 1024]) {
      const answer = await somebody()("/sign-in", sent("a".repeat(size)))
      expect([size, answer.status]).toEqual([size, 413])
      expect(page(answer, lang)).toContain(lang === "ar" ? "ما أرسلته أكبر من المسموح" : "What you sent is too large")
    }
  })

  test(`who asks too often is told when to come back, to a program and in words, ${lang}`, async () => {
    const strict = await testServer({ office: server.office, env: { ANONYMOUS_PER_MINUTE: "10" } })
    const { get } = visitor(() => strict.origin)
    for (let times = 0; times < 10; times++) await get("/sign-in")
    const answer = await get("/search", { "Accept-Language": asked[lang] })
    expect([answer.status, answer.headers.get("Retry-After")]).toEqual([429, "60"])
    const read = page(answer, lang)
    expect(read).toContain(lang === "ar" ? "أعد المحاولة بعد 60 ثانية." : "Try again in 60 seconds.")
  })

  test(`a bug of ours is a page with a number that stands in the log, ${lang}`, async () => {
    const { office, bugs } = server
    await office.write((tx) =>
      tx.db
        .update(services)
        .set({ documents: {} as never })
        .where(eq(services.code, "PAS-04"))
        .then(),
    )
    const answer = await somebody()("/services/PAS-04")
    expect(answer.status).toBe(500)
    expect(page(answer, lang)).toContain(lang === "ar" ? "حدث خطأ لدينا" : "Something went wrong on our side")
    const [told, ...more] = bugs.splice(0)
    expect(more).toEqual([])
    expect(told).toContain(answer.headers.get("X-Request-Id") ?? "no id")
  })
}

test("a stranger is led to the door of whoever may come in, from there to the other one, and then to where they wanted", async () => {
  const { get } = visitor(() => server.origin)
  const staff = [
    "/desk",
    "/day",
    "/staff/people",
    "/privacy/records",
    "/devices",
    "/keys",
    "/recordings",
    "/messages/dead",
  ]
  for (const path of [...staff, "/devices/pairing?code=ABCD"]) {
    const { location } = await get(path)
    expect([path, location]).toEqual([path, `/staff?next=${encodeURIComponent(path)}`])
    expect((await get(location ?? "")).text).toContain(`href="/sign-in?next=${encodeURIComponent(path)}"`)
  }
  for (const path of ["/bookings", "/inbox", "/account/security"]) {
    const { location } = await get(path)
    expect([path, location]).toEqual([path, `/sign-in?next=${encodeURIComponent(path)}`])
    expect((await get(location ?? "")).text).toContain(`href="/staff?next=${encodeURIComponent(path)}"`)
  }
})

test("whoever works here is led back to work, a kiosk to its beginning and a board to its hall", async () => {
  const ways = [
    [{ agent: 1 }, "/desk", "To my work"],
    ["supervisor", "/day", "To my work"],
    [{ citizen: 1 }, "/", "To the home page"],
    ["kiosk", `/kiosk/${server.office.code}`, "Start over"],
    ["board", `/board/${server.office.code}`, "Start over"],
  ] as const
  for (const [who, href, words] of ways) {
    const answer = await (await visiting(server, who)).get("/nothing")
    expect([who, answer.status]).toEqual([who, 404])
    expect(answer.text).toContain(
      `class="button button-main${href.includes("RUH") ? " button-wide" : ""}" href="${href}"`,
    )
    expect(answer.text).toContain(words)
    expect(answer.headers.get("Refresh")).toBe(href.includes("RUH") ? `20; url=${href}` : null)
  }
})
