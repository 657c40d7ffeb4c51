import { type Call, openChime } from "../chime.ts"
import { listen } from "../live.ts"
import { clockTime, officeNow } from "../time.ts"

/*
 * The board on the wall. A call that has just been made takes the whole field for ten seconds and is heard once; calls that come together
 * follow each other. Everything else is the live region's.
 */

const flashMilliseconds = 10_000

const screen = document.querySelector<HTMLElement>(".board-screen")
const flash = document.querySelector<HTMLElement>("#board-flash")
const sound = document.querySelector<HTMLButtonElement>("[data-sound]")
const chime = openChime()
const waiting: Call[] = []
let shown: Call | null = null
let timer = 0

if (screen && flash) {
  for (const region of document.querySelectorAll("[data-live]")) region.addEventListener("dawr:change", look)
  look()
  // It is no board any more, and its page says so when it is asked for again.
  document.addEventListener("dawr:signed-out", () => location.reload())
  listen()
  tick()
  setInterval(tick, 1_000)
  offerSound()
}

/** Rings for what is new among the calls that stand, and lets go of what no longer does. */
function look(): void {
  const standing = calls()
  for (const call of standing) {
    if (chime.ring(call, clipsOf(call))) waiting.push(call)
  }
  const gone = shown !== null && !standing.some((call) => isSame(call, shown))
  for (const call of [...waiting]) {
    if (!standing.some((other) => isSame(other, call))) waiting.splice(waiting.indexOf(call), 1)
  }
  if (gone) end()
  else if (shown === null) begin()
  offerSound()
}

function begin(): void {
  const call = waiting.shift()
  if (!call || !flash) return
  shown = call
  fill("[data-flash-number]", String(call.number))
  fill("[data-flash-counter]", String(call.counter))
  // A hall of a thousand a day has numbers of four digits, which are drawn smaller.
  flash.dataset["digits"] = String(String(call.number).length)
  flash.hidden = false
  timer = window.setTimeout(end, flashMilliseconds)
}

function end(): void {
  clearTimeout(timer)
  shown = null
  if (flash) flash.hidden = true
  begin()
}

function fill(selector: string, text: string): void {
  const element = flash?.querySelector(selector)
  if (element) element.textContent = text
}

/** The active calls, the oldest first, so that they are shown in the order in which they were made. */
function calls(): Call[] {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-calls] > [data-active='1']")]
  return rows
    .map(({ dataset }) => ({
      number: Number(dataset["number"]),
      counter: Number(dataset["counter"]),
      calls: Number(dataset["times"]),
      at: Number(dataset["at"]),
    }))
    .reverse()
}

function isSame(call: Call, other: Call | null): boolean {
  return call.number === other?.number && call.counter === other.counter && call.calls === other.calls
}

/** Chime, then number and counter in the hall's first language and in its second. */
function clipsOf({ number, counter }: Call): string[] {
  const base = screen?.dataset["sounds"] ?? ""
  const clips = [`${base}/chime.mp3`]
  for (const lang of (screen?.dataset["langs"] ?? "ar en").split(" ")) {
    const clip = (name: string) => `${base}/${lang}/${name}.mp3`
    const place = counter <= 40 ? [String(counter)] : [...String(counter)]
    clips.push(clip("ticket"), ...[...String(number)].map(clip), clip("counter"), ...place.map(clip))
  }
  return clips
}

/** The clock, and with each new minute the code that proves that somebody stands here. */
let minute = Math.floor(officeNow() / 60_000)
function tick(): void {
  const clock = document.querySelector<HTMLElement>("[data-clock]")
  if (clock) clock.textContent = clockTime(officeNow(), clock)
  const now = Math.floor(officeNow() / 60_000)
  if (now === minute) return
  minute = now
  const image = document.querySelector<HTMLImageElement>("[data-hall-qr]")
  if (image) image.src = `${image.src.split("?")[0]}?m=${now}`
}

/** Browsers are silent until somebody has touched the page, unless the board was started to be heard. */
function offerSound(): void {
  if (sound) sound.hidden = chime.isHeard
}

sound?.addEventListener("click", () => {
  void chime.wake().then(offerSound)
})
