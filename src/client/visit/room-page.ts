import type { VisitAnswer } from "../../realtime/visit-words.ts"
import { announce, followTicket, prepareVoices } from "../announce.ts"
import { openChime } from "../chime.ts"
import { listen } from "../live.ts"
import { openNotices } from "../notices.ts"
import { stay } from "../stay.ts"
import { officeNow } from "../time.ts"
import { followAsked } from "./asked.ts"
import { type Call, mountCall, type Room, type Standing } from "./call.ts"
import { answerInPlace } from "./consent.ts"
import { followGiving } from "./giving.ts"
import { mountRequest } from "./request.ts"
import { mountSelfTest, sendKept } from "./selftest.ts"
import { talking } from "./wire.ts"

/*
 * The page of one's own visit. What it shows is the live region's; this makes the ring heard, seen in the tab's title and counted down,
 * answers without leaving the page, and hands camera and microphone from the test to the call.
 */

const stayMilliseconds = 5 * 60_000

/** So often it is heard while it rings. */
const ringMilliseconds = 5_000

export function followVisit(page: HTMLElement): void {
  const region = page.querySelector<HTMLElement>("[data-region]")
  const callRoot = page.querySelector<HTMLElement>("[data-call]")
  if (!region || !callRoot) return
  const id = page.dataset["visit"] ?? ""
  const title = document.title
  const chime = openChime()
  const notices = openNotices(`visit:${id}`)
  const live = listen()
  const testRoot = page.querySelector<HTMLElement>("[data-self-test]")
  const test = testRoot && mountSelfTest(testRoot)
  let takesOver = page.dataset["takes"] !== undefined
  let own = ""
  /** The ring of which a notice was shown. */
  let toldOf = ""

  prepareVoices()
  mountRequest(page)
  answerInPlace()
  const speak = followTicket(region)
  const call: Call = mountCall(callRoot, { visit: id, onRoom: heardRoom, onStanding: stands })
  followAsked(page, id, call)
  for (const form of page.querySelectorAll<HTMLFormElement>("[data-give-file]")) followGiving(form)
  region.addEventListener("dawr:change", look)
  look()
  setInterval(tick, 250)
  // Who talks is there without a press, and is not asked whether they still are.
  setInterval(() => talking.includes(state()["state"] ?? "") && void stayHere(), stayMilliseconds)
  if (page.dataset["results"]) void sendKept(page.dataset["results"])
  // Browsers let a page be heard once it has been touched, and a waiting person touches it sooner or later.
  document.addEventListener("pointerdown", () => void chime.wake(), { once: true })
  document.addEventListener("keydown", () => void chime.wake(), { once: true })
  page.querySelector<HTMLFormElement>("#visit-answer")?.addEventListener("submit", answer)
  page.querySelector<HTMLFormElement>("#visit-chat")?.addEventListener("submit", write)
  document.addEventListener("dawr:visit", (event) => heard((event as CustomEvent<VisitAnswer>).detail))

  function state(): DOMStringMap {
    return region?.querySelector<HTMLElement>("[data-ticket]")?.dataset ?? {}
  }

  /** The page's own watch over the session hears of it as of another tab's. */
  async function stayHere(): Promise<void> {
    const address = document.querySelector<HTMLElement>("[data-expiry]")?.dataset["extend"]
    const left = address && (await stay(address).catch(() => null))
    if (typeof left !== "number") return
    const tabs = new BroadcastChannel("dawr:session")
    tabs.postMessage(left)
    tabs.close()
  }

  /** The region is new: said where it matters, and the whole page takes its colour. */
  function look(): void {
    speak()
    const now = state()["state"] ?? ""
    document.body.dataset["state"] = now
    notices.follow(now)
    // What works no more goes as soon as it is over, and comes back where the end was a slip that is taken back.
    for (const part of page.querySelectorAll<HTMLElement>("[data-while-open]")) part.hidden = now === "over"
    if (now === "called" || now === "over") test?.stop()
    tick()
  }

  /** What runs while it rings: the seconds that are left, the sound, the title. */
  function tick(): void {
    const { state: now, say = "", number, calls, rungAt } = state()
    if (now !== "called") {
      if (document.title !== title) document.title = title
      return
    }
    const left = region?.querySelector<HTMLElement>("[data-until]")
    const seconds = Math.max(0, Math.ceil((Number(left?.dataset["until"]) - officeNow()) / 1_000))
    const figure = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
    const words = (left?.dataset["words"] ?? "{left}").replace("{left}", figure)
    if (left && left.textContent !== words) left.textContent = words
    const isDark = Math.floor(officeNow() / 1_000) % 2 === 0
    document.title = `${isDark ? "●" : "○"} ${say}`
    if (rungAt !== toldOf && notices.tell(say)) toldOf = rungAt ?? ""
    const at = Number(rungAt)
    const turn = Math.max(0, Math.floor((officeNow() - at) / ringMilliseconds))
    const ring = { number: Number(number), counter: Number(calls), calls: turn, at: at + turn * ringMilliseconds }
    const isHeard = chime.ring(ring, [`${region?.dataset["sounds"]}/chime.mp3`])
    // A browser that nobody has touched yet does not shake, and complains.
    if (isHeard && navigator.userActivation?.hasBeenActive) navigator.vibrate?.([400, 200, 400])
  }

  /** Answered in the page, so that the press itself lets the browser open camera and sound. */
  async function answer(event: SubmitEvent): Promise<void> {
    const form = event.currentTarget as HTMLFormElement
    event.preventDefault()
    void chime.wake()
    const body = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]))
    const prepared = call.prepare().catch(() => {})
    // The page that it leads to is this one; to have it made again would keep the server from the call.
    const answered = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null)
    await prepared
    // The region follows by itself; where nothing comes back the form goes its usual way.
    if (!answered?.ok && answered?.type !== "opaqueredirect") form.submit()
  }

  function write(event: SubmitEvent): void {
    const form = event.currentTarget as HTMLFormElement
    const field = form.elements.namedItem("text")
    if (!(field instanceof HTMLTextAreaElement)) return
    const text = field.value.trim()
    if (text === "" || !call.write(text)) return
    event.preventDefault()
    field.value = ""
    field.focus()
  }

  function heard(word: VisitAnswer): void {
    const said = JSON.parse(page.dataset["said"] ?? "{}") as { message?: string; refused?: string; over?: string }
    if (word.do === "chat" && word.from !== own) announce((said.message ?? "").replace("{text}", () => word.text))
    if (word.do === "denied" && word.of === "chat")
      announce((state()["state"] === "over" ? said.over : said.refused) ?? "")
  }

  function heardRoom({ you }: Room): void {
    own = you.participant
    // The code on the page is good for the connection that holds; this is another one now.
    const code = page.querySelector<HTMLImageElement>("[data-handover]")
    const address = code && new URL(code.src)
    if (!code || !address || address.searchParams.get("of") === String(you.epoch)) return
    address.searchParams.set("of", String(you.epoch))
    code.src = address.href
  }

  /** Who came by the other device's code has said already that it goes on here. */
  function stands(standing: Standing): void {
    if (standing === "live") takesOver = false
    if (standing === "elsewhere" || standing === "removed") test?.stop()
    if (standing !== "conflict" || !takesOver) return
    takesOver = false
    live.say({ do: "takeover" })
  }
}
