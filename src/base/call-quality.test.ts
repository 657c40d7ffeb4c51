import { expect, test } from "bun:test"
import { type Arriving, type Grade, gradeOf, worstOf } from "./call-quality.ts"

test("a connection is graded by the worst of what is said of it, and by nothing that is not said", () => {
  const cases: [Arriving, Grade][] = [
    [{}, "good"],
    [{ loss: 0.049, rtt: 249, fps: 18, state: "flowing" }, "good"],
    [{ loss: 0.05 }, "fair"],
    [{ rtt: 250 }, "fair"],
    [{ fps: 17 }, "fair"],
    [{ loss: 0.1, rtt: 10, fps: 30 }, "bad"],
    [{ rtt: 800 }, "bad"],
    [{ fps: 9 }, "bad"],
    [{ state: "unstable" }, "bad"],
  ]
  expect(cases.map(([said]) => gradeOf(said))).toEqual(cases.map(([, grade]) => grade))
})

test("sound alone is no bad picture, and a screen that stands still is none either", () => {
  expect(gradeOf({ fps: 0, loss: 0 })).toBe("good")
  expect(gradeOf({ fps: 1, isScreen: true })).toBe("good")
  expect(gradeOf({ fps: 1, loss: 0.2, isScreen: true })).toBe("bad")
})

test("of several connections the worst one counts", () => {
  expect(worstOf([])).toBeNull()
  expect(worstOf([{ loss: 0 }, { rtt: 300 }])).toBe("fair")
  expect(worstOf([{ loss: 0.5 }, { rtt: 300 }, {}])).toBe("bad")
})
