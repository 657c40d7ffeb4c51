import type { Scene } from "../scene.ts"
import { typed, type Visit, visit } from "./visit.ts"

const kiosk = visit("kiosk", "kiosk")
const board = visit("board", "wall")

const atKiosk =
  (rest: string) =>
  ({ code }: Scene) =>
    `/kiosk/${code}${rest}`

/** The screens of a hall. */
export const forHalls: Visit[] = [
  kiosk("/kiosk/:office", "in both languages", atKiosk("")),
  kiosk("/kiosk/:office/start", "with the waits", atKiosk("/start")),
  kiosk("/kiosk/:office/arrive", "untouched", atKiosk("/arrive")),
  kiosk("/kiosk/:office/arrive", "with what was wrong", atKiosk("/arrive"), { first: typed("code", "9999999999") }),
  kiosk("/kiosk/:office/services", "the first of many", atKiosk("/services")),
  kiosk("/kiosk/:office/number", "untouched", atKiosk("/number?service=PAS-01")),
  kiosk("/kiosk/:office/number", "with what was wrong", atKiosk("/number?service=PAS-01"), {
    first: typed("number", "123"),
  }),
  kiosk("/kiosk/:office/number", "of a service that is not there", atKiosk("/number?service=NONE"), { status: 404 }),
  visit("board", "pairing")(null, "what a board does not find", () => "/nothing/here", { status: 404 }),
  kiosk("/kiosk/:office/reprint", "untouched", atKiosk("/reprint")),
  kiosk("/kiosk/:office/reprint", "with what was wrong", atKiosk("/reprint"), { first: typed("ticket", "999") }),
  kiosk(
    "/kiosk/:office/issued/:proof",
    "a number",
    ({ code, issued, tickets }) => `/kiosk/${code}/issued/${issued(tickets.waiting)}`,
  ),
  kiosk(
    "/kiosk/:office/issued/:proof",
    "a number that is early",
    ({ code, issued, tickets }) => `/kiosk/${code}/issued/${issued(tickets.early)}`,
  ),
  kiosk("/kiosk/:office/start", "asking whether anybody is there", atKiosk("/start"), {
    first: (page) => page.locator("dialog").evaluate((one) => (one as HTMLDialogElement).showModal()),
  }),
  board("/board/:office", "dark", ({ code }) => `/board/${code}`),
  board("/board/:office", "light", ({ code }) => `/board/${code}?theme=light`),
  board("/board/:office", "where nothing has happened yet", ({ code }) => `/board/${code}`, { at: "quiet" }),
  board("/board/:office", "without a connection", ({ code }) => `/board/${code}`, { isOffline: true }),
  board("/board/:office", "with a call just made", ({ code }) => `/board/${code}`, {
    first: (page) =>
      page.evaluate(() => {
        const flash = document.querySelector<HTMLElement>("#board-flash")
        for (const [place, text] of [
          ["number", "4888"],
          ["counter", "24"],
        ]) {
          const element = flash?.querySelector(`[data-flash-${place}]`)
          if (element && text) element.textContent = text
        }
        if (!flash) return
        flash.hidden = false
        flash.dataset["digits"] = "4"
      }),
  }),
]
