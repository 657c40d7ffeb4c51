import { expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { services } from "../../db/schema/catalogue.ts"
import { people } from "../../db/schema/people.ts"
import { type Citizen, mint } from "../domain/access/subject.ts"
import { enrol } from "../domain/people/writes.ts"
import { testHall } from "../testing/hall.ts"
import { testServer } from "../testing/server.ts"
import { signedIn } from "../testing/signed-in.ts"
import { visitor } from "../testing/visitor.ts"

const noura = {
  kind: "citizen" as const,
  name: { ar: "نورة بنت فهد العنزي", en: "Noura Al-Anazi" },
  nationalId: "1087654321",
  mobile: "0557654321",
}

test("nothing that anybody typed, and nothing that is known of a person, is logged, also where the program fails", async () => {
  const office = await testHall({ citizens: 3 })
  const server = await testServer({ office })
  const { write, keys, store } = office
  const id = await write((tx) => enrol(tx, keys, noura))
  const who = mint<Citizen>({ role: "citizen", id, kind: "citizen", level: "full" })
  const session = await signedIn(server, who)
  const key = (await server.person(id).token()) ?? ""
  const ticket = await office.walkIn({ who })
  const capability = keys.capability("ticket", ticket.id)
  const password = "correct horse battery staple"
  const digits = "١٠٨٧٦٥٤٣٢١"

  const stranger = visitor(() => server.origin)
  await stranger.get("/sign-in")
  await stranger.post("/sign-in", { number: noura.nationalId, password, next: "" })
  await stranger.post("/sign-in", { nationalId: digits, password, next: `/${noura.mobile}` })
  await stranger.get(`/t/${ticket.id}/${capability}`)
  await stranger.get(`/t/${ticket.id}/${capability}x`)
  await stranger.get(`/search?q=${encodeURIComponent(noura.name.ar)}`)
  await stranger.get(`/${noura.nationalId}/${encodeURIComponent(noura.name.en)}`)
  const agent = server.agent(1)
  const asked = { service: "PAS-01", nationalId: noura.nationalId, mobile: noura.mobile, name: noura.name.en }
  await agent.post(`/api/v1/offices/${office.code}/tickets`, asked)
  await server.withToken(key).get(`/api/v1/me?name=${encodeURIComponent(noura.name.en)}`)
  await server.withToken(`${key.slice(0, -1)}!`).get(`/api/v1/me?key=${key}`)
  await session.get("/account/data")

  // What nobody expected: rows that cannot be read, in the very moment in which a person is shown.
  const [row] = await store.db.select().from(people).where(eq(people.id, id))
  const moved = { nameSealed: row?.numberSealed ?? null, numberSealed: row?.nameSealed ?? null }
  await write((tx) => tx.db.update(people).set(moved).where(eq(people.id, id)).then())
  await write((tx) =>
    tx.db
      .update(services)
      .set({ documents: {} as never })
      .then(),
  )
  expect((await session.get("/account/data")).status).toBe(500)
  expect((await stranger.get("/services/PAS-01")).status).toBe(500)
  expect((await server.withToken(key).get("/api/v1/me")).status).toBe(500)
  expect(server.bugs.length).toBeGreaterThan(2)

  const logged = server.lines.join("\n")
  const secrets = [...Object.values(noura.name), noura.nationalId, noura.mobile, digits, password, key, session.token]
  for (const secret of [...secrets, capability, row?.nameSealed, row?.numberSealed, "Noura", "العنزي"]) {
    expect([secret, logged.includes(secret ?? "?")]).toEqual([secret, false])
  }
  // It is the right log.
  expect(logged).toContain("/account/data")
})

test("whoever tries what is not theirs, and a form that another site sends, is a line of the log with who it was and of no more", async () => {
  const server = await testServer({ plan: { citizens: 1, counters: 1 } })
  const lines = () =>
    server.lines
      .map((line) => JSON.parse(line))
      .filter(({ event }) => event === "refused")
      .map(({ method, path, code, detail }) => ({ method, path, code, detail }))
  const citizen = server.office.citizen(1).id
  expect((await server.citizen(1).get("/api/v1/offices/RUH-RML/queue")).status).toBe(403)
  const stranger = visitor(() => server.origin)
  const evil = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" }
  expect((await stranger.post("/sign-in", { number: noura.nationalId }, evil)).status).toBe(403)
  expect((await stranger.post(`/${encodeURIComponent(noura.name.ar)}/x`, {}, evil)).status).toBe(403)
  expect(lines()).toEqual([
    { method: "GET", path: "/api/v1/offices", code: "forbidden", detail: `citizen ${citizen}` },
    { method: "POST", path: "/sign-in", code: "forged_request", detail: "nobody" },
    { method: "POST", path: "/…", code: "forged_request", detail: "nobody" },
  ])
  expect(server.lines.join()).not.toContain(noura.nationalId)
})
