import { worstOf } from "../../base/call-quality.ts"
import type { VisitView } from "../../domain/visits/reads.ts"
import type { Media, VisitAnswer } from "../../realtime/visit-words.ts"
import { type Change, listen } from "../live.ts"
import { ownEars } from "./captions.ts"
import { openOwn } from "./own.ts"
import { openPeers } from "./peers.ts"
import type { Shows } from "./recorder.ts"
import { drawn, stillOf } from "./still.ts"
import { openTalk } from "./talk.ts"
import { createThinning } from "./thinning.ts"
import { openTiles } from "./tiles.ts"
import type { Quality, Tracks } from "./transport.ts"
import { openWire, type Room, type Standing, talking } from "./wire.ts"

export interface CallOptions {
  /** The visit's id. */
  visit: string
  /** Tracks that are there already, e.g. from the test of the devices; they become the call's own. */
  stream?: MediaStream | null
  /** Each time the server says how it stands: connection and phase. The call follows it by itself. */
  onRoom?(room: Room): void
  /** Each time the own view of the visit comes: names, place, ring, messages. */
  onView?(view: VisitView): void
  /** `live`, `conflict` (another window has it; the call itself asks "use here?"), `elsewhere`, `removed`. */
  onStanding?(standing: Standing): void
  /** What arrives of somebody else, `null` when nothing does any more; and what they say that they show. */
  onStream?(participant: string, stream: MediaStream | null, shows: Shows): void
  /** What is sent from now on. */
  onSending?(tracks: Tracks, isScreen: boolean): void
}

export interface Call {
  readonly room: Room | null
  readonly standing: Standing
  /** Opens camera and microphone now, so that the picture is there at once; call it in the press of "answer". */
  prepare(): Promise<void>
  /** Says it in the visit's chat, also while waiting. `false`: there is no connection just now. */
  write(text: string): boolean
  /** A still picture of the own camera, as large as it can; `null` where there is none. */
  still(): Promise<Blob | null>
  /** A still picture of what arrives of the citizen; `null` where nothing does. */
  received(): Promise<Blob | null>
  /** Closes everything, gives camera and microphone back, and leaves the element empty-handed. */
  unmount(): void
}

export type { Room, Standing }

const nothing: Tracks = { audio: null, video: null }
const reportEvery = 5_000

/**
 * Mounts a visit into the element that `CallRoom` of src/web/call-room.tsx renders. From the first moment on it says hello and
 * answers the server's pings, so it is to be mounted in the waiting room already; the element shows itself while there is a call to show
 * (`data-call-state` on it is `waiting`, `call`, `held`, `interrupted`, `over`, `conflict`, `elsewhere` or `removed`).
 */
