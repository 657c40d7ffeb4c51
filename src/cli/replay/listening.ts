import { type Content, closeCodes, type ServerMessage } from "../../realtime/protocol.ts"

/** Without a word from the server for this long it is gone; it says something every fifteen seconds. */
const silenceMilliseconds = 40_000
const retryMilliseconds = 500
const helloWithinMilliseconds = 10_000

/**
 * Follows topics of a running process over its socket, as a board or a desk does: each content in order and without a hole, again after a
 * gap or a lost connection. `heard` gets each content; the first of every topic before this is answered. What is answered ends it.
 * Throws a sentence where the process lets nobody listen.
 */
export async function listenTo(
  origin: string,
  token: string,
  topics: readonly string[],
  heard: (topic: string, content: Content) => void,
): Promise<() => void> {
  /** The number of what each topic shows. */
  const have = new Map<string, number>()
  const address = `${origin.replace(/^http/, "ws")}/live`
  let socket: WebSocket | null = null
  let isOver = false
  let silence: ReturnType<typeof setTimeout> | undefined
  let settle: { done: () => void; fail: (why: Error) => void } | null = null

  function follow(wanted: readonly string[]): void {
    for (const topic of wanted) {
      socket?.send(JSON.stringify({ sub: [topic], since: have.get(topic), as: "json" }))
    }
  }

  function take(message: ServerMessage): void {
    if ("refused" in message) {
      settle?.fail(new RangeError(`${message.refused} may not be listened to at ${origin}: ${message.code}`))
      return
    }
    if (!("topic" in message)) return
    const { topic, seq } = message
    const isNext = "snapshot" in message || message.prev === have.get(topic)
    // Something is missing in between; what is asked for now brings it.
    if (!isNext) {
      follow([topic])
      return
    }
    have.set(topic, seq)
    heard(topic, "snapshot" in message ? message.snapshot : message.change)
    if (topics.every((one) => have.has(one))) settle?.done()
  }

  function connect(): void {
    const opened = new WebSocket(address)
    socket = opened
    const listen = () => {
      clearTimeout(silence)
      silence = setTimeout(() => opened.close(), silenceMilliseconds)
    }
    opened.onopen = () => {
      listen()
      opened.send(JSON.stringify({ token }))
      follow(topics)
    }
    opened.onmessage = ({ data }) => {
      listen()
      take(JSON.parse(String(data)) as ServerMessage)
    }
    opened.onclose = ({ code }) => {
      clearTimeout(silence)
      // The key is not, or no longer, good: to come back with it would be in vain.
      if (code === closeCodes.unknown) {
        isOver = true
        settle?.fail(new RangeError(`nobody may listen at ${origin} with this key`))
      }
      if (!isOver) setTimeout(() => isOver || connect(), retryMilliseconds)
    }
  }

  const close = () => {
    isOver = true
    clearTimeout(silence)
    socket?.close()
  }
  try {
    await new Promise<void>((done, fail) => {
      settle = { done, fail }
      setTimeout(() => fail(new RangeError(`nobody answers at ${address}`)), helloWithinMilliseconds).unref()
      connect()
    })
  } catch (thrown) {
    close()
    throw thrown
  } finally {
    settle = null
  }
  return close
}
