/** A line that is not a counter's main work is served there once it is this late. */
export const helpAfterMinutes = 10

/** Which of the waiting is called: by due time as the house does it, in the order of coming, or whoever has booked first. */
export const policies = ["due", "fifo", "booked-first"] as const
export type Policy = (typeof policies)[number]

export interface Given {
  ticket: string
  /** Epoch milliseconds. */
  due: number
}

/** One of those who may be called, as far as a policy asks. Instants are epoch milliseconds. */
export interface Candidate {
  id: string
  line: string
  arrivedAt: number
  /** The booked time of whoever has one. */
  bookedAt: number | null
}

/** Whom a policy other than the house's own calls of these; null where nobody waits. */
export function chosenBy(policy: Exclude<Policy, "due">, waiting: readonly Candidate[]): string | null {
  const rank = ({ arrivedAt, bookedAt }: Candidate): [number, number] =>
    policy === "booked-first" && bookedAt !== null ? [0, bookedAt] : [policy === "booked-first" ? 1 : 0, arrivedAt]
  const order = (a: Candidate, b: Candidate) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1]
  return [...waiting].sort(order)[0]?.id ?? null
}

/** What a replay needs of an office, whether it runs in this process on a clock of its own or elsewhere over HTTP. */
export interface Hall {
  /** Epoch milliseconds. */
  now(): number
  /** Whether any counter of the day works on this kind. Who comes for another one would wait for nobody. */
  serves(kind: string): boolean
  /** Lets time pass until `at`. */
  until(at: number): Promise<void>
  /** A booking at the nearest free start; null where there is none. Answers its code and its time. */
  book(name: string, kind: string, at: number): Promise<{ code: string; startsAt: number } | null>
  checkIn(code: string, need: boolean): Promise<Given | null>
  /** A number for a walk-in; null where the day can honour no more, with how many other times were offered. */
  walkIn(name: string, kind: string, need: boolean): Promise<Given | { refused: string; offered: number }>
  openCounter(counter: number): Promise<void>
  closeCounter(counter: number): Promise<void>
  /** Calls and begins to serve; null when nobody may be called there. */
  next(counter: number, policy: Policy): Promise<string | null>
  finish(counter: number, ticket: string): Promise<void>
  /** Gives up and goes. */
  leave(ticket: string): Promise<void>
  /** What the reader of the figures must know of this hall: a sentence each. */
  notes(): string[]
  close(): Promise<void>
}
