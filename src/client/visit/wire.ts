import type { VisitAnswer, VisitWord } from "../../realtime/visit-words.ts"
import { listen } from "../live.ts"

/*
 * A page's part in a visit, on the one live wire that it has. It says hello on each new connection, answers the server's question whether
 * it lives in the very handler that hears it (a timer would be throttled, and would answer for a page that hangs), and says good-bye.
 */

/** The visit as the server last told it. */
export type Room = Omit<Extract<VisitAnswer, { do: "room" }>, "do">
/** `elsewhere`: another window has taken over; this one does not come back by itself. */
export type Standing = "live" | "conflict" | "elsewhere" | "removed"

export interface Wire {
  readonly standing: Standing
  readonly room: Room | null
  /** `false`: there is no connection now, and what was said is lost. */
  say(word: VisitWord): boolean
  /** Relays with credentials that are fresh; without a line, as soon as there is one. Throws where there are none to be had now. */
  relays(): Promise<RTCIceServer[]>
  /** "Use here": in the place of the other window. */
  takeOver(): void
  close(): void
}

/** Phases in which people may see and hear each other. */
export const talking: readonly string[] = ["call", "hold", "private"]

/** An answer on a living line takes a few milliseconds. */
const relaysMilliseconds = 3_000

/** What media belong to: one load of a page, never kept. */
export const page = mark()

/**
 * Says hello in the visit and goes on doing so. `hear` gets every word of the server but its questions; `welcome` and `room` have been
 * taken into `room` by then.
 */
export function openWire(visit: string, hear: (word: VisitAnswer) => void): Wire {
  const live = listen()
  const ending = new AbortController()
  const { signal } = ending
  let room: Room | null = null
  let standing: Standing = "live"
  /** Who asked for relays and has not been answered. */
  let asking: PromiseWithResolvers<RTCIceServer[]> | null = null
  let patience = 0

  document.addEventListener("dawr:open", greet, { signal })
  document.addEventListener("dawr:visit", (event) => take((event as CustomEvent<VisitAnswer>).detail), { signal })
  document.addEventListener("visibilitychange", lookAway, { signal })
  window.addEventListener("pagehide", () => live.say({ do: "bye" }), { signal })
  greet()

  function greet(): void {
    if (standing === "elsewhere" || standing === "removed") return
    live.say({ do: "hello", visit, page, tab: tab() })
  }

  function lookAway(): void {
    if (standing === "live") live.say({ do: "visibility", hidden: document.hidden })
  }

  function relays(): Promise<RTCIceServer[]> {
    if (asking) return asking.promise
    if (standing !== "live") return Promise.reject(new Error("another window is in the visit"))
    const own = Promise.withResolvers<RTCIceServer[]>()
    asking = own
    const over = () => {
      clearTimeout(patience)
      if (asking === own) asking = null
    }
    own.promise.then(over, over)
    ask()
    return own.promise
  }

  /** Without a line it is asked as soon as there is one again: before that nobody could be called anyway. */
  function ask(): void {
    clearTimeout(patience)
    if (!live.say({ do: "relays" })) return
    patience = window.setTimeout(() => asking?.reject(new Error("no answer")), relaysMilliseconds)
  }

  function take(word: VisitAnswer): void {
    if ("visit" in word && word.visit !== visit) return
    switch (word.do) {
      case "ping":
        live.say({ do: "pong", n: word.n })
        return
      case "welcome":
        standing = "live"
        room = word
        // What was asked on the line before this one is not answered any more.
        if (asking) ask()
        if (document.hidden) lookAway()
        break
      case "relays":
        asking?.resolve(word.iceServers)
        return
      case "denied":
        if (word.of === "relays") asking?.reject(new Error(word.code))
        break
      case "room":
        room = word
        break
      case "conflict":
        standing = "conflict"
        break
      case "superseded":
        // It may be said of another window of the same person, and of a page of this one that is long gone.
        if (word.page !== page || word.epoch !== room?.you.epoch) return
        standing = "elsewhere"
        break
      case "removed":
        standing = "removed"
    }
    hear(word)
  }

  return {
    get standing() {
      return standing
    },
    get room() {
      return room
    },
    relays,
    say: (word) => standing === "live" && live.say(word),
    takeOver() {
      // Who was superseded has been forgotten by the server, and is asked again whether to take over.
      if (standing === "conflict") live.say({ do: "takeover" })
      else {
        standing = "live"
        greet()
        live.say({ do: "takeover" })
      }
    },
    close() {
      ending.abort()
      asking?.reject(new Error("the visit was left"))
      live.say({ do: "bye" })
    },
  }
}

function mark(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")
}

/** Kept over a reload, and copied with the tab. */
function tab(): string {
  const kept = sessionStorage.getItem("dawr.tab") ?? mark()
  sessionStorage.setItem("dawr.tab", kept)
  return kept
}
