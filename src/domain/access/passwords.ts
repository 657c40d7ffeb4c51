import { availableParallelism } from "node:os"
import { Refusal } from "../../base/refusal.ts"

/** Argon2id as OWASP's Password Storage Cheat Sheet names for servers with little memory: 19 MiB, two passes, one lane. */
const cost = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const

/** Each hash takes 19 MiB and tens of milliseconds of a core. One core stays for everybody else, and no flood eats the machine. */
export const hashedAtOnce = hashesFor(availableParallelism())

export function hashesFor(cores: number): number {
  return Math.min(4, Math.max(1, cores - 1))
}

const queueMax = 32

/** So many tries are let in to be counted and to wait; whoever comes beyond them is told at once, and costs nothing. */
const insideMax = 64

export const passwordLengthMax = 128

let inside = 0
let running = 0
const queue: (() => void)[] = []

export function hashPassword(password: string): Promise<string> {
  return inTurn(() => Bun.password.hash(password.normalize("NFC"), cost))
}

/** The hash of a password that was drawn at random and thrown away, by the same cost: what is compared where there is no account. */
const nobodys =
  "$argon2id$v=19$m=19456,t=2,p=1$nrEPqQQyKBiozPRV9CePGgD65CI2rnZf7YAFUksCaEI$WmOPCyklKKAomxFg4jAkwS5Ieo4N9Xcp9AfudRVd63Q"

/**
 * Whether this is the password. Without a hash (an account that is not there, or that has no password) it takes as long and answers no, so
 * that neither the answer nor its time tells who has an account. What is too long to be a password is hashed as something short.
 * Refuses `unavailable` when too many are waiting.
 */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
  const usable = password.length > 0 && password.length <= passwordLengthMax
  const given = usable ? password.normalize("NFC") : "-"
  const kept = hash?.startsWith("$argon2id$") ? hash : null
  const matches = await inTurn(() => Bun.password.verify(given, kept ?? nobodys))
  return matches && usable && kept !== null
}

/**
 * Runs a whole try at a password, with all that it counts and looks up, unless too many are being tried already: then it refuses
 * `unavailable` before anything is done for it, so that a flood of tries takes little from everybody else.
 */
export async function tryPassword<T>(work: () => Promise<T>): Promise<T> {
  if (inside >= insideMax) throw new Refusal("unavailable", { retryAfterSeconds: 2 })
  inside++
  try {
    return await work()
  } finally {
    inside--
  }
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= hashedAtOnce) {
    if (queue.length >= queueMax) throw new Refusal("unavailable", { retryAfterSeconds: 2 })
    await new Promise<void>((resolve) => queue.push(resolve))
  } else running++
  try {
    return await work()
  } finally {
    // The place goes from hand to hand: whoever comes in between finds it taken.
    const next = queue.shift()
    if (next) next()
    else running--
  }
}
