/** Which of the waiting is called: by due time as the house does it, in the order of coming, or whoever has booked first. */
export const policies = ["due", "fifo", "booked-first"] as const
export type Policy = (typeof policies)[number]

export interface Given {
  ticket: string
  /** Epoch milliseconds. */
  due: number
}

/** What a replay needs of an office, whether it runs in this process on a clock of its own or elsewhere over HTTP. */
export interface Hall {
  /** Epoch milliseconds. */
  now(): number
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
  close(): Promise<void>
}
