import type { Peer, Signal, VisitWord } from "../../realtime/visit-words.ts"
import { type Link, newLink, read, restartWaits, sessionOf, setUpDeadline } from "./link.ts"
import type { MediaTransport, Subscriber, Tracks, Weight } from "./transport.ts"
import { type Room, talking } from "./wire.ts"

/*
 * Sound and picture straight between pages: one connection for each pair, at most four people. Negotiation is the "perfect" one of the
 * W3C's WebRTC 1.0 §10.7; the agent does not give way. Which connection a description belongs to is read from the session in its "o=" line
 * (RFC 8829 §5.2.1): another one means that the other end has begun anew. A lost line to the server touches nothing here; that somebody
 * is gone, held or removed closes at once, because no server stands between that could.
 */

export interface PeersOptions extends Subscriber {
  say(word: VisitWord): boolean
  /** Relays with credentials that are fresh; without a line, as soon as there is one. Throws where there are none to be had now. */
  ice(): Promise<RTCIceServer[]>
}

/** Milliseconds; half of what the server gives them (`turnSeconds` of src/outside/turn.ts). */
const credentialsKept = 300_000

const hasWay = ({ connectionState }: RTCPeerConnection) => connectionState === "connected"
const isSeen = ({ fps = 0 }: Link["quality"]) => fps > 0

