import type { Database } from "bun:sqlite"
import type { AnyFact } from "../../../db/facts.ts"
import type { Store } from "../../../db/store.ts"
import type { Scope, Tx, Writer } from "../../../db/write.ts"
import type { Clock } from "../../base/clock.ts"
import { type Instant, minute } from "../../base/day.ts"
import type { Log } from "../../base/log.ts"
import { isRefusal, type Refusal } from "../../base/refusal.ts"
import { deviceOf } from "../../domain/access/devices.ts"
import { liveSession, startSession, touchSession, wantsTouch } from "../../domain/access/sessions.ts"
import type { Subject } from "../../domain/access/subject.ts"
import { sessionAt } from "../../domain/offices/hours.ts"
import { office, sessionsAround } from "../../domain/offices/reads.ts"
import { officesWithLeases, reconnectAll } from "../../domain/visits/participants.ts"
import type { House } from "../../web/house.ts"
import { doOnce } from "../../web/once.ts"
import { whileSignedIn } from "../../web/signed-in.ts"
import { Agenda } from "./agenda.ts"
import { Draw } from "./draw.ts"
import { Process } from "./house.ts"
import type { Asked, Caller, Done, Fault, Invariant, Passage, Reply, Watch, When } from "./parts.ts"
import { everyScope, type World } from "./world.ts"

/** What a fault throws where the process itself would have had a bug or a failing disk. */
export class Injected extends Error {}

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

const triesMax = 5
/** Requests that arrive within so many milliseconds may come into one batch. */
const together = 1_500

/** One run: a virtual clock, an agenda, the house, and those who look on. */
export class Simulation {
  readonly seed: number
  readonly draw: Draw
  readonly world: World
  readonly clock: Clock
  readonly until: Instant
  readonly breaches: { invariant: string; what: string }[] = []
  readonly counts = { requests: 0, turns: 0, faults: new Map<string, number>() }
  readonly process: Process
  /** What actors put down for themselves. */
  readonly notes = new Map<string, string>()
  /** Ids of messages that were handed over to a carrier, and how often. */
  readonly sent = new Map<string, number>()
  /** How far the machine's clock is from the true time. */
  clockOff = 0
  /** Until then no job runs. */
  jobsRestUntil = 0
  dieAfterCommit = false

