import { listen } from "../live.ts"
import { type Call, mountCall } from "../visit/call.ts"
import { mountService } from "../visit/service.ts"

/* The desk of a video office: whoever is in hand has a room. It is there from the ring on, and goes with the person. */

const room = document.querySelector<HTMLElement>("[data-call]")
const place = document.querySelector<HTMLElement>("[data-visit-actions]")
const servicePlace = document.querySelector<HTMLElement>("[data-visit-service]")
const serviceForm = document.querySelector<HTMLFormElement>("#service-form")
let current: string | undefined
let call: Call | null = null

document.addEventListener("dawr:change", look)
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
  call = null
  place?.replaceChildren()
  servicePlace?.replaceChildren()
  document.body.toggleAttribute("data-in-visit", visit !== undefined)
  if (visit === undefined) {
    listen().rescan()
    return
  }
  follow(place, visit, "agent")
  follow(servicePlace, visit, "service")
  call = mountCall(room, { visit })
}
