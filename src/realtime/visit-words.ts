import type { ParticipantKind, ParticipantState, Phase } from "../../db/schema/visits.ts"
import type { Instant } from "../base/day.ts"
import { visitLimits } from "../domain/visits/times.ts"

/*
 * What is said in a visit, as `{"visit":{"do":…}}` on the live wire; docs/visits.md says what it means. Nobody names themselves: who speaks
 * is whose connection it is. Parsing is as strict as that of the wire, and what is passed on to others is put together anew from the
 * fields that are known.
 */

export interface Description {
  type: "offer" | "answer" | "pranswer" | "rollback"
  sdp: string
}

export interface Candidate {
  candidate: string
  sdpMid: string | null
  sdpMLineIndex: number | null
  usernameFragment: string | null
}

export type Signal = { description: Description } | { candidate: Candidate | null }

export interface Media {
  state: "idle" | "setup" | "flowing" | "unstable" | "restarting" | "failed"
  /** The participant at the other end. `flowing` means that their sound or picture arrives now. */
  of?: string
  /** `host`, `srflx`, `prflx` or `relay`: by what way it flows. */
  localType?: string
  /** Milliseconds, and the share of packets lost, 0 to 1. */
  rtt?: number
  loss?: number
  fps?: number
  w?: number
  h?: number
  /** Muted by the person. */
  audioOff?: boolean
  videoOff?: boolean
  /** With `videoOff`: the camera was not switched off, something else has it. */
  taken?: boolean
  /** The screen is shown in the place of the person. */
  screen?: boolean
}

export type VisitWord =
  | { do: "hello"; visit: string; page: string; tab: string }
  | { do: "pong"; n: number }
  | { do: "visibility"; hidden: boolean }
  | ({ do: "sig"; to: string; toEpoch: number } & Signal)
  | ({ do: "media" } & Media)
  | { do: "chat"; text: string }
  | { do: "rtt"; delta: string }
  /** What may I show to the relay? Asked before each connection and each restart of one. */
  | { do: "relays" }
  /** The relay did not take what the page showed it. */
  | { do: "relay"; refused: true }
  | { do: "takeover" }
  | { do: "bye" }

/** Somebody of the visit, as far as a page must know to talk to them. Names are in the topic `visit:<id>`. */
export interface Peer {
  participant: string
  kind: ParticipantKind
  state: ParticipantState
  connectivity: "offline" | "online" | "late" | "reconnecting" | "gone"
  away: boolean
  epoch: number
  page: string | null
}

/** A relay and what one participant shows to it, as `RTCConfiguration.iceServers` has it. */
export interface RelayAccess {
  urls: string[]
  username: string
  credential: string
}

interface Room {
  visit: string
  phase: Phase
  /** You: while `state` is not `admitted`, or the phase no talk, close every connection for media. */
  you: { participant: string; kind: ParticipantKind; state: ParticipantState; epoch: number }
  peers: Peer[]
}

export type VisitAnswer =
  | ({ do: "welcome"; pingMilliseconds: number } & Room)
  | ({ do: "room" } & Room)
  | { do: "ping"; n: number }
  | { do: "conflict"; since: Instant; sameTab: boolean }
  /** Names the page and the epoch that lost, so that nobody kills the healthy one. */
  | { do: "superseded"; visit: string; page: string; epoch: number }
  | { do: "removed"; visit: string }
  | ({ do: "sig"; from: string; epoch: number } & Signal)
  | ({ do: "media"; from: string } & Media)
  | { do: "chat"; id: string; from: string; text: string; at: Instant }
  | { do: "rtt"; from: string; delta: string }
  /** Empty where the house has no relay, and calls go from page to page. */
  | { do: "relays"; iceServers: RelayAccess[] }
  /** `of` is the word that was not heeded. */
  | { do: "denied"; code: string; of: VisitWord["do"] | null }

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const mark = /^[\w-]{8,64}$/
const mediaStates: readonly string[] = ["idle", "setup", "flowing", "unstable", "restarting", "failed"]
const descriptionTypes: readonly string[] = ["offer", "answer", "pranswer", "rollback"]
const deltaLength = 500

