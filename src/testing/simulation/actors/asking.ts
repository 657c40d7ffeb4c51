import type { Tx } from "../../../../db/write.ts"
import type { Subject } from "../../../domain/access/subject.ts"
import type { Asked, Caller, Reply } from "../parts.ts"
import type { Simulation } from "../simulation.ts"
import { everyScope, officeScope } from "../world.ts"

/** What a turn comes to. Of a row it is the id that is answered, and goes into the trace. */
type Made = { id: string } | { row: { id: string } } | string | number | null | undefined

export type Ask<S extends Subject> = (
  what: string,
  about: Asked["about"],
  turn: (tx: Tx, me: S) => Promise<Made> | Promise<void>,
  then?: (reply: Reply) => void,
) => void

/** In whose name something is asked of one office: `ask("cancel", { booking }, (tx, me) => cancel(tx, me, booking))`. */
export function asking<S extends Subject>(sim: Simulation, who: Caller, office: string): Ask<S> {
  const scopes = who.kind === "citizen" ? [...officeScope(office), `person:${who.id}` as const] : officeScope(office)
  return (what, about, turn, then) =>
    sim.ask<S>(who, what, about, scopes, async (tx, me) => named((await turn(tx, me)) ?? null), then)
}

/** The same of what touches several offices. */
export function askingEverywhere<S extends Subject>(sim: Simulation, who: Caller): Ask<S> {
  return (what, about, turn, then) =>
    sim.ask<S>(who, what, about, everyScope, async (tx, me) => named((await turn(tx, me)) ?? null), then)
}

function named(made: Made): string {
  if (typeof made !== "object" || made === null) return String(made ?? "")
  return "row" in made ? made.row.id : made.id
}
