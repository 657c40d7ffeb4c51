import type { Database } from "bun:sqlite"
import type { AnyFact } from "../../../db/facts.ts"
import type { Store } from "../../../db/store.ts"
import type { Scope, Tx, Writer } from "../../../db/write.ts"
import type { Clock } from "../../base/clock.ts"
import { type Instant, minute } from "../../base/day.ts"
import type { Log } from "../../base/log.ts"
import { isRefusal } from "../../base/refusal.ts"
import type { Subject } from "../../domain/access/subject.ts"
import { sessionAt } from "../../domain/offices/hours.ts"
import { office, sessionsAround } from "../../domain/offices/reads.ts"
import { officesWithLeases, reconnectAll } from "../../domain/visits/participants.ts"
import { Agenda } from "./agenda.ts"
import { Door, type Turn } from "./door.ts"
import { Draw } from "./draw.ts"
import { Fate } from "./fate.ts"
import { Process } from "./house.ts"
import { LookingOn } from "./looking-on.ts"
import { Network } from "./network.ts"
import type { Asked, Caller, Done, Fault, Invariant, Reply, When } from "./parts.ts"
import { Shelf } from "./shelf.ts"
import { described, isOfAFault } from "./thrown.ts"
import { everyScope, type World } from "./world.ts"

interface Happening {
  run(): Promise<void>
  /** A request that arrives may meet others at the house, and share a commit with them. */
  isArrival: boolean
}

export interface Begun {
  seed: number
  begins: Instant
  until: Instant
  faults: readonly { fault: Fault; often: number }[]
  invariants: readonly Invariant[]
  world: World
  /** Gets a line for everything that happens. */
  say?: (line: string) => void
}

/** One run: a virtual clock, an agenda, the house, and those who look on. */
export class Simulation {
  readonly seed: number
  readonly draw: Draw
  readonly world: World
  readonly clock: Clock
  readonly until: Instant
  readonly counts = { requests: 0, turns: 0, faults: new Map<string, number>() }
  readonly process: Process
  /** What actors put down for themselves. */
  readonly notes = new Map<string, string>()
  /** Ids of messages that were handed over to a carrier, and how often. */
  readonly sent = new Map<string, number>()
  /** Where the bytes of recordings lie. */
  readonly shelf = new Shelf()
  /** How far the machine's clock is from the true time. */
  clockOff = 0
  /** Until then no job runs. */
  jobsRestUntil = 0
  dieAfterCommit = false

  readonly #agenda = new Agenda<Happening>()
  readonly #fate: Fate
  readonly #network: Network
  readonly #door: Door
  readonly #lookingOn: LookingOn
  readonly #say: ((line: string) => void) | undefined
  readonly #hash = new Bun.CryptoHasher("sha256")
  readonly #open = new Map<string, { at: Instant; isOpen: boolean }>()
  #executed: Done[] = []
  #t: Instant
  #keys = 0
  #isCalm = false

