/*
 * The test of what a call needs, on the person's own device: each part alone, so that what is wrong can be told apart. Nothing leaves the
 * page but the results.
 */

type DeviceResult = "ok" | "denied" | "missing" | "busy" | "failed" | "untested"
type NetworkResult = "direct" | "relay" | "blocked" | "none" | "untested"

export interface Results {
  camera: DeviceResult
  microphone: DeviceResult
  speaker: DeviceResult
  network: NetworkResult
  rttMilliseconds: number | null
}

export interface SelfTest {
  /** The call begins, or the page is left: camera and microphone are given back. */
  stop(): void
}

type Part = "camera" | "microphone" | "speaker" | "network"

const keptKey = "dawr.visit-test"
/** What was tried longer ago says nothing about now. */
const keptMilliseconds = 12 * 3_600_000
/** A voice at arm's length is well above this, a quiet room well below. Share of full scale, root mean square. */
const heardLevel = 0.02
const listenMilliseconds = 6_000
const loopMilliseconds = 8_000
const relayMilliseconds = 6_000

/** Takes up a `SelfTest` that the page shows; each press of the button tries everything anew. */
export function mountSelfTest(root: HTMLElement): SelfTest {
  const said = JSON.parse(root.dataset["said"] ?? "{}") as Record<Part, Record<string, string>> & Record<string, string>
  const find = <E extends HTMLElement>(mark: string) => root.querySelector<E>(`[data-${mark}]`)
  const [start, end, preview] = [find("test-start"), find("test-stop"), find<HTMLVideoElement>("preview")]
  const results: Results = {
    ...{ camera: "untested", microphone: "untested", speaker: "untested" },
    ...{ network: "untested", rttMilliseconds: null },
  }
  let streams: MediaStream[] = []
  let context: AudioContext | null = null
  let timer = 0
  let round = 0

  start?.addEventListener("click", () => void begin())
  end?.addEventListener("click", stop)
  find("play")?.addEventListener("click", () => void play())
  find("heard-yes")?.addEventListener("click", () => heard("ok"))
  find("heard-no")?.addEventListener("click", () => heard("failed"))
  window.addEventListener("pagehide", stop)

  async function begin(): Promise<void> {
    stop()
    const own = ++round
    start?.setAttribute("aria-disabled", "true")
    // One after the other: a browser asks for each on its own, and one that is refused says nothing about the other.
    await tryCamera(own)
    await tryMicrophone(own)
    await tryNetwork(own)
    start?.removeAttribute("aria-disabled")
    if (own !== round) return
    if (start) start.textContent = said["again"] ?? ""
    await keep()
  }

  async function tryCamera(own: number): Promise<void> {
    tell("camera", "untested", said["asking"])
    const got = await open({ video: { width: { ideal: 1280 }, height: { ideal: 720 } } })
    if (own !== round) return giveBack(got)
    if (!(got instanceof MediaStream)) return result("camera", got)
    streams.push(got)
    if (preview) {
      preview.srcObject = got
      preview.hidden = false
      await preview.play().catch(() => {})
    }
    if (end) end.hidden = false
    result("camera", "ok")
  }

  async function tryMicrophone(own: number): Promise<void> {
    tell("microphone", "untested", said["asking"])
    const got = await open({ audio: true })
    if (own !== round) return giveBack(got)
    if (!(got instanceof MediaStream)) {
      result("microphone", got)
      // One that does not open is another matter than one in which nothing is heard.
      if (got === "failed") tell("microphone", got, said.microphone["broken"])
      return
    }
    streams.push(got)
    tell("microphone", "untested", said.microphone["listening"])
    await listen(got)
    if (own === round && results.microphone !== "ok") result("microphone", "failed")
  }

  /** Shows how loud it is, for as long as the microphone is open. Resolves when a voice was heard, or nobody spoke for a while. */
  function listen(stream: MediaStream): Promise<void> {
    context = new AudioContext()
    void context.resume()
    const analyser = context.createAnalyser()
    context.createMediaStreamSource(stream).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    const meter = find<HTMLMeterElement>("level")
    if (meter) meter.hidden = false
    const { promise, resolve } = Promise.withResolvers<void>()
    setTimeout(resolve, listenMilliseconds)
    timer = window.setInterval(() => {
      analyser.getFloatTimeDomainData(samples)
      const level = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
      if (meter) meter.value = Math.min(100, Math.round(level * 300))
      if (level < heardLevel || results.microphone === "ok") return
      const wasSilent = results.microphone === "failed"
      result("microphone", "ok")
      if (wasSilent) void keep()
      resolve()
    }, 100)
    return promise
  }

  async function tryNetwork(own: number): Promise<void> {
    tell("network", "untested", said.network["trying"])
    const relays = root.dataset["relays"]?.split(",").filter(Boolean) ?? []
    const [isThrough, answers, rtt] = await Promise.all([loop(), relayAnswers(relays), timeToOffice()])
    if (own !== round) return
    results.network = !isThrough ? "none" : answers === null ? "direct" : answers ? "relay" : "blocked"
    results.rttMilliseconds = rtt
    tell("network", results.network, said.network[results.network]?.replace("{time}", String(rtt ?? "–")))
  }

  async function play(): Promise<void> {
    const audio = new Audio(root.dataset["sound"])
    await audio.play().catch(() => {})
    const asked = find("heard")
    if (asked) asked.hidden = false
    find("heard-yes")?.focus()
  }

  function heard(is: DeviceResult): void {
    const asked = find("heard")
    if (asked) asked.hidden = true
    result("speaker", is)
    find("play")?.focus()
    void keep()
  }

  function result(part: "camera" | "microphone" | "speaker", is: DeviceResult): void {
    results[part] = is
    tell(part, is, said[part][is])
  }

  function tell(part: Part, is: string, words: string | undefined): void {
    const row = root.querySelector<HTMLElement>(`[data-result="${part}"]`)
    if (!row) return
    row.dataset["is"] = is
    const place = row.querySelector("[data-words]")
    if (place && words !== undefined) place.textContent = words
  }

  async function keep(): Promise<void> {
    const at = root.dataset["keep"]
    if (!at) return keepHere(results)
    const isKept = await send(at, results)
    const told = find("kept")
    if (told) told.textContent = (isKept ? said["kept"] : said["notKept"]) ?? ""
  }

  function stop(): void {
    round++
    clearInterval(timer)
    for (const stream of streams) giveBack(stream)
    streams = []
    void context?.close()
    context = null
    if (preview) {
      preview.srcObject = null
      preview.hidden = true
    }
    const meter = find<HTMLMeterElement>("level")
    if (meter) meter.hidden = true
    if (end) end.hidden = true
    start?.removeAttribute("aria-disabled")
  }

  return { stop }
}

