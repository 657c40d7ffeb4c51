import { expect, test } from "bun:test"
import { createThinning } from "./thinning.ts"

const bad = { loss: 0.2, rtt: 80 }
const slow = { loss: 0, rtt: 1_500 }
const good = { loss: 0, rtt: 40 }
const fair = { loss: 0.05, rtt: 300 }

function hears(thinning: ReturnType<typeof createThinning>, report: object, times: number) {
  for (let time = 0; time < times; time++) thinning.hear(report)
  return thinning.weight
}

test("one bad moment changes nothing; where it goes on, the picture becomes small, and then there is sound alone", () => {
  const thinning = createThinning()
  expect(hears(thinning, bad, 1)).toBe("full")
  expect(hears(thinning, good, 1)).toBe("full")
  expect(hears(thinning, bad, 2)).toBe("small")
  expect(hears(thinning, slow, 2)).toBe("sound")
  expect(hears(thinning, bad, 9)).toBe("sound")
})

test("what is neither bad nor good leaves it as it is", () => {
  const thinning = createThinning()
  hears(thinning, bad, 2)
  expect(hears(thinning, fair, 50)).toBe("small")
})

test("it comes back step by step, each after half a minute that was good", () => {
  const thinning = createThinning()
  hears(thinning, bad, 4)
  expect(hears(thinning, good, 5)).toBe("sound")
  expect(hears(thinning, good, 1)).toBe("small")
  expect(hears(thinning, good, 6)).toBe("full")
})

test("a way that bears the sound and not the picture is tried more and more seldom", () => {
  const thinning = createThinning()
  hears(thinning, bad, 4)
  const waits: number[] = []
  for (let tried = 0; tried < 6; tried++) {
    let waited = 0
    while (thinning.weight === "sound") {
      thinning.hear(good)
      waited++
    }
    waits.push(waited)
    hears(thinning, bad, 2)
  }
  expect(waits).toEqual([6, 12, 24, 48, 48, 48])
})

test("where somebody interprets the picture is never paused, only smaller", () => {
  const thinning = createThinning()
  for (let report = 0; report < 10; report++) thinning.hear(bad, true)
  expect(thinning.weight).toBe("small")
})

test("of two who receive us the worse network counts, until that one is gone", () => {
  const thinning = createThinning()
  for (let report = 0; report < 2; report++) {
    thinning.hear(bad, false, "by train")
    thinning.hear(good, false, "at the desk")
  }
  expect(thinning.weight).toBe("small")
  for (let report = 0; report < 9; report++) thinning.hear(good, false, "at the desk")
  expect(thinning.weight).toBe("small")
  thinning.only(["at the desk"])
  expect(thinning.weight).toBe("full")
})

test("a picture that was paused is there again when somebody comes in who reads it", () => {
  const thinning = createThinning()
  expect(hears(thinning, bad, 4)).toBe("sound")
  expect(thinning.hear(bad, true)).toBe("small")
})
