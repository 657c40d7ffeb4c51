import type { Chance } from "./clock.ts"
import type { Instant } from "./day.ts"

/** The largest `count` of `uuidAt`. */
const countMax = 0xfff

/**
 * A UUIDv7 (RFC 9562 §5.7) made from the turn's own time, so that ids sort by when they were made and a simulation can replay them. `count`:
 * how many this millisecond has had before, by which those of one millisecond sort too (§6.2, method 1).
 */
export function uuidAt(now: Instant, chance: Chance, count: number): string {
  const bytes = chance.bytes(16)
  let rest = Math.max(0, Math.floor(now))
  for (let index = 5; index >= 0; index--) {
    bytes[index] = rest % 256
    rest = Math.floor(rest / 256)
  }
  bytes[6] = 0x70 | (count >> 8)
  bytes[7] = count & 0xff
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  return written(bytes)
}

/**
 * Makes one id after the other, each of which sorts behind those before it, whatever the clock does; and behind those that a process before
 * this one made until `since`. Where time stands still it goes on by itself, a millisecond with every 4,096 ids (§6.2).
 */
export function openIds(chance: Chance, since: Instant): (now: Instant) => string {
  let at = Math.floor(since)
  let count = countMax
  return (now) => {
    if (Math.floor(now) > at) {
      at = Math.floor(now)
      count = 0
    } else if (count < countMax) count++
    else {
      at++
      count = 0
    }
    return uuidAt(at, chance, count)
  }
}

/** When an id of `uuidAt` was made; not a number for any other text. */
export function madeAt(id: string): Instant {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(id) ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : Number.NaN
}

/** The UUIDv8 (RFC 9562 §5.8) that belongs to a text: the first bits of its SHA-256. The same text has the same id, everywhere. */
export function uuidOf(text: string): string {
  const bytes = new Bun.CryptoHasher("sha256").update(text).digest().subarray(0, 16)
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  return written(bytes)
}

function written(bytes: Uint8Array): string {
  const hex = bytes.toHex()
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** `length` random bytes as base64url: tokens, link capabilities, challenges. */
export function token(chance: Chance, length = 32): string {
  return Buffer.from(chance.bytes(length)).toString("base64url")
}

/**
 * A booking's code: ten digits, the last a check digit by the Damm scheme, which catches every single wrong digit and every swap of
 * two neighbours. The first digit is never 0, 1 or 2, so that a code is never mistaken for a national or resident number.
 */
export function bookingCode(chance: Chance): string {
  const raw = chance.bytes(9)
  let digits = String(3 + ((raw[0] ?? 0) % 7))
  for (let index = 1; index < 9; index++) digits += String((raw[index] ?? 0) % 10)
  return digits + checkDigit(digits)
}

export function isBookingCode(text: string): boolean {
  return /^[3-9]\d{9}$/.test(text) && checkDigit(text.slice(0, 9)) === text[9]
}

// The quasigroup of H. Michael Damm's thesis (2004).
const damm = [
  "0317598642",
  "7092154863",
  "4206871359",
  "1750983426",
  "6123045978",
  "3674209581",
  "5869720134",
  "8945362017",
  "9438617205",
  "2581436790",
]

function checkDigit(digits: string): string {
  let interim = "0"
  for (const digit of digits) interim = damm[Number(interim)]?.[Number(digit)] ?? ""
  return interim
}
