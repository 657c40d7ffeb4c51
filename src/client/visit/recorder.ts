import type { Kept, KeptSegment } from "./kept.ts"
import type { Sending } from "./sending.ts"
import type { Tracks } from "./transport.ts"
import { page, type Room } from "./wire.ts"

/*
 * Records a call in the agent's page: one recording for each person who is seen and heard, as it arrives, and one of oneself. What a browser
 * records follows its first tracks and the size of their first picture, so every other track, page or screen begins a new segment. Each
 * chunk is kept in this browser first and sent then. Whether anything is recorded the server decides; this page stops at once when the call
 * does, and hears of everything else within its live region.
 */

export interface Recorder {
  /** How the call stands. */
  room(room: Room): void
  stream(participant: string, stream: MediaStream | null, shows: Shows): void
  sending(tracks: Tracks, isScreen: boolean): void
  /** Whether everybody has agreed and nothing is paused, as the server says. */
  allow(isAllowed: boolean): void
  close(): void
}

export type Shows = "camera" | "screen" | "nothing"

interface Source {
  tracks(): MediaStreamTrack[]
  what(): "camera" | "screen"
}

interface Running {
  key: string
  stop(why: string): void
}

/** Tracks come one after the other. */
const settleMilliseconds = 300
const chunkMilliseconds = 2_000
const wanted = ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"]
const wantedSound = ["audio/webm;codecs=opus", "audio/webm", "audio/mp4"]

export interface RecorderOptions {
  visit: string
  /** The agent who is signed in. */
  owner: string
  /** Rejects where this browser keeps nothing: then nothing is recorded, and the server says so. */
  keeping: Promise<{ kept: Kept; sender: Sending }>
}

export function openRecorder({ visit, owner, keeping }: RecorderOptions): Recorder {
  const sources = new Map<string, Source>()
  const running = new Map<string, Running>()
  const watched = new WeakSet<MediaStreamTrack>()
  let room: Room | null = null
  let isAllowed = false
  let settling = 0
  let sent: Tracks & { isScreen: boolean } = { audio: null, video: null, isScreen: false }
  const self: Source = {
    tracks: () => [sent.audio, sent.video].filter((track) => track?.readyState === "live") as MediaStreamTrack[],
    what: () => (sent.isScreen ? "screen" : "camera"),
  }

  /** What is not to be recorded stops now; what is to be begins as soon as its tracks are all there. */
  function settle(): void {
    const isOn = runs()
    for (const [of, one] of running) {
      const key = isOn ? keyOf(of) : null
      if (key !== one.key)
        end(of, isOn ? "track" : room?.phase === "wrapUp" || room?.phase === "over" ? "over" : "stopped")
    }
    clearTimeout(settling)
    settling = isOn ? window.setTimeout(beginAll, settleMilliseconds) : 0
  }

  function runs(): boolean {
    return isAllowed && room?.phase === "call" && room.you.kind === "agent" && room.you.state === "admitted"
  }

  function keyOf(of: string): string | null {
    const source = sources.get(of)
    const tracks = source?.tracks() ?? []
    return source && tracks.length > 0 ? [source.what(), ...tracks.map(({ id }) => id).sort()].join(" ") : null
  }

  function beginAll(): void {
    if (!runs()) return
    for (const [of, { tracks, what }] of sources) {
      const key = keyOf(of)
      if (key !== null && !running.has(of)) begin(of, key, tracks(), what())
    }
  }

  function begin(of: string, key: string, tracks: MediaStreamTrack[], what: KeptSegment["what"]): void {
    if (typeof MediaRecorder === "undefined") return
    const hasPicture = tracks.some(({ kind }) => kind === "video")
    const mimeType = (hasPicture ? wanted : wantedSound).find((type) => MediaRecorder.isTypeSupported(type))
    const recorder = new MediaRecorder(new MediaStream(tracks), {
      ...(mimeType && { mimeType }),
      ...{ videoBitsPerSecond: 500_000, audioBitsPerSecond: 48_000 },
    })
    const id = mark()
    let why = "track"
    const segment: KeptSegment = {
      ...{ id, owner, visit, of, what, mime: mimeType ?? "video/webm", page, startedAt: Date.now() },
      ...{ head: null, sent: 0, made: 0, ended: null },
    }
    // One after the other; the last data may come after the end was told.
    const halt = () => {
      if (recorder.state !== "inactive") recorder.stop()
    }
    let queue: Promise<void> = keeping.then(({ kept }) => kept.begin(segment)).then(() => {}, halt)
    const then = (work: (kept: Kept) => Promise<unknown>) => {
      queue = queue
        .then(() => keeping)
        .then(async ({ kept, sender }) => {
          await work(kept)
          sender.poke()
        })
        // Where this browser keeps no more, what would follow would not follow what is kept.
        .catch(halt)
    }
    recorder.ondataavailable = ({ data }) => {
      const at = Date.now()
      if (data.size > 0) then(async (kept) => kept.add(id, await data.arrayBuffer(), at))
    }
    recorder.onerror = halt
    recorder.onstop = () => {
      // Its tracks have ended by themselves.
      if (running.get(of) === own) {
        running.delete(of)
        settle()
      }
      window.setTimeout(() => then((kept) => kept.change(id, { ended: why })), 0)
    }
    const own: Running = {
      key,
      stop(given) {
        why = given
        halt()
      },
    }
    running.set(of, own)
    recorder.start(chunkMilliseconds)
  }

  function end(of: string, why: string): void {
    const one = running.get(of)
    running.delete(of)
    one?.stop(why)
  }

  /** A track of somebody else's is silent until the first of it arrives, and is not waited for. */
  function watch(track: MediaStreamTrack): void {
    if (watched.has(track)) return
    watched.add(track)
    for (const event of ["unmute", "ended"]) track.addEventListener(event, settle)
  }

  function source(of: string, given: Source | null): void {
    if (given) sources.set(of, given)
    else sources.delete(of)
    settle()
  }

  return {
    room(now) {
      if (room?.you.participant !== now.you.participant) sources.delete(room?.you.participant ?? "")
      room = now
      sources.set(now.you.participant, self)
      settle()
    },
    stream(of, stream, shows) {
      if (!stream) return source(of, null)
      for (const track of stream.getTracks()) watch(track)
      const tracks = () =>
        stream
          .getTracks()
          .filter(({ kind, readyState }) => readyState === "live" && !(kind === "video" && shows === "nothing"))
          .filter((track) => !track.muted || running.get(of)?.key.includes(track.id))
      source(of, { tracks, what: () => (shows === "screen" ? "screen" : "camera") })
    },
    sending({ audio, video }, isScreen) {
      sent = { audio, video, isScreen }
      settle()
    },
    allow(is) {
      isAllowed = is
      settle()
    },
    close() {
      isAllowed = false
      settle()
    },
  }
}

function mark(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")
}
