import type { Room } from "./wire.ts"

/* The pictures of a call: one for everybody else who is in it, and a small one of oneself. */

export interface Marks {
  isMuted?: boolean
  isDark?: boolean
  isTaken?: boolean
  state?: string
}

interface Tile {
  element: HTMLElement
  video: HTMLVideoElement
  name: HTMLElement
  marks: HTMLElement
  now: Marks & { isAway: boolean }
}

export function openTiles(root: HTMLElement, words: Record<string, string>) {
  const shown = new Map<string, Tile>()
  const place = root.querySelector<HTMLElement>('[data-call-part="tiles"]')
  const own = root.querySelector<HTMLVideoElement>('[data-call-part="self"]')

  function tile(participant: string): Tile {
    const before = shown.get(participant)
    if (before) return before
    const element = document.createElement("figure")
    const video = document.createElement("video")
    const caption = document.createElement("figcaption")
    const [name, marks] = [document.createElement("bdi"), document.createElement("span")]
    element.className = "call-tile"
    element.dataset["participant"] = participant
    marks.className = "call-marks"
    Object.assign(video, { autoplay: true, playsInline: true })
    caption.append(name, marks)
    element.append(video, caption)
    place?.append(element)
    const made: Tile = { element, video, name, marks, now: { isAway: false } }
    shown.set(participant, made)
    return made
  }

  function paint({ element, marks, now }: Tile): void {
    const said = [
      now.isMuted && words["muted"],
      now.isDark && words[now.isTaken ? "cameraTaken" : "cameraOff"],
      now.isAway && words["away"],
    ]
    marks.textContent = said.filter(Boolean).join(" · ")
    element.dataset["media"] = now.state ?? ""
    element.toggleAttribute("data-dark", now.isDark === true)
  }

  return {
    /** Whoever is admitted has a tile, also while nothing arrives. */
    people({ peers, phase }: Room, nameOf: (participant: string) => string): void {
      const isOver = phase === "over" || phase === "wrapUp"
      const there = isOver ? [] : peers.filter(({ state }) => state === "admitted" || state === "held")
      for (const [participant, { element, video }] of shown) {
        if (there.some((peer) => peer.participant === participant)) continue
        video.srcObject = null
        element.remove()
        shown.delete(participant)
      }
      for (const peer of there) {
        const one = tile(peer.participant)
        one.element.dataset["kind"] = peer.kind
        // Who signs stands first and stays there, whoever else comes. To be moved stops a picture.
        if (peer.kind === "interpreter" && place?.firstElementChild !== one.element) {
          place?.prepend(one.element)
          if (one.video.srcObject) one.video.play().catch(() => {})
        }
        one.now.isAway = peer.away
        one.name.textContent = nameOf(peer.participant)
        paint(one)
      }
      root.dataset["people"] = String(shown.size)
    },
    name(nameOf: (participant: string) => string): void {
      for (const [participant, { name }] of shown) name.textContent = nameOf(participant)
    },
    show(participant: string, stream: MediaStream | null): void {
      const found = stream ? tile(participant) : shown.get(participant)
      if (!found || found.video.srcObject === stream) return
      found.video.srcObject = stream
      if (stream) found.video.play().catch(() => {})
    },
    mark(participant: string, marks: Marks): void {
      const found = shown.get(participant)
      if (!found) return
      Object.assign(found.now, marks)
      paint(found)
    },
    video: (participant: string): HTMLVideoElement | null => shown.get(participant)?.video ?? null,
    self(track: MediaStreamTrack | null): void {
      if (own) own.srcObject = track ? new MediaStream([track]) : null
    },
    play(): void {
      for (const { video } of shown.values()) if (video.srcObject && video.paused) video.play().catch(() => {})
    },
    clear(): void {
      for (const { element, video } of shown.values()) {
        video.srcObject = null
        element.remove()
      }
      shown.clear()
      delete root.dataset["people"]
    },
  }
}
