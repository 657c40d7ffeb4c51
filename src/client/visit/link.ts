import type { Peer } from "../../realtime/visit-words.ts"
import type { Quality } from "./transport.ts"

/** So long a connection may take to come about; a relay that refuses says nothing by itself. */
export const setUpDeadline = 12_000
/** Before each restart of the way. Most gaps heal by themselves within the first; "failed" would come after seventeen seconds. */
export const restartWaits = [2_000, 5_000, 10_000]
/** Nothing arrives for so long: the picture stands. */
const silence = 2_000

/** The connection to one page of somebody's. */
export interface Link {
  peer: string
  page: string | null
  epoch: number
  offers: boolean
  isPolite: boolean
  policy: RTCIceTransportPolicy
  pc: RTCPeerConnection | null
  stream: MediaStream
  /** The session of the other end's connection, from its descriptions; `null` until one came. */
  session: string | null
  isOffering: boolean
  /** Something could not be said, or was not understood. */
  isUnsent: boolean
  isRefused: boolean
  /** Fresh credentials for another way are under way. */
  isAsking: boolean
  isClosed: boolean
  tries: number
  restart: number
  deadline: number
  queue: Promise<void>
  quality: Quality
  /** When something arrived last, by this page's own measure. */
  arrivedAt: number
  lost: number
  received: number
  /** Pictures of the other end, and when the last one came. */
  frames: number
  seenAt: number
}

export function newLink({ participant, page, epoch }: Peer, given: Pick<Link, "offers" | "isPolite" | "policy">): Link {
  return {
    ...{ peer: participant, page, epoch, pc: null, stream: new MediaStream(), session: null },
    ...{ isOffering: false, isUnsent: false, isRefused: false, isAsking: false, isClosed: false },
    ...{ tries: 0, restart: 0, deadline: 0, queue: Promise.resolve() },
    quality: { of: participant, state: "setup", bytes: 0 },
    ...{ arrivedAt: 0, lost: 0, received: 0, frames: 0, seenAt: 0 },
    ...given,
  }
}

/** The session of a description: the second word of its "o=" line. */
export function sessionOf(sdp: string): string {
  return /^o=\S+ (\S+)/m.exec(sdp)?.[1] ?? ""
}

/** How it goes, from the browser's own counts; `null` while there is nothing to count. */
export async function read(link: Link, pc: RTCPeerConnection): Promise<Quality | null> {
  if (pc.connectionState !== "connected") return null
  const report = await pc.getStats()
  const all: Stat[] = []
  report.forEach((stat: Stat) => {
    all.push(stat)
  })
  const arriving = all.filter(({ type }) => type === "inbound-rtp")
  const picture = arriving.find(({ kind }) => kind === "video")
  const pair = all.find(({ type, nominated, state }) => type === "candidate-pair" && nominated && state === "succeeded")
  const local = all.find(({ id }) => id === pair?.localCandidateId)
  const sum = (of: "bytesReceived" | "packetsLost" | "packetsReceived") =>
    arriving.reduce((total, stat) => total + (stat[of] ?? 0), 0)
  const [bytes, lost, received] = [sum("bytesReceived"), sum("packetsLost"), sum("packetsReceived")]
  const at = performance.now()
  if (bytes > link.quality.bytes || link.arrivedAt === 0) link.arrivedAt = at
  const frames = picture?.framesDecoded ?? 0
  if (frames > link.frames) Object.assign(link, { frames, seenAt: at })
  const isSeen = frames > 0 && at - link.seenAt <= silence
  const [nowLost, nowReceived] = [Math.max(0, lost - link.lost), Math.max(0, received - link.received)]
  Object.assign(link, { lost, received })
  return {
    of: link.peer,
    state: bytes > 0 && at - link.arrivedAt <= silence ? "flowing" : bytes === 0 ? "setup" : "unstable",
    bytes,
    ...(local?.candidateType ? { localType: local.candidateType } : {}),
    ...(pair?.currentRoundTripTime === undefined ? {} : { rtt: Math.round(pair.currentRoundTripTime * 1000) }),
    loss: nowLost + nowReceived > 0 ? Math.round((nowLost / (nowLost + nowReceived)) * 1000) / 1000 : 0,
    // A browser goes on naming the last figure when nothing comes any more.
    fps: isSeen ? Math.max(1, picture?.framesPerSecond ?? 1) : 0,
    ...(picture?.frameWidth === undefined ? {} : { w: picture.frameWidth, h: picture.frameHeight ?? 0 }),
  }
}

/** The fields of W3C webrtc-stats that are read. */
interface Stat {
  id: string
  type: string
  kind?: string
  nominated?: boolean
  state?: string
  localCandidateId?: string
  candidateType?: string
  currentRoundTripTime?: number
  bytesReceived?: number
  packetsLost?: number
  packetsReceived?: number
  framesPerSecond?: number
  framesDecoded?: number
  frameWidth?: number
  frameHeight?: number
}
