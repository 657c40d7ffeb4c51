import { afterAll, expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import { wake } from "../../domain/queue/waking.ts"
import { testServer } from "../../testing/server.ts"
import { leadsTo, reading, signedIn } from "../../testing/signed-in.ts"
import { videoHall } from "../../testing/video.ts"

const hall = await videoHall({ lines: [{ code: "VIR", public: 1, staffExtra: 1 }] })
const server = await testServer({ office: hall })
const who = await signedIn(server, hall.citizen(1))

afterAll(() => {
  expect(server.bugs).toEqual([])
})

test("who was in time for an office that is late chooses another time first, and keeps the place in line until then", async () => {
  const { row, ticket } = await hall.video.here(hall.citizen(1))
  const again = `/bookings/${ticket.booking}/again`
  expect((await who.get(again)).location).toContain(`/bookings/${ticket.booking}`)
  hall.time("10:10")
  await hall.write((tx) => wake(tx, hall.code))
  await hall.video.pass(11 * minute)
  expect((await who.get(`/visits/${row.id}?lang=en`)).text).toContain(`href="${again}"`)
  const page = await who.get(`${again}?lang=en`)
  expect(reading(page)).toContain("some of which nobody else is offered")
  expect((await hall.video.now(row.id)).ticket.state).toBe("waiting")
  const slot = /name="slot" value="([^"]+)"/.exec(page.text)?.[1] ?? ""
  expect(slot).toBe(hall.slot("10:30", { line: "VIR" }))
  const sent = await who.send(again, { slot })
  expect(leadsTo(sent)).toMatch(/^\/bookings\/[0-9a-f-]+$/)
  expect(reading(await who.get(`${leadsTo(sent)}?lang=en`))).toContain("10:30")
  expect((await hall.video.now(row.id)).phase).toBe("over")
  expect(leadsTo(await who.send(again, { slot }))).toBe(`/bookings/${ticket.booking}`)
  expect(reading(await who.get(`/bookings/${ticket.booking}?lang=en`))).toContain("The office was late for you")
})
