import { listen } from "../live.ts"
import { type Call, mountCall } from "../visit/call.ts"

/* The desk of a video office: whoever is in hand has a room. It is there from the ring on, and goes with the person. */

const room = document.querySelector<HTMLElement>("[data-call]")
const place = document.querySelector<HTMLElement>("[data-visit-actions]")
let current: string | undefined
let call: Call | null = null

document.addEventListener("dawr:change", look)
look()

function look(): void {
  const visit = document.querySelector<HTMLElement>(".hand")?.dataset["visit"]
  if (!room || visit === current) return
  current = visit
  call?.unmount()
  call = null
  place?.replaceChildren()
  document.body.toggleAttribute("data-in-visit", visit !== undefined)
  if (visit === undefined) {
    listen().rescan()
    return
  }
  const region = document.createElement("div")
  region.dataset["live"] = `visit:${visit}`
  region.dataset["view"] = "agent"
  place?.append(region)
  call = mountCall(room, { visit })
}
