import type { Media, Signal } from "../../realtime/visit-words.ts"
import type { Room } from "./wire.ts"

/** What a person sends; `null` where there is no such track, or it is switched off. */
export interface Tracks {
  audio: MediaStreamTrack | null
  video: MediaStreamTrack | null
}

/** How the connection to one other person is. */
export type Quality = Omit<Media, "audioOff" | "videoOff" | "taken" | "screen"> & { of: string; bytes: number }

/** How much is sent: `small` is a quarter of the picture, `sound` no picture at all. */
export type Weight = "full" | "small" | "sound"

/**
 * The way that sound and picture go. Between pages directly today; rooms, presence, recording and what is noted do not know which way it
 * is, so that a server in the middle may take over.
 */
export interface MediaTransport {
  /**
   * Takes the room as it stands: opens connections to whom one may talk with, keeps those that are good, closes all others at once. `isNew`:
   * this page has just arrived.
   */
  join(room: Room, isNew: boolean): void
  /** Sends these from now on, also to who comes later; no connection is made anew for it. */
  publish(tracks: Tracks, isScreen?: boolean): Promise<void>
  /** A signal of somebody's. */
  hear(from: string, epoch: number, signal: Signal): void
  /** A signal of ours was not delivered: what is not finished begins again. */
  missed(): void
  /** Closes every connection; `join` opens them again. */
  hold(): void
  weigh(weight: Weight): void
  stats(): Quality[]
  close(): void
}

/** What a transport tells. */
export interface Subscriber {
  /** What arrives of somebody; `null` when nothing does any more. */
  stream(participant: string, stream: MediaStream | null): void
  /** Once a second and whenever the state changes. */
  quality(participant: string, quality: Quality, isChanged: boolean): void
  /** No connection came about in time. `relay_refused`: the relay did not take what we showed it. */
  trouble(participant: string, why: "slow" | "relay_refused"): void
}
