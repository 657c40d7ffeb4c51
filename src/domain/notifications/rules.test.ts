import { expect, test } from "bun:test"
import { hour, minute } from "../../base/day.ts"
import { refusal } from "../../testing/office.ts"
import { readEmail } from "./contact.ts"
import { channelsFor, manners, messageKinds, reminderHours, triesMax, usefulUntil, waitAfter } from "./rules.ts"

test("a failed try is followed by another ever later, and the eighth by none", () => {
  const waits = Array.from({ length: triesMax }, (_, index) => waitAfter(index + 1))
  expect(waits.map((wait) => wait && wait / minute)).toEqual([1, 2, 5, 15, 60, 180, 360, null])
})

test("the first reminder is of use until the second is near, the second until the visit begins", () => {
  const starts = 100 * hour
  expect(reminderHours.map((hours) => (starts - usefulUntil(starts, hours)) / hour)).toEqual([3, 0])
})

test("nobody can mute security, and nothing done over a channel is confirmed over it", () => {
  const both = ["mail", "sms"] as const
  const everything = ["bookings", "reminders", "turn", "offers", "security"].flatMap((theme) =>
    both.map((channel) => `${theme}.${channel}`),
  )
  for (const kind of messageKinds) {
    const { theme } = manners[kind]
    const muted = channelsFor(kind, both, { muted: everything })
    expect([kind, muted.length]).toEqual([kind, theme === "security" ? 2 : theme === "code" ? 1 : 0])
    if (theme === "security") {
      expect(channelsFor(kind, both, { used: "mail" })).toEqual(["sms"])
      expect(channelsFor(kind, ["sms"], { used: "sms" })).toEqual([])
    }
  }
  expect(channelsFor("reminder", both, { muted: ["reminders.sms", "turn.mail"] })).toEqual(["mail"])
  expect(channelsFor("one_time_code", ["mail"], {})).toEqual(["mail"])
})

test("an e-mail address is taken as people write it, and what is none is refused", async () => {
  expect(readEmail("  Noura.A+x@People.Example ")).toBe("Noura.A+x@people.example")
  for (const bad of [
    ...[
      "",
      "noura",
      "noura@",
      "@people.example",
      "a b@people.example",
      "noura@people",
      "noura@-x.example",
      "a@b..example",
    ],
    ...[
      ".a@people.example",
      "a..b@people.example",
      "a@people.example\r\nBcc: x@y.example",
      "a@people.example,b@people.example",
    ],
    `${"a".repeat(65)}@people.example`,
  ]) {
    const refused = await refusal(new Promise((resolve) => resolve(readEmail(bad))))
    expect([bad, refused.code]).toEqual([bad, "invalid_field"])
  }
})
