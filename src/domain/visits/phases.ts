import type { TicketRow } from "../../../db/schema/queue.ts"
import type { Phase } from "../../../db/schema/visits.ts"
import { Refusal } from "../../base/refusal.ts"

/**
 * Every move that a visit can make, and nothing else. Into `ringing` and out of it the ticket moves; here the same is said of the call.
 */
export const phaseMoves = {
  // Into a call at once where the ticket was brought back by an undo: it is being served, and nobody is connected.
  lobby: ["ringing", "call", "over"],
  ringing: ["call", "lobby", "over"],
  call: ["hold", "private", "interrupted", "wrapUp", "lobby", "over"],
  hold: ["call", "private", "interrupted", "wrapUp", "lobby", "over"],
  private: ["call", "hold", "interrupted", "wrapUp", "lobby", "over"],
  interrupted: ["call", "wrapUp", "lobby", "over"],
  wrapUp: ["call", "lobby", "over"],
  over: [],
} as const satisfies Record<Phase, readonly Phase[]>

/** Phases in which people may see and hear each other. Of these who is held is left out. */
export const talking: readonly Phase[] = ["call", "hold", "private"]

export function mayPass(from: Phase, to: Phase): boolean {
  return (phaseMoves[from] as readonly Phase[]).includes(to)
}

/** Refuses `wrong_state` with the phase that was found. */
export function mustPass(from: Phase, to: Phase): void {
  if (!mayPass(from, to)) throw new Refusal("wrong_state", { state: from })
}

/** Refuses `wrong_state` with the phase that was found. */
export function mustBeIn(phase: Phase, ...phases: readonly Phase[]): void {
  if (!phases.includes(phase)) throw new Refusal("wrong_state", { state: phase })
}

/**
 * The phase that holds. The ticket is the truth: it is called, put aside and undone at the desk, which knows nothing of calls; what the
 * visit has written decides only between the phases of one state of the ticket.
 */
export function phaseOf({ state }: Pick<TicketRow, "state">, written: Phase): Phase {
  switch (state) {
    case "early":
    case "waiting":
    case "away":
    case "absent":
      return "lobby"
    case "called":
      return "ringing"
    case "parked":
      return written === "interrupted" ? "interrupted" : "lobby"
    case "serving":
      // Served at the desk without a call, or brought back by an undo: there is nothing to talk with until somebody resumes.
      if (written === "over") return "wrapUp"
      return written === "lobby" || written === "ringing" ? "call" : written
    default:
      return "over"
  }
}
