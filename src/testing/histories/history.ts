/*
 * What many clients asked of a running process and what they were told, in the one order in which this process saw it. A call is begun
 * before it can take effect and ended after it has, so that whatever happened, happened in between.
 */

/** What somebody asks. A person, a counter, a kiosk does one thing after the other. */
export type Asked =
  | { do: "book"; person: string; slot: string }
  | { do: "move"; person: string; booking: string; slot: string }
  | { do: "cancel"; person: string; booking: string }
  | { do: "list"; person: string }
  | { do: "issue"; office: string }
  | { do: "next"; counter: string; office: string }
  | { do: "finish"; ticket: string }

/** What the process said of a thing that it granted. */
export type Said =
  | { booking: string; slot: string; open: boolean }
  | { bookings: { booking: string; slot: string; open: boolean }[] }
  | { ticket: string; number: number }
  | { ticket: null }

/** `key`: an asking that is repeated after an unknown end keeps its own. `unknown`: nothing came back. */
export type Event =
  | { kind: "invoke"; key: string; asked: Asked }
  | { kind: "ok"; key: string; said: Said }
  | { kind: "refused"; key: string; code: string }
  | { kind: "unknown"; key: string }
  /** A listener asks for what came after `since`; `null`: for the whole. */
  | { kind: "follows"; listener: string; topic: string; since: number | null }
  | { kind: "hears"; listener: string; topic: string; seq: number; prev: number | null; shows: string }

/** What is there when all is over. */
export interface End {
  bookings: { id: string; person: string; slot: string; open: boolean; isOld: boolean }[]
  /** How many the public may have, and how many the store says are taken, by slot. */
  slots: { slot: string; places: number; taken: number }[]
  /** `isOld`: it was there before anybody here asked for anything. */
  tickets: { id: string; office: string; day: string; number: number; calls: number; isOld: boolean }[]
  /** What a topic shows now, with its number. */
  topics: { topic: string; seq: number; shows: string }[]
  /** What is wrong with the file by its own account: damage, loose references, broken chains of facts. */
  wrong: string[]
}

export class History {
  readonly events: Event[] = []

  note(event: Event): void {
    this.events.push(event)
  }

  count(kind: Event["kind"]): number {
    return this.events.filter((event) => event.kind === kind).length
  }
}
