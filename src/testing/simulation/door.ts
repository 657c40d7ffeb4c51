import type { Scope, Tx } from "../../../db/write.ts"
import { isRefusal } from "../../base/refusal.ts"
import { deviceOf } from "../../domain/access/devices.ts"
import { holderNow } from "../../domain/access/keys.ts"
import { liveSession, startSession, touchSession, wantsTouch } from "../../domain/access/sessions.ts"
import type { Subject } from "../../domain/access/subject.ts"
import type { House } from "../../web/house.ts"
import { doOnce } from "../../web/once.ts"
import { type Seen, whileOpened, whilePaired, whileSignedIn } from "../../web/signed-in.ts"
import type { Draw } from "./draw.ts"
import type { Asked, Caller, Reply } from "./parts.ts"
import type { Simulation } from "./simulation.ts"
import { described, isOfAFault } from "./thrown.ts"

/** What came of it, `null` where no answer comes, or how it goes on for whoever has passed the gate. */
export type Entered = Reply | null | (() => Promise<Reply | null>)
export type Turn = (tx: Tx, subject: Subject) => Promise<unknown>

interface Passed {
  subject: Subject
  session: string | null
  seen: Seen
}

/** The house as a request has it that has passed the gate. */
function standing(house: House, { kind, id }: Caller, { subject, session, seen }: Passed): House {
  if (session !== null) return whileSignedIn(house, session)
  return kind === "kiosk" ? whilePaired(house, id, seen) : whileOpened(house, id, subject, seen)
}

/** The house's own way with a request: who asks, whether they are signed in, once under its key. */
export class Door {
  readonly #sim: Simulation
  readonly #draw: Draw
  readonly #sessions = new Map<string, string>()

  constructor(sim: Simulation, draw: Draw) {
    this.#sim = sim
    this.#draw = draw
  }

  /** By which session somebody is signed in. */
  sessionOf({ id }: Pick<Caller, "id">): string | undefined {
    return this.#sessions.get(id)
  }

  /** The gate, and behind it what is asked for. */
  async enter(asked: Asked, scopes: Scope[], turn: Turn): Promise<Entered> {
    const { process } = this.#sim
    const { store } = process
    return this.#orRefused(asked, async () => {
      const passed = await this.#gate(asked.by)
      if (passed === null) return { asked, refused: "not_signed_in" }
      // A connection ends with the process that it was made to.
      return () =>
        this.#orRefused(asked, async () => (process.store === store ? this.#serve(asked, scopes, turn, passed) : null))
    })
  }

  async #serve(asked: Asked, scopes: Scope[], turn: Turn, passed: Passed): Promise<Reply> {
    const sim = this.#sim
    const mark = { isRepeated: true }
    const house = { writer: sim.writerFor(asked, passed.session, mark), clock: sim.clock } as House
    const { writer } = standing(house, asked.by, passed)
    const { by, key, what, about } = asked
    const once = { caller: `${by.kind}:${by.id}`, key, asked: { what, ...about } }
    const turnOnce = (tx: Tx) =>
      doOnce(tx, once, async () => {
        mark.isRepeated = false
        return String((await turn(tx, passed.subject)) ?? "")
      })
    return { asked, ok: await writer.write(turnOnce, { scopes }) }
  }

  /** A refusal is an answer; of a process that is dead, or that a fault has struck, there is none. */
  async #orRefused<T>(asked: Asked, run: () => Promise<T>): Promise<T | Reply | null> {
    const sim = this.#sim
    if (sim.process.isDead || sim.process.isBroken) return null
    try {
      const came = await run()
      return sim.process.isDead ? null : came
    } catch (thrown) {
      if (sim.process.isDead || isOfAFault(thrown)) return null
      if (isRefusal(thrown)) return { asked, refused: thrown.code }
      sim.broken("no bug", `${asked.what}: ${described(thrown)}`)
      return null
    }
  }

  async #gate({ kind, id }: Caller): Promise<Passed | null> {
    const { store, clock } = this.#sim
    const now = clock.real()
    const seen = { at: now, accountsHead: this.#sim.process.writer.accountsHead() }
    if (kind === "house") return null
    if (kind === "kiosk") {
      const device = await deviceOf(store, id, now)
      return device && { subject: device, session: null, seen }
    }
    if (kind === "program") {
      const holder = await holderNow(store, id, now)
      return holder && { subject: holder, session: null, seen }
    }
    const known = this.#sessions.get(id)
    const found = known ? await liveSession(store, known, now) : null
    // Less often than it really is: a turn of its own for each minute would be half of all there is.
    if (found && wantsTouch(found.session, now) && this.#draw.hits(0.25)) {
      await this.#sim.own("touch").writer.write((tx) => touchSession(tx, found.session, now), { scopes: [] })
    }
    if (found) return { subject: found.subject, session: found.session.id, seen }
    const fresh = {
      kind,
      subject: id,
      role: kind === "staff" ? "agent" : "citizen",
      factors: "passkey",
      userAgent: "simulation",
    }
    const { session } = await this.#sim.own("sign_in").writer.write((tx) => startSession(tx, fresh, now), {
      scopes: ["accounts"],
    })
    this.#sessions.set(id, session.id)
    const begun = await liveSession(this.#sim.store, session.id, now)
    return begun && { subject: begun.subject, session: begun.session.id, seen }
  }
}
