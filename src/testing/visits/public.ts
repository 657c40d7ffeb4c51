import type { Page } from "playwright-core"
import { send, slots, stranger, type Visit, visit } from "./visit.ts"

const signInWrong = (field: string) => async (page: Page) => {
  await page.fill(`[name=${field}]`, "1000000008")
  await page.fill("[name=password]", "not this one")
  await send(page)
}

/** Who has not signed in. */
export const forAnybody: Visit[] = [
  stranger("/", "to a stranger", () => "/"),
  stranger("/", "where nothing has happened yet", () => "/", { at: "quiet" }),
  stranger("/search", "with what was found", () => "/search?q=passport"),
  stranger("/search", "with everything there is", () => "/search?q="),
  stranger("/search", "with nothing found", () => `/search?q=${"qqqqqqqqqq".repeat(9)}`),
  stranger("/sectors/:code", "with many services", () => "/sectors/PAS"),
  stranger("/services/:code", "with papers, a fee and two offices", () => "/services/PAS-01"),
  stranger("/services/:code", "online alone", () => "/services/PAS-02"),
  stranger("/services/:code", "that no office has", () => "/services/MUN-01"),
  stranger("/services/:code", "of which no page can be made", () => "/services/PAS-79", { status: 500 }),
  stranger("/offices/:code", "with its services and hours", ({ code }) => `/offices/${code}`),
  stranger("/offices/:code/slots", "to a stranger", (scene) => slots(scene)),
  stranger("/offices/:code/slots", "on a day that is closed", (scene) => `${slots(scene)}&day=2026-11-26`),
  stranger("/offices/:code/slots", "on a day that cannot be booked", (scene) => `${slots(scene)}&day=2031-01-01`),
  stranger("/offices/:code/slots", "for more than may come", (scene) => `${slots(scene)}&people=9`, { status: 422 }),
  stranger("/offices/:code/slots", "for a family", (scene) => `${slots(scene)}&people=2`),
  stranger(
    "/offices/:code/slots",
    "a time that is gone",
    (scene) => `${slots(scene)}&slot=${scene.office.slot("07:30")}`,
  ),
  stranger("/sign-in", "untouched", () => "/sign-in"),
  stranger("/sign-in", "with what was wrong", () => "/sign-in", { first: signInWrong("number") }),
  visit("stranger", "desk")("/staff", "untouched", () => "/staff"),
  visit("stranger", "desk")("/staff", "with what was wrong", () => "/staff", { first: signInWrong("login") }),
  stranger("/hall/:office/:code", "with a code that is over", ({ code }) => `/hall/${code}/OLD`, { status: 422 }),
  visit("stranger", "pairing")("/board/:office", "before it is paired", ({ code }) => `/board/${code}`),
  visit("stranger", "pairing")("/board", "before it is paired", () => "/board"),
  visit("stranger", "pairing")("/kiosk/:office", "before it is paired", ({ code }) => `/kiosk/${code}`),
  visit("stranger", "pairing")("/kiosk", "before it is paired", () => "/kiosk"),
  stranger(null, "an address that is not there", () => "/nothing/here", { status: 404 }),
  stranger(null, "asked too often", () => "/search", { at: "strict", status: 429 }),
  stranger("/problems", "all that is refused", () => "/problems"),
  stranger("/problems/:code", "with words of its own to a program", () => "/problems/malformed"),
  stranger("/problems/:code", "with one word for everybody", () => "/problems/slot_full"),
  visit("stranger", "document")(null, "the page of the API", () => "/docs", { langs: ["en"] }),
]
