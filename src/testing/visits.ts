import type { Page } from "playwright-core"
import { hallCode } from "../domain/queue/hall-code.ts"
import { byVideo, person, type Scene, seat } from "./scene.ts"

/*
 * How each page of the house is visited: by whom, on what, and in which of its states. Every GET route of the table of routes stands here
 * or in `noPage`; a test sees to it.
 */

/** Whose eyes. */
export type Who =
  | "stranger"
  | "half signed in"
  | "enrolling"
  | "sent a code"
  | "auditor"
  | "administrator"
  | "kiosk"
  | "board"
  | { citizen: number }
  /** A citizen who has come in without the account. */
  | { visitor: number }
  /** Of the first office, unless another is named. */
  | { agent: number; at?: string }
  | { supervisor: string }

/** What it is looked at on; each has its sizes and its demands. */
export type Place = "phone" | "desk" | "kiosk" | "wall" | "pairing" | "document"

export interface Visit {
  /** As in the table of routes; `null` for what does not stand there: an unknown address, the page of the API. */
  route: string | null
  /** What is seen; with the route it is the name of the test. */
  seen: string
  who: Who
  place: Place
  path: (scene: Scene) => string
  /** In another agency than the full one: where nothing has happened yet, or where every stranger is one too many. */
  at?: "quiet" | "strict"
  /** What the page answers; 200 where nothing is said. */
  status?: number
  /** Done on the page before it is looked at, changing nothing that another visit sees. */
  first?: (page: Page, scene: Scene) => Promise<unknown>
  /** Looked at when the connection has been gone for a while. */
  isOffline?: boolean
}

const busy = { citizen: person.busy } as const
const lead = { supervisor: "RUH-RML" } as const

const visit =
  (who: Who, place: Place) =>
  (route: string | null, seen: string, path: Visit["path"], more: Partial<Visit> = {}): Visit => ({
    ...{ route, seen, who, place, path },
    ...more,
  })

const stranger = visit("stranger", "phone")
const citizen = visit(busy, "phone")
const kiosk = visit("kiosk", "kiosk")
const board = visit("board", "wall")
const lead_ = visit(lead, "desk")
const agentAt = (number: number) => visit({ agent: number }, "desk")

const slots = ({ code }: Scene, service = "PAS-01") => `/offices/${code}/slots?service=${service}`
const booking =
  (name: keyof Scene["bookings"], rest = "") =>
  ({ bookings }: Scene) =>
    `/bookings/${bookings[name].id}${rest}`
const atKiosk =
  (rest: string) =>
  ({ code }: Scene) =>
    `/kiosk/${code}${rest}`
const day =
  (rest: string) =>
  ({ code }: Scene) =>
    `/day/${code}${rest}`
const send = async (page: Page) => {
  const left = page.waitForEvent("framenavigated")
  await page.locator("main form .button-main").first().click()
  await left
  await page.waitForLoadState()
}
const signInWrong = (field: string) => async (page: Page) => {
  await page.fill(`[name=${field}]`, "1000000008")
  await page.fill("[name=password]", "not this one")
  await send(page)
}
const typed = (name: string, text: string) => async (page: Page) => {
  await page.fill(`[name=${name}]`, text)
  await send(page)
}
/** What an agent writes from somebody's document. */
const shownAs =
  (number: string, year: string): NonNullable<Visit["first"]> =>
  async (page) => {
    for (const [name, text] of Object.entries({ number, day: "1", month: "2", year })) {
      await page.fill(`[name=${name}]`, text)
    }
    await send(page)
  }
const looks = [
  "waiting",
  "soon",
  "early",
  "away",
  "called",
  "absent",
  "serving",
  "parked",
  "served",
  "referred",
  "notPossible",
  "left",
] as const

const forAnybody: Visit[] = [
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
  visit("stranger", "document")(null, "the page of the API", () => "/docs"),
  ...looks.map((look) => stranger("/t/:id/:capability", look, ({ link, tickets }) => link(tickets[look]))),
  stranger("/t/:id/:capability", "without a connection", ({ link, tickets }) => link(tickets.waiting), {
    isOffline: true,
  }),
  stranger("/t/:id/:capability", "asked whether to leave", ({ link, tickets }) => `${link(tickets.waiting)}#leave`),
]

