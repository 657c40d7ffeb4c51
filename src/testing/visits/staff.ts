import { type Scene, seat } from "../scene.ts"
import { administrator, agentAt, lead, type Visit, visit } from "./visit.ts"

const day =
  (rest: string) =>
  ({ code }: Scene) =>
    `/day/${code}${rest}`

/** Those who work in an office. */
export const forStaff: Visit[] = [
  agentAt(seat.none)("/desk", "before a counter is chosen", () => "/desk"),
  agentAt(seat.serving)("/desk", "with somebody served and two hundred waiting", () => "/desk"),
  agentAt(seat.serving)("/desk", "with everything folded out", () => "/desk", {
    first: (page) => page.locator("details").evaluateAll((all) => all.map((one) => one.toggleAttribute("open", true))),
  }),
  agentAt(seat.called)("/desk", "with somebody called", () => "/desk"),
  agentAt(seat.idle)("/desk", "with nobody", () => "/desk"),
  agentAt(seat.paused)("/desk", "during a pause", () => "/desk"),
  agentAt(seat.idle)("/desk", "with a number that was found", ({ tickets }) => `/desk?q=${tickets.waiting.number}`),
  agentAt(seat.idle)("/desk", "with a number that was not found", () => "/desk?q=999"),
  agentAt(1)("/desk", "where nothing has happened yet", () => "/desk", { at: "quiet" }),
  agentAt(seat.idle)("/desk", "without a connection", () => "/desk", { isOffline: true }),
  administrator("/day", "of every office", () => "/day"),
  lead("/day/:office", "with many who will miss their time", day("")),
  visit("auditor", "desk")("/day/:office", "to an auditor", day("")),
  lead("/day/:office", "where nothing has happened yet", () => "/day/RUH-RML", { at: "quiet" }),
  lead("/day/:office", "without a connection", day(""), { isOffline: true }),
  lead("/day/:office/hours", "with what was struck", day("/hours")),
  lead("/day/:office/hours", "with a day open", day("/hours?day=2026-11-24")),
  lead("/day/:office/hours", "with what a change touches", day("/hours?day=2026-11-23"), {
    first: async (page) => {
      await page.locator("details[open] button[value=preview]").click()
      await page.locator("button[value=save]").waitFor()
    },
  }),
  visit({ supervisor: "JED-VIS" }, "desk")(
    "/day/:office/requests",
    "with what waits for an answer",
    ({ asked }) => `/day/${asked}/requests`,
  ),
  lead("/day/:office/requests", "with nothing", day("/requests")),
  lead(
    "/day/:office/requests",
    "with one to move",
    ({ code, bookings }) => `/day/${code}/requests?move=${bookings.struck.id}`,
  ),
]
