import type { Peer, VisitAnswer, VisitWord } from "../../../realtime/visit-words.ts"
import { beTold } from "./told.ts"
import { Wire } from "./wire.ts"

/*
 * Waiting rooms and calls in one process: each participant a socket of its own that says hello in a visit, follows it, and answers when it
 * is asked whether it is there. The same process speaks and hears, so that one clock reads both.
 */

export interface Seat {
  /** The key of whoever sits there. */
  token: string
  visit: string
}

export interface Open {
  do: "open"
  origin: string
  seats: Seat[]
}

export interface Talk {
  do: "talk"
  /** In so many of the calls. */
  calls: number
  seconds: number
}

/** Milliseconds from the saying to the hearing. */
export interface Talked {
  /** Of signals, which are passed on. */
  signals: number[]
  /** Of messages, which are on disk before anybody hears them. */
  messages: number[]
}

export interface Drop {
  do: "drop"
  /** In so many of the calls, one after the other. */
  calls: number
}

/** Milliseconds until the other side of the call was told. */
export interface Dropped {
  /** Since the connection broke. */
  lost: number[]
  /** Since it came back. */
  found: number[]
}

interface Sitting extends Seat {
  page: string
  wire: Wire
  isIn: boolean
  /** Told the moment that the server has let it in. */
  letIn: () => void
  room: Extract<VisitAnswer, { do: "room" | "welcome" }> | null
  /** Told of each new `room`. */
  sees: () => void
  /** Its connection is about to break, as it should. */
  isLeaving: boolean
}

const sitting: Sitting[] = []
let origin = ""
let complaint: string | null = null
let isExpected = false

beTold({ open, talk, drop, fall, back })

/** In waves, because a server lets in only so many at once who have not said who they are. */
async function open(message: Open): Promise<{ seats: number }> {
  origin = message.origin
  const wave = 100
  for (let first = 0; first < message.seats.length; first += wave) {
    await Promise.all(message.seats.slice(first, first + wave).map((seat) => sit(seat)))
  }
  return { seats: sitting.filter(({ isIn }) => isIn).length }
}

async function sit(seat: Seat): Promise<void> {
  const one: Sitting = {
    ...seat,
    page: `page-${sitting.length}-of-it`,
    wire: new Wire(),
    isIn: false,
    letIn() {},
    room: null,
    sees() {},
    isLeaving: false,
  }
  sitting.push(one)
  await enter(one)
}

async function enter(one: Sitting): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  one.letIn = resolve
  one.wire = await Wire.open(origin)
  one.wire.onOver = () => {
    one.isIn = false
    if (!isExpected && !one.isLeaving) complaint ??= "a socket was closed"
    resolve()
  }
  one.wire.onText = (frame) => hear(one, frame)
  one.wire.say({ token: one.token, lang: "ar" })
  one.wire.say({ sub: [`visit:${one.visit}`], as: "json" })
  say(one, { do: "hello", visit: one.visit, page: one.page, tab: one.page })
  await promise
  if (complaint) throw new Error(complaint)
}

const say = ({ wire }: Sitting, word: VisitWord) => wire.say({ visit: word })

let heardSignal: (mark: string) => void = () => {}
let heardMessage: (mark: string) => void = () => {}

function hear(one: Sitting, frame: Buffer): void {
  // The rest are changes of the topic, which a page would draw.
  if (frame[2] !== 0x76) return
  const word = (JSON.parse(frame.toString()) as { visit: VisitAnswer }).visit
  switch (word.do) {
    case "welcome":
      one.isIn = true
      one.room = word
      one.letIn()
      break
    case "room":
      one.room = word
      one.sees()
      break
    case "ping":
      say(one, { do: "pong", n: word.n })
      break
    case "sig":
      if ("candidate" in word && word.candidate) heardSignal(word.candidate.candidate)
      break
    case "chat":
      heardMessage(word.text)
      break
    case "media":
      break
    default:
      complaint ??= `a participant was told ${frame.toString()}`
  }
}

