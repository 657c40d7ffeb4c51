import type { Server, WebSocketHandler } from "bun"
import type { AnyFact, FactKind } from "../../db/facts.ts"
import type { Chance, Clock, Timers } from "../base/clock.ts"
import type { Instant } from "../base/day.ts"
import { isRefusal, type RefusalCode } from "../base/refusal.ts"
import type { Subject } from "../domain/access/subject.ts"
import type { Watch } from "../domain/visits/reads.ts"
import { visitLimits } from "../domain/visits/times.ts"
import { type Caller, createAdmission } from "./admission.ts"
import type { Manner, Snapshot } from "./channel.ts"
import { createChannels } from "./channels.ts"
import {
  type ClientMessage,
  closeCodes,
  type Hello,
  isHello,
  type Lang,
  liveLimits,
  parseMessage,
  type Subscribe,
} from "./protocol.ts"
import { Socket, type Wire } from "./socket.ts"
import { parseTopic, type Reader, type Topic, topicKey, topicName } from "./topics.ts"
import type { VisitWire } from "./visit-wire.ts"

export interface HubOptions {
  /** Scheme, host and port from which our own pages come; sockets of browsers are let in from nowhere else. */
  origin(): string
  clock: Pick<Clock, "real">
  chance: Chance
  timers: Timers
  /**
   * What a topic shows now, read from what is committed. Refuses `not_found` where there is no such thing or no such view.
   * It must hold nothing that one listener of the topic may see and another may not: it is rendered once for all of them.
   */
  snapshot(topic: Topic, manner: Manner): Promise<Snapshot>
  /** `null`, or why this reader may not listen to it; see `refusalToRead`. */
  mayRead(reader: Reader, topic: Topic): Promise<RefusalCode | null>
  /** Whose cookie a request carries: a session's, or a device's (whose `session` is `device:` and its id). */
  callerOf(request: Request): Promise<Caller | null>
  /** Whose API key or device key this is, where it is good from this address; `session` is the key's id. */
  authenticate(token: string, from: string): Promise<Caller | null>
  /** The address of whoever opens a socket; empty where nobody knows. */
  addressOf(request: Request, server: Server<Socket>): string
  /** Whether this is the secret of that ticket's link. */
  redeemCapability(ticket: string, secret: string): Promise<boolean>
  /**
   * Who is behind a session, device or key by now; `null` where it is over. Asked at the first message, by the sweep, and when a fact says
   * that somebody's rights may be others.
   */
  holderNow(session: string): Promise<Subject | null>
  langOf(request: Request): Lang
  onFacts(listener: (facts: AnyFact[]) => void): () => void
  /** Told about bugs; nobody's socket suffers for them. */
  onError(cause: unknown, where: string): void
  /** What is said in visits, where there are any. */
  visits?: VisitWire
}

/** That a screen has shown something: what it last acknowledged, and when. `shown` is `null` until it has. */
export interface Shown {
  socket: number
  subject: Subject | null
  shown: { seq: number; at: Instant } | null
}

export interface Hub {
  /** Answers a request for `/live`. `undefined`: the connection is a socket now. */
  upgrade(request: Request, server: Server<Socket>): Promise<Response | undefined>
  /** For `Bun.serve({ websocket })`. */
  readonly websocket: WebSocketHandler<Socket>
  /**
   * A one-time ticket for this session's next socket; `session` is `null` for a device. The request for it must have passed the gate
   * against forged requests.
   */
  issueTicket(subject: Subject, session: string | null): string
  /** Closes every socket of a session, device or key that has ended. */
  endSession(session: string): void
  /** Looks at everything again that somebody listens to. It happens by itself every half minute, for what changes by time alone. */
  refresh(): void
  /** Looks at these topics again. */
  touch(topics: Topic[]): void
  /** What is known at this moment of a participant in a visit. */
  readonly watch: Watch
  /** What a participant's page last said of what it receives of another one. */
  received: VisitWire["received"]
  /** Whether the relay for video calls refuses us. */
  relay: VisitWire["relay"]
  /** By which key somebody in a visit sends sound and picture to somebody else, as far as it was seen. */
  fingerprint(visit: string, from: string, to: string): string | null
  /** Every screen that listens to the topic, and what it says it has shown. */
  shown(topic: Topic): Shown[]
  /** How it goes, for whoever watches over the machine. */
  numbers(): Numbers
  /** Resolves when everything that was said so far has been looked at and sent. */
  settled(): Promise<void>
  /** Says goodbye to everybody and stops. */
  close(): void
}

