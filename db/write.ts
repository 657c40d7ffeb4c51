import { type Chance, type Clock, machineChance } from "../src/base/clock.ts"
import type { Instant } from "../src/base/day.ts"
import { openIds } from "../src/base/id.ts"
import { isRefusal, Refusal } from "../src/base/refusal.ts"
import type { Connection } from "./dialect.ts"
import { type AnyFact, accountsStream, type FactBodies, type FactKind, FactLog } from "./facts.ts"
import type { Store } from "./store.ts"
import { TurnHandle } from "./turn.ts"

/**
 * What a turn works with. It is the turn's own: once the turn has settled every use throws `turn_is_over`.
 * `now` never goes back, not over a clock that is set back and not over a restart.
 */
export interface Tx extends Store {
  readonly now: Instant
  /** A new id (UUIDv7) of this turn's time. It sorts behind those that were made before it, also in other turns. */
  id(): string
  /** Random bytes from the injected source. */
  readonly chance: Chance
  /** The number of the last fact in `accounts`, as this turn sees it; see `Writer`. */
  readonly accountsHead: number
  /**
   * Appends a fact to an office's stream (its code) or to `accounts`. Throws when the turn's scopes do not name that stream.
   * `subject`, the person whom it is about, becomes a column of its own. Answers the fact's number in its stream.
   */
  say<K extends FactKind>(stream: string, kind: K, body: FactBodies[K] & { subject?: string | null }): Promise<number>
  /**
   * A part of the turn that may fail by itself: what it throws is thrown, and of what it wrote and said nothing is left, while the turn goes on. Only
   * a refusal may be put up with; whatever else was thrown ends the turn.
   */
  attempt<T>(part: () => Promise<T>): Promise<T>
}

/**
 * One change, as one piece: everything in it is kept, or nothing. It is async in form so that another engine can run it, but it awaits
 * nothing but the store: what it needs from elsewhere is fetched before, what follows is sent after.
 */
export type Turn<T> = (tx: Tx) => Promise<T>

/** What the turn must have to itself: `office:<code>`, `person:<id>`, `accounts`. A turn may say facts only into streams named here. */
export type Scope = `office:${string}` | `person:${string}` | "accounts"

export interface Writer {
  /** Runs the turn and resolves when it is on disk. Refusals and bugs of the turn reject, and leave nothing behind. */
  write<T>(turn: Turn<T>, options: { scopes: Scope[] }): Promise<T>
  /** The time that a turn begun now would have. Who asks whether there is something to do in a turn asks for this time, not the clock's. */
  now(): Instant
  /**
   * The number of the last fact in `accounts` that is on disk. Every change of a right is said there: what was read of anybody's rights since
   * is so still for a turn that sees the same number.
   */
  accountsHead(): number
  /** Called after each COMMIT with what was said, in order. */
  onFacts(listener: (facts: AnyFact[]) => void): () => void
  /** Resolves when everything asked so far has settled. */
  idle(): Promise<void>
  /**
   * Brings everything into the file and empties the log: deleted rows lie in it until it is written over. Answers whether it could be;
   * another process that reads at this moment prevents it.
   */
  emptyLog(): Promise<boolean>
  close(): Promise<void>
}

/** A batch is bounded so that nobody waits for a commit behind too many others. */
const batchMax = 256
/** Beyond this many waiting turns the honest answer is "try again". */
const queueMax = 8192

interface Waiting {
  turn: Turn<unknown>
  scopes: Scope[]
  resolve(value: unknown): void
  reject(reason: unknown): void
}

export interface WriterOptions {
  clock: Clock
  chance?: Chance
  /** Called once when the disk can no longer be trusted: the process should stop and start again. */
  onBroken?: (cause: unknown) => void
  /** Called with what a listener threw; it must not reach the caller of a turn that is on disk. */
  onListenerError?: (cause: unknown) => void
}

/**
 * The one door to the disk. Turns queue; a flush opens one transaction, runs each turn in its own savepoint, commits once, and only
 * then resolves the callers and publishes what was said.
 */
