import type { Timers } from "../base/clock.ts"
import type { Instant } from "../base/day.ts"
import { visitTimes } from "../domain/visits/times.ts"

/*
 * Who is there. A machine with no store and no socket in it: it is told what was heard and what time it is, and says what has come of it.
 *
 *     offline ──hello──▶ online ──12 s of silence──▶ late ──25 s──▶ reconnecting ──grace──▶ gone
 *                          ▲────────── anything heard ─┘                │                     │
 *                          └──────────────── hello ────────────────────┴─────────────────────┘
 *
 * Only what a page says counts: a browser answers the protocol's own pings while its page hangs, and a runtime that watches for idle sockets
 * is satisfied by what we send ourselves.
 */

export type There = "online" | "reconnecting" | "gone"

/** One open connection, as far as presence cares. */
export interface Connection {
  readonly id: number
}

export interface Arriving {
  page: string
  tab: string
}

interface Entry {
  participant: string
  state: There
  since: Instant
  graceMilliseconds: number
  connection: Connection | null
  page: string | null
  tab: string | null
  heardAt: Instant
  /** When somebody last said that sound and picture of theirs arrive. */
  vouchedAt: Instant
  isHidden: boolean
  /** Another window that waits for this one to close or to be told to. */
  waiting: { connection: Connection; arriving: Arriving; callOff: () => void } | null
}

/** What becomes of a page that says hello. `loser`: the connection in whose place it goes on, to be told so and closed. */
export type Answer =
  | { kind: "in"; loser: Connection | null; isTakeover: boolean }
  | { kind: "wait" }
  | { kind: "unknown" }

export interface PresenceOptions {
  now(): Instant
  timers: Timers
  /** Asks a page whether it is there. */
  ping(connection: Connection, n: number): void
  /** Ends a connection on which nothing has been heard for too long; its end is reported by `closed` as any other. */
  drop(connection: Connection): void
  /** A participant is now `reconnecting` or `gone`. `online` is said by whoever lets the connection in, with its epoch. */
  changed(participant: string, state: Exclude<There, "online">): void
  /** A page that had to wait may come in, because the other window closed by itself: a reload. */
  promoted(participant: string, connection: Connection, arriving: Arriving): void
  /** A page waits for an answer: there is another window, and it is alive. */
  conflict(participant: string, connection: Connection, other: { since: Instant; isSameTab: boolean }): void
}

export type Presence = ReturnType<typeof createPresence>

