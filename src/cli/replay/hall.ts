/** Which of the waiting is called: by due time as the house does it, in the order of coming, or whoever has booked first. */
export const policies = ["due", "fifo", "booked-first"] as const
export type Policy = (typeof policies)[number]

export interface Given {
  ticket: string
  /** Epoch milliseconds. */
  due: number
}

/** Sent away at the door, with how many other times were offered and when the first of them is (epoch milliseconds). */
export interface SentAway {
  code: string
  offered: number
  firstOffered: number | null
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

/** What a replay needs of an office, whether it runs in this process on a clock of its own or elsewhere over HTTP and sockets. */
export interface Hall {
  /** How many counters there are; they are numbered from one. */
  counters: number
  /** Epoch milliseconds. */
  now(): number
  /** Lets time pass until `at`, or until somebody may be called who could not before: then it answers `true`, at once where it is so already. */
  until(at: number): Promise<boolean>
  /** A booking at the nearest free start within the hour; null where there is none. Answers its code and its time. */
  book(name: string, kind: string, at: number): Promise<{ code: string; startsAt: number } | null>
  /** Whoever has booked is here, in need perhaps, and perhaps ready to be called before the booked time. */
  checkIn(code: string, as: { need: boolean; ready: boolean }): Promise<Given | SentAway>
  /** A number for a walk-in, or why there is none: the day can honour no more. */
  walkIn(name: string, kind: string, need: boolean): Promise<Given | SentAway>
  /** An agent sits down to work on these kinds, the main work first; `false` where somebody else sits there. */
  openCounter(counter: number, kinds: readonly string[]): Promise<boolean>
  /** The agent goes home. */
  closeCounter(counter: number): Promise<void>
  /** Calls and begins to serve; null when nobody may be called there. */
  next(counter: number, policy: Policy): Promise<string | null>
  finish(counter: number, ticket: string): Promise<void>
  /** Gives up and goes. */
  leave(ticket: string): Promise<void>
  /** What the reader of the figures must know of this hall: a sentence each. */
  notes(): string[]
  /** Leaves everything as it was found, and says what that came to. */
  close(): Promise<string[]>
}
