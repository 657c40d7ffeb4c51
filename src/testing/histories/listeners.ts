import type { ServerMessage } from "../../realtime/protocol.ts"
import type { World } from "./calling.ts"
import type { End } from "./history.ts"

export interface Listener {
  name: string
  /** What each topic shows now, as text. */
  shows: Map<string, string>
  close(): void
}

/**
 * Follows topics over the wire as a screen does, through every break, and writes down each message. It asks for what it has missed only
 * on a new connection: a hole in an open one is a fault, and not something to be mended in silence.
 */
export function listener(world: World, name: string, token: string, topics: readonly string[]): Listener {
  const have = new Map<string, number>()
  const shows = new Map<string, string>()
  let socket: WebSocket | null = null
  let isClosed = false

  const connect = async () => {
    const origin = await world.origin()
    if (isClosed) return
    const opened = new WebSocket(`${origin.replace(/^http/, "ws")}/live`)
    socket = opened
    opened.onopen = () => {
      opened.send(JSON.stringify({ token }))
      for (const topic of topics) {
        const since = have.get(topic) ?? null
        world.history.note({ kind: "follows", listener: name, topic, since })
        opened.send(JSON.stringify({ sub: [topic], as: "json", ...(since === null ? {} : { since }) }))
      }
    }
    opened.onmessage = ({ data }) => {
      const message = JSON.parse(String(data)) as ServerMessage
      if ("refused" in message) throw new Error(`${name} may not listen to ${message.refused}: ${message.code}`)
      if (!("topic" in message)) return
      const { topic, seq } = message
      const isWhole = "snapshot" in message
      const text = JSON.stringify(isWhole ? message.snapshot : message.change)
      world.history.note({
        kind: "hears",
        listener: name,
        topic,
        seq,
        prev: isWhole ? null : message.prev,
        shows: text,
      })
      have.set(topic, seq)
      shows.set(topic, text)
    }
    opened.onclose = () => {
      if (!isClosed) setTimeout(() => void connect(), 50)
    }
  }
  void connect()

  return {
    name,
    shows,
    close() {
      isClosed = true
      socket?.close()
    },
  }
}

/** What topics show to somebody who looks for the first time, each with its number. */
export async function looked(origin: string, token: string, topics: readonly string[]): Promise<End["topics"]> {
  const socket = new WebSocket(`${origin.replace(/^http/, "ws")}/live`)
  const seen: End["topics"] = []
  try {
    return await new Promise((resolve, reject) => {
      socket.onopen = () => {
        socket.send(JSON.stringify({ token }))
        socket.send(JSON.stringify({ sub: topics, as: "json" }))
      }
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(String(data)) as ServerMessage
        if (!("snapshot" in message)) return
        seen.push({ topic: message.topic, seq: message.seq, shows: JSON.stringify(message.snapshot) })
        if (seen.length === topics.length) resolve(seen)
      }
      socket.onclose = ({ code }) => reject(new Error(`closed with ${code} while looking at ${topics.join(", ")}`))
    })
  } finally {
    socket.close()
  }
}
