/* Still pictures for a check of who somebody is: of one's own camera as large as it can, and of what arrives of the other. */

/** As the server takes them at the most. */
const mostBytes = 2 * 1024 * 1024
const largest = { width: 1920, height: 1080 }
const patience = 2_000

/** One picture of the camera, as large as it can for a moment; `null` where none comes. What is sent in the call goes on. */
export async function stillOf(track: MediaStreamTrack): Promise<Blob | null> {
  const before = track.getConstraints()
  const video = document.createElement("video")
  Object.assign(video, { muted: true, playsInline: true, srcObject: new MediaStream([track]) })
  try {
    await track
      .applyConstraints({ width: { ideal: largest.width }, height: { ideal: largest.height } })
      .catch(() => undefined)
    await video.play()
    await framed(video, track)
    return await drawn(video)
  } catch {
    return null
  } finally {
    video.srcObject = null
    await track.applyConstraints(before).catch(() => undefined)
  }
}

/** One picture of what is shown there; `null` where nothing is. */
export function drawn(video: HTMLVideoElement): Promise<Blob | null> {
  const { videoWidth: width, videoHeight: height } = video
  if (width === 0 || height === 0) return Promise.resolve(null)
  const canvas = document.createElement("canvas")
  Object.assign(canvas, { width, height })
  canvas.getContext("2d")?.drawImage(video, 0, 0, width, height)
  return smallEnough(canvas)
}

async function smallEnough(canvas: HTMLCanvasElement): Promise<Blob | null> {
  for (const quality of [0.92, 0.8, 0.6, 0.4]) {
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", quality))
    if (blob && blob.size <= mostBytes) return blob
  }
  return null
}

/** A frame of the size that the track has by now, the first may still be of the one before; at the latest the last that came in time. */
function framed(video: HTMLVideoElement, track: MediaStreamTrack): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = 0
    const late = setTimeout(() => (seen > 0 ? resolve() : reject(new Error("no frame"))), patience)
    const frame = () => {
      seen += 1
      const isGrown = video.videoWidth === track.getSettings().width && seen > 1
      if (!isGrown) return void video.requestVideoFrameCallback(frame)
      clearTimeout(late)
      resolve()
    }
    video.requestVideoFrameCallback(frame)
  })
}

/** Sends a picture. `false`: it was not taken. */
export async function sendStill(address: string, picture: Blob | null): Promise<boolean> {
  if (!picture) return false
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? ""
  const headers = { "Content-Type": "image/jpeg", "X-Form-Token": token, Accept: "application/json" }
  const answer = await fetch(address, { method: "POST", body: picture, headers }).catch(() => null)
  return answer?.ok === true
}
