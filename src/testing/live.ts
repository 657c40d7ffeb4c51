import { spawn } from "node:child_process"
import type { AnyFact } from "../../db/facts.ts"
import { machineChance, type Timers } from "../base/clock.ts"
import type { Instant } from "../base/day.ts"
import { Refusal } from "../base/refusal.ts"
import { capabilitiesOf } from "../domain/access/devices.ts"
import { type Device, type Integrator, mint, type Staff, type Subject } from "../domain/access/subject.ts"
import { visitView } from "../domain/visits/reads.ts"
import type { RelayTrouble } from "../domain/visits/rooms.ts"
import { mustWatch } from "../domain/visits/visits.ts"
import { iceServer, type Relay } from "../outside/turn.ts"
import type { Caller } from "../realtime/admission.ts"
import type { Manner, Snapshot } from "../realtime/channel.ts"
import { createHub } from "../realtime/hub.ts"
import type { ServerMessage } from "../realtime/protocol.ts"
import { officeOfCounter, refusalToRead, type Topic, topicName } from "../realtime/topics.ts"
import { createVisitWire } from "../realtime/visit-wire.ts"
import { atTheEnd } from "./cleanup.ts"
import { type TestOffice, testOffice } from "./office.ts"

/** What the office's server answers beside its live wire. */
type Pages = (request: Request) => Response | Promise<Response>

export type Hall = Awaited<ReturnType<typeof liveHall>>

/**
 * An office with its live wire on a real port. What its topics show is read from the facts on the disk, so that a screen can be compared
 * with what was really said. People come in with the cookie `sid=<session>` or the token `<session>`, as `let in` by the test.
 */