export function openWriter(connection: Connection, options: WriterOptions): Writer {
  const { raw, shared } = connection
  const chance = options.chance ?? machineChance
  const log = new FactLog(raw)
  const listeners = new Set<(facts: AnyFact[]) => void>()
  const queue: Waiting[] = []
  const whenIdle = openIdleWatch()
  let flushing: Promise<void> | null = null
  let closed = false
  let broken: unknown = null
  let lastNow = keptNow(raw)
  const ids = openIds(chance, lastNow)
  let accountsHead = log.head(accountsStream).seq
  const heads = new Map<string, number>()
  shared.heads = heads

  const sql = {
    begin: raw.prepare("BEGIN IMMEDIATE"),
    commit: raw.prepare("COMMIT"),
    rollback: raw.prepare("ROLLBACK"),
    savepoint: raw.prepare("SAVEPOINT turn"),
    release: raw.prepare("RELEASE turn"),
    undo: raw.prepare("ROLLBACK TO turn"),
    changes: raw.prepare<{ n: number }, []>("SELECT total_changes() AS n"),
    keepNow: raw.prepare("INSERT INTO meta VALUES ('now', ?) ON CONFLICT DO UPDATE SET value = excluded.value"),
  }
  let changes = 0

  function write<T>(turn: Turn<T>, { scopes }: { scopes: Scope[] }): Promise<T> {
    if (closed) return Promise.reject(new Refusal("unavailable", { why: "closing" }))
    if (broken) return Promise.reject(new Refusal("unavailable", { why: "store" }))
    if (queue.length >= queueMax) return Promise.reject(new Refusal("store_busy", { retryAfterSeconds: 1 }))
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    queue.push({ turn, scopes, resolve: resolve as (value: unknown) => void, reject })
    flushing ??= flushAll()
    return promise
  }

  function now(): Instant {
    return Math.max(lastNow, options.clock.office())
  }

  async function flushAll(): Promise<void> {
    // One trip round the event loop first, so that what arrives together is committed together.
    await macrotask()
    while (queue.length > 0) {
      await flush(queue.splice(0, batchMax))
      whenIdle(null)
      if (queue.length > 0) await macrotask()
    }
    flushing = null
  }

  async function flush(batch: Waiting[]): Promise<void> {
    if (broken) return failAll(batch, new Refusal("unavailable", { why: "store" }))
    const settle: (() => void)[] = []
    const said: AnyFact[] = []
    lastNow = now()
    try {
      sql.begin.run()
    } catch (cause) {
      return lost(batch, cause)
    }
    for (const waiting of batch) {
      log.mark()
      const tx = new TurnHandle({ connection, chance, ids, log, now: lastNow, scopes: waiting.scopes })
      try {
        sql.savepoint.run()
        const outcome = await run(waiting.turn, tx, whenIdle)
        tx.end()
        if (outcome === null) {
          throw new Error("a turn waited for something other than the store; fetch before the turn, send after it")
        }
        if ("thrown" in outcome) throw outcome.thrown
        tx.mustHaveRunEverything()
        sql.release.run()
        said.push(...tx.said)
        settle.push(() => waiting.resolve(outcome.value))
      } catch (thrown) {
        tx.end()
        log.rewind()
        // A full disk can end the transaction by itself; going on would commit the rest of the batch statement by statement.
        if (!raw.inTransaction) return lost(batch, thrown)
        try {
          sql.undo.run()
          sql.release.run()
          connection.setupMark.changes()
        } catch (cause) {
          return lost(batch, cause)
        }
        if (isFatal(thrown)) return lost(batch, thrown)
        settle.push(() => waiting.reject(isOf(diskFull, thrown) ? unavailable(thrown) : thrown))
      }
    }
    try {
      keepNow(said.length > 0)
      sql.commit.run()
    } catch (cause) {
      return lost(batch, cause)
    }
    connection.setupMark.settled()
    accountsHead = log.head(accountsStream).seq
    for (const { stream, seq } of said) heads.set(stream, seq)
    for (const listener of listeners) {
      if (said.length === 0) break
      try {
        listener(said)
      } catch (cause) {
        options.onListenerError?.(cause)
      }
    }
    for (const done of settle) done()
  }

  /** A fact keeps the time at which it was said. What was written without saying anything must not be later than the next turn either. */
  function keepNow(isSaid: boolean): void {
    const before = changes
    changes = sql.changes.get()?.n ?? 0
    if (isSaid || changes === before) return
    sql.keepNow.run(String(lastNow))
    changes++
  }

  /** Nothing of this batch is on disk: every caller is told so, also those whose turn had gone well. */
  function lost(batch: Waiting[], cause: unknown): void {
    try {
      if (raw.inTransaction) sql.rollback.run()
    } catch {
      broken = cause
    }
    connection.setupMark.settled()
    log.forget()
    heads.clear()
    if (isFatal(cause)) broken = cause
    failAll(batch, unavailable(cause))
    if (broken) options.onBroken?.(broken)
  }

  return {
    write,
    now,
    accountsHead: () => accountsHead,
    onFacts(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async idle() {
      while (flushing) await flushing
    },
    async emptyLog() {
      while (flushing) await flushing
      // No waiting for other readers: everybody here would wait too.
      raw.run("PRAGMA busy_timeout = 0")
      const row = raw.query<{ busy: number }, []>("PRAGMA wal_checkpoint(TRUNCATE)").get()
      raw.run("PRAGMA busy_timeout = 2000")
      return row?.busy === 0
    },
    async close() {
      closed = true
      while (flushing) await flushing
      if (shared.heads === heads) shared.heads = null
    },
  }
}

/** The latest time that anything on disk may have: time does not go back over a restart either. */
function keptNow(raw: Connection["raw"]): Instant {
  const said = raw.query<{ at: number | null }, []>("SELECT max(at) AS at FROM fact").get()?.at ?? 0
  const written = raw.query<{ value: string }, []>("SELECT value FROM meta WHERE key = 'now'").get()?.value ?? 0
  return Math.max(said, Number(written))
}

function failAll(batch: Waiting[], refusal: Refusal): void {
  for (const waiting of batch) waiting.reject(refusal)
}

/** Calls once when nothing is left to do but what the event loop brings. To be begun by something that is awaited itself. */
function openIdleWatch(): (idle: (() => void) | null) => void {
  let told: (() => void) | null = null
  let isSet = false
  return (idle) => {
    told = idle
    if (isSet || idle === null) return
    isSet = true
    // timer: it comes when every promise that could be settled has been, before the event loop goes on.
    process.nextTick(() => {
      isSet = false
      told?.()
    })
  }
}

/**
 * Runs a turn to its end, without ever going back to the event loop: the store answers at once, so whoever is not through when nothing else is
 * left to do waits for something that only the event loop can bring, while the transaction stands open. `null` says so.
 */
function run(
  turn: Turn<unknown>,
  tx: Tx,
  whenIdle: (idle: () => void) => void,
): Promise<{ value: unknown } | { thrown: unknown } | null> {
  return new Promise((settle) => {
    whenIdle(() => settle(null))
    turn(tx).then(
      (value) => settle({ value }),
      (thrown: unknown) => settle({ thrown }),
    )
  })
}

function macrotask(): Promise<void> {
  // timer: only a macrotask lets everything in that has arrived.
  return new Promise((resolve) => setImmediate(resolve))
}

/** What the store could not do now: the same may well be done later, so that whoever asked is told to ask again. */
function unavailable(cause: unknown): Refusal {
  const refusal = new Refusal("unavailable", { why: "store" })
  refusal.cause = cause
  return refusal
}

const diskFull = /^SQLITE_FULL/

/** After these SQLite gives no promise about what is on disk; a retried fsync least of all. */
const untrusted = /^SQLITE_(IOERR|CORRUPT|NOTADB|CANTOPEN)/

function isFatal(thrown: unknown): boolean {
  return isOf(untrusted, thrown)
}

/** Whether it is an error of the store of this kind, or was caused by one. */
function isOf(kind: RegExp, thrown: unknown): boolean {
  if (isRefusal(thrown) || !(thrown instanceof Error)) return false
  const code = "code" in thrown ? String(thrown.code) : ""
  const cause = thrown.cause
  return kind.test(code) || (cause !== undefined && cause !== thrown && isOf(kind, cause))
}
