import { expect, test } from "bun:test"
import { testServer } from "../../testing/server.ts"

const crowd = 300
const places = 5

test("300 citizens ask for a slot with 5 places in the same moment: five get one, ten times in a row", async () => {
  const times = ["11:00", "11:15", "11:30", "11:45", "12:00", "12:15", "12:30", "12:45", "13:00", "13:15"]
  const everybody = crowd + places * times.length
  const server = await testServer({
    plan: { citizens: everybody, lines: [{ code: "PAS", public: places }, { code: "RES" }] },
  })
  const { office } = server
  let without = Array.from({ length: everybody }, (_, index) => server.citizen(index + 1))
  // Their keys are made before, so that the requests meet each other and nothing else.
  await Promise.all(without.map((citizen) => citizen.token()))
  for (const time of times) {
    const wanted = { office: "RUH-RML", service: "PAS-10", slot: office.slot(time) }
    const asking = without.slice(0, crowd)
    const answers = await Promise.all(asking.map((citizen) => citizen.post("/api/v1/bookings", wanted)))
    const granted = answers.filter(({ status }) => status === 201)
    const full = answers.filter(({ status, body }) => status === 409 && body.code === "slot_full")
    expect([time, granted.length, full.length]).toEqual([time, places, crowd - places])
    expect(new Set(granted.map(({ body }) => body.code)).size).toBe(places)
    without = without.filter((citizen) => answers[asking.indexOf(citizen)]?.status !== 201)
    const { body } = await server.nobody.get("/api/v1/offices/RUH-RML/slots?service=PAS-10&days=1")
    const slot = body.days[0].slots.find(({ id }: { id: string }) => id === wanted.slot)
    expect([time, slot.free]).toEqual([time, 0])
  }
  expect(await office.facts("booking.made")).toHaveLength(times.length * places)
  expect(server.bugs).toEqual([])
})

test("300 citizens hold and confirm at once: no more places go than there are, whichever way they are asked for", async () => {
  const server = await testServer({
    plan: { citizens: crowd, lines: [{ code: "PAS", public: places }, { code: "RES" }] },
  })
  const wanted = { office: "RUH-RML", service: "PAS-10", slot: server.office.slot("12:00") }
  const citizens = Array.from({ length: crowd }, (_, index) => server.citizen(index + 1))
  await Promise.all(citizens.map((citizen) => citizen.token()))
  const outcomes = await Promise.all(
    citizens.map(async (citizen, index) => {
      if (index % 2 === 0) return (await citizen.post("/api/v1/bookings", wanted)).status
      const held = await citizen.post("/api/v1/holds", wanted)
      return held.status === 201 ? (await citizen.post("/api/v1/bookings", { hold: held.body.id })).status : held.status
    }),
  )
  expect(outcomes.filter((status) => status === 201)).toHaveLength(places)
  expect(outcomes.filter((status) => status === 409)).toHaveLength(crowd - places)
})
