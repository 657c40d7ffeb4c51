import { expect, test } from "bun:test"
import { hour } from "../../base/day.ts"
import { refusal, testOffice } from "../../testing/office.ts"
import { erase } from "./erasure.ts"
import { allHolds, heldUntil, liftHold, placeHold } from "./legal-holds.ts"
import { allRequests, endRequest, noteOf, prolongRequest, takeRequest } from "./requests.ts"

const days = (count: number) => count * 24 * hour

test("a request is due in thirty days, may be given thirty more once, and stands first among what is due first", async () => {
  const office = await testOffice()
  const { keys, write, clock, store } = office
  const now = clock.real()
  const take = (citizen: number, at: number) =>
    write((tx) =>
      takeRequest(tx, keys, { kind: "access", person: office.citizen(citizen).id, note: "by letter", by: "lead" }, at),
    )
  const [late, early] = [await take(1, now + 5), await take(2, now)]
  const { open } = await allRequests(store)
  expect(open.map(({ id, dueAt }) => [id, dueAt - now])).toEqual([
    [early, days(30)],
    [late, days(30) + 5],
  ])
  await write((tx) => prolongRequest(tx, early, "lead", now + days(29)))
  expect((await allRequests(store)).open.map(({ id }) => id)).toEqual([late, early])
  expect(await refusal(write((tx) => prolongRequest(tx, early, "lead", now + days(29))))).toMatchObject({
    code: "request_ended",
  })
  expect(await refusal(write((tx) => prolongRequest(tx, late, "lead", now + days(30) + 5)))).toMatchObject({
    code: "request_ended",
  })
  await write((tx) => endRequest(tx, late, "done", "admin", now + days(3)))
  expect(await refusal(write((tx) => endRequest(tx, late, "declined", "admin", now)))).toMatchObject({
    code: "request_ended",
  })
  const { open: left, ended } = await allRequests(store)
  expect([left.map(({ id }) => id), ended.map(({ id, state, endedBy }) => [id, state, endedBy])]).toEqual([
    [early],
    [[late, "done", "admin"]],
  ])
})

test("what was noted beside a request goes with the person's key", async () => {
  const office = await testOffice()
  const { keys, write, clock, store } = office
  const who = office.citizen(1)
  await write((tx) =>
    takeRequest(tx, keys, { kind: "erasure", person: who.id, note: "Noura came herself", by: "lead" }, clock.real()),
  )
  const [request] = (await allRequests(store)).open
  if (!request) throw new Error("no request")
  expect(await noteOf(store, keys, request)).toBe("Noura came herself")
  expect(request.noteSealed).not.toContain("Noura")
  await write((tx) => erase(tx, who.id, "admin", clock.real()))
  expect(await noteOf(store, keys, request)).toBe("")
  expect(await refusal(write((tx) => takeRequest(tx, keys, { ...request, note: "", by: "lead" }, 0)))).toMatchObject({
    code: "not_found",
  })
})

test("a legal hold has a reason and an end that is not far, and is over when it is lifted or its end has come", async () => {
  const office = await testOffice()
  const { keys, write, clock, store } = office
  const now = clock.real()
  const who = office.citizen(1).id
  const order = { person: who, reason: "court order 12/8", until: now + days(10), by: "admin" }
  const place = (given: Partial<typeof order>) => write((tx) => placeHold(tx, keys, { ...order, ...given }, now))
  for (const wrong of [{ reason: " " }, { until: now }, { until: now + days(800) }]) {
    expect(await refusal(place(wrong))).toMatchObject({ code: "invalid_field" })
  }
  expect(await refusal(place({ person: "nobody at all" }))).toMatchObject({ code: "not_found" })
  const first = await place({})
  await place({ until: now + days(20) })
  expect((await allHolds(store, keys)).map(({ reason }) => reason)).toEqual([order.reason, order.reason])
  expect(await heldUntil(store, who, now + days(5))).toBe(now + days(20))
  await write((tx) => liftHold(tx, first, "admin", now))
  expect(await refusal(write((tx) => liftHold(tx, first, "admin", now)))).toMatchObject({ code: "not_found" })
  expect(await heldUntil(store, who, now + days(20) - 1)).toBe(now + days(20))
  expect(await heldUntil(store, who, now + days(20))).toBeNull()
})
