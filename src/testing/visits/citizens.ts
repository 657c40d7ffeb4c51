import { person } from "../scene.ts"
import { booking, citizen, send, slots, type Visit, visit } from "./visit.ts"

/** Who has signed in, about their appointments. */
export const forCitizens: Visit[] = [
  citizen("/", "with an appointment", () => "/"),
  visit({ citizen: person.struck }, "phone")("/", "with an appointment that is struck", () => "/"),
  visit({ citizen: person.withTurn }, "phone")("/", "with a turn", () => "/"),
  citizen("/offices/:code/slots", "to a family", (scene) => slots(scene, "PAS-10")),
  visit({ citizen: person.nobody }, "phone")("/offices/:code/slots", "to somebody alone", (scene) => slots(scene)),
  citizen("/offices/:code/slots", "refused, with what may be had instead", (scene) => slots(scene), {
    first: async (page) => {
      await page.locator(".time-tile input").first().check()
      await send(page)
    },
  }),
  visit({ citizen: person.holding }, "phone")("/holds/:id", "kept", ({ bookings }) => `/holds/${bookings.held.id}`),
  citizen("/bookings", "many", () => "/bookings"),
  visit({ citizen: person.nobody }, "phone")("/bookings", "none", () => "/bookings"),
  ...(["confirmed", "requested", "proposed", "cancelled", "missed"] as const).map((state) =>
    citizen("/bookings/:id", state, booking(state)),
  ),
  visit({ citizen: person.struck }, "phone")("/bookings/:id", "struck", booking("struck")),
  citizen("/bookings/:id", "just made", booking("confirmed", "?done=made")),
  citizen("/bookings/:id/slip", "as a sheet", booking("confirmed", "/slip")),
  citizen("/bookings/:id/slip", "as a strip", booking("confirmed", "/slip?paper=80")),
  citizen("/bookings/:id/cancellation", "untouched", booking("confirmed", "/cancellation")),
  citizen("/bookings/:id/cancellation", "with a reason that is too long", booking("confirmed", "/cancellation"), {
    first: async (page) => {
      await page.locator("textarea").evaluate((field) => field.removeAttribute("maxlength"))
      await page.fill("textarea", "so ".repeat(200))
      const left = page.waitForEvent("framenavigated")
      await page.locator("main form .button-danger").click()
      await left
    },
  }),
  citizen("/bookings/:id/move", "to another time", booking("confirmed", "/move")),
  visit({ citizen: person.today }, "phone")(
    "/hall/:office",
    "one press from being there",
    ({ code, proof }) => `/hall/${code}?proof=${proof()}`,
  ),
  citizen("/hall/:office", "without having scanned", ({ code }) => `/hall/${code}`),
  citizen("/desk", "to whom it is closed", () => "/desk", { status: 403 }),
  citizen("/bookings/:id", "of somebody else", booking("struck"), { status: 404 }),
]