  constructor({ seed, begins, until, faults, invariants, world, say }: Begun) {
    this.seed = seed
    this.until = until
    this.world = world
    this.#t = begins
    this.#say = say
    const draw = new Draw(`seed ${seed}`)
    this.draw = draw.of("people")
    const clock = () => this.#t + this.clockOff
    this.clock = { office: clock, real: clock }
    this.#fate = new Fate(faults, draw.of("fate"), () => this.#isCalm || this.process.isDead)
    const net = draw.of("net")
    this.#network = new Network(this, net, this.#fate)
    this.#door = new Door(this, net)
    this.process = new Process(world.folder, {
      clock: this.clock,
      chance: draw.of("the house"),
      begun: () => {
        this.#executed = []
      },
      beforeCommit: () => {
        for (const fault of this.#fate.hitting("atCommit")) fault.atCommit?.(this)
      },
      afterCommit: () => this.#committed(),
    })
    this.#lookingOn = new LookingOn(this, invariants)
  }

  get store(): Store {
    return this.process.store
  }

  /** The time that a turn begun now would have. */
  now(): Instant {
    return this.process.writer.now()
  }

  /** The true time, which no clock of the house need know. */
  get trueTime(): Instant {
    return this.#t
  }

  pass(milliseconds: number): void {
    this.#t += milliseconds
  }

  /** Faults are over: from now on everything must come to its end. */
  get isCalm(): boolean {
    return this.#isCalm
  }

  get breaches(): readonly { invariant: string; what: string }[] {
    return this.#lookingOn.breaches
  }

  broken(invariant: string, what: string): void {
    this.#lookingOn.broken(invariant, what)
  }

  look(when: When): void {
    this.#lookingOn.store(this.process.raw as Database, when)
  }

  struck({ name }: Fault): void {
    this.counts.faults.set(name, (this.counts.faults.get(name) ?? 0) + 1)
    this.trace(`fault: ${name}`)
  }

  trace(line: string): void {
    this.#hash.update(`${this.#t} ${line}\n`)
    this.#say?.(`${new Date(this.#t).toISOString().slice(0, 23)}  ${line}`)
  }

  plan(at: Instant, run: () => Promise<void>, isArrival = false): void {
    this.#agenda.plan(at, { run, isArrival })
  }

  /** Rows of the committed store, as plain as SQLite gives them: what an actor knows of the world. */
  rows<T>(sql: string, ...values: (string | number)[]): T[] {
    return this.process.reading.query<T, (string | number)[]>(sql).all(...values)
  }

  /** Whether the office has a session now, as the house knows it. */
  async isOpen(code: string): Promise<boolean> {
    const now = this.now()
    const known = this.#open.get(code)
    // People look at the clock, not at the second.
    if (known && Math.abs(now - known.at) < minute) return known.isOpen
    const here = await office(this.store, code)
    const isOpen = sessionAt(await sessionsAround(this.store, here, now), now) !== null
    this.#open.set(code, { at: now, isOpen })
    return isOpen
  }

  /**
   * Asks the house for something, over a network that may lose it, and asks again under the same key as people's programs do. `then` gets
   * what came of it in the end.
   */
  ask<S extends Subject>(
    by: Caller,
    what: string,
    about: Asked["about"],
    scopes: Scope[],
    turn: (tx: Tx, subject: S) => Promise<unknown>,
    then?: (reply: Reply) => void,
  ): void {
    this.counts.requests++
    const asked: Asked = { by, what, about, key: `${what}-${this.#keys++}` }
    this.#network.send(asked, () => this.#door.enter(asked, scopes, turn as Turn), then)
  }

  /** An answer has reached whoever asked. */
  answered(reply: Reply, then?: (reply: Reply) => void): void {
    const { by, what, about } = reply.asked
    const came = "ok" in reply ? `ok ${reply.ok}` : "refused" in reply ? `refused ${reply.refused}` : reply.unknown
    this.trace(`${by.kind} ${by.id}: ${what} ${JSON.stringify(about)} → ${came}`)
    this.#lookingOn.answered(reply)
    then?.(reply)
  }

  /** By which session somebody is signed in, for whoever ends it. */
  sessionOf(who: Pick<Caller, "id">): string | undefined {
    return this.#door.sessionOf(who)
  }

  /** A writer by which everything that it writes is seen. */
  writerFor(
    asked: Asked,
    session: string | null = null,
    mark: { isRepeated: boolean } = { isRepeated: false },
  ): Writer {
    const { writer } = this.process
    const write: Writer["write"] = (turn, options) =>
      writer.write(async (tx) => {
        let answer: Awaited<ReturnType<typeof turn>>
        try {
          answer = await turn(tx)
        } catch (thrown) {
          const raw = tx.connection.raw as Database
          if (isRefusal(thrown)) this.#lookingOn.refused({ asked, now: tx.now, code: thrown.code, raw })
          throw thrown
        }
        for (const fault of this.#fate.hitting("inTurn")) fault.inTurn?.(this)
        const { said: facts } = tx as Tx & { said: AnyFact[] }
        const { isRepeated } = mark
        this.#executed.push({ asked, session, now: tx.now, facts, answer: String(answer ?? ""), isRepeated })
        return answer
      }, options)
    return Object.create(writer, { write: { value: write } })
  }

  /** What the house does by itself. */
  own(what: string, about: Asked["about"] = {}): { store: Store; writer: Writer; clock: Clock; log: Log } {
    const asked: Asked = { by: { kind: "house", id: "house" }, what, about, key: "" }
    return { store: this.store, writer: this.writerFor(asked), clock: this.clock, log: this.#log }
  }

  /** Until the agenda is empty or the time is over, or something is broken. */
  async live(): Promise<void> {
    for (let next = this.#agenda.take(); next && this.breaches.length === 0; next = this.#agenda.take()) {
      if (next.at > this.until && !this.#isCalm) return
      this.#t = Math.max(this.#t, next.at)
      const batch = [next.what]
      const latest = this.#network.batchEnds(this.#t)
      for (let more = this.#agenda.first(); next.what.isArrival; more = this.#agenda.first()) {
        if (!more?.what.isArrival || more.at > latest) break
        batch.push(more.what)
        this.#agenda.take()
      }
      await Promise.all(batch.map(({ run }) => run()))
      if (this.process.isDead || this.process.isBroken) await this.restart("the process died")
    }
  }

  async restart(why: string): Promise<void> {
    this.trace(`restart: ${why}`)
    await this.process.restart()
    this.look("after a restart")
    if ((await officesWithLeases(this.store)).length === 0) return
    const { writer, log } = this.own("reconnect")
    const written = writer.write(reconnectAll, { scopes: everyScope })
    await written.catch((cause: unknown) => log.error("reconnect", { cause }))
  }

  /** No more faults; what is on its way arrives. */
  async calmDown(): Promise<void> {
    this.#isCalm = true
    this.jobsRestUntil = 0
    this.clockOff = 0
    this.process.limitPages(null)
    await this.live()
  }

  /** What everything came to: the same for the same seed, whatever the machine. */
  hash(): string {
    const heads = this.rows<{ stream: string; hash: string }>(
      "SELECT stream, hash FROM fact AS f WHERE seq = (SELECT max(seq) FROM fact WHERE stream = f.stream) ORDER BY stream",
    )
    for (const { stream, hash } of heads) this.#hash.update(`${stream} ${hash}\n`)
    return this.#hash.digest("hex")
  }

  /** What the house would complain of, where no fault is behind it, is a bug. */
  readonly #log: Log = {
    info: () => {},
    warn: () => {},
    error: (event, { cause, detail } = {}) => {
      if (!isOfAFault(cause)) this.broken("no bug", `${event} ${detail ?? ""} ${described(cause)}`)
    },
  }

  #committed(): void {
    const done = this.#executed
    this.#executed = []
    // The file that the next process finds was left before this commit: of it nothing is there.
    if (this.process.isDead) return
    this.counts.turns += done.length
    this.#lookingOn.done(done)
    if (!this.dieAfterCommit) return
    this.dieAfterCommit = false
    this.process.die()
  }
}