/** Sends what was tried before there was a visit to send it to. */
export async function sendKept(at: string): Promise<void> {
  const text = sessionStorage.getItem(keptKey)
  if (text === null) return
  const kept = JSON.parse(text) as { results: Results; at: number }
  if (Date.now() - kept.at > keptMilliseconds || (await send(at, kept.results))) sessionStorage.removeItem(keptKey)
}

function keepHere(results: Results): void {
  sessionStorage.setItem(keptKey, JSON.stringify({ results, at: Date.now() }))
}

async function send(at: string, results: Results): Promise<boolean> {
  const form = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? ""
  const { rttMilliseconds, ...rest } = results
  const body = new URLSearchParams({ ...rest, rtt: rttMilliseconds === null ? "" : String(rttMilliseconds) })
  const headers = { "X-Form-Token": form, Accept: "application/json" }
  const answer = await fetch(at, { method: "POST", body, headers }).catch(() => null)
  return answer?.ok ?? false
}

/** The stream, or what stands in its way (W3C Media Capture and Streams §10.3). */
async function open(wanted: MediaStreamConstraints): Promise<MediaStream | DeviceResult> {
  try {
    return await navigator.mediaDevices.getUserMedia(wanted)
  } catch (thrown) {
    const name = thrown instanceof DOMException ? thrown.name : ""
    if (name === "NotAllowedError" || name === "SecurityError") return "denied"
    if (name === "NotFoundError" || name === "OverconstrainedError") return "missing"
    return name === "NotReadableError" || name === "AbortError" ? "busy" : "failed"
  }
}

function giveBack(got: MediaStream | DeviceResult): void {
  if (got instanceof MediaStream) for (const track of got.getTracks()) track.stop()
}

/** Whether two connections within this page find each other and carry a word: some browsers and networks forbid even that. */
async function loop(): Promise<boolean> {
  if (!("RTCPeerConnection" in window)) return false
  const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()]
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), loopMilliseconds)
  try {
    one.onicecandidate = ({ candidate }) => void other.addIceCandidate(candidate ?? undefined).catch(() => {})
    other.onicecandidate = ({ candidate }) => void one.addIceCandidate(candidate ?? undefined).catch(() => {})
    other.ondatachannel = ({ channel }) => {
      channel.onmessage = () => resolve(true)
    }
    const channel = one.createDataChannel("test")
    channel.onopen = () => channel.send("heard")
    await one.setLocalDescription()
    if (one.localDescription) await other.setRemoteDescription(one.localDescription)
    await other.setLocalDescription()
    if (other.localDescription) await one.setRemoteDescription(other.localDescription)
    return await promise
  } catch {
    return false
  } finally {
    clearTimeout(timer)
    one.close()
    other.close()
  }
}

/**
 * Whether the relay can be reached from here; `null` where there is none, or the browser does not tell. It is asked without the right to use
 * it, which is for who is in a call: that it refuses us (401, RFC 8656 §7.2) is the answer.
 */
async function relayAnswers(urls: string[]): Promise<boolean | null> {
  if (urls.length === 0 || !("onicecandidateerror" in RTCPeerConnection.prototype)) return null
  const asking = new RTCPeerConnection({
    iceServers: [{ urls, username: "test", credential: "test" }],
    iceTransportPolicy: "relay",
  })
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), relayMilliseconds)
  asking.onicecandidateerror = ({ errorCode }) => {
    // From 700 on it is the browser's own: nothing came back.
    if (errorCode >= 300 && errorCode < 700) resolve(true)
  }
  try {
    asking.createDataChannel("test")
    await asking.setLocalDescription()
    return await promise
  } catch {
    return null
  } finally {
    clearTimeout(timer)
    asking.close()
  }
}

/** The middle of three answers, in milliseconds; `null` where there was none. */
async function timeToOffice(): Promise<number | null> {
  const times: number[] = []
  for (let tried = 0; tried < 3; tried++) {
    const from = performance.now()
    const answer = await fetch("/healthz", { cache: "no-store", credentials: "omit" }).catch(() => null)
    if (answer?.ok) times.push(Math.round(performance.now() - from))
  }
  return times.sort((left, right) => left - right)[Math.floor(times.length / 2)] ?? null
}
