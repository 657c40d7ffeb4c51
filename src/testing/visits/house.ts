import { seat } from "../scene.ts"
import { administrator, agentAt, lead, send, stranger, typed, type Visit, visit } from "./visit.ts"

/** What an agent writes from somebody's document. */
const shownAs =
  (number: string, year: string): NonNullable<Visit["first"]> =>
  async (page) => {
    for (const [name, text] of Object.entries({ number, day: "1", month: "2", year })) {
      await page.fill(`[name=${name}]`, text)
    }
    await send(page)
  }

/** Those who answer for the house. */
export const forAnswerable: Visit[] = [
  lead("/privacy/records", "as they are", () => "/privacy/records"),
  lead("/privacy/requests", "with one", () => "/privacy/requests"),
  lead("/privacy/requests/:id", "open", ({ request }) => `/privacy/requests/${request}`),
  lead("/privacy/requests/:id/data", "what is given out", ({ request }) => `/privacy/requests/${request}/data`),
  administrator("/privacy/holds", "with none", () => "/privacy/holds"),
  visit("auditor", "desk")("/privacy/reads", "as they are", () => "/privacy/reads"),
  lead("/devices", "with a kiosk and a board", () => "/devices"),
  lead("/devices/pairing", "asked for a code", () => "/devices/pairing"),
  lead("/devices/pairing", "with a code that is none", () => "/devices/pairing?code=000000", { status: 404 }),
  lead("/devices/:id", "a kiosk", ({ screens }) => `/devices/${screens.kiosk}`),
  administrator("/keys", "with two", () => "/keys"),
  administrator("/keys/new", "untouched", () => "/keys/new"),
  lead("/staff/people", "with what waits for a second", () => "/staff/people"),
  administrator("/staff/people", "of every office", () => "/staff/people"),
  visit("auditor", "desk")("/staff/people", "to an auditor", () => "/staff/people"),
  lead("/staff/people/new", "untouched", () => "/staff/people/new"),
  administrator("/staff/people/new", "with what was wrong", () => "/staff/people/new", {
    first: async (page) => {
      await page.fill("[name=ar]", "سارة")
      await page.fill("[name=en]", "Sara")
      await typed("login", "not a login")(page)
    },
  }),
  administrator("/staff/people/passkeys", "as they are", () => "/staff/people/passkeys"),
  lead("/staff/people/:id", "an agent", ({ office }) => `/staff/people/${office.agent(seat.idle).id}`),
  lead("/staff/people/:id", "oneself", ({ office }) => `/staff/people/${office.supervisor().id}`),
  lead("/staff/requests/:id", "an invitation to decide", ({ waiting }) => `/staff/requests/${waiting.invitation}`),
  lead("/staff/requests/:id", "a reset to decide", ({ waiting }) => `/staff/requests/${waiting.reset}`),
  agentAt(seat.idle)("/staff/requests/:id", "one's own", ({ waiting }) => `/staff/requests/${waiting.reset}`),
  lead("/staff/confirmations/:id", "asked for a passkey", ({ waiting }) => `/staff/requests/${waiting.invitation}`, {
    first: (page) => Promise.all([page.waitForURL(/confirmations/), page.locator("main form .button-main").click()]),
  }),
  agentAt(seat.idle)("/desk/person", "untouched", () => "/desk/person"),
  agentAt(seat.idle)("/desk/person", "with what was wrong", () => "/desk/person", { first: shownAs("123", "1948") }),
  agentAt(seat.idle)("/desk/person", "with somebody whom nobody knows", () => "/desk/person", {
    first: shownAs("1000000206", "1949"),
  }),
  agentAt(seat.idle)("/desk/person/:proof", "whose document was seen", () => "/desk/person", {
    first: shownAs("1000000206", "1948"),
  }),
  agentAt(seat.idle)("/desk/person/:proof", "with the times of a service", () => "/desk/person", {
    first: async (page, scene) => {
      await shownAs("1000000206", "1948")(page, scene)
      await Promise.all([page.waitForURL(/service=/), page.locator("form[method=get] button").click()])
    },
  }),
  agentAt(seat.idle)("/desk/accounts", "untouched", () => "/desk/accounts"),
  agentAt(seat.idle)("/desk/accounts", "with a number that nobody has", () => "/desk/accounts", {
    first: typed("number", "1000000008"),
  }),
  stranger("/stop/:proof", "with what can be stopped", ({ waiting }) => new URL(waiting.stop).pathname),
  stranger("/stop/:proof", "with nothing to stop", () => "/stop/nothing", { status: 410 }),
  lead("/messages/dead", "with none", () => "/messages/dead"),
]
