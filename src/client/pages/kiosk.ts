import { listen } from "../live.ts"
import { clockTime, officeNow } from "../time.ts"

/*
 * The kiosk forgets: a screen that nobody touches asks whether somebody is still there and then begins again with the language; a screen
 * with a number wipes itself, and neither "back" nor a reload brings it to the next person.
 */

const screen = document.querySelector<HTMLElement>(".kiosk-screen")
const dialog = document.querySelector<HTMLDialogElement>(".kiosk-idle")
const lowKept = "dawr.low"
const everySecond = 1_000

if (screen) {
  const home = screen.dataset["home"] ?? "/"
  const idle = Number(screen.dataset["idle"])
  const wipe = Number(screen.dataset["wipe"])
  if (idle > 0) watch(home, idle, wipe)
  else if (wipe > 0) wipeSoon(home, wipe)
  if (document.querySelector(".issued")) {
    history.replaceState(null, "", home)
    window.addEventListener("load", () => window.print())
  }
  // A page kept by the browser for "back" was somebody else's, and so is one that it asks for anew.
  window.addEventListener("pageshow", ({ persisted }) => persisted && location.replace(home))
  const [opened] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[]
  if (opened?.type === "back_forward" && location.pathname !== home) location.replace(home)
  // What a form was answered with must not be sent again by whoever comes next and presses "back" or "reload".
  if (screen.dataset["sent"] !== undefined) history.replaceState(null, "", home)
  // Whatever is on the screen: it is no kiosk any more, and its first page says so.
  document.addEventListener("dawr:signed-out", () => location.replace(home))
  listen()
  keypad()
  lower()
  setInterval(tick, everySecond)
}

function watch(home: string, idle: number, wipe: number): void {
  let touched = Date.now()
  let stop: (() => void) | null = null
  const touch = () => {
    touched = Date.now()
    if (!stop) return
    stop()
    stop = null
    dialog?.close()
  }
  for (const kind of ["pointerdown", "keydown", "input"]) document.addEventListener(kind, touch)
  setInterval(() => {
    if (stop || Date.now() - touched < idle * 1000) return
    dialog?.showModal()
    stop = countDown(home, wipe)
  }, everySecond)
}

/** Where a number is shown the seconds run from the beginning; whoever reads slowly may have them again. */
function wipeSoon(home: string, wipe: number): void {
  let stop = countDown(home, wipe)
  const more = document.querySelector<HTMLButtonElement>("[data-extend]")
  if (!more) return
  more.hidden = false
  more.addEventListener("click", () => {
    stop()
    stop = countDown(home, wipe)
  })
}

/** Says the seconds and goes to `home` when they are over. Answers how to stop it. */
function countDown(home: string, seconds: number): () => void {
  let left = seconds
  const say = () => {
    for (const place of document.querySelectorAll<HTMLElement>("[data-countdown]")) {
      place.textContent = (place.dataset["words"] ?? "{n}").replace("{n}", String(left))
    }
  }
  say()
  const timer = setInterval(() => {
    left--
    if (left > 0) return say()
    clearInterval(timer)
    location.replace(home)
  }, everySecond)
  return () => clearInterval(timer)
}

/** The digits on the screen go into the field that was touched last; a keyboard works as well. */
function keypad(): void {
  const pad = document.querySelector<HTMLElement>("[data-keypad]")
  const fields = [...document.querySelectorAll<HTMLInputElement>("[data-digits]")]
  if (!pad || fields.length === 0) return
  let field = fields[0]
  pad.hidden = false
  for (const one of fields) {
    one.inputMode = "none"
    one.addEventListener("focus", () => {
      field = one
    })
  }
  pad.addEventListener("click", (event) => {
    const key = (event.target as HTMLElement).closest<HTMLElement>("button")
    if (!key || !field) return
    if ("erase" in key.dataset) field.value = field.value.slice(0, -1)
    else if (field.maxLength < 0 || field.value.length < field.maxLength) field.value += key.dataset["digit"] ?? ""
    field.dispatchEvent(new Event("input", { bubbles: true }))
  })
}

function lower(): void {
  const toggle = document.querySelector<HTMLButtonElement>("[data-lower]")
  if (!toggle) return
  const show = () => {
    const isLow = sessionStorage.getItem(lowKept) === "1"
    document.documentElement.dataset["low"] = isLow ? "1" : "0"
    const words = toggle.querySelector("span")
    if (words) words.textContent = (isLow ? toggle.dataset["up"] : toggle.dataset["down"]) ?? ""
  }
  toggle.hidden = false
  toggle.addEventListener("click", () => {
    sessionStorage.setItem(lowKept, sessionStorage.getItem(lowKept) === "1" ? "0" : "1")
    show()
  })
  show()
}

function tick(): void {
  const clock = document.querySelector<HTMLElement>("[data-clock]")
  if (clock) clock.textContent = clockTime(officeNow(), clock)
}
