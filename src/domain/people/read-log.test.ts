import { expect, test } from "bun:test"
import { minute } from "../../base/day.ts"
import { testOffice } from "../../testing/office.ts"
import { alarmPeople, alarms, fullHours, noteRead, readsBy, readsOf, unnoted } from "./read-log.ts"

test("a look is noted, the same look within ten minutes is not, and a look at something else is", async () => {
  const office = await testOffice()
  const [agent, other, who] = [office.agent(1), office.agent(2), office.citizen(1)]
  const look = { staff: agent.id, person: who.id, what: "visit" as const, office: office.code }
  const at = office.clock.real()
  const note = (given: Parameters<typeof noteRead>[1], minutes: number) =>
    office.write((tx) => noteRead(tx, given, at + minutes * minute))
  await note(look, 0)
  await note(look, 9)
  await note({ ...look, what: "booking" }, 9)
  await note({ ...look, staff: other.id }, 9)
  expect(await unnoted(office.store, [look], at + 9 * minute)).toEqual([])
  expect(await unnoted(office.store, [look], at + 10 * minute)).toEqual([look])
  await note(look, 10)
  expect((await readsOf(office.store, who.id)).map(({ what, at: then }) => [what, (then - at) / minute])).toEqual([
    ["visit", 10],
    ["booking", 9],
    ["visit", 9],
    ["visit", 0],
  ])
  expect(await readsOf(office.store, office.citizen(2).id)).toEqual([])
})

test("two looks at one person in the same turn are one row", async () => {
  const office = await testOffice()
  const look = { staff: office.agent(1).id, person: office.citizen(1).id, what: "visit" as const }
  await office.write(async (tx) => {
    await noteRead(tx, look, office.clock.real())
    await noteRead(tx, look, office.clock.real())
  })
  expect(await readsOf(office.store, look.person)).toEqual([
    { at: office.clock.real(), what: "visit", office: null, role: "agent" },
  ])
})

test("whoever sees more than fifty people within an hour is on the auditor's list; fifty in an hour, or many in a day, are not", async () => {
  const office = await testOffice({ citizens: 60 })
  const start = office.clock.real()
  const looking = async (agent: number, people: number, every: number) => {
    await office.write(async (tx) => {
      for (let number = 1; number <= people; number++) {
        const look = { staff: office.agent(agent).id, person: office.citizen(number).id, what: "found" as const }
        await noteRead(tx, look, start + number * every)
      }
    })
  }
  await looking(1, alarmPeople, minute)
  await looking(2, alarmPeople + 1, minute)
  await looking(3, 60, 2 * minute)
  const found = await alarms(office.store, start, start + 1_000 * minute)
  expect(found).toEqual([
    { staff: office.agent(2).id, from: start + minute, until: start + 51 * minute, people: alarmPeople + 1 },
  ])
  const { rows, people } = await readsBy(office.store, office.agent(3).id, start, start + 21 * minute)
  expect([rows, people]).toEqual([[{ what: "found", office: null, looks: 10, people: 10 }], 10])
})

test("hours that are too full one after the other are one alarm, and apart they are two", () => {
  const look = (person: number, at: number) => ({ person: `p${person}`, at: at * minute })
  const full = (from: number) => Array.from({ length: 52 }, (_, index) => look(index, from + index / 2))
  expect(fullHours(full(0))).toHaveLength(1)
  expect(fullHours([...full(0), ...full(30)])).toHaveLength(1)
  expect(fullHours([...full(0), ...full(300)])).toHaveLength(2)
  expect(fullHours([])).toEqual([])
})