export async function liveHall(given: { office?: TestOffice; timers?: Timers; pages?: Pages; turn?: Relay } = {}) {
  const office = given.office ?? (await testOffice())
  const timers = given.timers ?? handTimers()
  const people = new Map<string, Subject>()
  const ended = new Set<string>()
  const errors: unknown[] = []
  const refusals: RelayTrouble[] = []
  const looks: string[] = []
  const hall = {
    /** Makes every content larger. */
    ballast: "",
    /** Runs while a content is being read: after its number, before the rest. */
    whileLooking: null as (() => Promise<void>) | null,
    /** Runs when a content has been read and is not yet sent. */
    afterLooking: null as (() => Promise<void>) | null,
    /** How a content looks in HTML. */
    html: htmlOf,
    /** Whose tickets are whose. */
    holders: new Map<string, string>(),
  }

  const callerOf = async (session: string | undefined): Promise<Caller | null> => {
    const subject = session === undefined || ended.has(session) ? undefined : people.get(session)
    return subject && session !== undefined ? { subject, session } : null
  }

  const onError = (cause: unknown) => void errors.push(cause)
  const { store, writer, keys, clock } = office
  const visits = createVisitWire({
    clock,
    timers,
    store,
    writer,
    keys,
    onError,
    onRelayRefused: (trouble) => void refusals.push(trouble),
    relaysFor: (participant) => (given.turn ? [iceServer(given.turn, participant, clock.real())] : []),
  })
  const viewOf = ({ id, reader }: { id: string; reader: string }) =>
    visitView(office.store, keys, id, reader, clock.office(), visits.watch) as Promise<object>
  const hub = createHub({
    visits,
    origin: () => origin,
    clock: office.clock,
    chance: machineChance,
    timers,
    async snapshot(topic, manner) {
      looks.push(topicName(topic))
      const { stream, seq, line } = look(office, topic)
      await hall.whileLooking?.()
      const content = topic.kind === "visit" ? await viewOf(topic) : look(office, topic).content
      const shown = { ...content, ...(hall.ballast ? { ballast: hall.ballast } : {}) }
      await hall.afterLooking?.()
      return { stream, seq, line, content: manner.as === "json" ? shown : hall.html(manner, shown) }
    },
    mayRead: (reader, topic) =>
      refusalToRead(reader, topic, {
        placeOf: (code) => ({ code, agency: "", region: null }),
        ticket: (id) => ({ person: hall.holders.get(id) ?? null, office: office.code }),
        follow: (subject, id) => mustWatch(office.store, subject, id),
      }),
    callerOf: (request) => callerOf(/(?:^|; )sid=([\w-]+)/.exec(request.headers.get("cookie") ?? "")?.[1]),
    addressOf: () => "127.0.0.1",
    authenticate: (token) => callerOf(token),
    redeemCapability: async (ticket, secret) => secret === `secret-of-${ticket}`,
    holderNow: async (session) => (ended.has(session) ? null : (people.get(session) ?? null)),
    langOf: (request) => (request.headers.get("accept-language")?.startsWith("en") ? "en" : "ar"),
    onFacts: (listener) => office.writer.onFacts(listener),
    onError,
  })

  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    websocket: hub.websocket,
    async fetch(request, bun) {
      if (given.pages && new URL(request.url).pathname !== "/live") return given.pages(request)
      return (await hub.upgrade(request, bun)) as Response
    },
  })
  const origin = server.url.origin
  const url = `${origin.replace("http", "ws")}/live`

  async function close(): Promise<void> {
    hub.close()
    await server.stop(true)
  }
  atTheEnd(close)

  return Object.assign(hall, {
    office,
    hub,
    timers,
    origin,
    url,
    errors,
    refusals,
    looks,
    ended,
    close,
    /** From now on this session or key is this person's. */
    letIn<S extends Subject>(session: string, subject: S): S {
      people.set(session, subject)
      return subject
    },
    /** A socket as a program opens one. */
    connect: (headers: Record<string, string> = {}) => open(url, headers),
    /** A program that has said who it is. */
    async program(session: string): Promise<Client> {
      const client = await open(url, {})
      client.say({ token: session })
      return client
    },
    /** A page that has come in with its cookie and a ticket. */
    async page(session: string): Promise<Client> {
      const client = await open(url, { Origin: origin, Cookie: `sid=${session}` })
      const subject = people.get(session)
      if (!subject) throw new Error(`nobody was let in as ${session}`)
      client.say({ ticket: hub.issueTicket(subject, session) })
      return client
    },
    call: (number: number, counter = 1, ticket = ticketId(number)) => call(office, ticket, number, counter),
    issue: (number: number, line = "PAS") => issue(office, number, line),
  })
}

export const board = (office = "RUH-RML") =>
  mint<Device>({ role: "board", id: `board-${office}`, office, capabilities: capabilitiesOf.board })
export const integrator = (scopes: string[], office: string | null = null) =>
  mint<Integrator>({ role: "integrator", id: "integrator", scopes, office })
export const staffOf = (office: TestOffice, number = 1): Staff => office.agent(number)