  readonly #agenda = new Agenda<Happening>()
  readonly #watches: [name: string, Watch][]
  readonly #faults: Begun["faults"]
  readonly #net: Draw
  readonly #fate: Draw
  readonly #say: ((line: string) => void) | undefined
  readonly #hash = new Bun.CryptoHasher("sha256")
  readonly #sessions = new Map<string, string>()
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
    this.#faults = faults
    this.#say = say
    const draw = new Draw(`seed ${seed}`)
    this.draw = draw.of("people")
    this.#net = draw.of("net")
    this.#fate = draw.of("fate")
    const clock = () => this.#t + this.clockOff
    this.clock = { office: clock, real: clock }
    this.process = new Process(world.folder, {
      clock: this.clock,
      chance: draw.of("the house"),
      begun: () => {
        this.#executed = []
      },
      beforeCommit: () => {
        for (const { fault, often } of this.#hitting("atCommit")) if (this.#hits(often)) fault.atCommit?.(this)
      },
      afterCommit: () => this.#committed(),
    })
    this.#watches = invariants.map((one) => [one.name, one.watch(this, (what) => this.broken(one.name, what))])
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

  broken(invariant: string, what: string): void {
    this.trace(`BROKEN ${invariant}: ${what}`)
    this.breaches.push({ invariant, what })
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
    const serve = () => this.#serve(asked, scopes, turn as (tx: Tx, subject: Subject) => Promise<unknown>)
    this.#attempt(asked, serve, 1, then)
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
          if (isRefusal(thrown)) this.#refused(asked, tx, thrown)
          throw thrown
        }
        for (const { fault, often } of this.#hitting("inTurn")) if (this.#hits(often)) fault.inTurn?.(this)
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

  /** Signs out whoever it is, as somebody else decides. */
  sessionOf({ id }: Pick<Caller, "id">): string | undefined {
    return this.#sessions.get(id)
  }

  /** Until the agenda is empty or the time is over, or something is broken. */
  async live(): Promise<void> {
    for (let next = this.#agenda.take(); next && this.breaches.length === 0; next = this.#agenda.take()) {
      if (next.at > this.until && !this.#isCalm) return
      this.#t = Math.max(this.#t, next.at)
      const batch = [next.what]
      const latest = this.#t + (this.#net.hits(0.5) ? together : 0)
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
    const leases = await officesWithLeases(this.store)
    if (leases.length > 0) {
      const asked = this.own("reconnect")
      await this.#orInjected(asked.writer.write(reconnectAll, { scopes: everyScope }))
    }
  }

  /** No more faults; what is on its way arrives. */
  async calmDown(): Promise<void> {
    this.#isCalm = true
    this.jobsRestUntil = 0
    this.clockOff = 0
    this.process.limitPages(null)
    await this.live()
  }

  look(when: When): void {
    for (const [name, watch] of this.#watches)
      this.#guarded(name, () => watch.store?.(this.process.raw as Database, when))
  }

  /** What everything came to: the same for the same seed, whatever the machine. */
  hash(): string {
    const heads = this.rows<{ stream: string; hash: string }>(
      "SELECT stream, hash FROM fact AS f WHERE seq = (SELECT max(seq) FROM fact WHERE stream = f.stream) ORDER BY stream",
    )
    for (const { stream, hash } of heads) this.#hash.update(`${stream} ${hash}\n`)
    return this.#hash.digest("hex")
  }

  /** A turn of the house itself that a fault may have spoilt. */
  async #orInjected(written: Promise<unknown>): Promise<void> {
    try {
      await written
    } catch (thrown) {
      if (!this.#isFault(thrown)) this.broken("no bug", described(thrown))
    }
  }

  #isFault(thrown: unknown): boolean {
    return (
      thrown instanceof Injected ||
      (isRefusal(thrown) && (thrown.code === "unavailable" || thrown.code === "store_busy"))
    )
  }

  readonly #log: Log = {
    info: () => {},
    warn: () => {},
    error: (event, { cause, detail } = {}) => {
      if (this.#isFault(cause)) return
      this.broken("no bug", `${event} ${detail ?? ""} ${described(cause)}`)
    },
  }

  #hitting(occasion: "onTheWay" | "inTurn" | "atCommit"): readonly { fault: Fault; often: number }[] {
    return this.#isCalm || this.process.isDead ? [] : this.#faults.filter(({ fault }) => fault[occasion])
  }

  #hits(often: number): boolean {
    return this.#fate.hits(often)
  }

  #passage(asked: Asked): Passage {
    let passage: Passage = { delay: this.#net.whole(1, 200) }
    for (const { fault, often } of this.#hitting("onTheWay")) {
      if (this.#hits(often)) passage = { ...passage, ...fault.onTheWay?.(this, asked) }
    }
    return passage
  }

  #attempt(asked: Asked, serve: () => Promise<Reply | null>, nth: number, then?: (reply: Reply) => void): void {
    const { lost, delay = 1, twice } = this.#passage(asked)
    const again = async () => {
      const unknown: Reply = { asked, unknown: "nobody answered" }
      if (nth < triesMax) this.#attempt(asked, serve, nth + 1, then)
      else this.#answered(unknown, then)
    }
    const later = () => this.plan(this.#t + this.#net.whole(2_000, 30_000), again)
    if (lost === "there") {
      later()
      return
    }
    const arrive = async () => {
      const reply = await serve()
      if (reply === null || lost === "back") later()
      else this.#answered(reply, then)
    }
    this.plan(this.#t + delay, arrive, true)
    if (!twice) return
    const echo = async () => {
      const reply = await serve()
      if (reply) this.#answered(reply)
    }
    this.plan(this.#t + delay + this.#net.whole(0, 20_000), echo, true)
  }

  #answered(reply: Reply, then?: (reply: Reply) => void): void {
    const { by, what, about } = reply.asked
    const came = "ok" in reply ? `ok ${reply.ok}` : "refused" in reply ? `refused ${reply.refused}` : reply.unknown
    this.trace(`${by.kind} ${by.id}: ${what} ${JSON.stringify(about)} → ${came}`)
    for (const [name, watch] of this.#watches) this.#guarded(name, () => watch.answered?.(reply))
    then?.(reply)
  }

  /** The house's own way with a request: who asks, whether they are signed in, once under its key. `null`: no answer comes. */
  async #serve(
    asked: Asked,
    scopes: Scope[],
    turn: (tx: Tx, subject: Subject) => Promise<unknown>,
  ): Promise<Reply | null> {
    if (this.process.isDead || this.process.isBroken) return null
    try {
      const gate = await this.#gate(asked.by)
      if (gate === null) return { asked, refused: "not_signed_in" }
      const { subject, session } = gate
      const mark = { isRepeated: true }
      const recorded = this.writerFor(asked, session, mark)
      const { writer } = session ? whileSignedIn({ writer: recorded } as House, session) : { writer: recorded }
      const once = {
        caller: `${asked.by.kind}:${asked.by.id}`,
        key: asked.key,
        asked: { what: asked.what, ...asked.about },
      }
      const ok = await writer.write(
        (tx) =>
          doOnce(tx, once, async () => {
            mark.isRepeated = false
            return String((await turn(tx, subject)) ?? "")
          }),
        { scopes },
      )
      return this.process.isDead ? null : { asked, ok }
    } catch (thrown) {
      if (this.process.isDead || this.#isFault(thrown)) return null
      if (isRefusal(thrown)) return { asked, refused: thrown.code }
      this.broken("no bug", `${asked.what}: ${described(thrown)}`)
      return null
    }
  }

  async #gate({ kind, id }: Caller): Promise<{ subject: Subject; session: string | null } | null> {
    const now = this.clock.real()
    if (kind === "kiosk") {
      const device = await deviceOf(this.store, id, now)
      return device && { subject: device, session: null }
    }
    if (kind === "house") return null
    const known = this.#sessions.get(id)
    const found = known ? await liveSession(this.store, known, now) : null
    // Less often than it really is: a turn of its own for each minute would be half of all there is.
    if (found && wantsTouch(found.session, now) && this.#net.hits(0.25)) {
      await this.own("touch").writer.write((tx) => touchSession(tx, found.session, now), { scopes: [] })
    }
    if (found) return { subject: found.subject, session: found.session.id }
    const fresh = {
      kind,
      subject: id,
      role: kind === "staff" ? "agent" : "citizen",
      factors: "passkey",
      userAgent: "simulation",
    }
    const { session } = await this.own("sign_in").writer.write((tx) => startSession(tx, fresh, now), {
      scopes: ["accounts"],
    })
    this.#sessions.set(id, session.id)
    const begun = await liveSession(this.store, session.id, now)
    return begun && { subject: begun.subject, session: begun.session.id }
  }

  #refused(asked: Asked, tx: Tx, { code }: Refusal): void {
    for (const [name, watch] of this.#watches) {
      this.#guarded(name, () => watch.refused?.({ asked, now: tx.now, code, raw: tx.connection.raw as Database }))
    }
  }

  #committed(): void {
    const done = this.#executed
    this.#executed = []
    // The file that the next process finds was left before this commit: of it nothing is there.
    if (this.process.isDead) return
    this.counts.turns += done.length
    for (const turn of done) {
      for (const [name, watch] of this.#watches) this.#guarded(name, () => watch.done?.(turn))
    }
    if (!this.dieAfterCommit) return
    this.dieAfterCommit = false
    this.process.die()
  }

  #guarded(name: string, run: () => void): void {
    try {
      run()
    } catch (thrown) {
      this.broken(name, described(thrown))
    }
  }
}

export const officeScope = (code: string): Scope[] => [`office:${code}`, "accounts"]
export const minutes = (count: number): number => count * minute

function described(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const cause = thrown.cause === undefined ? "" : ` ← ${described(thrown.cause)}`
  return `${thrown.stack ?? thrown.message}${cause}`
}
