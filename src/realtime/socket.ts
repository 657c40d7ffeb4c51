import type { ServerWebSocket } from "bun"
import type { Instant } from "../base/day.ts"
import { visitLimits } from "../domain/visits/times.ts"
import type { Caller } from "./admission.ts"
import type { Channel } from "./channel.ts"
import { type As, type Lang, liveLimits } from "./protocol.ts"
import type { Reader } from "./topics.ts"

export type Wire = ServerWebSocket<Socket>

/** One open socket: who is there, what it listens to, and what it has used up of its limits. */
export class Socket {
  readonly id: number
  /** Under whose cookie the socket was opened; `null` for programs and for bearers of a link. */
  readonly cookie: Caller | null
  /** From where it was opened. */
  readonly address: string
  /** Set by the first message. */
  reader: Reader | null = null
  /** What ends the socket when it ends: a session, a device, a key, or a ticket's link. */
  session = ""
  /** Of whom there may be only so many. */
  owner = ""
  lang: Lang
  /** The form in which it gets what it names no form for. */
  prefers: As = "html"
  wire: Wire | null = null
  /** What it listens to, by name and manner. */
  readonly listensTo = new Map<string, Channel>()
  /** What it says it has shown, by name. */
  readonly shown = new Map<string, { seq: number; at: Instant }>()
  isOver = false
  cancelHello: () => void = () => {}
  #drained: (() => void)[] = []
  readonly #arrivals: Instant[] = []
  readonly #signals: Instant[] = []
  /** How many words in a visit were too many. */
  overruns = 0
  #work: Promise<void> = Promise.resolve()

  constructor(id: number, cookie: Caller | null, lang: Lang, address: string) {
    this.id = id
    this.cookie = cookie
    this.address = address
    this.lang = lang
  }

  /** Whether one more message is within the limit. */
  mayTalk(now: Instant): boolean {
    return within(this.#arrivals, now, liveLimits)
  }

  /** Whether one more word in a visit is within the limit of those. */
  maySignal(now: Instant): boolean {
    return within(this.#signals, now, visitLimits)
  }

  /** Ends it at once and without a word: nobody is there to hear one. */
  drop(): void {
    this.wire?.terminate()
  }

  /** Messages of one socket are worked off one after another, in the order in which they came. */
  inOrder(step: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(() => (this.isOver ? undefined : step()))
    return this.#work
  }

  send(frame: string): void {
    if (!this.isOver) this.wire?.send(frame)
  }

  /** Resolves when most of what was sent has left the house, or the socket is over. */
  async roomToSend(): Promise<void> {
    while (!this.isOver && (this.wire?.getBufferedAmount() ?? 0) > liveLimits.replayBytes) {
      await new Promise<void>((resolve) => this.#drained.push(resolve))
    }
  }

  drain(): void {
    for (const resolve of this.#drained.splice(0)) resolve()
  }
}

type Limit = { messages: number; messagesMilliseconds: number }

function within(arrivals: Instant[], now: Instant, { messages, messagesMilliseconds }: Limit): boolean {
  while ((arrivals[0] ?? now) <= now - messagesMilliseconds) arrivals.shift()
  arrivals.push(now)
  // One too many says it all; more of them need not be remembered.
  if (arrivals.length > messages + 1) arrivals.shift()
  return arrivals.length <= messages
}
