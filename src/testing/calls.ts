import { type Browser, chromium, type Page } from "playwright-core"
import { findChromium, howToGetChromium, quietly } from "../cli/checking/chromium.ts"
import { atTheEnd } from "./cleanup.ts"

/* Browsers with a camera and a microphone of their own making, for calls that are real. */

let launched: Promise<Browser> | null = null

/** A Chromium whose devices are made up and never asked about. */
export function filming(): Promise<Browser> {
  launched ??= launchFilming()
  return launched
}

/** Another one, whose pages are no neighbours of the others'. */
export async function launchFilming(): Promise<Browser> {
  const executablePath = findChromium()
  if (!executablePath) throw new Error(howToGetChromium)
  const started = await chromium.launch({
    executablePath,
    chromiumSandbox: false,
    args: [
      ...quietly,
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      "--auto-select-desktop-capture-source=Entire screen",
      "--autoplay-policy=no-user-gesture-required",
      "--allow-loopback-in-peer-connection",
      "--disable-features=WebRtcHideLocalIpsWithMdns",
    ],
  })
  atTheEnd(async () => {
    await started.close()
  })
  return started
}

/** Keeps the page's own connections and sockets where a test finds them; before the page loads. */
export async function counting(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const all: RTCPeerConnection[] = []
    const sockets: WebSocket[] = []
    Object.assign(window, { connections: all, sockets })
    const OwnSocket = window.WebSocket
    window.WebSocket = class extends OwnSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols)
        sockets.push(this)
      }
    }
    const Own = window.RTCPeerConnection
    window.RTCPeerConnection = class extends Own {
      constructor(configuration?: RTCConfiguration) {
        super(configuration)
        all.push(this)
      }
    }
  })
}

/** Waits for the next frames of the others' picture, as they are painted. Answers the page's own milliseconds of the first. */
export function frames(page: Page, count = 3): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        let seen = 0
        let first = 0
        const look = () => {
          const video = document.querySelector<HTMLVideoElement>("[data-call-part=tiles] video")
          if (!video?.srcObject) return void requestAnimationFrame(look)
          const frame = () => {
            first ||= performance.timeOrigin + performance.now()
            seen += 1
            if (seen >= wanted) resolve(first)
            else if (video.isConnected) video.requestVideoFrameCallback(frame)
            else look()
          }
          video.requestVideoFrameCallback(frame)
        }
        look()
      }),
    count,
  )
}

/** As a network that lets nobody through but the relay; before `counting`, and before the page loads. */
export async function relayedOnly(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const Own = window.RTCPeerConnection
    window.RTCPeerConnection = class extends Own {
      constructor(configuration?: RTCConfiguration) {
        super({ ...configuration, iceTransportPolicy: "relay" })
      }

      override setConfiguration(configuration?: RTCConfiguration): void {
        super.setConfiguration({ ...configuration, iceTransportPolicy: "relay" })
      }
    }
  })
}

/** As on a network that loses a quarter of what comes to this page: it says so of everybody, once `isLosing` of its window is set. */
export async function lossy(page: Page): Promise<(isLosing: boolean) => Promise<void>> {
  await page.addInitScript(() => {
    const state = Object.assign(window, { isLosing: false })
    const send = WebSocket.prototype.send
    WebSocket.prototype.send = function (data) {
      const isReport = state.isLosing && typeof data === "string" && data.includes('"do":"media"')
      send.call(this, isReport ? data.replace(/"loss":[\d.]+/, '"loss":0.25') : data)
    }
  })
  return (isLosing) => page.evaluate((is) => void Object.assign(window, { isLosing: is }), isLosing)
}

/** Cuts a page's line to the server, until its network is there again; what goes between pages is left alone. */
export async function cutOff(page: Page): Promise<void> {
  await page.context().setOffline(true)
  await page.evaluate(() => {
    for (const socket of (window as unknown as { sockets: WebSocket[] }).sockets) socket.close()
  })
}

export interface Flow {
  open: number
  bytes: number
  local: string[]
}

/** What flows into a page: how many connections are open, how much media came in all, and by which ways. */
export function flow(page: Page): Promise<Flow> {
  return page.evaluate(async () => {
    const all = (window as unknown as { connections: RTCPeerConnection[] }).connections
    let bytes = 0
    const local: string[] = []
    for (const one of all) {
      const stats: Record<string, unknown>[] = []
      const report = await one.getStats()
      report.forEach((stat: Record<string, unknown>) => {
        stats.push(stat)
      })
      for (const stat of stats) {
        if (stat["type"] === "inbound-rtp") bytes += Number(stat["bytesReceived"])
        if (stat["type"] !== "candidate-pair" || !stat["nominated"]) continue
        local.push(String(stats.find(({ id }) => id === stat["localCandidateId"])?.["candidateType"]))
      }
    }
    const open = all.filter(({ connectionState }) => connectionState !== "closed").length
    return { open, bytes, local }
  })
}
