import { type As, type Content, type Lang, liveLimits } from "./protocol.ts"
import { type Topic, topicKey, topicName } from "./topics.ts"

/** What a topic shows now. */
export interface Snapshot {
  /** The stream whose facts are behind it: its office, or `accounts`. */
  stream: string
  /** The number of that stream's latest fact. Read it before anything else, so that it never promises more than the content holds. */
  seq: number
  content: Content
  /** Of a ticket: its line, so that what happens in other lines need not be looked at. */
  line?: string
}

/** How a topic is to be shown. */
export interface Manner {
  as: As
  lang: Lang
  /** Which fragment, where a topic has several in HTML. */
  view: string | null
}

/**
 * One topic in one form and one language: what was last sent of it, and what was sent before that. Everybody who listens to it gets the
 * same bytes. All of this is in step with the socket library's own list of listeners because nothing here waits for anything.
 */
export class Channel {
  readonly topic: Topic
  readonly manner: Manner
  /** Its name among the server's own topics. */
  readonly key: string
  listeners = 0
  /** Since when nobody listens. */
  idleSince = 0
  /** Something may have changed that has not been looked at. */
  stale = true
  /** Who is about to listen; until then it must not be forgotten. */
  joining = 0
  /** The look that is being taken. One at a time: two could arrive in the wrong order. */
  looking: Promise<void> | null = null
  stream = ""
  line: string | null = null
  /** The `seq` that was last sent, or would have been if somebody had listened. */
  seq = 0
  #shown: string | null = null
  #sent: { seq: number; prev: number; frame: string }[] = []
  #bytes = 0

  constructor(topic: Topic, manner: Manner) {
    this.topic = topic
    this.manner = manner
    this.key = channelKey(topic, manner)
  }

  get isRendered(): boolean {
    return this.#shown !== null
  }

  /** Takes over what was rendered. Answers the message for those who listen, or `null` where it says nothing new. */
  take(rendered: Snapshot): string | null {
    const shown = JSON.stringify(rendered.content)
    this.stream = rendered.stream
    this.line = rendered.line ?? null
    if (shown === this.#shown) return null
    const first = this.#shown === null
    const prev = this.seq
    this.seq = Math.max(prev, rendered.seq)
    this.#shown = shown
    if (first) return null
    const frame = `{${this.#head()},"prev":${prev},"change":${shown}}`
    this.#remember({ seq: this.seq, prev, frame })
    return frame
  }

  /** What somebody who has `since` needs to be where everybody is: the messages that he missed, or the whole. */
  catchUp(since: number | undefined): string[] {
    const missed = since === undefined ? -1 : this.#sent.findIndex(({ prev }) => prev === since)
    if (missed >= 0) return this.#sent.slice(missed).map(({ frame }) => frame)
    return [`{${this.#head()},"snapshot":${this.#shown}}`]
  }

  #head(): string {
    const view = this.manner.view === null ? "" : `,"view":${JSON.stringify(this.manner.view)}`
    return `"topic":${JSON.stringify(topicName(this.topic))}${view},"seq":${this.seq}`
  }

  #remember(message: { seq: number; prev: number; frame: string }): void {
    this.#sent.push(message)
    this.#bytes += message.frame.length
    while (
      this.#sent.length > liveLimits.replayMessages ||
      (this.#bytes > liveLimits.replayBytes && this.#sent.length > 0)
    ) {
      this.#bytes -= this.#sent.shift()?.frame.length ?? 0
    }
  }
}

export function channelKey(topic: Topic, { as, lang, view }: Manner): string {
  return `${as}.${lang}.${view ?? ""} ${topicKey(topic)}`
}