const forCitizens: Visit[] = [
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

const withoutAccount = visit({ visitor: person.busy }, "phone")
const alone = visit({ citizen: person.nobody }, "phone")
const administrator = visit("administrator", "desk")

/** Everybody's own account, and what is told to them. */
const forOwners: Visit[] = [
  visit("half signed in", "phone")("/sign-in/second", "after the password", () => "/sign-in/second"),
  stranger("/sign-in/visitor", "untouched", () => "/sign-in/visitor?next=/bookings"),
  stranger("/sign-in/visitor", "with what was wrong", () => "/sign-in/visitor", {
    first: async (page) => {
      await page.fill("[name=number]", "123")
      for (const [name, text] of Object.entries({ day: "31", month: "13", year: "1410" }))
        await page.fill(`[name=${name}]`, text)
      await send(page)
    },
  }),
  visit("sent a code", "phone")("/sign-in/visitor/code", "untouched", () => "/sign-in/visitor/code"),
  visit("sent a code", "phone")("/sign-in/visitor/code", "with what was wrong", () => "/sign-in/visitor/code", {
    first: typed("code", "000000"),
  }),
  stranger("/enrol", "untouched", () => "/enrol"),
  visit("stranger", "desk")("/staff/enrol", "untouched", () => "/staff/enrol"),
  visit("enrolling", "phone")("/enrol/password", "untouched", () => "/enrol/password"),
  visit("enrolling", "phone")("/enrol/password", "with what was wrong", () => "/enrol/password", {
    first: typed("password", "a"),
  }),
  visit("enrolling", "phone")("/enrol/passkey", "untouched", () => "/enrol/passkey"),
  citizen("/step-up", "asked for a passkey", () => "/step-up?next=/bookings"),
  citizen("/account/security", "to a citizen", () => "/account/security"),
  agentAt(seat.idle)("/account/security", "to an agent", () => "/account/security"),
  citizen("/account/passkeys/new", "untouched", () => "/account/passkeys/new"),
  visit({ citizen: 1 }, "phone")("/account/passkeys/offer", "in a demonstration", () => "/account/passkeys/offer", {
    at: "quiet",
  }),
  agentAt(seat.idle)("/desk", "with one passkey, after signing in", () => "/desk?passkeys=one"),
  citizen("/account/password", "untouched", () => "/account/password"),
  withoutAccount("/", "without the account", () => "/"),
  withoutAccount("/bookings", "without the account", () => "/bookings"),
  withoutAccount("/offices/:code/slots", "without the account", (scene) => slots(scene, "PAS-10")),
  withoutAccount("/inbox", "to whom it is closed without the account", () => "/inbox", { status: 403 }),
  citizen("/account/household", "with a family", () => "/account/household"),
  alone("/account/household", "with nobody", () => "/account/household"),
  citizen(
    "/account/household/permits",
    "with one that is valid and one that is cancelled",
    () => "/account/household/permits",
  ),
  alone("/account/household/permits", "with none", () => "/account/household/permits"),
  citizen("/account/household/proxies/new", "untouched", () => "/account/household/proxies/new"),
  citizen("/account/household/proxies/new", "with what was wrong", () => "/account/household/proxies/new", {
    first: async (page) => {
      await page.fill("[name=number]", "123")
      await page.fill("[name=name]", "Munira Al-Otaibi")
      await send(page)
    },
  }),
  citizen("/account/household/proxies/:id", "asked for a passkey", () => "/account/household/proxies/new", {
    first: async (page) => {
      await page.fill("[name=number]", "1000000107")
      await page.fill("[name=name]", "Munira Al-Otaibi")
      await Promise.all([page.waitForURL(/proxies\/[0-9a-f-]{36}/), page.locator("main form .button-main").click()])
    },
  }),
  citizen("/account/household/:id/data", "of a child", ({ child }) => `/account/household/${child}/data`),
  citizen("/account/data", "everything that is known", () => "/account/data"),
  citizen("/account/data/erasure", "with what stands against it", () => "/account/data/erasure"),
  alone("/account/data/erasure", "with nothing against it", () => "/account/data/erasure"),
  alone("/account/data/erasure/:id", "asked once more", () => "/account/data/erasure", {
    first: (page) => Promise.all([page.waitForURL(/erasure\/./), page.locator("main form .button-danger").click()]),
  }),
  stranger("/demo/messages", "what a demonstration would have sent", () => "/demo/messages", { at: "quiet" }),
  stranger("/erased", "afterwards", () => "/erased"),
  citizen("/inbox", "with messages", () => "/inbox"),
  alone("/inbox", "with none", () => "/inbox"),
  agentAt(seat.idle)("/inbox", "to an agent", () => "/inbox"),
  citizen("/account/messages", "to a citizen", () => "/account/messages"),
  citizen("/account/messages/mobile", "untouched", () => "/account/messages/mobile"),
  citizen("/account/messages/mobile", "with what was wrong", () => "/account/messages/mobile", {
    first: typed("mobile", "12"),
  }),
  citizen("/account/messages/mobile/code", "with none sent", () => "/account/messages/mobile/code", { status: 400 }),
  alone("/account/messages/mobile/code", "with one sent", () => "/account/messages/mobile", {
    first: typed("mobile", "+971501234567"),
  }),
  citizen("/account/messages/email", "with a link that is over", () => "/account/messages/email", { status: 410 }),
]

/** Those who answer for the house. */
const forAnswerable: Visit[] = [
  lead_("/privacy/records", "as they are", () => "/privacy/records"),
  lead_("/privacy/requests", "with one", () => "/privacy/requests"),
  lead_("/privacy/requests/:id", "open", ({ request }) => `/privacy/requests/${request}`),
  lead_("/privacy/requests/:id/data", "what is given out", ({ request }) => `/privacy/requests/${request}/data`),
  administrator("/privacy/holds", "with none", () => "/privacy/holds"),
  visit("auditor", "desk")("/privacy/reads", "as they are", () => "/privacy/reads"),
  lead_("/devices", "with a kiosk and a board", () => "/devices"),
  lead_("/devices/pairing", "asked for a code", () => "/devices/pairing"),
  lead_("/devices/pairing", "with a code that is none", () => "/devices/pairing?code=000000", { status: 404 }),
  lead_("/devices/:id", "a kiosk", ({ screens }) => `/devices/${screens.kiosk}`),
  administrator("/keys", "with two", () => "/keys"),
  administrator("/keys/new", "untouched", () => "/keys/new"),
  lead_("/staff/people", "with what waits for a second", () => "/staff/people"),
  administrator("/staff/people", "of every office", () => "/staff/people"),
  visit("auditor", "desk")("/staff/people", "to an auditor", () => "/staff/people"),
  lead_("/staff/people/new", "untouched", () => "/staff/people/new"),
  administrator("/staff/people/new", "with what was wrong", () => "/staff/people/new", {
    first: async (page) => {
      await page.fill("[name=ar]", "سارة")
      await page.fill("[name=en]", "Sara")
      await typed("login", "not a login")(page)
    },
  }),
  administrator("/staff/people/passkeys", "as they are", () => "/staff/people/passkeys"),
  lead_("/staff/people/:id", "an agent", ({ office }) => `/staff/people/${office.agent(seat.idle).id}`),
  lead_("/staff/people/:id", "oneself", ({ office }) => `/staff/people/${office.supervisor().id}`),
  lead_("/staff/requests/:id", "an invitation to decide", ({ waiting }) => `/staff/requests/${waiting.invitation}`),
  lead_("/staff/requests/:id", "a reset to decide", ({ waiting }) => `/staff/requests/${waiting.reset}`),
  agentAt(seat.idle)("/staff/requests/:id", "one's own", ({ waiting }) => `/staff/requests/${waiting.reset}`),
  lead_("/staff/confirmations/:id", "asked for a passkey", ({ waiting }) => `/staff/requests/${waiting.invitation}`, {
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
  lead_("/messages/dead", "with none", () => "/messages/dead"),
]

const forStaff: Visit[] = [
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
  lead_("/day/:office", "with many who will miss their time", day("")),
  visit("auditor", "desk")("/day/:office", "to an auditor", day("")),
  lead_("/day/:office", "where nothing has happened yet", () => "/day/RUH-RML", { at: "quiet" }),
  lead_("/day/:office", "without a connection", day(""), { isOffline: true }),
  lead_("/day/:office/hours", "with what was struck", day("/hours")),
  lead_("/day/:office/hours", "with a day open", day("/hours?day=2026-11-24")),
  lead_("/day/:office/hours", "with what a change touches", day("/hours?day=2026-11-23"), {
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
  lead_("/day/:office/requests", "with nothing", day("/requests")),
  lead_(
    "/day/:office/requests",
    "with one to move",
    ({ code, bookings }) => `/day/${code}/requests?move=${bookings.struck.id}`,
  ),
]

const forHalls: Visit[] = [
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

const code = (of: keyof Scene["documents"]) => (scene: Scene) => `/verify/${scene.documents[of]}`

const toCheck: Visit[] = [
  stranger("/verify", "untouched", () => "/verify"),
  stranger("/verify/:code", "that holds", code("valid")),
  stranger("/verify/:code", "with the signature unfolded", code("valid"), {
    first: (page) => page.locator("details").evaluateAll((all) => all.map((one) => one.toggleAttribute("open", true))),
  }),
  stranger("/verify/:code", "that is over", code("expired")),
  stranger("/verify/:code", "that was cancelled", code("cancelled")),
  stranger("/verify/:code", "of nothing", () => "/verify/nothing", { status: 404 }),
]

const video = (name: keyof typeof byVideo, seen: string, more: Partial<Visit> = {}) =>
  visit({ citizen: byVideo[name] }, "phone")("/visits/:id", seen, ({ videos }) => `/visits/${videos[name].id}`, more)

const reviewer = (place: Place) => visit({ supervisor: "VIR-01" }, place)
const toReview: Visit[] = (["desk", "phone"] as const).flatMap((place) => [
  reviewer(place)("/recordings/in/:office", `of an office, on a ${place}`, () => "/recordings/in/VIR-01"),
  reviewer(place)(
    "/recordings/of/:visit",
    `before it is opened, on a ${place}`,
    ({ videos }) => `/recordings/of/${videos.over.id}`,
  ),
  reviewer(place)(
    "/recordings/reviews/:id",
    `that is whole, on a ${place}`,
    ({ recorded }) => `/recordings/reviews/${recorded.whole}`,
  ),
  reviewer(place)(
    "/recordings/reviews/:id",
    `that is no evidence, on a ${place}`,
    ({ recorded }) => `/recordings/reviews/${recorded.broken}`,
  ),
])

const byCamera: Visit[] = [
  stranger("/visits/test", "untouched", () => "/visits/test"),
  visit({ supervisor: "VIR-01" }, "desk")(
    "/desk/visits/:id",
    "what was written",
    ({ videos }) => `/desk/visits/${videos.waiting.id}`,
  ),
  citizen(
    "/in/:id/:participant/:secret",
    "an invitation that is none",
    ({ videos }) => `/in/${videos.waiting.id}/x/y`,
    {
      status: 404,
    },
  ),
  visit({ supervisor: "VIR-01" }, "desk")(
    "/desk/checks/:check",
    "to decide",
    ({ videos }) => `/desk/checks/${videos.rejected.id}`,
  ),
  citizen("/visits/new", "where somebody is at work", () => "/visits/new?office=VIR-01&service=PAS-20"),
  visit({ citizen: byVideo.booked }, "phone")(
    "/bookings/:id",
    "by video, with the button",
    ({ videos }) => `/bookings/${videos.booked.id}`,
  ),
  video("waiting", "waiting, with messages"),
  video("waiting", "with everything folded out", {
    first: (page) => page.locator("details").evaluateAll((all) => all.map((one) => one.toggleAttribute("open", true))),
  }),
  video("waiting", "without a connection", { isOffline: true }),
  video("early", "early"),
  video("away", "away"),
  video("ringing", "while it rings"),
  video("absent", "where nobody answered"),
  video("call", "in a call, asked to confirm a service"),
  visit({ agent: 2, at: "VIR-01" }, "desk")("/desk", "in a call, with a service to be confirmed", () => "/desk", {
    first: (page) => page.locator("[data-visit-service] .request").waitFor(),
  }),
  video("interrupted", "interrupted"),
  video("aside", "set aside"),
  video("late", "where the office is late"),
  video("over", "over, with a service that was refused"),
  visit({ citizen: byVideo.over }, "phone")(
    "/bookings/:id",
    "for which the office was late",
    ({ videos }) => `/bookings/${videos.first.id}`,
  ),
  visit({ citizen: byVideo.over }, "phone")(
    "/bookings/:id/again",
    "with the times of who comes first",
    ({ videos }) => `/bookings/${videos.first.id}/again`,
  ),
  visit({ citizen: byVideo.over }, "phone")(
    "/visits/:id/minutes",
    "issued",
    ({ videos }) => `/visits/${videos.over.id}/minutes`,
  ),
  visit({ citizen: byVideo.absent }, "phone")(
    "/visits/:id/minutes",
    "of a visit that has none",
    ({ videos }) => `/visits/${videos.absent.id}/minutes`,
  ),
  visit({ supervisor: "VIR-01" }, "desk")("/day/:office/report", "of a day", () => "/day/VIR-01/report"),
  visit({ supervisor: "VIR-01" }, "phone")("/day/:office/report", "on a telephone", () => "/day/VIR-01/report"),
  visit({ supervisor: "VIR-01" }, "desk")(
    "/day/:office/report",
    "with nothing",
    () => "/day/VIR-01/report?from=2026-01-04&to=2026-01-05",
  ),
  visit({ supervisor: "VIR-01" }, "desk")(
    "/day/:office/report",
    "with what was wrong",
    () => "/day/VIR-01/report?from=2026-01-04&to=2026-11-05",
    { status: 400 },
  ),
  visit({ supervisor: "VIR-01" }, "desk")("/day/:office/rooms", "all at a glance", () => "/day/VIR-01/rooms"),
  visit({ supervisor: "VIR-01" }, "phone")("/day/:office/rooms", "on a telephone", () => "/day/VIR-01/rooms", {
    first: (page) => page.locator("details").evaluateAll((all) => all.map((one) => one.toggleAttribute("open", true))),
  }),
  visit({ supervisor: "VIR-01" }, "desk")(
    "/day/:office/rooms/:id",
    "after joining",
    ({ videos }) => `/day/VIR-01/rooms/${videos.call.id}`,
  ),
  visit({ supervisor: "VIR-01" }, "desk")(
    "/visits/:id/minutes",
    "to a supervisor",
    ({ videos }) => `/visits/${videos.over.id}/minutes`,
  ),
]

export const visits: Visit[] = [
  ...byCamera,
  ...toReview,
  ...toCheck,
  ...forAnybody,
  ...forCitizens,
  ...forOwners,
  ...forStaff,
  ...forAnswerable,
  ...forHalls,
]

/** What leads on, or is a file: nothing to look at. The address as the scene has it, and the beginning of the answer's type or of where it leads. */
export const noPage: { route: string; who: Who; path: (scene: Scene) => string; gives: string }[] = [
  {
    route: "/.well-known/jwks.json",
    who: "stranger",
    path: () => "/.well-known/jwks.json",
    gives: "application/jwk-set+json",
  },
  {
    route: "/holds/new",
    who: busy,
    path: ({ code }) => `/holds/new?office=${code}&service=PAS-01`,
    gives: "/offices/",
  },
  {
    route: "/bookings/:id/calendar.ics",
    who: busy,
    path: booking("confirmed", "/calendar.ics"),
    gives: "text/calendar",
  },
  {
    route: "/day/:office/report.csv",
    who: { supervisor: "VIR-01" },
    path: () => "/day/VIR-01/report.csv",
    gives: "text/csv",
  },
  {
    route: "/visits/:id/minutes/file",
    who: { citizen: byVideo.over },
    path: ({ videos }) => `/visits/${videos.over.id}/minutes/file`,
    gives: "application/json",
  },
  {
    route: "/visits/:id/recording/:segment",
    who: { agent: 1, at: "VIR-01" },
    path: ({ videos, recorded }) => `/visits/${videos.over.id}/recording/${recorded.first}`,
    gives: "application/json",
  },
  { route: "/recordings", who: "auditor", path: () => "/recordings", gives: "/recordings/in/" },
  {
    route: "/recordings/reviews/:id/:segment",
    who: { supervisor: "VIR-01" },
    path: ({ recorded }) => `/recordings/reviews/${recorded.whole}/${recorded.first}`,
    gives: "video/webm",
  },
  {
    route: "/visits/:id/handover.svg",
    who: { citizen: byVideo.waiting },
    path: ({ videos }) => `/visits/${videos.waiting.id}/handover.svg`,
    gives: "image/svg+xml",
  },
  { route: "/account", who: busy, path: () => "/account", gives: "/account/security" },
  {
    route: "/visits/:id/files/:file",
    who: { citizen: byVideo.call },
    path: ({ videos, files }) => `/visits/${videos.call.id}/files/${files.paper}`,
    gives: "application/pdf",
  },
  {
    route: "/desk/visits/:id/files/:file",
    who: { supervisor: "VIR-01" },
    path: ({ videos, files }) => `/desk/visits/${videos.call.id}/files/${files.paper}`,
    gives: "application/pdf",
  },
  {
    route: "/desk/pictures/:picture",
    who: { supervisor: "VIR-01" },
    path: ({ files }) => `/desk/pictures/${files.picture}`,
    gives: "image/jpeg",
  },
  {
    route: "/board/:office/hall.svg",
    who: "board",
    path: ({ code }) => `/board/${code}/hall.svg`,
    gives: "image/svg+xml",
  },
  {
    route: "/tickets/:id",
    who: { citizen: person.withTurn },
    path: ({ tickets }) => `/tickets/${tickets.waiting.id}`,
    gives: "/t/",
  },
  {
    route: "/hall/:office/:code",
    who: "stranger",
    path: ({ full, office, code }) => `/hall/${code}/${hallCode(full.keys, code, office.clock.office())}`,
    gives: "/hall/",
  },
]
