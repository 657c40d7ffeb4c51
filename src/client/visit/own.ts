import { type Missing, openCamera, openMedia, openScreen } from "./media.ts"

/* What oneself sends: camera, microphone, screen; opened, switched, shared and given back. */

export interface OwnOptions {
  root: HTMLElement
  words: Record<string, string>
  /** Whether what has been opened is still wanted. */
  isWanted(): boolean
  /** A track is another one, or none, from now on. */
  changed(): void
  /** Something about what is sent changed without a track. */
  toggled(): void
  toggle(verb: string, isOn: boolean): void
}

export type Own = ReturnType<typeof openOwn>

export function openOwn({ root, words, isWanted, changed, toggled, toggle }: OwnOptions) {
  let audio: MediaStreamTrack | null = null
  let video: MediaStreamTrack | null = null
  let screen: MediaStreamTrack | null = null
  /** Something else has the camera, and nobody has switched it off. */
  let isTaken = false
  let opening: Promise<void> | null = null
  const part = <T extends HTMLElement>(name: string) => root.querySelector<T>(`[data-call-part="${name}"]`)

  /** Opens what there is, once; more than one may ask. */
  async function prepare(): Promise<void> {
    if (audio !== null || video !== null) return
    opening ??= openMedia()
      .then((opened) => {
        if (!isWanted()) {
          for (const track of opened.stream.getTracks()) track.stop()
          return
        }
        take(opened.stream)
        trouble(opened.microphone ?? opened.camera, opened.microphone === null)
      })
      .finally(() => {
        opening = null
      })
    return opening
  }

  function take(stream: MediaStream | null): void {
    if (!stream) return
    audio = stream.getAudioTracks()[0] ?? null
    watchOver(audio)
    setVideo(stream.getVideoTracks()[0] ?? null)
    toggle("mute", audio !== null && !audio.enabled)
  }

  /** A telephone call, or another program, takes a device away without ending it; it comes back by itself (W3C Media Capture §4.3.1). */
  function watchOver(track: MediaStreamTrack | null): void {
    const isOurs = () => track === audio || track === video
    const is = (taken: boolean) => {
      if (!isOurs()) return
      if (taken) trouble("busy", track?.kind === "video", words["taken"])
      else trouble(null, true)
      if (track?.kind !== "video" || isTaken === taken) return
      isTaken = taken
      toggled()
    }
    track?.addEventListener("mute", () => is(true))
    track?.addEventListener("unmute", () => is(false))
    if (track?.kind === "audio") {
      track.addEventListener("ended", () => {
        if (audio !== track) return
        audio = null
        trouble("busy", false, words["stoppedSound"])
        changed()
      })
    }
  }

  function setVideo(track: MediaStreamTrack | null, taken = false): void {
    video = track
    isTaken = taken
    // An incoming telephone call takes the camera away on some phones.
    track?.addEventListener("ended", () => {
      if (video !== track) return
      setVideo(null, true)
      trouble("busy", true, words["stopped"])
    })
    watchOver(track)
    toggle("camera", track === null)
    changed()
  }

  function trouble(why: Missing | null, isHeard: boolean, text?: string): void {
    const [box, line] = [part("devices"), part("devices-text")]
    if (box) box.hidden = why === null
    if (line && why) line.textContent = [text ?? words[why], isHeard && words["noCamera"]].filter(Boolean).join(" ")
  }

  async function turnCamera(isOn: boolean): Promise<void> {
    if (!isOn) {
      const before = video
      setVideo(null)
      before?.stop()
      return
    }
    const before = video
    const track = await openCamera()
    trouble(typeof track === "string" ? track : null, true)
    if (typeof track === "string") return
    setVideo(track)
    before?.stop()
  }

  async function retry(): Promise<void> {
    if (audio === null) {
      video?.stop()
      audio = video = null
      await prepare()
    } else await turnCamera(true)
  }

  async function share(): Promise<void> {
    if (screen) {
      screen.stop()
      screen = null
    } else {
      const track = await openScreen()
      screen = track
      track?.addEventListener("ended", () => {
        if (screen !== track) return
        screen = null
        toggle("share", false)
        changed()
      })
    }
    toggle("share", screen !== null)
    changed()
  }

  return {
    get audio() {
      return audio
    },
    get video() {
      return video
    },
    get screen() {
      return screen
    },
    get isTaken() {
      return isTaken
    },
    prepare,
    take,
    retry,
    share,
    /** What was missing has perhaps been plugged in. */
    async found(): Promise<void> {
      if (part("devices")?.hidden === false) await retry()
    },
    turnCamera: () => turnCamera(video === null),
    mute(): void {
      if (audio) audio.enabled = !audio.enabled
      toggle("mute", audio?.enabled === false)
      toggled()
    },
    noTrouble: () => trouble(null, true),
    /** Camera, microphone and screen are given back. */
    close(): void {
      const open = [audio, video, screen]
      audio = video = screen = null
      isTaken = false
      for (const track of open) track?.stop()
      toggle("share", false)
    },
  }
}
