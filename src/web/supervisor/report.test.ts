import { afterAll, expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import { end } from "../../domain/visits/calls.ts"
import { testServer } from "../../testing/server.ts"
import { reading, signedIn } from "../../testing/signed-in.ts"
import { videoHall } from "../../testing/video.ts"

const hall = await videoHall()
const server = await testServer({ office: hall })
const lead = await signedIn(server, hall.supervisor())
const page = `/day/${hall.code}/report`

afterAll(() => {
  expect(server.bugs).toEqual([])
})

const { row } = await hall.video.inCall(hall.citizen(1))
hall.clock.advance(7 * minute)
await hall.write((tx) => end(tx, hall.agent(), row.id, { outcome: "referred" }))

test("the report of today says what happened, and what each figure means", async () => {
  const read = reading(await lead.get(`${page}?lang=en`))
  for (const said of ["7:00", "100% · 1 of 1", "within 14 days, in any office", "Numbers without people"]) {
    expect(read).toContain(said)
  }
  expect(read).not.toContain(hall.citizen(1).id)
  expect(reading(await lead.get(`${page}?lang=ar`))).toContain("تقرير الزيارات المرئية")
})

test("the same as a table for programs, of numbers and codes alone", async () => {
  const { text, status } = await lead.get(`${page}.csv`)
  expect(status).toBe(200)
  const [head = "", total = "", service = ""] = text.split("\r\n")
  expect(head.startsWith("part,key,visits,calls,wait_mean_seconds")).toBe(true)
  expect(total.startsWith("total,,1,1,")).toBe(true)
  expect(service.startsWith("service,RES-04,1,1,")).toBe(true)
  expect(text).toMatch(/^[\w,\-\r\n]+$/)
  expect(total.split(",")[head.split(",").indexOf("length_mean_seconds")]).toBe("420")
})

test("days without a visit say so, and more than ninety-two are refused with the form to choose again", async () => {
  expect(reading(await lead.get(`${page}?from=2026-01-01&to=2026-01-31&lang=en`))).toContain(
    "no video visits on these days",
  )
  const long = await lead.get(`${page}?from=2026-01-01&to=2026-12-31&lang=en`)
  expect([long.status, reading(long).includes("between one day and 92")]).toEqual([400, true])
})
