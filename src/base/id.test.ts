import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import type { Chance } from "./clock.ts"
import { machineChance } from "./clock.ts"
import { bookingCode, isBookingCode, openIds, token, uuidAt } from "./id.ts"

/** Chance that gives the same byte again and again. */
const always = (byte: number): Chance => ({ bytes: (length) => new Uint8Array(length).fill(byte) })
const anyBytes = fc.uint8Array({ minLength: 16, maxLength: 16 })
const giving = (bytes: Uint8Array): Chance => ({ bytes: (length) => bytes.slice(0, length) })

describe("an id", () => {
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  const now = Date.parse("2026-11-22T07:30:00.123Z")

  test("has the form of a UUID of version 7, whatever chance gives", () => {
    fc.assert(
      fc.property(anyBytes, fc.nat({ max: 0xfff }), (bytes, count) =>
        expect(uuidAt(now, giving(bytes), count)).toMatch(form),
      ),
    )
    expect(uuidAt(now, always(0x00), 0)).toBe("01a20229-713b-7000-8000-000000000000")
    expect(uuidAt(now, always(0xff), 0x123)).toEndWith("-7123-bfff-ffffffffffff")
  })

  test("carries the millisecond of the turn that made it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (at) => {
        expect(Number.parseInt(uuidAt(at, machineChance, 0).replaceAll("-", "").slice(0, 12), 16)).toBe(at)
      }),
    )
  })

  test("made later sorts later, whatever chance gives, also within one millisecond", () => {
    const times = fc.array(fc.integer({ min: now, max: now + 5 }), { minLength: 2, maxLength: 40 })
    fc.assert(
      // Also where the clock is set back.
      fc.property(times, (made) => {
        const ids = made.map(openIds(machineChance, now + 2))
        expect(ids.toSorted()).toEqual(ids)
      }),
    )
  })

  test("is another each time within one millisecond, and the same from the same chance", () => {
    const id = openIds(machineChance, 0)
    const ids = Array.from({ length: 9_000 }, () => id(now))
    expect(new Set(ids).size).toBe(9_000)
    expect(ids.toSorted()).toEqual(ids)
    // A process that begins anew while the clock stands still.
    expect([...ids.slice(0, 4_096), openIds(machineChance, now)(now)].toSorted().at(-1)).not.toBe(ids[4_095])
    expect(uuidAt(now, always(7), 3)).toBe(uuidAt(now, always(7), 3))
  })
})

describe("a token", () => {
  test("is as long as its bytes and fit for an address", () => {
    expect(token(machineChance)).toMatch(/^[\w-]{43}$/)
    expect(token(machineChance, 16)).toMatch(/^[\w-]{22}$/)
    expect(token(machineChance)).not.toBe(token(machineChance))
  })
})

describe("a booking's code", () => {
  const code = anyBytes.map((bytes) => bookingCode(giving(bytes)))

  test("is ten digits and cannot be taken for an identity or mobile number", () => {
    fc.assert(
      fc.property(code, (made) => {
        expect(made).toMatch(/^[3-9]\d{9}$/)
        expect(isBookingCode(made)).toBe(true)
      }),
    )
    expect(isBookingCode(bookingCode(always(0x00)))).toBe(true)
    expect(isBookingCode(bookingCode(always(0xff)))).toBe(true)
  })

  test("with any one digit wrong is no code", () => {
    fc.assert(
      fc.property(code, (made) => {
        for (let place = 0; place < 10; place++) {
          for (let digit = 0; digit <= 9; digit++) {
            const typed = made.slice(0, place) + digit + made.slice(place + 1)
            expect(isBookingCode(typed)).toBe(typed === made)
          }
        }
      }),
    )
  })

  test("with any two neighbours swapped is no code", () => {
    fc.assert(
      fc.property(code, (made) => {
        for (let place = 0; place < 9; place++) {
          const [left = "", right = ""] = [made[place], made[place + 1]]
          if (left === right) continue
          expect(isBookingCode(made.slice(0, place) + right + left + made.slice(place + 2))).toBe(false)
        }
      }),
    )
  })

  test("is nothing shorter, longer, or written otherwise", () => {
    const made = bookingCode(always(7))
    for (const typed of ["", made.slice(1), `${made}0`, ` ${made}`, `${made}\n`, "٣٣٣٣٣٣٣٣٣٣", "0000000000"]) {
      expect(isBookingCode(typed)).toBe(false)
    }
  })

  test("uses every first digit from 3 to 9", () => {
    const firsts = Array.from({ length: 7 }, (_, byte) => bookingCode(always(byte))[0])
    expect(firsts.sort().join("")).toBe("3456789")
  })
})