/** The id of the test's ticket with this number. */
export function ticketId(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`
}

function call(office: TestOffice, ticket: string, number: number, counterNumber: number): Promise<number> {
  const counter = `${office.code}.${counterNumber}`
  return office.write((tx) =>
    tx.say(office.code, "ticket.called", {
      ticket,
      number,
      line: "PAS",
      counter,
      counterNumber,
      calls: 1,
      due: tx.now,
      waitedMs: 0,
      from: "waiting",
    }),
  )
}

function issue(office: TestOffice, number: number, line: string): Promise<number> {
  return office.write((tx) =>
    tx.say(office.code, "ticket.issued", {
      ticket: ticketId(number),
      number,
      day: office.today,
      line,
      service: `${line}-01`,
      state: "waiting",
      booking: null,
      people: 1,
      need: null,
      due: tx.now,
      dueBy: "walkin",
      wakeAt: null,
      arrivedAt: tx.now,
      arrival: number,
      lang: "ar",
      cameFrom: null,
    }),
  )
}

type Shown = Record<string, unknown>

/** What the facts on the disk say about a topic. */
function look(office: TestOffice, topic: Topic): Omit<Snapshot, "content"> & { content: Shown } {
  const stream = "office" in topic ? topic.office : topic.kind === "counter" ? officeOfCounter(topic.id) : office.code
  const rows = office.store.connection.raw
    .query<{ seq: number; at: Instant; kind: string; body: string }, [string]>(
      "SELECT seq, at, kind, body FROM fact WHERE stream = ? ORDER BY seq",
    )
    .all(stream)
  const facts = rows.map((row) => ({ ...row, stream, subject: null, body: JSON.parse(row.body) })) as AnyFact[]
  const calls = facts.filter((fact) => fact.kind === "ticket.called")
  const seq = facts.at(-1)?.seq ?? 0
  if (topic.kind === "board" || topic.kind === "queue") {
    const called = calls.slice(-5).map(({ at, body }) => ({ number: body.number, counter: body.counterNumber, at }))
    const issued = facts.filter(({ kind }) => kind === "ticket.issued").length
    return { stream, seq, content: { called: called.reverse(), waiting: { PAS: issued - calls.length } } }
  }
  if (topic.kind !== "ticket") return { stream, seq, content: { facts: calls.length } }
  const own = facts.filter((fact) => "ticket" in fact.body && fact.body.ticket === topic.id)
  const [first] = own
  if (!first) throw new Refusal("not_found")
  const line = "line" in first.body ? String(first.body.line) : undefined
  const before = facts.filter(({ kind, seq }) => kind === "ticket.issued" && seq < first.seq).length
  return { stream, seq, line, content: { state: own.at(-1)?.kind, ahead: Math.max(0, before - calls.length) } }
}

function htmlOf({ lang, view }: Manner, shown: Shown): string {
  if (view !== null && view !== "short") throw new Refusal("not_found")
  const text = JSON.stringify(shown).replaceAll("&", "&amp;").replaceAll("<", "&lt;")
  return `<p lang="${lang}"${view ? ` class="${view}"` : ""}>${text}</p>`
}

/** Timers that run when the test says so; only `soon` is the machine's own. */
export function handTimers(): Timers & { advance(milliseconds: number): void } {
  let now = 0
  let last = 0
  const waiting = new Map<number, { at: number; every: number | null; run: () => void }>()
  const add = (milliseconds: number, every: number | null, run: () => void) => {
    const id = ++last
    waiting.set(id, { at: now + milliseconds, every, run })
    return () => void waiting.delete(id)
  }
  return {
    soon: (run) => void setImmediate(run),
    after: (milliseconds, run) => add(milliseconds, null, run),
    every: (milliseconds, run) => add(milliseconds, milliseconds, run),
    advance(milliseconds) {
      const until = now + milliseconds
      for (;;) {
        const [next] = [...waiting].sort(([, left], [, right]) => left.at - right.at)
        if (!next || next[1].at > until) break
        const [id, timer] = next
        now = timer.at
        if (timer.every === null) waiting.delete(id)
        else timer.at += timer.every
        timer.run()
      }
      now = until
    },
  }
}

/** One side of a socket, and everything that it has heard. */
export interface Client {
  readonly heard: ServerMessage[]
  say(message: unknown): void
  sendRaw(frame: string | Uint8Array<ArrayBuffer>): void
  /** Waits for the first message after those already taken that fits, and takes all up to it. */
  next(fits?: (message: ServerMessage) => boolean): Promise<ServerMessage>
  readonly closed: Promise<{ code: number; reason: string }>
  close(): void
}

/** Opens a socket with Bun's own client. Rejects with the status where the handshake is refused. */
export async function open(url: string, headers: Record<string, string>): Promise<Client> {
  // Bun's own client takes headers, which a browser's does not.
  const socket = new WebSocket(url, { headers } as unknown as string[])
  const closed = Promise.withResolvers<{ code: number; reason: string }>()
  const mailbox = createMailbox()
  socket.onmessage = ({ data }) => mailbox.put(JSON.parse(String(data)) as ServerMessage)
  socket.onclose = ({ code, reason }) => {
    closed.resolve({ code, reason })
    mailbox.end(`the socket was closed: ${code} ${reason}`)
  }
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve()
    socket.onerror = () => reject(new Error("the handshake was refused"))
  })
  socket.onerror = null
  return {
    heard: mailbox.heard,
    say: (message) => socket.send(JSON.stringify(message)),
    sendRaw: (frame) => socket.send(frame),
    next: mailbox.next,
    closed: closed.promise,
    close: () => socket.close(),
  }
}

export interface Independent extends Client {
  /** One message in several frames. */
  sendPieces(pieces: string[]): void
}

/** The same with the `ws` package under Node, in a process of its own: a client that shares nothing with our server but the standard. */
export async function openIndependent(url: string, headers: Record<string, string> = {}): Promise<Independent> {
  const program = `
    import WebSocket from "ws"
    import { createInterface } from "node:readline"
    const socket = new WebSocket(process.argv[1], { headers: JSON.parse(process.argv[2]), perMessageDeflate: false })
    const tell = (what) => process.stdout.write(JSON.stringify(what) + "\\n")
    socket.on("open", () => tell({ open: true }))
    socket.on("message", (data) => tell({ message: JSON.parse(String(data)) }))
    socket.on("close", (code, reason) => { tell({ closed: { code, reason: String(reason) } }); process.exit(0) })
    socket.on("error", (error) => tell({ error: error.message }))
    createInterface({ input: process.stdin }).on("line", (line) => {
      const { text, binary, pieces } = JSON.parse(line)
      if (pieces) pieces.forEach((piece, index) => socket.send(piece, { fin: index === pieces.length - 1 }))
      else if (binary) socket.send(Buffer.from(binary, "base64"))
      else if (text !== undefined) socket.send(text)
      else socket.close()
    })`
  const child = spawn("node", ["--input-type=module", "-e", program, url, JSON.stringify(headers)], {
    stdio: ["pipe", "pipe", "inherit"],
  })
  atTheEnd(() => child.kill())
  const opened = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<{ code: number; reason: string }>()
  const mailbox = createMailbox()
  let rest = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) {
      const told = JSON.parse(line) as {
        open?: true
        message?: ServerMessage
        closed?: { code: number; reason: string }
        error?: string
      }
      if (told.open) opened.resolve()
      if (told.message) mailbox.put(told.message)
      if (told.error) opened.reject(new Error(told.error))
      if (told.closed) {
        closed.resolve(told.closed)
        mailbox.end(`the socket was closed: ${told.closed.code} ${told.closed.reason}`)
      }
    }
  })
  const tell = (what: object) => void child.stdin.write(`${JSON.stringify(what)}\n`)
  await opened.promise
  return {
    heard: mailbox.heard,
    say: (message) => tell({ text: JSON.stringify(message) }),
    sendRaw: (frame) =>
      tell(typeof frame === "string" ? { text: frame } : { binary: Buffer.from(frame).toString("base64") }),
    sendPieces: (pieces) => tell({ pieces }),
    next: mailbox.next,
    closed: closed.promise,
    close: () => tell({}),
  }
}

function createMailbox() {
  const heard: ServerMessage[] = []
  let taken = 0
  let over: string | null = null
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const look of [...waiting]) look()
  }
  return {
    heard,
    put(message: ServerMessage) {
      heard.push(message)
      wake()
    },
    end(why: string) {
      over = why
      wake()
    },
    next(fits: (message: ServerMessage) => boolean = () => true): Promise<ServerMessage> {
      return new Promise((resolve, reject) => {
        const look = () => {
          while (taken < heard.length) {
            const message = heard[taken++]
            if (!message || !fits(message)) continue
            waiting.delete(look)
            return resolve(message)
          }
          if (over === null) return
          waiting.delete(look)
          reject(new Error(over))
        }
        waiting.add(look)
        look()
      })
    },
  }
}
