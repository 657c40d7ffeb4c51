import { expect, test } from "bun:test"
import type { StepKind } from "../../../db/schema/identity.ts"
import { machineChance } from "../../base/clock.ts"
import { drawnFor, isAsked, mayExchange, otherWay, outcomeOf, plan, shortOf } from "./check-list.ts"

const alive: StepKind[] = ["turn_head", "hand_across", "digits", "document_beside"]
const features: StepKind[] = ["diffractive", "personalisation", "material", "print"]
const many = Array.from({ length: 400 })

test("a whole list has two of four signs of life and three of four features of the document, each as often as the others", () => {
  const seen = new Map<StepKind, number>()
  for (const _ of many) {
    const kinds = plan("full", machineChance).map(({ kind }) => kind)
    expect(kinds.slice(0, 2)).toEqual(["measured", "consent"])
    expect(kinds.slice(7)).toEqual(["picture", "picture", "data", "talk"])
    const [living, looked] = [kinds.slice(2, 4), kinds.slice(4, 7)]
    expect(new Set(living).size).toBe(2)
    expect(new Set(looked).size).toBe(3)
    expect(living.every((kind) => alive.includes(kind)) && looked.every((kind) => features.includes(kind))).toBe(true)
    for (const kind of [...living, ...looked]) seen.set(kind, (seen.get(kind) ?? 0) + 1)
  }
  // Half of four hundred, and three quarters of them: twelve standard deviations off would be a bent draw.
  for (const kind of alive) expect(Math.abs((seen.get(kind) ?? 0) - 200)).toBeLessThan(120)
  for (const kind of features) expect(Math.abs((seen.get(kind) ?? 0) - 300)).toBeLessThan(100)
})

test("who was found before in the same visit is asked for signs of life and compared, and no more", () => {
  const kinds = plan("again", machineChance).map(({ kind }) => kind)
  expect([kinds[0], ...kinds.slice(3)]).toEqual(["measured", "picture", "same_person"])
  expect(kinds).toHaveLength(5)
})

test("every sign of life has another way that takes no sight, and two of them have two different ways", () => {
  for (const kind of alive) expect(mayExchange(kind)).toBe(true)
  for (const kind of features) expect(mayExchange(kind)).toBe(false)
  for (const _ of many) {
    const first = otherWay(["turn_head", "digits"], machineChance)
    const second = otherWay(["turn_head", "digits", first.kind], machineChance)
    expect(first.withoutSight && second.withoutSight && isAsked(first.kind)).toBe(true)
    expect(second.kind).not.toBe(first.kind)
  }
})

test("digits are four, words are of the list, and what needs neither draws nothing", () => {
  const digits = new Set(many.map(() => drawnFor("digits", machineChance)))
  expect(digits.size).toBeGreaterThan(350)
  for (const one of digits) expect(one).toMatch(/^\d{4}$/)
  expect(drawnFor("repeat_word", machineChance)).toMatch(/^[a-z]+$/)
  expect(drawnFor("turn_head", machineChance)).toBeNull()
})

test("conditions are measured: size whichever way the picture stands, frames, loss, and the camera itself", () => {
  const good = { w: 640, h: 360, fps: 15, loss: 0.04 }
  expect(shortOf(good, false)).toEqual([])
  expect(shortOf({ ...good, w: 360, h: 640 }, false)).toEqual([])
  expect(shortOf({ ...good, w: 480 }, false)).toEqual(["size"])
  expect(shortOf({ ...good, fps: 14.9, loss: 0.05 }, true)).toEqual(["camera", "fps", "loss"])
  expect(shortOf(null, false)).toEqual(["silence"])
})

test("one step that failed rejects, one that was not possible leaves it undecided, and what was exchanged counts not at all", () => {
  expect(outcomeOf(["pass", null])).toBe("open")
  expect(outcomeOf(["pass", "exchanged", "pass"])).toBe("verified")
  expect(outcomeOf(["pass", "not_possible"])).toBe("inconclusive")
  expect(outcomeOf(["pass", "not_possible", "fail"])).toBe("rejected")
  expect(outcomeOf(["pass", "fail"], true)).toBe("verified")
  expect(outcomeOf(["not_possible", "fail"], true)).toBe("inconclusive")
})
