/*
 * Speech for people who listen to the page. A waiting page changes all the time, and a page that speaks all the time is turned off: so
 * the regions themselves are silent, and words are said only when they matter.
 */

export interface Place {
  /** The ticket's state, as in `data-state`. */
  state: string
  /** How many are before it; `null` while nobody can say. */
  ahead: number | null
}

/** From here on every step nearer is worth hearing. */
const near = 3

/** Whether the way from one place to another is worth hearing, and how urgently. `before` is `null` when the page has just opened. */
export function worthSaying(before: Place | null, now: Place): "assertive" | "polite" | null {
  const isNews = before === null || before.state !== now.state
  // A page that opens is read as it stands; only the call itself must not be overheard.
  if (now.state === "called") return isNews ? "assertive" : null
  if (before === null) return null
  if (isNews) return now.state === "serving" ? null : "polite"
  if (now.state !== "waiting" || now.ahead === null || now.ahead > near) return null
  return before.ahead === null || now.ahead < before.ahead ? "polite" : null
}

/**
 * Says `words` through a live region of the page's own, made on first use so that it stands there, empty, before it speaks (a region
 * that comes together with its words is often not read).
 */
export function announce(words: string, how: "assertive" | "polite" = "polite"): void {
  const voice = voices[how]()
  // The same words again are a new announcement: a recall. Screen readers notice only what changes.
  voice.textContent = ""
  setTimeout(() => {
    voice.textContent = words
  }, 100)
}

/**
 * Follows the ticket in a live region: the element `[data-ticket]` with `data-state`, `data-ahead`, `data-calls` and the words in
 * `data-say`. Calling it again after each change says what is worth saying.
 */
export function followTicket(region: Element, say = announce): () => void {
  let before: (Place & { calls: string }) | null = null
  return () => {
    const ticket = region.querySelector<HTMLElement>("[data-ticket]")
    if (!ticket) return
    const { state = "", ahead, calls = "", say: words } = ticket.dataset
    const now = { state, ahead: ahead === undefined || ahead === "" ? null : Number(ahead), calls }
    const isRecall = before !== null && state === "called" && before.state === "called" && before.calls !== calls
    const how = isRecall ? "assertive" : worthSaying(before, now)
    before = now
    if (how && words) say(words, how)
  }
}

/** Has the voices stand ready. Called when the page opens. */
export function prepareVoices(): void {
  for (const voice of Object.values(voices)) voice()
}

const voices = { polite: voice("polite"), assertive: voice("assertive") }

function voice(how: "assertive" | "polite"): () => HTMLElement {
  let made: HTMLElement | null = null
  return () => {
    if (made?.isConnected) return made
    made = document.createElement("div")
    made.className = "spoken"
    made.setAttribute("aria-live", how)
    made.setAttribute("aria-atomic", "true")
    document.body.append(made)
    return made
  }
}
