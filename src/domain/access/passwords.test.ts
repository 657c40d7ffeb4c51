import { expect, test } from "bun:test"
import { refusal, refusedWith } from "../../testing/office.ts"
import { hashedAtOnce, hashesFor, hashPassword, isPassword, passwordLengthMax, tryPassword } from "./passwords.ts"

const hash = await hashPassword("ثلاث نخلات")

test("a password is taken however its letters were put together, and nothing else is", async () => {
  expect(await isPassword("ثلاث نخلات", hash)).toBe(true)
  const accented = await hashPassword("caf\u00e9 au lait")
  expect(await isPassword("cafe\u0301 au lait", accented)).toBe(true)
  expect(await isPassword("cafe au lait", accented)).toBe(false)
})

test("nobody's password is anybody's, the empty one least of all", async () => {
  const longest = "x".repeat(passwordLengthMax)
  expect(await isPassword(longest, await hashPassword(longest))).toBe(true)
  expect(await isPassword(`${longest}x`, await hashPassword(`${longest}x`))).toBe(false)
  expect(await isPassword("-", await hashPassword("-"))).toBe(true)
  for (const given of ["", `${longest}x`]) expect(await isPassword(given, await hashPassword("-"))).toBe(false)
  for (const kept of [null, "", "-", "ثلاث نخلات"]) {
    expect(await isPassword("ثلاث نخلات", kept)).toBe(false)
  }
})

test("a core is left to everybody else, and of many cores four are taken", () => {
  expect([1, 2, 3, 5, 64].map(hashesFor)).toEqual([1, 1, 2, 4, 4])
})

test("so many are hashed at once and thirty-two wait; whoever comes then is told to come back", async () => {
  const room = hashedAtOnce + 32
  const asked = await Promise.allSettled(Array.from({ length: room + 4 }, () => isPassword("wrong", hash)))
  expect(refusedWith(asked)).toEqual(["unavailable", "unavailable", "unavailable", "unavailable"])
  // Every place has come back: as many may come again.
  const again = await Promise.allSettled(Array.from({ length: room }, () => isPassword("wrong", hash)))
  expect(refusedWith(again)).toEqual([])
})

test("one after the other come in while others wait, and never more at work than may be", async () => {
  const { verify } = Bun.password
  let now = 0
  let most = 0
  Bun.password.verify = async (...given: Parameters<typeof verify>) => {
    most = Math.max(most, ++now)
    try {
      return await verify(...given)
    } finally {
      now--
    }
  }
  try {
    const first = Array.from({ length: 8 }, () => isPassword("wrong", hash))
    // These come just when somebody's place falls to one who has waited.
    const later = first.map((one) => one.then(() => isPassword("wrong", hash)))
    await Promise.all([...first, ...later])
  } finally {
    Bun.password.verify = verify
  }
  expect([now, most]).toEqual([0, hashedAtOnce])
})

test("beyond sixty-four tries at once nothing is done for one more; when they are through there is room again", async () => {
  const held = Promise.withResolvers<void>()
  let begun = 0
  const tries = Array.from({ length: 64 }, () =>
    tryPassword(() => {
      begun++
      return held.promise
    }),
  )
  const late = await refusal(tryPassword(async () => void begun++))
  expect([late.code, late.details, begun]).toEqual(["unavailable", { retryAfterSeconds: 2 }, 64])
  held.resolve()
  await Promise.all(tries)
  await tryPassword(async () => void begun++)
  expect(begun).toBe(65)
})
