import { afterAll, describe, expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import { book } from "../../domain/bookings/writes.ts"
import { testServer } from "../../testing/server.ts"
import { leadsTo, reading, signedIn } from "../../testing/signed-in.ts"
import type { Visited } from "../../testing/visitor.ts"

/* The last place and the last second of a hold, through the pages and through the API at once. */

const bugs: string[][] = []

afterAll(() => {
  expect(bugs.flat()).toEqual([])
})

async function house() {
  const server = await testServer({
    plan: { now: "2026-11-22T09:51", citizens: 30, lines: [{ code: "PAS", public: 1, staffExtra: 0 }] },
  })
  bugs.push(server.bugs)
  const { office } = server
  const wanted = (time: string) => ({ office: office.code, service: "PAS-10", slot: office.slot(time) })
  const free = async (time: string) => {
    const { body } = await server.nobody.get(`/api/v1/offices/${office.code}/slots?service=PAS-10&days=1`)
    return body.days[0].slots.find(({ id }: { id: string }) => id === office.slot(time))?.free
  }
  return { server, office, wanted, free }
}

const idIn = (visited: Visited) => leadsTo(visited).split("/").at(-1) ?? ""
const slotsIn = ({ text }: Visited) =>
  [...text.matchAll(/<button[^>]*name="slot" value="([^"]+)"/g)].map(([, id]) => id)

describe("the last place, asked for by two in the same moment", () => {
  test("goes to one; the other's program is told the three nearest, and one of them is to be had", async () => {
    const { server, office, wanted, free } = await house()
    const two = [server.citizen(1), server.citizen(2)]
    await Promise.all(two.map((one) => one.token()))
    const answers = await Promise.all(two.map((one) => one.post("/api/v1/bookings", wanted("12:00"))))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    const lost = answers.findIndex(({ status }) => status === 409)
    const told = answers[lost]?.body.alternatives as { id: string; free: number }[]
    expect(told.map(({ id }) => id)).toEqual(["11:30", "11:45", "12:15"].map((time) => office.slot(time)))
    expect(told.every((one) => one.free === 1)).toBe(true)
    expect(await free("12:00")).toBe(0)
    const again = await two[lost]?.post("/api/v1/bookings", { ...wanted("12:00"), slot: told[2]?.id })
    expect(again?.status).toBe(201)
  })

  test("goes to one; the other's page keeps who comes and shows the three nearest, each one press away", async () => {
    const { server, office, wanted, free } = await house()
    const people = []
    for (const number of [1, 2]) {
      const citizen = office.citizen(number)
      const [child = ""] = await office.children(citizen, 1)
      people.push({ child, who: await signedIn(server, citizen) })
    }
    const asked = await Promise.all(
      people.map(({ who, child }) => who.send("/holds", { ...wanted("12:00"), for: [child] })),
    )
    expect(asked.map(({ status }) => status).sort()).toEqual([303, 409])
    const lost = asked.findIndex(({ status }) => status === 409)
    const [page, loser] = [asked[lost], people[lost]]
    if (!page || !loser) throw new Error("nobody was refused")
    expect(reading(page)).toContain("That time was taken a moment ago")
    expect(page.text).toContain(`value="${loser.child}" checked`)
    expect(slotsIn(page)).toEqual(["11:30", "11:45", "12:15"].map((time) => office.slot(time)))
    expect(await free("12:00")).toBe(0)
    const next = await loser.who.send("/holds", {
      ...wanted("12:00"),
      slot: slotsIn(page)[0] ?? "",
      for: [loser.child],
    })
    expect(leadsTo(await loser.who.send("/bookings", { hold: idIn(next) }))).toStartWith("/bookings/")
  })

  test("with two holds that have both run out goes to the one who confirms first, and never to both", async () => {
    const { server, office, wanted, free } = await house()
    const [one, two] = [await signedIn(server, office.citizen(1)), await signedIn(server, office.citizen(2))]
    const first = await one.send("/holds", wanted("13:00"))
    office.clock.advance(10 * minute)
    const second = await two.send("/holds", wanted("13:00"))
    office.clock.advance(10 * minute)
    const answers = await Promise.all([
      one.send("/bookings", { hold: idIn(first) }),
      two.send("/bookings", { hold: idIn(second) }),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409])
    const refused = answers.find(({ status }) => status === 409)
    if (!refused) throw new Error("nobody was refused")
    expect(reading(refused)).toContain("The ten minutes ran out and the time was taken")
    expect(slotsIn(refused)).toHaveLength(3)
    expect(await free("13:00")).toBe(0)
  })
})

describe("a hold of ten minutes from 09:51", () => {
  test("keeps the place until 10:01 to the millisecond, and is confirmed in the last one", async () => {
    const { server, office, wanted } = await house()
    const held = await server.citizen(1).post("/api/v1/holds", wanted("12:00"))
    expect(held.body.expiresAt).toBe("2026-11-22T10:01:00+03:00")
    office.clock.set(office.at("10:01") - 1)
    const other = await server.citizen(2).post("/api/v1/bookings", wanted("12:00"))
    expect([other.status, other.body.code]).toEqual([409, "slot_full"])
    const made = await server.citizen(1).post("/api/v1/bookings", { hold: held.body.id })
    expect(made.status).toBe(201)
  })

  test("is confirmed at 10:01 while the place is free", async () => {
    const { server, office, wanted, free } = await house()
    const held = await server.citizen(1).post("/api/v1/holds", wanted("12:00"))
    const who = await signedIn(server, office.citizen(2))
    const page = await who.send("/holds", wanted("12:30"))
    office.clock.set(office.at("10:01"))
    expect([await free("12:00"), await free("12:30")]).toEqual([1, 1])
    const made = await server.citizen(1).post("/api/v1/bookings", { hold: held.body.id })
    expect([made.status, made.body.slot]).toEqual([201, office.slot("12:00")])
    expect(leadsTo(await who.send("/bookings", { hold: idIn(page) }))).toStartWith("/bookings/")
    expect([await free("12:00"), await free("12:30")]).toEqual([0, 0])
  })

  test("is answered with three others at 10:01 where somebody else has been quicker", async () => {
    const { server, office, wanted } = await house()
    const held = await server.citizen(1).post("/api/v1/holds", wanted("12:00"))
    office.clock.set(office.at("10:01"))
    await office.write((tx) => book(tx, office.citizen(3), wanted("12:00")))
    const late = await server.citizen(1).post("/api/v1/bookings", { hold: held.body.id })
    expect([late.status, late.body.code]).toEqual([409, "hold_expired"])
    expect(late.body.alternatives.map(({ id }: { id: string }) => id)).toEqual(
      ["11:30", "11:45", "12:15"].map((time) => office.slot(time)),
    )
    // What is offered instead is taken by a new hold, which the old one does not stand in the way of.
    const next = await server
      .citizen(1)
      .post("/api/v1/holds", { ...wanted("12:00"), slot: late.body.alternatives[0].id })
    expect(next.status).toBe(201)
  })
})

describe("two tabs of one person", () => {
  test("hold one place, whichever was faster, by page and by program", async () => {
    const { server, office, wanted, free } = await house()
    const who = await signedIn(server, office.citizen(1))
    const times = ["12:00", "12:15", "12:30", "12:45", "13:00"]
    const [page] = await Promise.all([
      who.send("/holds", wanted("13:15")),
      ...times.map((time) => server.citizen(1).post("/api/v1/holds", wanted(time))),
    ])
    expect(page?.status).toBe(303)
    const left = await Promise.all([...times, "13:15"].map(free))
    expect(left.filter((count) => count === 0)).toHaveLength(1)
    expect(left.filter((count) => count === 1)).toHaveLength(5)
  })

  test("that choose the same time keep it once, and confirming in both makes one appointment", async () => {
    const { server, office, wanted } = await house()
    const who = await signedIn(server, office.citizen(1))
    const tabs = await Promise.all([who.send("/holds", wanted("12:00")), who.send("/holds", wanted("12:00"))])
    expect(new Set(tabs.map(idIn)).size).toBe(1)
    const made = await Promise.all(tabs.map((tab) => who.send("/bookings", { hold: idIn(tab) })))
    expect(new Set(made.map(leadsTo)).size).toBe(1)
    expect(await office.facts("booking.made")).toHaveLength(1)
  })
})

test("a visit of two slots that moves by one finds the time beside it in the list, and not its own", async () => {
  const { server, office } = await house()
  const wanted = { office: office.code, service: "PAS-08", slot: office.slot("12:00") }
  const made = await office.write((tx) => book(tx, office.citizen(1), wanted))
  const who = await signedIn(server, office.citizen(1))
  const page = await who.get(`/bookings/${made.id}/move?day=${office.today}`)
  const offered = [...page.text.matchAll(/<input type="radio" name="slot" value="([^"]+)"/g)].map(([, id]) => id)
  expect(offered).toContain(office.slot("12:15"))
  expect(offered).toContain(office.slot("11:45"))
  expect(offered).not.toContain(office.slot("12:00"))
  const moved = await who.send(`/bookings/${made.id}/move`, { slot: office.slot("12:15") })
  expect(leadsTo(moved)).toBe(`/bookings/${made.id}`)
})
