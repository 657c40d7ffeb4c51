import { followTicket, prepareVoices } from "../announce.ts"
import { openChime } from "../chime.ts"
import { listen } from "../live.ts"
import { openNotices } from "../notices.ts"
import { officeNow } from "../time.ts"

/*
 * The live ticket in the hand: the page itself is the live region's; this adds what a page cannot do without a script. The call is heard,
 * felt and seen in the tab's title; a screen reader is spoken to only when it matters.
 */

const region = document.querySelector<HTMLElement>("[data-live]")
const title = document.title
const chime = openChime()
const notices = openNotices(region?.dataset["live"] ?? "")

if (region) {
  prepareVoices()
  const speak = followTicket(region)
  const look = () => {
    speak()
    markPage()
  }
  region.addEventListener("dawr:change", look)
  look()
  listen()
  // Browsers let a page be heard once it has been touched, and a waiting person touches it sooner or later.
  document.addEventListener("pointerdown", () => void chime.wake(), { once: true })
}

/** The whole screen belongs to a call. */
function markPage(): void {
  const ticket = region?.querySelector<HTMLElement>("[data-ticket]")
  const { state = "", calls = "0", say = "" } = ticket?.dataset ?? {}
  document.body.dataset["state"] = state
  document.title = state === "called" ? `● ${say}` : title
  notices.follow(state)
  if (state !== "called") return
  const call = {
    number: Number(region?.querySelector(".number")?.textContent),
    counter: 0,
    calls: Number(calls),
    at: officeNow(),
  }
  const isNew = chime.ring(call, [`${region?.dataset["sounds"]}/chime.mp3`])
  if (isNew) notices.tell(say)
  // A page that nobody has touched may not, and the browser would complain (W3C Vibration API §6).
  if (isNew && navigator.userActivation?.hasBeenActive) navigator.vibrate?.([300, 150, 300])
}
