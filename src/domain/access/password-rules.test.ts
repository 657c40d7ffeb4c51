import { expect, test } from "bun:test"
import { weaknessOf } from "./password-rules.ts"

const about = ["1000000008", "نورة القحطاني", "Noura Al-Qahtani", "Dawr"]

test("a sentence is a good password, in whatever letters", async () => {
  for (const good of ["four green camels", "قهوة الصباح في تبوك", "my cat sleeps at noon", "ثلاثة جمال خضراء تمشي"]) {
    expect([good, await weaknessOf(good, about)]).toEqual([good, null])
  }
})

test("too short and too long are told apart, counted in letters and not in bytes", async () => {
  expect(await weaknessOf("elevenchars", about)).toBe("short")
  expect(await weaknessOf("قهوةالصباحه", about)).toBe("short")
  expect(await weaknessOf("a long one ".repeat(20), about)).toBe("long")
})

test("what stands in every attacker's list is refused, also doubled and with figures behind it", async () => {
  for (const known of [
    "password12345",
    "passwordpassword",
    "qwertyuiop123",
    "123456789012",
    "abcabcabcabc",
    "١٢٣٤٥٦٧٨٩٠١٢",
  ]) {
    expect([known, await weaknessOf(known, about)]).toEqual([known, "common"])
  }
})

test("what everybody knows of its owner is no password, though it may be part of one", async () => {
  expect(await weaknessOf("noura1000000008", about)).toBe("about")
  expect(await weaknessOf("نورة القحطاني", about)).toBe("about")
  expect(await weaknessOf("noura walks by the sea", about)).toBe(null)
})
