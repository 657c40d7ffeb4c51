import { Refusal } from "../../base/refusal.ts"

/** Argon2id as OWASP's Password Storage Cheat Sheet names for servers with little memory: 19 MiB, two passes, one lane. */
const cost = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const

/** Each hash takes 19 MiB and tens of milliseconds of a core: more at once would let a flood of sign-ins eat the machine. */
const atOnce = 4
const queueMax = 32

export const passwordLengthMax = 128

let running = 0
const queue: (() => void)[] = []

export function hashPassword(password: string): Promise<string> {
  return inTurn(() => Bun.password.hash(password.normalize("NFC"), cost))
}

/**
 * Whether this is the password. Without a hash (an account that is not there) it takes as long and answers no, so that neither the
 * answer nor its time tells who has an account. Refuses `unavailable` when too many are waiting.
 */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
  const usable = password.length > 0 && password.length <= passwordLengthMax
  const given = usable ? password.normalize("NFC") : "-"
  const matches = await inTurn(async () => Bun.password.verify(given, hash ?? (await nobodysHash())))
  return matches && usable && hash !== null
}

let nobodys: Promise<string> | null = null

function nobodysHash(): Promise<string> {
  nobodys ??= Bun.password.hash("the password of nobody", cost)
  return nobodys
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= atOnce) {
    if (queue.length >= queueMax) throw new Refusal("unavailable", { retryAfterSeconds: 2 })
    await new Promise<void>((resolve) => queue.push(resolve))
  }
  running++
  try {
    return await work()
  } finally {
    running--
    queue.shift()?.()
  }
}
