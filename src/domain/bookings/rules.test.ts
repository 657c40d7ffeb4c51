import { expect, test } from "bun:test"
import { inOrder, sticksOut } from "./rules.ts"

const span = (startsAt: number, endsAt: number) => ({ startsAt, endsAt })
const morning = { ...span(0, 100), breaks: [span(40, 50)] }

test("a visit fits that ends with the session, and one that ends as the break begins", () => {
  expect(sticksOut(span(80, 100), [morning])).toBe(false)
  expect(sticksOut(span(20, 40), [morning])).toBe(false)
  expect(sticksOut(span(50, 60), [morning])).toBe(false)
})

test("a visit sticks out that starts before opening, goes on after closing or into the break", () => {
  for (const visit of [span(-10, 10), span(90, 110), span(30, 45), span(45, 60), span(30, 60)]) {
    expect(sticksOut(visit, [morning])).toBe(true)
  }
  expect(sticksOut(span(0, 10), [])).toBe(true)
})

test("what is open comes first, the nearest before the later; what is over follows, the latest first", () => {
  const listed = inOrder([
    { state: "done" as const, startsAt: 1 },
    { state: "confirmed" as const, startsAt: 9 },
    { state: "cancelled" as const, startsAt: 8 },
    { state: "requested" as const, startsAt: 7 },
    { state: "arrived" as const, startsAt: 3 },
  ])
  expect(listed.map(({ startsAt }) => startsAt)).toEqual([3, 7, 9, 8, 1])
})
