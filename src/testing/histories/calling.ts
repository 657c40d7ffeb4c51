import { asks } from "../process.ts"
import type { Asked, History, Said } from "./history.ts"

/** Where the process is reached, whatever has become of the one before it. */
export interface World {
  history: History
  /** The same wherever the same seed is said: from 0 up to and without 1. */
  chance(): number
  /** Its address; waits while it is being started again. */
  origin(): Promise<string>
  /** Said for each call that was granted or refused: by these it is decided when the process is killed, and when all is over. */
  answered(): void
  isOver(): boolean
}

export interface Wish {
  token: string
  key: string
  asked: Asked
  path: string
  /** Left out: it is only read. */
  body?: object
  /** What of the answer is kept. */
  read(body: ReturnType<typeof JSON.parse>): Said
  /** Whether whoever asks asks again when nothing came back. */
  isPatient?: boolean
}

/**
 * Asks, and writes down what was asked and what was said. What comes to no end is asked again under the same key, as a client should;
 * `null`: it was refused, or the client has given it up. Throws where the process says that it has made a mistake.
 */
export async function call(world: World, wish: Wish): Promise<Said | null> {
  const { history } = world
  const { key, asked } = wish
  for (;;) {
    const origin = await world.origin()
    history.note({ kind: "invoke", key, asked })
    const answer = await send(origin, wish)
    if (answer === null || answer.status === 503 || answer.status === 429) {
      // Too busy now says nothing of whether an earlier one has come through.
      history.note({ kind: "unknown", key })
      if (wish.isPatient === false) return null
      await Bun.sleep(20)
      continue
    }
    world.answered()
    if (answer.status >= 500)
      throw new Error(`${wish.path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    if (answer.status >= 400) {
      history.note({ kind: "refused", key, code: String(answer.body.code) })
      return null
    }
    const said = wish.read(answer.body)
    history.note({ kind: "ok", key, said })
    return said
  }
}

/** `null`: nothing came back, or not all of it. */
async function send(origin: string, { token, key, path, body }: Wish) {
  try {
    return await asks(origin, token, `/api/v1${path}`, body, body ? { "Idempotency-Key": key } : {})
  } catch {
    return null
  }
}
