/* Camera, microphone and screen. What cannot be had is told apart, because each has another way out. */

export type Missing = "denied" | "busy" | "missing" | "failed"

export interface Opened {
  stream: MediaStream
  /** Why there is none of it; `null` where there is. */
  camera: Missing | null
  microphone: Missing | null
}

/** A picture that is small and fluent: lips and hands are read at twenty frames and more, whatever the size. */
const picture: MediaTrackConstraints = {
  width: { ideal: 640 },
  height: { ideal: 360 },
  frameRate: { ideal: 24, min: 15 },
  facingMode: "user",
}
const sound: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }

/** Opens what there is of both: one that fails does not take the other with it. */
export async function openMedia(): Promise<Opened> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: sound, video: picture })
    return { stream, camera: null, microphone: null }
  } catch {
    const [heard, seen] = [await one({ audio: sound }), await one({ video: picture })]
    const tracks = [heard, seen].flatMap((found) => (found instanceof MediaStream ? found.getTracks() : []))
    const why = (found: MediaStream | Missing) => (found instanceof MediaStream ? null : found)
    return { stream: new MediaStream(tracks), camera: why(seen), microphone: why(heard) }
  }
}

export async function openCamera(): Promise<MediaStreamTrack | Missing> {
  const found = await one({ video: picture })
  return found instanceof MediaStream ? (found.getVideoTracks()[0] ?? "missing") : found
}

/** `null`: nothing was chosen. */
export async function openScreen(): Promise<MediaStreamTrack | null> {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 15 }, audio: false })
    const [track] = stream.getVideoTracks()
    if (track) track.contentHint = "detail"
    return track ?? null
  } catch {
    return null
  }
}

async function one(constraints: MediaStreamConstraints): Promise<MediaStream | Missing> {
  try {
    return await navigator.mediaDevices.getUserMedia(constraints)
  } catch (thrown) {
    return missing(thrown)
  }
}

/** The names of W3C Media Capture §10.2. */
function missing(thrown: unknown): Missing {
  switch (thrown instanceof Error ? thrown.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied"
    case "NotReadableError":
    case "AbortError":
      return "busy"
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing"
    default:
      return "failed"
  }
}