type Given = Record<string, unknown>

/** The word that `value` is, or `null`. */
export function parseVisitWord(value: unknown): VisitWord | null {
  if (!isObject(value)) return null
  const { do: word, ...rest } = value
  switch (word) {
    case "hello": {
      const { visit, page, tab } = rest
      if (!has(rest, ["visit", "page", "tab"]) || !matches(visit, uuid)) return null
      return matches(page, mark) && matches(tab, mark) ? { do: "hello", visit, page, tab } : null
    }
    case "pong":
      return has(rest, ["n"]) && isCount(rest.n) ? { do: "pong", n: rest.n } : null
    case "visibility":
      return has(rest, ["hidden"]) && typeof rest.hidden === "boolean"
        ? { do: "visibility", hidden: rest.hidden }
        : null
    case "sig":
      return parseSignal(rest)
    case "media":
      return parseMedia(rest)
    case "chat":
      return has(rest, ["text"]) && isText(rest.text, visitLimits.textLength) ? { do: "chat", text: rest.text } : null
    case "rtt":
      return has(rest, ["delta"]) && isText(rest.delta, deltaLength) ? { do: "rtt", delta: rest.delta } : null
    case "relay":
      return has(rest, ["refused"]) && rest.refused === true ? { do: "relay", refused: true } : null
    case "relays":
    case "takeover":
    case "bye":
      return has(rest, []) ? { do: word } : null
    default:
      return null
  }
}

function parseSignal(given: Given): VisitWord | null {
  const { to, toEpoch, description, candidate } = given
  if (!matches(to, uuid) || !isCount(toEpoch)) return null
  const head = { do: "sig" as const, to, toEpoch }
  if (has(given, ["to", "toEpoch", "description"])) {
    if (!isObject(description) || !has(description, ["type", "sdp"])) return null
    const { type, sdp } = description
    if (!descriptionTypes.includes(String(type)) || !isText(sdp, visitLimits.frameBytes)) return null
    return { ...head, description: { type: type as Description["type"], sdp } }
  }
  if (!has(given, ["to", "toEpoch", "candidate"])) return null
  if (candidate === null) return { ...head, candidate }
  return isObject(candidate) ? withCandidate(head, candidate) : null
}

function withCandidate(head: { do: "sig"; to: string; toEpoch: number }, given: Given): VisitWord | null {
  const { candidate, sdpMid = null, sdpMLineIndex = null, usernameFragment = null, ...more } = given
  if (Object.keys(more).length > 0 || !isText(candidate, 1_000)) return null
  const isWhole =
    (sdpMid === null || isText(sdpMid, 64)) &&
    (sdpMLineIndex === null || isCount(sdpMLineIndex)) &&
    (usernameFragment === null || isText(usernameFragment, 256))
  return isWhole ? { ...head, candidate: { candidate, sdpMid, sdpMLineIndex, usernameFragment } } : null
}

function parseMedia({ state, ...given }: Given): VisitWord | null {
  if (!mediaStates.includes(String(state))) return null
  const media: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    const isFlag = ["audioOff", "videoOff", "taken", "screen"].includes(name)
    const isNumber = ["rtt", "loss", "fps", "w", "h"].includes(name)
    if (isFlag ? typeof value !== "boolean" : isNumber ? !isMeasure(value) : name !== "localType" && name !== "of")
      return null
    if (name === "of" && !matches(value, uuid)) return null
    if (name === "localType" && !matches(value, /^[a-z]{1,8}$/)) return null
    media[name] = value
  }
  return { do: "media", state: state as Media["state"], ...media }
}

const isObject = (value: unknown): value is Given =>
  value !== null && typeof value === "object" && !Array.isArray(value)
const has = (value: Given, keys: string[]) =>
  Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key))
const matches = (value: unknown, form: RegExp): value is string => typeof value === "string" && form.test(value)
const isText = (value: unknown, most: number): value is string => typeof value === "string" && value.length <= most
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
const isMeasure = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 && value < 1e6
