import { parseVisitWord, type VisitAnswer, type VisitWord } from "./visit-words.ts"

/*
 * The shapes on the live wire; PROTOCOL.md says what they mean. Parsing is strict: what is not exactly one of these closes the socket,
 * so that a mistake in a client shows on the first day.
 */

export type Lang = "ar" | "en"
export type As = "html" | "json"

/** How to take part: one of three, in the first message and only there. */
export type Hello = ({ ticket: string } | { token: string } | { capability: string }) & { lang?: Lang }

export interface Subscribe {
  sub: string[]
  /** The `seq` that the client has of these topics. */
  since?: number
  as?: As
  /** Which fragment of the topics, or which ones, where there are several in HTML. */
  view?: string | string[]
}

export interface Unsubscribe {
  unsub: string[]
}

export interface Acknowledge {
  ack: { topic: string; seq: number }[]
}

export interface Pong {
  pong: number
}

/** What is said in a visit; `visit-words.ts` has the words. */
export interface InVisit {
  visit: VisitWord
}

export type ClientMessage = Hello | Subscribe | Unsubscribe | Acknowledge | Pong | InVisit

/** HTML as text, JSON as a value. */
export type Content = string | object

export type ServerMessage =
  | { topic: string; view?: string; seq: number; snapshot: Content }
  | { topic: string; view?: string; seq: number; prev: number; change: Content }
  | { refused: string; code: string }
  | { ping: number }
  | { bye: string; retry: number | null }
  | { visit: VisitAnswer }

export const closeCodes = {
  /** A message larger than it may be. */
  tooLarge: 1009,
  /** The server stops or starts again. */
  goingAway: 1001,
  /** Binary frames have no meaning here. */
  binary: 1003,
  /** A fault of ours. */
  broken: 1011,
  /** Not one of the messages above. */
  malformed: 4400,
  /** Nobody said, in time and believably, who is there; or the session is over. */
  unknown: 4401,
  /** Too many messages, or too many sockets. */
  tooMany: 4429,
} as const

export const liveLimits = {
  frameBytes: 16_384,
  /** What may wait for a slow reader before its socket is closed. */
  backpressureBytes: 262_144,
  helloMilliseconds: 5_000,
  ticketMilliseconds: 30_000,
  /** One-time tickets a session may have in hand at once. */
  ticketsPerSession: 20,
  messages: 20,
  messagesMilliseconds: 10_000,
  topicsPerSocket: 50,
  pingMilliseconds: 15_000,
  sweepMilliseconds: 60_000,
  /** Waits and estimates change by time alone; this often everything that is listened to is looked at again. */
  refreshMilliseconds: 30_000,
  /** Of one person, device or link. */
  sockets: {
    citizen: 5,
    capability: 5,
    kiosk: 8,
    board: 8,
    agent: 8,
    supervisor: 16,
    administrator: 16,
    auditor: 8,
    integrator: 32,
  },
  socketsInAll: 20_000,
  socketsUnknown: 1_000,
  /** What is kept of a topic to replay. Beyond either the answer is a snapshot. */
  replayMessages: 64,
  replayBytes: 65_536,
  /** Neighbours of a fact are looked at again at most this often. */
  neighboursMilliseconds: 300,
} as const

const viewName = /^[a-z][a-z0-9_-]{0,23}$/

function isView(value: unknown): value is string {
  return typeof value === "string" && viewName.test(value)
}

function areViews(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.length <= liveLimits.topicsPerSocket && value.every(isView)
}

/** The message that `text` is, or `null`. */
export function parseMessage(text: string): ClientMessage | null {
  const value = object(text)
  if (!value) return null
  const keys = Object.keys(value)
  if ("sub" in value) {
    if (!onlyKeys(keys, ["sub", "since", "as", "view"]) || !names(value.sub)) return null
    const { sub, since, as, view } = value
    if (since !== undefined && !isSeq(since)) return null
    if (as !== undefined && as !== "html" && as !== "json") return null
    if (view !== undefined && !isView(view) && !areViews(view)) return null
    return { sub, ...(since === undefined ? {} : { since }), ...(as ? { as } : {}), ...(view ? { view } : {}) }
  }
  if ("unsub" in value) return onlyKeys(keys, ["unsub"]) && names(value.unsub) ? { unsub: value.unsub } : null
  if ("ack" in value) return onlyKeys(keys, ["ack"]) && acks(value.ack) ? { ack: value.ack } : null
  if ("visit" in value) {
    const word = onlyKeys(keys, ["visit"]) ? parseVisitWord(value.visit) : null
    return word && { visit: word }
  }
  if ("pong" in value) return onlyKeys(keys, ["pong"]) && isSeq(value.pong) ? { pong: value.pong } : null
  return parseHello(value)
}

export function isHello(message: ClientMessage): message is Hello {
  return "ticket" in message || "token" in message || "capability" in message
}

function parseHello(value: Record<string, unknown>): Hello | null {
  const { lang, ...rest } = value
  const [key, ...more] = Object.keys(rest)
  if (more.length > 0 || !(lang === undefined || lang === "ar" || lang === "en")) return null
  const spoken: { lang?: Lang } = lang === undefined ? {} : { lang }
  const secret = key === undefined ? undefined : rest[key]
  if (typeof secret !== "string" || secret.length === 0 || secret.length > 512) return null
  if (key === "ticket") return { ticket: secret, ...spoken }
  if (key === "token") return { token: secret, ...spoken }
  return key === "capability" ? { capability: secret, ...spoken } : null
}

function object(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === "object" && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

function onlyKeys(keys: string[], known: string[]): boolean {
  return keys.every((key) => known.includes(key))
}

function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function names(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.length <= liveLimits.topicsPerSocket && value.every(isName)
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= 100
}

function acks(value: unknown): value is Acknowledge["ack"] {
  return Array.isArray(value) && value.length > 0 && value.length <= liveLimits.topicsPerSocket && value.every(isAck)
}

function isAck(value: unknown): value is Acknowledge["ack"][number] {
  if (value === null || typeof value !== "object" || !("topic" in value) || !("seq" in value)) return false
  return isName(value.topic) && isSeq(value.seq) && Object.keys(value).length === 2
}