export function openPeers({ say, ice, ...told }: PeersOptions): MediaTransport {
  const links = new Map<string, Link>()
  const expected = new Map<string, number>()
  let peers = new Map<string, Peer>()
  let room: Room | null = null
  let tracks: Tracks = { audio: null, video: null }
  let isScreen = false
  let weight: Weight = "full"
  let known: { servers: RTCIceServer[]; at: number } = { servers: [], at: 0 }
  const watching = window.setInterval(() => void watch(), 1_000)

  function join(now: Room, isNew: boolean): void {
    const before = peers
    room = now
    const isIn = talking.includes(now.phase) && now.you.state === "admitted"
    const admitted = isIn ? now.peers.filter(({ state, page: its }) => state === "admitted" && its !== null) : []
    peers = new Map(admitted.map((peer) => [peer.participant, peer]))
    for (const link of [...links.values()]) if (peers.get(link.peer)?.page !== link.page) drop(link)
    for (const peer of peers.values()) {
      const link = links.get(peer.participant)
      if (link) {
        const isBack = link.epoch !== peer.epoch
        link.epoch = peer.epoch
        if (isNew || isBack) again(link, isNew)
        continue
      }
      if (!isThere(peer)) continue
      const arrived = before.get(peer.participant)
      const cameAnew = !isNew && arrived !== undefined && arrived.page !== peer.page
      // Who arrives last offers. Where both have been there, the one that gives no way does; should nothing come, so does the other.
      if (isNew || (!cameAnew && !isPolite(peer))) open(peer, true)
      else expect(peer, isPolite(peer) ? 2_500 : 1_500)
    }
  }

  const isThere = ({ connectivity }: Peer) => connectivity === "online" || connectivity === "late"

  const isPolite = (peer: Peer) => {
    if (room?.you.kind === "agent") return false
    return peer.kind === "agent" || (room?.you.participant ?? "") < peer.participant
  }

  function expect(peer: Peer, milliseconds: number): void {
    clearTimeout(expected.get(peer.participant))
    const look = () => {
      const now = peers.get(peer.participant)
      if (now && !links.has(now.participant)) open(now, true)
    }
    expected.set(peer.participant, window.setTimeout(look, milliseconds))
  }

  function open(peer: Peer, offers: boolean, policy: RTCIceTransportPolicy = "all"): Link {
    clearTimeout(expected.get(peer.participant))
    const link = newLink(peer, { offers, isPolite: isPolite(peer), policy })
    links.set(peer.participant, link)
    link.deadline = window.setTimeout(() => late(link), setUpDeadline)
    enqueue(link, () => build(link))
    told.quality(link.peer, link.quality, true)
    return link
  }

  /** With credentials of a moment ago where no fresh ones are to be had; older ones would only be refused, and raise an alarm about it. */
  async function relays(): Promise<RTCIceServer[]> {
    try {
      known = { servers: await ice(), at: performance.now() }
    } catch {
      if (performance.now() - known.at > credentialsKept) known = { servers: [], at: 0 }
    }
    return known.servers
  }

  async function build(link: Link): Promise<void> {
    const iceServers = await relays()
    if (link.isClosed) return
    const pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: link.policy, bundlePolicy: "max-bundle" })
    link.pc = pc
    pc.onicecandidate = ({ candidate }) => {
      const {
        candidate: line,
        sdpMid = null,
        sdpMLineIndex = null,
        usernameFragment = null,
      } = candidate?.toJSON() ?? {}
      const given = line ? { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } : null
      send(link, { candidate: given })
    }
    pc.onicecandidateerror = ({ errorCode }) => {
      if (errorCode !== 401 && errorCode !== 403) return
      // Said at once and by every connection, also by one that then finds a way without the relay: others will not.
      if (!link.isRefused) say({ do: "relay", refused: true })
      link.isRefused = true
    }
    pc.ontrack = ({ track }) => {
      link.stream.addTrack(track)
      told.stream(link.peer, link.stream)
    }
    pc.onconnectionstatechange = () => changed(link, pc)
    pc.onnegotiationneeded = () => void offer(link, pc)
    if (!link.offers) return
    for (const kind of ["audio", "video"] as const) {
      pc.addTransceiver(tracks[kind] ?? kind, { direction: "sendrecv" })
    }
  }

  async function offer(link: Link, pc: RTCPeerConnection): Promise<void> {
    try {
      link.isOffering = true
      await pc.setLocalDescription()
      describe(link, pc)
    } catch {
      // Closed in between, or the other's offer came first: what comes of that is under way.
    } finally {
      link.isOffering = false
    }
  }

  function describe(link: Link, { localDescription }: RTCPeerConnection): void {
    if (!localDescription) return
    const { type, sdp } = localDescription
    link.isUnsent = !send(link, { description: { type, sdp } })
  }

  function send(link: Link, signal: Signal): boolean {
    return !link.isClosed && say({ do: "sig", to: link.peer, toEpoch: link.epoch, ...signal })
  }

  function hear(from: string, epoch: number, signal: Signal): void {
    const peer = peers.get(from)
    if (!peer || epoch < peer.epoch) return
    let link = links.get(from)
    if ("description" in signal && signal.description.type === "offer") {
      const isFirst = link?.session === null
      if (link && isFirst && link.offers && !link.isPolite) return
      const isAnother = link && !isFirst && link.session !== sessionOf(signal.description.sdp)
      if (link && (isAnother || (isFirst && link.offers))) {
        // The other end has given up what never came about, an instant before this one would have.
        if (isAnother && link.quality.state === "setup") told.trouble(from, whyLate(link))
        drop(link)
        link = undefined
      }
      link ??= open(peer, false)
    }
    if (link) {
      const to = link
      enqueue(to, () => apply(to, signal))
    }
  }

  async function apply(link: Link, signal: Signal): Promise<void> {
    const { pc } = link
    if (!pc || link.isClosed) return
    if (!("description" in signal)) {
      // A candidate of an offer that was not heeded, or of a try that is over.
      await pc.addIceCandidate(signal.candidate ?? undefined).catch(() => {})
      return
    }
    const { type, sdp } = signal.description
    const isOffer = type === "offer"
    if (isOffer && (link.isOffering || pc.signalingState !== "stable") && !link.isPolite) return
    if (!isOffer && pc.signalingState !== "have-local-offer") return
    await pc.setRemoteDescription({ type, sdp })
    link.session = sessionOf(sdp)
    if (isOffer) {
      await attach(pc)
      await pc.setLocalDescription()
      describe(link, pc)
    }
    void ease(pc)
  }

  /** Puts what is sent on what was offered. */
  async function attach(pc: RTCPeerConnection): Promise<void> {
    for (const transceiver of pc.getTransceivers()) {
      transceiver.direction = "sendrecv"
      await transceiver.sender.replaceTrack(tracks[transceiver.receiver.track.kind === "audio" ? "audio" : "video"])
    }
  }

  /** Fluent before sharp for a face, sharp before fluent for a page that is read. */
  async function ease(pc: RTCPeerConnection): Promise<void> {
    for (const { sender, receiver } of pc.getTransceivers()) {
      if (receiver.track.kind !== "video") continue
      const parameters = sender.getParameters()
      const [encoding] = parameters.encodings
      if (!encoding) continue
      parameters.degradationPreference = isScreen ? "maintain-resolution" : "maintain-framerate"
      encoding.maxBitrate = isScreen ? 1_500_000 : weight === "full" ? 900_000 : 180_000
      encoding.scaleResolutionDownBy = isScreen || weight === "full" ? 1 : 2
      await sender.setParameters(parameters).catch(() => {})
    }
  }

  function changed(link: Link, pc: RTCPeerConnection): void {
    if (link.isClosed) return
    if (pc.connectionState === "connected") {
      clearTimeout(link.deadline)
      clearTimeout(link.restart)
      Object.assign(link, { restart: 0, tries: 0 })
      void ease(pc)
      void watch()
    } else if (pc.connectionState === "disconnected") {
      turn(link, "unstable")
      // Not both in the same instant: it would do no harm, and cost a round.
      plan(link, (restartWaits[0] ?? 0) + (link.isPolite ? 500 : 0))
    } else if (pc.connectionState === "failed") {
      clearTimeout(link.restart)
      link.restart = 0
      plan(link, 0)
    }
  }

  function plan(link: Link, milliseconds: number): void {
    if (link.restart === 0) link.restart = window.setTimeout(() => void restart(link), milliseconds)
  }

  /** A restart of the way with fresh credentials; after three that brought nothing, a connection of its own. */
  async function restart(link: Link): Promise<void> {
    const { pc } = link
    link.restart = 0
    if (!pc || link.isClosed || link.isAsking || hasWay(pc)) return
    if (link.tries >= restartWaits.length) return renew(link)
    turn(link, "restarting")
    link.isAsking = true
    const iceServers = await relays()
    link.isAsking = false
    // Without a line that took a while, in which the way may have healed by itself.
    if (link.isClosed || hasWay(pc)) return
    pc.setConfiguration({ ...pc.getConfiguration(), iceServers })
    pc.restartIce()
    link.tries += 1
    plan(link, restartWaits[link.tries] ?? restartWaits.at(-1) ?? 0)
  }

  const whyLate = ({ isRefused }: Link) => (isRefused ? "relay_refused" : "slow")

  function late(link: Link): void {
    if (link.isClosed) return
    told.trouble(link.peer, whyLate(link))
    turn(link, "failed")
    renew(link, known.servers.length > 0 ? "relay" : "all")
  }

  function renew(link: Link, policy: RTCIceTransportPolicy = "all"): void {
    drop(link)
    const peer = peers.get(link.peer)
    // Whose line is lost hears no offer; how the room stands is said as soon as they are back, and it is begun anew then.
    if (!peer || !isThere(peer)) return
    if (link.isPolite) expect(peer, 2_500)
    else open(peer, true, policy)
  }

  /**
   * The line to the server is back: what could not be said is said now. Where it was lost by this page (`isNew`) the server may have been
   * another one, which has not seen by which keys the two talk: the one that gives no way describes itself once more, and media go on.
   */
  function again(link: Link, isNew: boolean): void {
    const { pc } = link
    if (!pc) return
    if (link.isUnsent && pc.signalingState === "have-local-offer") describe(link, pc)
    else if (link.isUnsent || (isNew && !link.isPolite && pc.connectionState === "connected")) pc.restartIce()
  }

  function drop(link: Link): void {
    link.isClosed = true
    clearTimeout(link.deadline)
    clearTimeout(link.restart)
    if (links.get(link.peer) === link) links.delete(link.peer)
    link.pc?.close()
    told.stream(link.peer, null)
    turn(link, "idle")
  }

  function turn(link: Link, state: Link["quality"]["state"]): void {
    const isChanged = link.quality.state !== state
    link.quality = { ...link.quality, state }
    if (isChanged) told.quality(link.peer, link.quality, true)
  }

  async function watch(): Promise<void> {
    for (const link of links.values()) {
      const { pc } = link
      if (!pc) continue
      const before = link.quality
      const now = await read(link, pc)
      if (link.isClosed || !now) continue
      link.quality = now
      // That pictures come, or do not, is said at once as well: whoever was looked at must stay in sight.
      told.quality(link.peer, now, before.state !== now.state || isSeen(before) !== isSeen(now))
    }
  }

  /** One after the other: a candidate must not overtake its description. */
  function enqueue(link: Link, work: () => Promise<void>): void {
    link.queue = link.queue.then(work).catch(() => {
      // A description that does not fit: the deadline, or the next restart, begins anew.
      link.isUnsent = true
    })
  }

  return {
    join,
    hear,
    async publish(given, asScreen = false) {
      tracks = given
      isScreen = asScreen
      for (const { pc } of links.values()) {
        if (!pc) continue
        for (const { sender, receiver } of pc.getTransceivers()) {
          const track = tracks[receiver.track.kind === "audio" ? "audio" : "video"]
          // It may be closed in the midst of this: then there is nothing to put on it any more.
          await sender.replaceTrack(track).catch((thrown) => {
            if (pc.signalingState !== "closed") throw thrown
          })
        }
        await ease(pc)
      }
    },
    missed() {
      // Nobody was there to hear it, or another page by now: how the room stands is said in a moment, and what was missed is said then.
      for (const link of links.values()) {
        const isSettled = link.pc?.connectionState === "connected" && link.pc.signalingState === "stable"
        if (!isSettled) link.isUnsent = true
      }
    },
    hold() {
      for (const timer of expected.values()) clearTimeout(timer)
      peers = new Map()
      for (const link of [...links.values()]) drop(link)
    },
    weigh(given) {
      weight = given
      for (const { pc } of links.values()) if (pc) void ease(pc)
    },
    stats: () => [...links.values()].map(({ quality }) => quality),
    close() {
      clearInterval(watching)
      for (const timer of expected.values()) clearTimeout(timer)
      peers = new Map()
      for (const link of [...links.values()]) drop(link)
    },
  }
}
