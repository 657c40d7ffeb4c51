import { existsSync } from "node:fs"
import { connect } from "node:net"
import { openStore } from "../../../db/open.ts"
import { openWriter, type Scope } from "../../../db/write.ts"
import { machineClock } from "../../base/clock.ts"
import { staffOf, subjectOfKey } from "../../domain/access/keys.ts"
import { startSession } from "../../domain/access/sessions.ts"
import { openCounter } from "../../domain/queue/counters.ts"
import { walkIn } from "../../domain/visits/arriving.ts"
import { findChromium } from "../checking/chromium.ts"
import { launch, NoAnswer, type Page } from "./chromium.ts"
import { type Figure, median, type Part, progress } from "./figure.ts"
import { inFolder, type Prepared, prepare } from "./prepare.ts"
import { freePort, startHouse } from "./running.ts"
import { addVideoAgent, videoOffice, withVideoOffice } from "./video.ts"

export interface Wanted {
  disk: string
  calls: number
}

/** Debian's relay; where it is not, calls through one are left out. */
const coturn = "/usr/bin/turnserver"
const secret = "a secret of the bench"

/**
 * Milliseconds from the press of "answer" to the first frame of the other side's picture, at both pages, in two real browsers with made-up
 * cameras: directly, and with nothing but a relay between them. And how long it takes until the citizen sees the agent again where their
 * page was loaded anew in the midst of it. Beside it two connections within one page that nobody has to ring.
 */
export async function firstFrame(wanted: Wanted): Promise<Part> {
  const path = findChromium()
  if (!path) return { figures: [], notes: ["There is no Chromium here: the first frame of a call is left out."] }
  for (let left = 2; ; left--) {
    try {
      return await measure(path, wanted)
    } catch (cause) {
      if (left === 0 || !(cause instanceof NoAnswer)) throw cause
      progress("first frame: a browser does not answer any more; once more from the start")
    }
  }
}

function measure(path: string, { disk, calls }: Wanted): Promise<Part> {
  return inFolder(disk, async (folder) => {
    const hasRelay = existsSync(coturn)
    const prepared = await prepare(folder, { plan: withVideoOffice(2 * calls), citizens: 2 * calls, sessions: true })
    const { visits, session } = await fill(prepared)
    const port = freePort()
    const relay = hasRelay ? await startRelay(port) : null
    const turn = { TURN_URLS: `turn:127.0.0.1:${port}?transport=udp`, TURN_SECRET: secret }
    const house = await startHouse(prepared, null, turn)
    // Everybody has a browser of their own, as in the world.
    const open = async (session: string, isRelayed: boolean, address: string) => {
      const browser = await launch(path, filming)
      const page = await browser.page()
      await page.send("Network.setCookie", { url: house.origin, name: "sid", value: session })
      if (isRelayed) await relayedOnly(page)
      await page.go(`${house.origin}${address}`)
      return { page, close: browser.close }
    }
    const rounds = async (isRelayed: boolean, from: number) => {
      let office = await open(session, isRelayed, "/desk")
      const [first, again]: [number[], number[]] = [[], []]
      try {
        for (let index = from; index < from + calls; index++) {
          if (index > from && (index - from) % callsMax === 0) {
            await office.close()
            office = await open(session, isRelayed, "/desk")
          }
          const home = await open(prepared.citizens[index]?.session ?? "", isRelayed, `/visits/${visits[index]}`)
          try {
            const took = await call(office.page, home.page, visits[index])
            first.push(took.first)
            again.push(took.reloaded)
          } finally {
            await home.close()
          }
        }
      } finally {
        await office.close()
      }
      return { first: median(first), again: median(again) }
    }
    try {
      progress(`first frame: ${calls} calls`)
      const direct = await rounds(false, 0)
      const alone: number[] = []
      const { page, close } = await open("", false, "/verify")
      await page.until("document.readyState === 'complete'")
      for (let index = 0; index < calls; index++) alone.push(await page.evaluate<number>(withinOnePage))
      await close()
      const baseline = { what: "within one page, nobody rung", value: median(alone) }
      const figures: Figure[] = [
        {
          ...{ what: '"answer" to the first frame at both, p50', value: direct.first, unit: "ms" },
          ...{ baseline, aim: { most: 600 } },
        },
        {
          ...{ what: "the citizen's page loaded anew to the first frame, p50", value: direct.again, unit: "ms" },
          ...{ baseline, aim: { most: 2_000 } },
        },
      ]
      if (!relay) return { figures, notes: ["There is no coturn here: calls through a relay are left out."] }
      progress(`first frame: ${calls} calls through a relay`)
      const relayed = await rounds(true, calls)
      figures.push({
        ...{ what: '"answer" to the first frame at both, through a relay, p50', value: relayed.first, unit: "ms" },
        ...{ baseline, aim: { most: 1_000 } },
      })
      return { figures }
    } finally {
      relay?.kill()
      await house.stop()
    }
  })
}

/**
 * So many calls of one browser of the desk: headless Chromium with a made-up camera stands still for good now and then, after some dozen
 * pictures, however many pages it has.
 */
const callsMax = 4