export function mountCall(root: HTMLElement, options: CallOptions): Call {
  const words = JSON.parse(root.dataset["words"] ?? "{}") as Record<string, string>
  const ending = new AbortController()
  const { signal } = ending
  const part = <T extends HTMLElement>(name: string) => root.querySelector<T>(`[data-call-part="${name}"]`)
  const tiles = openTiles(root, words)
  let isLight = false
  let lastPhase: Room["phase"] = "lobby"
  /** Whether this person wants to be seen in the call that there is; `null` until the first word about it. */
  let isAsked: boolean | null = null
  const thinning = createThinning()
  let weighed = thinning.weight
  let isOver = false
  let names: VisitView["people"] = []
  /** What the others say about how we arrive there. */
  const theirs = new Map<string, Media>()
  const streams = new Map<string, MediaStream | null>()
  /** Why there is no connection to somebody yet; it stays said while it is tried anew. */
  const troubled = new Map<string, string>()

  const wire = openWire(options.visit, hear)
  const talk = openTalk(root, words, {
    say: wire.say,
    nameOf,
    isOver: () => wire.room?.phase === "over",
    signal,
  })
  const peers = openPeers({
    say: wire.say,
    ice: wire.relays,
    stream(participant, stream) {
      tiles.show(participant, stream)
      streams.set(participant, stream)
      arrives(participant)
    },
    quality: qualityIs,
    trouble: (participant, why) => troubled.set(participant, why === "relay_refused" ? "relayRefused" : "slow"),
  })
  let isCaptioned = false
  const captioning = ownEars(talk.said)
  void captioning.then((ears) => {
    const [sentence, button] = [part("captions"), root.querySelector<HTMLElement>('[data-call-do="captions"]')]
    if (button) button.hidden = ears === null
    if (sentence) sentence.textContent = words[ears ? "captionsHere" : "captionsNone"] ?? ""
  })
  const isWanted = () => !ending.signal.aborted && wire.standing !== "elsewhere"
  const own = openOwn({ root, words, isWanted, changed: publish, toggled: report, toggle })
  const reporting = window.setInterval(report, reportEvery)
  own.take(options.stream ?? null)

  // The own view of the visit, as data: names, messages, the ring.
  const region = document.createElement("div")
  region.hidden = true
  region.dataset["live"] = `visit:${options.visit}`
  region.dataset["liveAs"] = "json"
  region.addEventListener("dawr:change", (event) => {
    const view = (event as CustomEvent<Change>).detail.content as unknown as VisitView
    names = view.people
    tiles.name(nameOf)
    talk.messages(view)
    options.onView?.(view)
  })
  root.append(region)
  listen().rescan()

  // Telephones have no screen to share.
  const sharing = root.querySelector<HTMLElement>('[data-call-do="share"]')
  if (sharing) sharing.hidden = navigator.mediaDevices?.getDisplayMedia === undefined
  root.addEventListener("click", press, { signal })
  // A picture that comes back to a page that was hidden is not always played by itself.
  document.addEventListener("visibilitychange", () => document.hidden || tiles.play(), { signal })
  navigator.mediaDevices?.addEventListener("devicechange", () => void own.found(), { signal })

  function hear(word: VisitAnswer): void {
    switch (word.do) {
      case "welcome":
      case "room":
        follow(word, word.do === "welcome")
        break
      case "sig":
        peers.hear(word.from, word.epoch, word)
        break
      case "media":
        if (takeMedia(word)) arrives(word.from)
        tiles.mark(word.from, {
          isMuted: word.audioOff === true,
          isDark: word.videoOff === true,
          isTaken: word.taken === true,
        })
        showQuality()
        break
      case "rtt":
        talk.typed(word.from, word.delta)
        break
      case "chat":
        talk.arrived(word)
        break
      case "denied":
        if (word.of === "sig") peers.missed()
        if (word.of === "chat") talk.refused()
        break
      case "conflict":
      case "removed":
        standAside(word.do)
        break
      case "superseded":
        standAside("elsewhere")
    }
  }

  /** This window has no part in the visit any more, or not yet: its camera is off. */
  function standAside(standing: Exclude<Standing, "live">): void {
    peers.hold()
    close()
    state(standing)
    const ask = part("ask")
    const text = part("ask-text")
    if (ask) ask.hidden = standing === "removed"
    if (text) text.textContent = words[standing] ?? ""
    status(standing === "removed" ? words["removed"] : "")
    options.onStanding?.(standing)
  }

  function follow(room: Room, isNew: boolean): void {
    const isIn = talking.includes(room.phase) && room.you.state === "admitted"
    const ask = part("ask")
    if (ask) ask.hidden = true
    if (isNew) options.onStanding?.("live")
    tiles.people(room, nameOf)
    thinning.only(room.peers.filter(({ state: its }) => its === "admitted").map(({ participant }) => participant))
    if (thinning.weight !== weighed) weigh()
    // Who was in the call when this page was loaded, or has answered its ring, is seen. Whom somebody brings back after it had ended is asked
    // first: no camera is opened by anybody else's press.
    isAsked ??= isIn || room.you.kind !== "citizen"
    if (isIn && lastPhase === "ringing") isAsked = true
    const isOffice = room.you.kind === "agent" || room.you.kind === "supervisor"
    if (isIn && (isAsked || isOffice)) void own.prepare()
    else if (room.phase === "ringing" && room.you.kind === "agent") void own.prepare()
    const again = part("again")
    if (again) again.hidden = !isIn || isAsked || isOffice
    // First: who records wants to know why a stream ends.
    options.onRoom?.(room)
    peers.join(room, isNew)
    if (room.phase === "over" || room.phase === "wrapUp") {
      if (!isOver) close()
      isOver = true
      isAsked = false
    } else isOver = false
    // Sent on, or the agent is gone: who waits again is not filmed.
    if (room.phase === "lobby" && talking.includes(lastPhase)) {
      close()
      isAsked = false
    }
    lastPhase = room.phase
    state(
      isOver
        ? "over"
        : room.phase === "interrupted" || room.you.state === "gone"
          ? "interrupted"
          : isIn
            ? "call"
            : room.you.state === "held"
              ? "held"
              : "waiting",
    )
    status(sentence(room, isIn))
    showQuality()
    if (isNew) report()
  }

  function sentence(room: Room, isIn: boolean): string | undefined {
    if (isOver) return words["over"]
    if (room.phase === "interrupted" || room.you.state === "gone") return words["interrupted"]
    if (room.you.state === "held") return words["held"]
    if (!isIn) return ""
    if (room.phase === "hold") return words["heldAgent"]
    const lost = room.peers.find(
      ({ state: its, connectivity }) => its === "admitted" && connectivity === "reconnecting",
    )
    if (lost) return `${nameOf(lost.participant)}: ${words["reconnecting"]}`
    const all = peers.stats()
    if (all.some(({ state: its }) => its === "unstable" || its === "restarting")) return words["unstable"]
    if (room.phase === "private") return words["privately"]
    const others = room.peers.filter(({ state: its }) => its === "admitted")
    const missing = others.find(
      ({ participant }) => !all.some((one) => one.of === participant && one.state === "flowing"),
    )
    if (missing) return words[troubled.get(missing.participant) ?? "connecting"]
    return others.map(({ participant }) => words["joining"]?.replace("{name}", nameOf(participant))).join(" · ")
  }

  function nameOf(participant: string): string {
    const given = names.find(({ id }) => id === participant)
    const lang = document.documentElement.lang === "en" ? "en" : "ar"
    const kind = given?.kind ?? wire.room?.peers.find((peer) => peer.participant === participant)?.kind
    if (participant === wire.room?.you.participant) return words["self"] ?? ""
    return given?.name?.[lang] || words[kind ?? ""] || ""
  }

  function qualityIs(participant: string, quality: Quality, isChanged: boolean): void {
    tiles.mark(participant, { state: quality.state })
    if (quality.state === "flowing") troubled.delete(participant)
    showQuality()
    if (!isChanged) return
    reportOne(quality)
    const { room } = wire
    if (room && quality.state !== "idle") {
      status(sentence(room, talking.includes(room.phase) && room.you.state === "admitted"))
    }
  }

  /** Sound comes first: what does not arrive is not sent, until it would arrive again. */
  function thin(received: Media & { from: string }): void {
    const isSeen = wire.room?.peers.some(({ kind }) => kind === "interpreter") || wire.room?.you.kind === "interpreter"
    if (thinning.hear(received, isSeen, received.from) !== weighed) weigh()
  }

  const isSoundOnly = () => isLight || thinning.weight === "sound"

  function weigh(): void {
    weighed = thinning.weight
    peers.weigh(isSoundOnly() ? "sound" : thinning.weight)
    publish()
    showQuality()
  }

  function report(): void {
    for (const quality of peers.stats()) reportOne(quality)
  }

  function reportOne({ bytes: _, ...quality }: Quality): void {
    const { audio, video, screen } = own
    const isTaken = screen === null && own.isTaken
    const isDark = screen === null && (video === null || isTaken || isSoundOnly())
    const sent = { audioOff: audio?.enabled !== true, videoOff: isDark, taken: isTaken, screen: screen !== null }
    wire.say({ do: "media", ...quality, ...sent })
  }

  /** Both directions in words, the worse of the connections. */
  function showQuality(): void {
    const element = part("quality")
    if (!element) return
    const isSetUp = ({ state: its }: Media) => its !== "setup" && its !== "idle"
    const all = peers.stats().filter(isSetUp)
    const back = all.flatMap(({ of }) => theirs.get(of) ?? []).filter(isSetUp)
    const mine = worstOf(all.map((one) => ({ ...one, isScreen: showsOf(theirs.get(one.of)) === "screen" })))
    const other = worstOf(back.map((one) => ({ ...one, isScreen: own.screen !== null })))
    element.dataset["grade"] = mine ?? ""
    const said = [
      mine && `${words["mine"]}: ${words[mine]}`,
      other && `${words["theirs"]}: ${words[other]}`,
      all.some(({ localType }) => localType === "relay") && words["relay"],
      !isLight && thinning.weight !== "full" && words[thinning.weight === "sound" ? "thinSound" : "thinSmall"],
    ]
    const text = said.filter(Boolean).join(" · ")
    if (element.textContent !== text) element.textContent = text
  }

  function publish(): void {
    const { audio, video, screen } = own
    const tracks = { audio, video: isSoundOnly() && !screen ? null : (screen ?? video) }
    tiles.self(screen ?? video)
    options.onSending?.(tracks, screen !== null)
    void peers.publish(tracks, screen !== null)
    report()
  }

  /** Answers whether what they show has become another thing. */
  function takeMedia(word: Media & { from: string }): boolean {
    const was = showsOf(theirs.get(word.from))
    theirs.set(word.from, word)
    if (word.of === wire.room?.you.participant && word.state === "flowing") thin(word)
    return was !== showsOf(word)
  }

  function arrives(participant: string): void {
    options.onStream?.(participant, streams.get(participant) ?? null, showsOf(theirs.get(participant)))
  }

  const presses: Record<string, () => unknown> = {
    mute: own.mute,
    camera: own.turnCamera,
    share: own.share,
    light() {
      isLight = !isLight
      toggle("light", isLight)
      weigh()
    },
    typing: () => toggle("typing", talk.toggleTyping()),
    captions: () => caption(!isCaptioned),
    devices: own.retry,
    join() {
      isAsked = true
      const again = part("again")
      if (again) again.hidden = true
      void own.prepare()
    },
    here: wire.takeOver,
  }

  function caption(isOn: boolean): void {
    if (isOn === isCaptioned) return
    isCaptioned = isOn
    toggle("captions", isOn)
    void captioning.then((ears) => (isOn ? ears?.start() : ears?.stop()))
  }

  function press(event: Event): void {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-call-do]")
    presses[button?.dataset["callDo"] ?? ""]?.()
  }

  function toggle(verb: string, isOn: boolean): void {
    root.querySelector(`[data-call-do="${verb}"]`)?.setAttribute("aria-pressed", String(isOn))
  }

  function state(now: string): void {
    root.dataset["callState"] = now
  }

  function status(text: string | undefined): void {
    const element = part("status")
    if (element && element.textContent !== (text ?? "")) element.textContent = text ?? ""
  }

  /** Camera, microphone and screen are given back. */
  function close(): void {
    caption(false)
    own.close()
    tiles.self(null)
    options.onSending?.(nothing, false)
    void peers.publish(nothing)
  }

  return {
    get room() {
      return wire.room
    },
    get standing() {
      return wire.standing
    },
    prepare: own.prepare,
    write: (text) => wire.say({ do: "chat", text }),
    still: async () => (own.video ? stillOf(own.video) : null),
    async received() {
      const person = wire.room?.peers.find(({ kind }) => kind === "citizen")
      const shown = person && tiles.video(person.participant)
      return shown ? drawn(shown) : null
    },
    unmount() {
      ending.abort()
      clearInterval(reporting)
      peers.close()
      close()
      wire.close()
      region.remove()
      listen().rescan()
      tiles.clear()
      talk.clear()
      status("")
      showQuality()
      own.noTrouble()
      state("waiting")
    },
  }
}

function showsOf(media: Media | undefined): Shows {
  return media?.screen ? "screen" : media?.videoOff ? "nothing" : "camera"
}
