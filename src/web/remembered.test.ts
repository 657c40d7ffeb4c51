import { expect, test } from "bun:test"
import { type Made, once } from "./remembered.tsx"

test("what is asked for again and again is made once, however many other ways are asked for in between, and no more are kept than a few", async () => {
  const [made, of]: [Made<string>, object] = [new WeakMap(), {}]
  const count = new Map<string, number>()
  const ask = (as: string) =>
    once(made, of, as, async () => {
      count.set(as, (count.get(as) ?? 0) + 1)
      return `made ${as}`
    })
  for (let other = 0; other < 200; other++) {
    expect(await ask("often")).toBe("made often")
    expect(await ask(`other ${other}`)).toBe(`made other ${other}`)
  }
  expect(count.get("often")).toBe(1)
  expect(made.get(of)?.size).toBeLessThanOrEqual(20)
  await ask("other 0")
  expect(count.get("other 0")).toBe(2)
  // Of another thing it is another.
  await once(made, {}, "often", async () => "made anew")
  expect(await ask("often")).toBe("made often")
})

test("what could not be made is made the next time", async () => {
  const [made, of]: [Made<string>, object] = [new WeakMap(), {}]
  await expect(once(made, of, "a", () => Promise.reject(new Error("no")))).rejects.toThrow("no")
  expect(await once(made, of, "a", async () => "yes")).toBe("yes")
})
