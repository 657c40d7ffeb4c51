import { type Ask, HttpConnection, requestBytes } from "./connection.ts"
import { beTold } from "./told.ts"
import { Wire } from "./wire.ts"

/*
 * A hall full of boards in one process: each a socket of its own that says who it is and follows its office. The same process presses, so
 * that one clock reads when a key went down and when each board had the text.
 */

export interface OpenBoards {
  do: "open"
  origin: string
  /** Keys, each good for up to eight boards. */
  keys: string[]
  topic: string
  count: number
}

export interface Flood {
  do: "flood"
  origin: string
  /** Changes the board each time it is asked. */
  press: Ask
  /** How many messages every board is to get. */
  rounds: number
}

export interface Flooded {
  /** What all boards together received, and how many each of them did. */
  messages: number
  each: number
  presses: number
  seconds: number
  bytes: number
  /** One of the messages. */
  frame: string
}

export interface Watch {
  do: "press"
  origin: string
  token: string
  counter: string
  presses: number
}

export interface Watched {
  /** Milliseconds from the press to the text with the number: at each board, and at the last board of each press. */
  each: number[]
  last: number[]
}

interface Board {
  wire: Wire
  /** Messages of the topic so far. */
  count: number
}

const boards: Board[] = []
/** How many boards have had at least so many messages since the last flood began. */
let reached: number[] = []
let [fastest, slowest, lastAt] = [0, 0, 0]
let lastFrame: Buffer = Buffer.alloc(0)
let complaint: string | null = null
/** Told of each message while somebody watches. */
let watching: ((board: Board, frame: Buffer) => void) | null = null
let wake: (() => void) | null = null

beTold({ open, flood, press, frame: async () => ({ frame: lastFrame.toString() }) })

/** In waves, because a server lets in only so many at once who have not said who they are. */
async function open({ origin, keys, topic, count }: OpenBoards): Promise<{ boards: number }> {
  const wave = 200
  for (let first = 0; first < count; first += wave) {
    const some = Array.from({ length: Math.min(wave, count - first) }, async () => {
      const key = keys[boards.length % keys.length] ?? ""
      const board: Board = { wire: new Wire(), count: 0 }
      boards.push(board)
      board.wire = await Wire.open(origin)
      board.wire.onOver = () => {
        complaint ??= "a board's socket was closed"
        wake?.()
      }
      const shown = Promise.withResolvers<void>()
      board.wire.onText = (frame) => {
        if (!isOfTheTopic(frame)) return
        board.wire.onText = (later) => hear(board, later)
        shown.resolve()
      }
      board.wire.say({ token: key, lang: "ar" })
      board.wire.say({ sub: [topic], as: "html" })
      await shown.promise
    })
    await Promise.all(some)
  }
  return { boards: boards.filter(({ wire }) => !wire.isOver).length }
}

function hear(board: Board, frame: Buffer): void {
  if (!isOfTheTopic(frame)) return
  board.count++
  reached[board.count] = (reached[board.count] ?? 0) + 1
  if (board.count > fastest) fastest = board.count
  while (reached[slowest + 1] === boards.length) slowest++
  lastAt = performance.now()
  lastFrame = frame
  watching?.(board, frame)
  wake?.()
}

/** `{"topic":…`; pings are not counted, and a goodbye or a refusal is the end of the bench. */
function isOfTheTopic(frame: Buffer): boolean {
  if (frame[2] === 0x74) return true
  if (frame[2] !== 0x70) complaint ??= `a board was told ${frame.toString()}`
  return false
}

/**
 * Presses as fast as the server answers, but never further ahead than two messages of the slowest board: nobody's buffer is to fill. Several
 * presses may come to one message, because what is committed together is shown together.
 */
async function flood({ origin, press: ask, rounds }: Flood): Promise<Flooded> {
  const ahead = 2
  begin()
  const connection = await HttpConnection.open(origin)
  const request = requestBytes(origin, ask)
  const began = performance.now()
  let presses = 0
  let [sinceNews, news] = [0, 0]
  while (fastest < rounds) {
    if (fastest > news) [sinceNews, news] = [0, fastest]
    if (sinceNews >= ahead || fastest - slowest >= ahead) await heard()
    else {
      await mustBeOk(connection, request)
      presses++
      sinceNews++
    }
  }
  while (!(await quietFor(200)));
  connection.close()
  if (boards.some(({ wire, count }) => wire.isOver || count !== fastest)) throw new Error("a board missed a message")
  const messages = boards.length * fastest
  const text = lastFrame.toString()
  return { messages, each: fastest, presses, seconds: (lastAt - began) / 1000, bytes: lastFrame.length, frame: text }
}

/** Calls, notes when each board has the number, serves and finishes, and waits until the hall is quiet again. */
async function press({ origin, token, counter, presses }: Watch): Promise<Watched> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" }
  const each: number[] = []
  const last: number[] = []
  for (let turn = 0; turn < presses; turn++) {
    while (!(await quietFor(60)));
    begin()
    // A new one each time: the server does not keep connections for long that ask for nothing.
    const connection = await HttpConnection.open(origin)
    const post = (path: string, body: object) =>
      mustBeOk(connection, requestBytes(origin, { method: "POST", path, headers, body: JSON.stringify(body) }))
    const early: { board: Board; at: number; frame: Buffer }[] = []
    watching = (board, frame) => early.push({ board, at: lastAt, frame })
    const pressedAt = performance.now()
    const called = JSON.parse(await post(`/api/v1/counters/${counter}/next`, {})) as { id: string; number: number }
    // Which number it is, is known only now; what has come before is looked through once, what comes after as it comes.
    const mark = Buffer.from(`data-number=\\"${called.number}\\"`)
    const shownAt = new Map<Board, number>()
    const look = (board: Board, at: number, frame: Buffer) => {
      if (!shownAt.has(board) && frame.includes(mark)) shownAt.set(board, at)
    }
    watching = (board, frame) => look(board, lastAt, frame)
    for (const { board, at, frame } of early) look(board, at, frame)
    while (shownAt.size < boards.length) await heard()
    const times = [...shownAt.values()].map((at) => at - pressedAt)
    watching = null
    each.push(...times)
    last.push(Math.max(...times))
    await post(`/api/v1/tickets/${called.id}/serve`, {})
    await post(`/api/v1/tickets/${called.id}/finish`, { outcome: "done" })
    connection.close()
  }
  return { each, last }
}

function begin(): void {
  for (const board of boards) board.count = 0
  reached = []
  ;[fastest, slowest] = [0, 0]
}

async function mustBeOk(connection: HttpConnection, request: Uint8Array): Promise<string> {
  const { status, body } = await connection.ask(request)
  if (status !== 200) throw new Error(`a press was answered ${status} ${body.slice(0, 300)}`)
  return body
}

/** Resolves with the next message; throws where a board was sent away. */
async function heard(): Promise<void> {
  await new Promise<void>((resolve) => {
    wake = resolve
  })
  wake = null
  if (complaint) throw new Error(complaint)
}

/** Whether no message came within so many milliseconds. */
async function quietFor(milliseconds: number): Promise<boolean> {
  const before = lastAt
  await Bun.sleep(milliseconds)
  return lastAt === before
}