/** In each call both sides signal once a second and say how they receive every five; twenty messages a second are written in all. */
async function talk({ calls, seconds }: Talk): Promise<Talked> {
  const speaking = inCalls(calls)
  const [saidAt, talked]: [Map<string, number>, Talked] = [new Map(), { signals: [], messages: [] }]
  const note = (into: number[]) => (mark: string) => {
    const at = saidAt.get(mark)
    // What one writes oneself comes back as well; the first to hear it is counted.
    if (saidAt.delete(mark) && at !== undefined) into.push(performance.now() - at)
  }
  heardSignal = note(talked.signals)
  heardMessage = note(talked.messages)
  const steps = 20
  for (let step = 0; step < seconds * steps; step++) {
    const began = performance.now()
    for (let index = step % steps; index < speaking.length; index += steps) {
      const one = speaking[index]
      const peer = one?.room?.peers[0]
      if (!one || !peer) continue
      const mark = `candidate:${step} ${index}`
      saidAt.set(mark, performance.now())
      say(one, { do: "sig", to: peer.participant, toEpoch: peer.epoch, candidate: { candidate: mark } as never })
      if (step % (5 * steps) < steps)
        say(one, { do: "media", state: "flowing", of: peer.participant, rtt: 40, loss: 0 })
    }
    const writer = speaking[(step * 7) % speaking.length]
    if (writer) {
      const mark = `message ${step}`
      saidAt.set(mark, performance.now())
      say(writer, { do: "chat", text: mark })
    }
    if (complaint) throw new Error(complaint)
    await Bun.sleep(Math.max(0, 1_000 / steps - (performance.now() - began)))
  }
  while (saidAt.size > 0) await Bun.sleep(5)
  return talked
}

/** Both sides of so many calls, side by side. */
function inCalls(calls: number): Sitting[] {
  const inCall = sitting.filter(({ room }) => room?.phase === "call" && room.peers.length === 1)
  const visits = [...new Set(inCall.map(({ visit }) => visit))].slice(0, calls)
  const found = inCall.filter(({ visit }) => visits.includes(visit))
  if (visits.length < calls || found.length !== 2 * visits.length) {
    throw new Error(`${found.length} participants are in ${visits.length} calls`)
  }
  return found.sort((one, other) => visits.indexOf(one.visit) - visits.indexOf(other.visit))
}

/** One side's connection breaks and comes back; the other side is told of both. */
async function drop({ calls }: Drop): Promise<Dropped> {
  const dropped: Dropped = { lost: [], found: [] }
  const all = inCalls(calls)
  for (let index = 0; index < all.length; index += 2) {
    const [one, other] = [all[index], all[index + 1]]
    if (!one || !other) break
    one.isLeaving = true
    let began = performance.now()
    const lost = seen(other, "reconnecting")
    one.wire.close()
    dropped.lost.push((await lost) - began)
    one.isLeaving = false
    began = performance.now()
    const found = seen(other, "online")
    await enter(one)
    dropped.found.push((await found) - began)
  }
  return dropped
}

/** When this one is told that the other one is so. */
function seen(by: Sitting, connectivity: Peer["connectivity"]): Promise<number> {
  return new Promise((resolve) => {
    by.sees = () => by.room?.peers[0]?.connectivity === connectivity && resolve(performance.now())
  })
}

/** The server is about to be killed: that every socket closes is as it should be. */
async function fall(): Promise<object> {
  isExpected = true
  return {}
}

/** Everybody comes back by themselves, as a page does; answers when all have been let in again. */
async function back(): Promise<{ seats: number; milliseconds: number[] }> {
  const began = performance.now()
  const milliseconds = await Promise.all(
    sitting.map(async (one) => {
      for (let tried = 0; !one.isIn; tried++) {
        const most = Math.min(15_000, 250 * 2 ** tried)
        await Bun.sleep(most * (0.5 + Math.random() / 2))
        await enter(one).catch(() => {})
      }
      return performance.now() - began
    }),
  )
  isExpected = false
  return { seats: sitting.filter(({ isIn }) => isIn).length, milliseconds }
}