export type Numbers = {
  sockets: number
  /** Topics, in each form and language, that somebody listens to. */
  topics: number
  /** Contents published, each however many there were to hear it. */
  messages: number
  /** Sockets that were closed because they read too slowly or vanished. */
  dropped: number
}

/** Seconds after which a client may come back; it adds a little chance of its own, so that not all come at once. */
const retrySeconds = { restart: 2, tooMany: 30 } as const

export function createHub(options: HubOptions): Hub {
  const { clock, timers, onError } = options
  const sockets = new Set<Socket>()
  const ofOwner = new Map<string, number>()
  const admission = createAdmission(options)
  let server: Server<Socket> | null = null
  let lastId = 0
  let unknown = 0
  let dropped = 0
  let pings = 0
  let isClosed = false

  const channels = createChannels({
    clock,
    timers,
    snapshot: options.snapshot,
    publish: (key, frame) => void server?.publish(key, frame),
    onGone: (channel, code) => {
      for (const socket of sockets) {
        for (const [key, found] of socket.listensTo) if (found === channel) turnAway(socket, key, code)
      }
    },
    onError,
  })

  const stop = [
    options.onFacts((facts) => {
      channels.touch(facts)
      const some = whoseRights(facts)
      if (some.length > 0) void askAgain(some).catch((thrown) => onError(thrown, "live rights"))
    }),
    timers.every(liveLimits.pingMilliseconds, () => void server?.publish(everybody, JSON.stringify({ ping: ++pings }))),
    timers.every(liveLimits.refreshMilliseconds, () => channels.touchAll()),
    timers.every(liveLimits.sweepMilliseconds, () => void sweep().catch((thrown) => onError(thrown, "live sweep"))),
  ]

  async function upgrade(request: Request, bun: Server<Socket>): Promise<Response | undefined> {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      return problem(426, "not_acceptable", { Upgrade: "websocket" })
    }
    // Browsers always say where a page comes from, and attach cookies for every page of this site and, on some, of others. Programs
    // say nothing and have no cookies.
    const origin = request.headers.get("origin")
    const isOurs = origin === null ? !request.headers.has("cookie") : origin === options.origin()
    if (!isOurs) return problem(403, "forged_request")
    if (isClosed || sockets.size >= liveLimits.socketsInAll || unknown >= liveLimits.socketsUnknown) {
      return problem(503, "unavailable", { "Retry-After": String(retrySeconds.tooMany) })
    }
    const caller = origin === null ? null : await options.callerOf(request)
    server = bun
    const socket = new Socket(++lastId, caller, options.langOf(request), options.addressOf(request, bun))
    return bun.upgrade(request, { data: socket }) ? undefined : problem(400, "malformed")
  }

  function open(wire: Wire): void {
    const socket = wire.data
    socket.wire = wire
    sockets.add(socket)
    unknown++
    if (isClosed) end(socket, closeCodes.goingAway, "restart", retrySeconds.restart)
    else
      socket.cancelHello = timers.after(liveLimits.helloMilliseconds, () => end(socket, closeCodes.unknown, "no_hello"))
  }

  function message(wire: Wire, frame: string | Buffer): void {
    const socket = wire.data
    if (socket.isOver) return
    options.visits?.heard(socket)
    // Signals of a call are longer and more than what else is said here.
    const isSignal = typeof frame === "string" && options.visits !== undefined && frame.startsWith('{"visit":')
    if (isSignal && !socket.maySignal(clock.real())) {
      overrun(socket)
      return
    }
    const isTooLarge = !isSignal && Buffer.byteLength(frame) > liveLimits.frameBytes
    const said = typeof frame === "string" && !isTooLarge ? parseMessage(frame) : null
    if (isTooLarge) end(socket, closeCodes.tooLarge, "too_large")
    else if (typeof frame !== "string") end(socket, closeCodes.binary, "binary")
    else if (!isSignal && !socket.mayTalk(clock.real()))
      end(socket, closeCodes.tooMany, "too_many", retrySeconds.tooMany)
    else if (said === null) end(socket, closeCodes.malformed, "malformed")
    else {
      socket
        .inOrder(() => hear(socket, said))
        .catch((thrown) => {
          onError(thrown, "live message")
          end(socket, closeCodes.broken, "broken", retrySeconds.restart)
        })
    }
  }

  /** Beyond the limit nothing is heard; who goes on all the same is shown the door. */
  function overrun(socket: Socket): void {
    socket.overruns++
    if (socket.overruns > visitLimits.refusals) end(socket, closeCodes.tooMany, "too_many", retrySeconds.tooMany)
    else socket.send(JSON.stringify({ visit: { do: "denied", code: "too_many_requests", of: null } }))
  }

  async function hear(socket: Socket, said: ClientMessage): Promise<void> {
    if (!socket.reader) {
      if (isHello(said)) await hello(socket, said)
      else end(socket, closeCodes.unknown, "no_hello")
    } else if (isHello(said)) end(socket, closeCodes.malformed, "malformed")
    else if ("sub" in said) await subscribe(socket, said)
    else if ("unsub" in said) for (const name of said.unsub) unsubscribe(socket, name)
    else if ("visit" in said) await options.visits?.hear(socket, said.visit)
    else if ("ack" in said) for (const ack of said.ack) acknowledge(socket, ack)
  }

  async function hello(socket: Socket, said: Hello): Promise<void> {
    const known = await admission.identify(said, socket, clock.real())
    // Asked after the session is known to `endSession`: one that ends in between is caught by one of the two.
    if (known) socket.session = known.session
    const stands =
      known !== null && (known.reader.subject === null || (await options.holderNow(known.session)) !== null)
    if (socket.isOver) return
    if (!known || !stands) return end(socket, closeCodes.unknown, "unknown")
    const { role, owner } = ownerOf(known.reader)
    const others = ofOwner.get(owner) ?? 0
    if (others >= liveLimits.sockets[role]) return end(socket, closeCodes.tooMany, "too_many", retrySeconds.tooMany)
    ofOwner.set(owner, others + 1)
    socket.owner = owner
    socket.reader = known.reader
    socket.prefers = "token" in said ? "json" : "html"
    socket.lang = said.lang ?? socket.lang
    socket.cancelHello()
    // A socket may stay for days, and with it the timer that its handle holds.
    socket.cancelHello = nothing
    unknown--
    socket.wire?.subscribe(everybody)
  }

  async function subscribe(socket: Socket, wanted: Subscribe): Promise<void> {
    const as = wanted.as ?? socket.prefers
    const views = as === "html" ? [wanted.view ?? null].flat() : [null]
    for (const name of wanted.sub) {
      for (const view of views) {
        await socket.roomToSend()
        const { reader } = socket
        if (!reader || socket.isOver) return
        const manner: Manner = { as, lang: socket.lang, view }
        const key = `${as}.${view ?? ""} ${name}`
        const code = await listen(socket, reader, { name, key, manner, since: wanted.since })
        if (code) turnAway(socket, key, code, name)
      }
    }
  }

  async function listen(
    socket: Socket,
    reader: Reader,
    wanted: { name: string; key: string; manner: Manner; since: number | undefined },
  ): Promise<RefusalCode | null> {
    const topic = parseTopic(wanted.name, reader.subject)
    if (!topic) return "malformed"
    const isNew = !socket.listensTo.has(wanted.key)
    if (isNew && socket.listensTo.size >= liveLimits.topicsPerSocket) return "limit_reached"
    const refusal = await options.mayRead(reader, topic)
    if (refusal) return refusal
    try {
      await channels.join(topic, wanted.manner, (channel) => {
        if (socket.isOver) return
        leave(socket, wanted.key)
        for (const frame of channel.catchUp(wanted.since)) socket.send(frame)
        socket.wire?.subscribe(channel.key)
        socket.listensTo.set(wanted.key, channel)
        channels.enter(channel)
      })
      return null
    } catch (thrown) {
      if (isRefusal(thrown)) return thrown.code
      onError(thrown, `live ${wanted.name}`)
      return "unavailable"
    }
  }

  function unsubscribe(socket: Socket, name: string): void {
    for (const [key, { topic }] of socket.listensTo) if (topicName(topic) === name) leave(socket, key)
    socket.shown.delete(name)
  }

  function acknowledge(socket: Socket, { topic, seq }: { topic: string; seq: number }): void {
    for (const channel of socket.listensTo.values()) {
      if (topicName(channel.topic) === topic && seq <= channel.seq) socket.shown.set(topic, { seq, at: clock.real() })
    }
  }

  function leave(socket: Socket, key: string): void {
    const channel = socket.listensTo.get(key)
    if (!channel) return
    socket.listensTo.delete(key)
    if (!socket.isOver) socket.wire?.unsubscribe(channel.key)
    channels.leave(channel)
  }

  /** Tells a socket that it does not, or no longer, listen to something. */
  function turnAway(socket: Socket, key: string, code: RefusalCode, name?: string): void {
    const channel = socket.listensTo.get(key)
    leave(socket, key)
    socket.send(JSON.stringify({ refused: name ?? (channel ? topicName(channel.topic) : key), code }))
  }

  /** Says goodbye and closes. What comes from this socket from now on is not heard. */
  function end(socket: Socket, code: number, reason: string, retry: number | null = null): void {
    if (socket.isOver) return
    socket.send(JSON.stringify({ bye: reason, retry }))
    for (const key of [...socket.listensTo.keys()]) leave(socket, key)
    socket.isOver = true
    options.visits?.closed(socket)
    socket.drain()
    socket.wire?.close(code, reason)
  }

  function closed(wire: Wire, code: number): void {
    const socket = wire.data
    if (!sockets.delete(socket)) return
    // Bun says 1006 for whatever was not a clean goodbye: a reader too slow, a frame too large, a cable pulled.
    if (!socket.isOver && code === 1006) dropped++
    socket.isOver = true
    options.visits?.closed(socket)
    socket.cancelHello()
    socket.drain()
    for (const key of [...socket.listensTo.keys()]) leave(socket, key)
    if (!socket.reader) unknown--
    const left = (ofOwner.get(socket.owner) ?? 0) - 1
    if (left > 0) ofOwner.set(socket.owner, left)
    else ofOwner.delete(socket.owner)
  }

  /** For what nobody told us: sessions that ran out. */
  async function sweep(): Promise<void> {
    channels.sweep()
    await askAgain([...sockets])
  }

  /** Whether those behind these sockets are still who they were, and may still listen to what they listen to. */
  async function askAgain(some: Socket[]): Promise<void> {
    const holders = new Map<string, Subject | null>()
    for (const socket of some) {
      const { session } = socket
      if (!socket.reader || socket.isOver) continue
      if (socket.reader.subject) {
        if (!holders.has(session)) holders.set(session, await options.holderNow(session))
        const subject = holders.get(session) ?? null
        // Somebody of another role signs in anew: what their pages show is made for the one that they were.
        if (!subject || subject.role !== socket.reader.subject.role) {
          end(socket, closeCodes.unknown, "session_over")
          continue
        }
        socket.reader = { ...socket.reader, subject }
      }
      for (const [key, channel] of [...socket.listensTo]) {
        const code = await options.mayRead(socket.reader, channel.topic)
        if (code && socket.listensTo.get(key) === channel) turnAway(socket, key, code)
      }
    }
  }

  /** A right that was taken away, or a session that has ended, is nothing to wait half a minute for. */
  function whoseRights(facts: AnyFact[]): Socket[] {
    const touched = new Set(facts.filter(({ kind }) => changesRights.has(kind)).flatMap(namedBy))
    if (touched.size === 0) return []
    return [...sockets].filter(
      ({ reader, session }) => touched.has(session) || (reader?.subject && touched.has(reader.subject.id)),
    )
  }

  return {
    upgrade,
    websocket: {
      maxPayloadLength: visitLimits.frameBytes,
      backpressureLimit: liveLimits.backpressureBytes,
      // Without it Bun drops messages in silence and the reader has a hole.
      closeOnBackpressureLimit: true,
      idleTimeout: 30,
      sendPings: true,
      perMessageDeflate: false,
      open,
      message,
      drain: (wire) => wire.data.drain(),
      close: closed,
    },
    issueTicket: (subject, session) => admission.issue(subject, session, clock.real()),
    endSession(session) {
      admission.forget(session)
      for (const socket of [...sockets]) {
        if (socket.session === session || socket.cookie?.session === session)
          end(socket, closeCodes.unknown, "session_over")
      }
    },
    refresh: () => channels.touchAll(),
    watch: (participant) => options.visits?.watch(participant) ?? null,
    received: (by, of) => options.visits?.received(by, of) ?? null,
    relay: () => options.visits?.relay() ?? null,
    fingerprint: (visit, from, to) => options.visits?.fingerprint(visit, from, to) ?? null,
    touch: (topics) => channels.touchTopics(topics),
    shown(topic) {
      const name = topicName(topic)
      return [...sockets]
        .filter(({ listensTo }) =>
          [...listensTo.values()].some((channel) => topicKey(channel.topic) === topicKey(topic)),
        )
        .map(({ id, reader, shown }) => ({
          socket: id,
          subject: reader?.subject ?? null,
          shown: shown.get(name) ?? null,
        }))
    },
    numbers: () => ({ sockets: sockets.size, topics: channels.listenedTo, messages: channels.messages, dropped }),
    settled: () => channels.settled(),
    close() {
      if (isClosed) return
      isClosed = true
      for (const done of stop) done()
      options.visits?.close()
      for (const socket of [...sockets]) end(socket, closeCodes.goingAway, "restart", retrySeconds.restart)
    },
  }
}

const nothing = () => {}

/** Facts after which somebody may do less than a moment ago. */
const changesRights = new Set<FactKind>([
  ...(["session.ended", "staff.changed", "staff.disabled", "device.revoked", "key.revoked"] as const),
])

/** Those whose rights a fact is about: a person, a device, or the session and the key that a socket was opened under. */
function namedBy({ subject, body }: AnyFact): string[] {
  const { session, staff, device, key } = body as { session?: string; staff?: string; device?: string; key?: string }
  return [subject, session, staff, device, key && `key:${key}`].filter((name) => typeof name === "string")
}

/** The one topic of the server that every known socket listens to. */
const everybody = "everybody"

function ownerOf({ subject, ticket }: Reader): { role: keyof typeof liveLimits.sockets; owner: string } {
  return subject
    ? { role: subject.role, owner: `${subject.role}:${subject.id}` }
    : { role: "capability", owner: `ticket:${ticket}` }
}

/** The handshake is answered before there is a page; its words are for programs. */
function problem(status: number, code: RefusalCode, headers: Record<string, string> = {}): Response {
  const body = JSON.stringify({ type: "about:blank", title: code, status, code })
  return new Response(body, { status, headers: { "Content-Type": "application/problem+json", ...headers } })
}
