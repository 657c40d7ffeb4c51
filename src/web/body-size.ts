import { bodyLimit } from "hono/body-limit"
import { Refusal } from "../base/refusal.ts"
import type { Context } from "./house.ts"

/** A form or a JSON body is small, in bytes; what takes files says so with its route. */
export const bodyMax = 256 * 1024

/**
 * Refuses `too_large` for a body of more than `most` bytes: at once and unread where its length is given, else as soon as so much of it has
 * come. Nothing to wait for where the length is given.
 */
export function within(c: Context, most: number): Promise<unknown> | undefined {
  const length = c.req.header("Content-Length")
  // Whoever sends piece by piece says no length that could be believed (RFC 9112 §6.3).
  if (length === undefined || c.req.header("Transfer-Encoding") !== undefined) return counted(most)(c, nothing)
  if (Number(length) > most) throw tooLarge(most)
  return undefined
}

const nothing = async () => {}
const tooLarge = (max: number) => new Refusal("too_large", { max })

const counters = new Map<number, ReturnType<typeof bodyLimit>>()

/** One for each size there is: it keeps nothing of a request. */
function counted(maxSize: number): ReturnType<typeof bodyLimit> {
  const known = counters.get(maxSize)
  if (known) return known
  const made = bodyLimit({
    maxSize,
    onError: () => {
      throw tooLarge(maxSize)
    },
  })
  counters.set(maxSize, made)
  return made
}