export function createPresence(options: PresenceOptions) {
  const { now, timers } = options
  const entries = new Map<string, Entry>()
  const byConnection = new Map<Connection, Entry>()
  const byWaiting = new Map<Connection, Entry>()
  let pings = 0

  const stop = [
    timers.every(visitTimes.ping, () => {
      pings++
      for (const { connection } of entries.values()) if (connection) options.ping(connection, pings)
    }),
    timers.every(visitTimes.sweep, sweep),
  ]

  function sweep(): void {
    const at = now()
    for (const entry of [...entries.values()]) {
      const { connection } = entry
      if (connection && at - entry.heardAt >= visitTimes.silent) {
        lose(entry)
        options.drop(connection)
      } else if (
        entry.state === "reconnecting" &&
        at - Math.max(entry.since, entry.vouchedAt) >= entry.graceMilliseconds
      ) {
        become(entry, "gone")
      }
    }
  }

  function become(entry: Entry, state: There): void {
    if (entry.state === state) return
    entry.state = state
    entry.since = now()
    if (state !== "online") options.changed(entry.participant, state)
  }

  /** The connection is no more; whoever waited for its place has it now. */
  function lose(entry: Entry): void {
    if (entry.connection) byConnection.delete(entry.connection)
    entry.connection = null
    const { waiting } = entry
    if (!waiting) become(entry, "reconnecting")
    else {
      letIn(entry, waiting.connection, waiting.arriving)
      options.promoted(entry.participant, waiting.connection, waiting.arriving)
    }
  }

  function letIn(entry: Entry, connection: Connection, { page, tab }: Arriving): void {
    stopWaiting(entry)
    if (entry.connection) byConnection.delete(entry.connection)
    Object.assign(entry, { connection, page, tab, heardAt: now(), isHidden: false })
    byConnection.set(connection, entry)
    become(entry, "online")
  }

  function stopWaiting(entry: Entry): void {
    if (!entry.waiting) return
    entry.waiting.callOff()
    byWaiting.delete(entry.waiting.connection)
    entry.waiting = null
  }

  const isAlive = (entry: Entry) => entry.connection !== null && now() - entry.heardAt < visitTimes.late

  return {
    /**
     * A page says hello. The same page after a broken connection, and any page where the other window has not been heard of lately, come
     * in at once. Where another window is alive, whichever tab it is in, the page waits a moment, because a reload says goodbye first; then
     * the person is asked.
     */
    hello(
      participant: string,
      connection: Connection,
      arriving: Arriving,
      graceMilliseconds: number,
    ): Exclude<Answer, { kind: "unknown" }> {
      const entry = entries.get(participant) ?? blank(participant, now())
      entries.set(participant, entry)
      // One page is in one place: an agent's goes from visit to visit.
      const before = byConnection.get(connection)
      if (before && before !== entry) lose(before)
      entry.graceMilliseconds = graceMilliseconds
      const other = entry.connection
      if (other && other !== connection && entry.page !== arriving.page && isAlive(entry)) {
        stopWaiting(entry)
        const callOff = timers.after(visitTimes.reload, () => {
          const since = entry.since
          options.conflict(participant, connection, { since, isSameTab: entry.tab === arriving.tab })
        })
        entry.waiting = { connection, arriving, callOff }
        byWaiting.set(connection, entry)
        return { kind: "wait" }
      }
      letIn(entry, connection, arriving)
      return { kind: "in", loser: other === connection ? null : other, isTakeover: false }
    },

    /** "Use here": the window that waits goes on, and the other one is told. */
    takeOver(connection: Connection): Exclude<Answer, { kind: "wait" }> {
      const entry = byWaiting.get(connection)
      if (!entry?.waiting) return { kind: "unknown" }
      const loser = entry.connection
      letIn(entry, connection, entry.waiting.arriving)
      return { kind: "in", loser, isTakeover: loser !== null }
    },

    /** Something was said on the connection. */
    heard(connection: Connection): void {
      const entry = byConnection.get(connection)
      if (entry) entry.heardAt = now()
    },

    /** Somebody sees and hears them: where only the connection to us is lost, the talk is not cut off because of it. */
    vouch(participant: string): void {
      const entry = entries.get(participant)
      if (entry) entry.vouchedAt = now()
    },

    /** Whether the page is looked at. Answers whether that is new. */
    visibility(connection: Connection, isHidden: boolean): boolean {
      const entry = byConnection.get(connection)
      if (!entry || entry.isHidden === isHidden) return false
      entry.isHidden = isHidden
      return true
    },

    /** The connection is over, for whatever reason. Of one that had lost its place already nothing follows. */
    closed(connection: Connection): void {
      const entry = byConnection.get(connection)
      if (entry) lose(entry)
      const waits = byWaiting.get(connection)
      if (waits) stopWaiting(waits)
    },

    /** At the start of the process: those who were there have their whole grace from now. */
    revive(
      participant: string,
      arriving: { page: string | null; tab: string | null },
      graceMilliseconds: number,
    ): void {
      if (entries.has(participant)) return
      entries.set(participant, { ...blank(participant, now()), ...arriving, graceMilliseconds, state: "reconnecting" })
    },

    /** The phase of a visit is another one, and with it what a lost connection is given. */
    grace(participant: string, milliseconds: number): void {
      const entry = entries.get(participant)
      if (entry) entry.graceMilliseconds = milliseconds
    },

    /** There is nothing more to watch over: the visit is over, or the participant is not in it any more. */
    forget(participant: string): void {
      const entry = entries.get(participant)
      if (!entry) return
      stopWaiting(entry)
      if (entry.connection) byConnection.delete(entry.connection)
      entries.delete(participant)
    },

    /** The connection that holds; `null` where there is none. */
    connectionOf: (participant: string) => entries.get(participant)?.connection ?? null,

    /** Of whom the connection is the one that holds. */
    participantOn: (connection: Connection) => byConnection.get(connection)?.participant ?? null,

    /** How somebody looks at this moment, beyond what is kept in the store. */
    watch(participant: string): { isLate: boolean; isAway: boolean } | null {
      const entry = entries.get(participant)
      return entry ? { isLate: entry.state === "online" && !isAlive(entry), isAway: entry.isHidden } : null
    },

    state: (participant: string): There | null => entries.get(participant)?.state ?? null,
    get size() {
      return entries.size
    },
    close(): void {
      for (const end of stop) end()
      for (const entry of entries.values()) stopWaiting(entry)
    },
  }
}

function blank(participant: string, at: Instant): Entry {
  return {
    participant,
    state: "gone",
    since: at,
    graceMilliseconds: visitTimes.graceWaiting,
    ...{ connection: null, page: null, tab: null, heardAt: at, vouchedAt: 0, isHidden: false, waiting: null },
  }
}
