import { officeNow } from "./time.ts"

/** A call as a hall hears it. */
export interface Call {
  number: number
  counter: number
  /** The how-manieth time: a recall rings again. */
  calls: number
  /** Epoch milliseconds, by the office's clock. */
  at: number
}

export interface Chime {
  /**
   * Plays the clips one after the other, after those of earlier calls. `false` if this call has rung before, also before a reload, or
   * is too old to send anybody to a counter. Resolves at once; the sound follows.
   */
  ring(call: Call, clips: string[]): boolean
  /** Whether the browser lets us be heard. Until somebody has touched the page it may not, unless it was started for a board. */
  readonly isHeard: boolean
  /** Asks to be heard. To be called from a touch or a key. */
  wake(): Promise<void>
  /** Fetches clips ahead, so that the first call is not late. */
  prepare(clips: string[]): Promise<void>
  /** Resolves when nothing is left to play. */
  silence(): Promise<void>
}

export interface ChimeOptions {
  context: Pick<AudioContext, "state" | "resume" | "decodeAudioData" | "createBufferSource" | "destination">
  fetch(url: string): Promise<Response>
  /** Survives a reload, not the closing of the page. */
  storage: Pick<Storage, "getItem" | "setItem">
  now(): number
  onError(cause: unknown): void
}

const oldAfterMilliseconds = 60_000
const key = "dawr.rung"
/** Numbers begin again on the next day. */
const sameCallMilliseconds = 12 * 3_600_000
/** More than a hall calls in a day. */
const rememberMax = 2_000
/** A sound device that has gone away must not keep the next call waiting for ever. */
const graceMilliseconds = 2_000

/** The chime of this page. */
export function openChime(): Chime {
  return createChime({
    context: new AudioContext(),
    fetch: (url) => fetch(url),
    storage: sessionStorage,
    now: officeNow,
    onError: (cause) => console.warn("a clip could not be played", cause),
  })
}

export function createChime(options: ChimeOptions): Chime {
  const { context, storage } = options
  const rung = new Map(read(storage))
  const buffers = new Map<string, Promise<AudioBuffer | null>>()
  let playing: Promise<void> = Promise.resolve()

  /** `null` for a clip that is missing or broken: the others are heard all the same. */
  function load(url: string): Promise<AudioBuffer | null> {
    let buffer = buffers.get(url)
    if (!buffer) {
      buffer = options
        .fetch(url)
        .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(`${url}: ${answer.status}`))))
        .then((bytes) => context.decodeAudioData(bytes))
        .catch((cause) => {
          // Asked for again with the next call: the network may be back by then.
          buffers.delete(url)
          options.onError(cause)
          return null
        })
      buffers.set(url, buffer)
    }
    return buffer
  }

  async function play(clips: string[]): Promise<void> {
    const loaded = await Promise.all(clips.map(load))
    if (context.state !== "running") await withinGrace(context.resume(), 0)
    if (context.state !== "running") return
    for (const buffer of loaded) if (buffer) await playOne(buffer)
  }

  async function playOne(buffer: AudioBuffer): Promise<void> {
    const source = context.createBufferSource()
    source.buffer = buffer
    source.connect(context.destination)
    const { promise, resolve } = Promise.withResolvers<void>()
    source.onended = () => resolve()
    source.start()
    await withinGrace(promise, buffer.duration * 1000)
    source.disconnect()
  }

  return {
    ring(call, clips) {
      const name = `${call.number}.${call.counter}.${call.calls}`
      if (Math.abs(call.at - (rung.get(name) ?? Number.NEGATIVE_INFINITY)) < sameCallMilliseconds) return false
      rung.delete(name)
      rung.set(name, call.at)
      storage.setItem(key, JSON.stringify([...rung].slice(-rememberMax)))
      if (options.now() - call.at > oldAfterMilliseconds) return false
      playing = playing.then(() => play(clips)).catch(options.onError)
      return true
    },
    get isHeard() {
      return context.state === "running"
    },
    wake: () => context.resume(),
    prepare: async (clips) => void (await Promise.all(clips.map(load))),
    silence: () => playing,
  }
}

function withinGrace(wanted: Promise<void>, milliseconds: number): Promise<void> {
  return Promise.race([
    wanted.catch(() => {}),
    new Promise<void>((resolve) => setTimeout(resolve, milliseconds + graceMilliseconds)),
  ])
}

function read(storage: Pick<Storage, "getItem">): [string, number][] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(key) ?? "[]")
    return Array.isArray(kept) ? kept.filter(isRung) : []
  } catch {
    return []
  }
}

function isRung(kept: unknown): kept is [string, number] {
  return Array.isArray(kept) && typeof kept[0] === "string" && typeof kept[1] === "number"
}
