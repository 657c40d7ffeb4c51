import type { Scope, Tx } from "../../../db/write.ts"
import { isRefusal } from "../../base/refusal.ts"
import { deviceOf } from "../../domain/access/devices.ts"
import { liveSession, startSession, touchSession, wantsTouch } from "../../domain/access/sessions.ts"
import type { Subject } from "../../domain/access/subject.ts"
import type { House } from "../../web/house.ts"
import { doOnce } from "../../web/once.ts"
import { whileSignedIn } from "../../web/signed-in.ts"
import type { Draw } from "./draw.ts"
import type { Asked, Caller, Reply } from "./parts.ts"
import type { Simulation } from "./simulation.ts"
import { described, isOfAFault } from "./thrown.ts"

export type Turn = (tx: Tx, subject: Subject) => Promise<unknown>

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

  /** `null`: no answer comes. */
  async serve(asked: Asked, scopes: Scope[], turn: Turn): Promise<Reply | null> {
    const sim = this.#sim
    if (sim.process.isDead || sim.process.isBroken) return null
    try {
      const gate = await this.#gate(asked.by)
      if (gate === null) return { asked, refused: "not_signed_in" }
      const { subject, session } = gate
      const mark = { isRepeated: true }
      const recorded = sim.writerFor(asked, session, mark)
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
      return sim.process.isDead ? null : { asked, ok }
    } catch (thrown) {
      if (sim.process.isDead || isOfAFault(thrown)) return null
      if (isRefusal(thrown)) return { asked, refused: thrown.code }
      sim.broken("no bug", `${asked.what}: ${described(thrown)}`)
      return null
    }
  }

  async #gate({ kind, id }: Caller): Promise<{ subject: Subject; session: string | null } | null> {
    const { store, clock } = this.#sim
    const now = clock.real()
    if (kind === "house") return null
    if (kind === "kiosk") {
      const device = await deviceOf(store, id, now)
      return device && { subject: device, session: null }
    }
    const known = this.#sessions.get(id)
    const found = known ? await liveSession(store, known, now) : null
    // Less often than it really is: a turn of its own for each minute would be half of all there is.
    if (found && wantsTouch(found.session, now) && this.#draw.hits(0.25)) {
      await this.#sim.own("touch").writer.write((tx) => touchSession(tx, found.session, now), { scopes: [] })
    }
    if (found) return { subject: found.subject, session: found.session.id }
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
    return begun && { subject: begun.subject, session: begun.session.id }
  }
}
