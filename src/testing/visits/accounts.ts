import { person, seat } from "../scene.ts"
import { agentAt, citizen, send, slots, stranger, typed, type Visit, visit } from "./visit.ts"

const withoutAccount = visit({ visitor: person.busy }, "phone")
const alone = visit({ citizen: person.nobody }, "phone")

/** Everybody's own account, and what is told to them. */
export const forOwners: Visit[] = [
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