const filming = [
  ...["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
  ...["--autoplay-policy=no-user-gesture-required", "--allow-loopback-in-peer-connection"],
  "--disable-features=WebRtcHideLocalIpsWithMdns",
]

/** Rings, answers, waits until both see each other, loads the citizen's page anew, waits until they see the agent again, and ends it. */
async function call(desk: Page, phone: Page, id = ""): Promise<{ first: number; reloaded: number }> {
  for (const page of [desk, phone]) await page.until(`document.documentElement.dataset.liveState === "live"`)
  await desk.until(`document.querySelector("#row-${id} button")`)
  await desk.evaluate(`document.querySelector("#row-${id} button").click()`)
  await desk.until(`document.querySelector("dialog[open] [data-asking-yes]")`)
  await desk.evaluate(`document.querySelector("dialog[open] [data-asking-yes]").click()`)
  await phone.until(`document.querySelector("button[form=visit-answer]")`)
  for (const page of [desk, phone]) await page.evaluate(watchForFrame)
  const pressedAt = await phone.evaluate<number>(press("button[form=visit-answer]"))
  const seen = await Promise.all([desk, phone].map((page) => page.evaluate<number>("window.firstFrame")))
  await phone.evaluate("window.isBefore = true")
  await phone.evaluate("void setTimeout(() => location.reload())")
  await phone.until("!window.isBefore && document.readyState === 'complete'")
  await phone.evaluate(watchForFrame)
  const reloaded = await phone.evaluate<number>("window.firstFrame.then((at) => at - performance.timeOrigin)")
  await desk.evaluate(press(`button[value="visit-hangup ${id}"]`))
  await desk.until(`document.querySelector('button[value="visit-end ${id}"]')`)
  await desk.evaluate(press(`button[value="visit-end ${id}"]`))
  await desk.until(`!document.querySelector('button[value="visit-end ${id}"]')`)
  return { first: Math.max(...seen) - pressedAt, reloaded }
}

const press = (selector: string) => `(() => {
  const at = performance.timeOrigin + performance.now()
  document.querySelector(${JSON.stringify(selector)}).click()
  return at
})()`

const watchForFrame = `void (window.firstFrame = new Promise((resolve) => {
  const look = () => {
    const video = document.querySelector("[data-call-part=tiles] video")
    if (!video?.srcObject) return requestAnimationFrame(look)
    video.requestVideoFrameCallback(() => resolve(performance.timeOrigin + performance.now()))
  }
  look()
}))`

const withinOnePage = `(async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true })
  const began = performance.now()
  const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()]
  const described = Promise.withResolvers()
  const send = (to) => ({ candidate }) => described.promise.then(() => to.addIceCandidate(candidate ?? undefined))
  one.onicecandidate = send(other)
  other.onicecandidate = send(one)
  const video = document.createElement("video")
  video.muted = true
  document.body.append(video)
  const seen = new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(performance.now())))
  other.ontrack = ({ streams: [given] }) => {
    video.srcObject = given
    void video.play()
  }
  for (const track of stream.getTracks()) one.addTrack(track, stream)
  await one.setLocalDescription()
  await other.setRemoteDescription(one.localDescription)
  await other.setLocalDescription()
  await one.setRemoteDescription(other.localDescription)
  // A candidate that comes before the description that it belongs to is lost, and with all of them the connection.
  described.resolve()
  const at = await seen
  one.close()
  other.close()
  for (const track of stream.getTracks()) track.stop()
  video.remove()
  return at - began
})()`

/** As a network that lets nobody through but the relay. */
function relayedOnly(page: Page): Promise<unknown> {
  const source = `{
    const Own = window.RTCPeerConnection
    window.RTCPeerConnection = class extends Own {
      constructor(given) { super({ ...given, iceTransportPolicy: "relay" }) }
      setConfiguration(given) { super.setConfiguration({ ...given, iceTransportPolicy: "relay" }) }
    }
  }`
  return page.send("Page.addScriptToEvaluateOnNewDocument", { source })
}

/** Everybody waits; the agent's seat is open. */
async function fill({ data, citizens }: Prepared): Promise<{ visits: string[]; session: string }> {
  const opened = openStore(data, { create: false })
  const clock = machineClock()
  const writer = openWriter(opened.writing, { clock })
  const scopes: Scope[] = ["accounts", `office:${videoOffice}`]
  try {
    return await writer.write(
      async (tx) => {
        const { id: agent } = await addVideoAgent(tx, 1, clock.real())
        const staff = await staffOf(tx, agent)
        const at = `${videoOffice}.1`
        if (!staff) throw new Error("the agent is not there")
        await openCounter(tx, staff, at, null)
        const visits: string[] = []
        for (const { token } of citizens) {
          const citizen = await subjectOfKey(tx, token, clock.real())
          if (citizen?.role !== "citizen") throw new Error("somebody has no key")
          visits.push((await walkIn(tx, citizen, { office: videoOffice, service: "VIR-01", lang: "en" })).row.id)
        }
        const who = { kind: "staff", subject: agent, role: "agent", factors: "password", userAgent: "bench" } as const
        const { token: session } = await startSession(tx, { ...who, provenAt: clock.real() }, clock.real())
        return { visits, session }
      },
      { scopes },
    )
  } finally {
    await writer.close()
    opened.close()
  }
}

/** For this machine alone, where it may relay to itself; one for the world must never. */
async function startRelay(port: number): Promise<{ kill(): void }> {
  const args = [
    ...["-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", `--listening-port=${port}`, "--realm=dawr.bench"],
    ...["--use-auth-secret", `--static-auth-secret=${secret}`, "--fingerprint", "--allow-loopback-peers"],
    ...["--no-tls", "--no-dtls", "--no-cli", "--no-multicast-peers", "--log-file=/dev/null", "--pidfile=/dev/null"],
  ]
  const child = Bun.spawn([coturn, ...args], { stdio: ["ignore", "ignore", "ignore"] })
  while (!(await isOpen(port))) {
    if (child.exitCode !== null) throw new Error(`coturn ended with ${child.exitCode}`)
    await Bun.sleep(20)
  }
  return { kill: () => child.kill() }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1")
    socket.on("error", () => resolve(false))
    socket.on("connect", () => {
      socket.destroy()
      resolve(true)
    })
  })
}
