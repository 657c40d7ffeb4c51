import { isRefusal } from "../../base/refusal.ts"

/** What a fault throws where the process itself would have had a bug or a failing disk. */
export class Injected extends Error {}

/** Whether a fault is behind it: nobody can be told more than that it did not work. */
export function isOfAFault(thrown: unknown): boolean {
  if (isRefusal(thrown)) return thrown.code === "unavailable" || thrown.code === "store_busy"
  return thrown instanceof Injected
}

export function described(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const cause = thrown.cause === undefined ? "" : ` ← ${described(thrown.cause)}`
  return `${thrown.stack ?? thrown.message}${cause}`
}
