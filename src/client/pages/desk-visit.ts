import { type Change, listen } from "../live.ts"
import { type Call, mountCall } from "../visit/call.ts"
import { followCaptures } from "../visit/captures.ts"
import { followGiving } from "../visit/giving.ts"
import { openKept } from "../visit/kept.ts"
import { saysRead } from "../visit/read.ts"
import { openRecorder, type Recorder } from "../visit/recorder.ts"
import { openSending, stayAlive } from "../visit/sending.ts"
import { mountService } from "../visit/service.ts"
import { followSteps } from "../visit/step-focus.ts"
import { page } from "../visit/wire.ts"

/* The desk of a video office: whoever is in hand has a room. It is there from the ring on, and goes with the person. */

const room = document.querySelector<HTMLElement>("[data-call]")
const place = document.querySelector<HTMLElement>("[data-visit-actions]")
const papersPlace = document.querySelector<HTMLElement>("[data-visit-papers]")
const servicePlace = document.querySelector<HTMLElement>("[data-visit-service]")
const serviceForm = document.querySelector<HTMLFormElement>("#service-form")
const owner = place?.dataset["owner"] ?? ""
let current: string | undefined
let call: Call | null = null
let recorder: Recorder | null = null

/** What an earlier page of this agent's could not send is sent now, whoever is in hand. */
const keeping = openKept().then((kept) => ({ kept, sender: openSending(kept, owner) }))
stayAlive(page)

const giving = document.querySelector<HTMLFormElement>("[data-give-file]")
if (giving) followGiving(giving)
if (place) followCaptures(place, () => ({ visit: current, call }))
if (place) followSteps(place)

document.addEventListener("dawr:change", look)
document.addEventListener("dawr:change", hear)
document.addEventListener("dawr:change", count)
document.addEventListener("visibilitychange", count)
// Opened, or shown: between two calls the fold is there as it was left, and nobody sees it.
const fold = room?.querySelector<HTMLDetailsElement>('[data-call-part="chat"]')
if (fold) new ResizeObserver(count).observe(fold)
look()
if (serviceForm) mountService(serviceForm)

function follow(within: HTMLElement | null, visit: string, view: string): void {
  const region = document.createElement("div")
  region.dataset["live"] = `visit:${visit}`
  region.dataset["view"] = view
  within?.append(region)
}

function look(): void {
  const visit = document.querySelector<HTMLElement>(".hand")?.dataset["visit"]
  if (!room || visit === current) return
  current = visit
  call?.unmount()
  recorder?.close()
  call = recorder = null
  place?.replaceChildren()
  papersPlace?.replaceChildren()
  servicePlace?.replaceChildren()
  if (giving) Object.assign(giving, { hidden: visit === undefined, action: `/desk/visits/${visit}/files` })
  document.body.toggleAttribute("data-in-visit", visit !== undefined)
  if (visit === undefined) {
    listen().rescan()
    return
  }
  follow(place, visit, "recorder")
  follow(place, visit, "agent")
  follow(place, visit, "identity")
  follow(papersPlace, visit, "papers")
  follow(servicePlace, visit, "service")
  const own = openRecorder({ visit, owner, keeping })
  recorder = own
  call = mountCall(room, { visit, onRoom: own.room, onStream: own.stream, onSending: own.sending })
}

/** What nobody of the office has read stands on the fold, whichever page is open and after a reload; what is open is read as far as it shows. */
function count(): void {
  const unread = place?.querySelector<HTMLElement>("[data-unread]")?.dataset["unread"] ?? ""
  if (!fold || current === undefined) return
  const isSeen = fold.open && fold.checkVisibility()
  const mark = fold.querySelector('[data-call-part="unread"]')
  if (mark) mark.textContent = isSeen ? "" : unread
  const last = fold.querySelector<HTMLElement>('[data-call-part="messages"]')?.dataset["last"] ?? ""
  if (isSeen && unread !== "" && last !== "" && !document.hidden) void saysRead(current, last)
}

/** Whether to record stands in the region. */
function hear(event: Event): void {
  const { topic, view } = (event as CustomEvent<Change>).detail
  if (view !== "recorder" || topic !== `visit:${current}`) return
  recorder?.allow(place?.querySelector('[data-view="recorder"] [data-run="yes"]') != null)
}
