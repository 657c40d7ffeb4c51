import type { Channel } from "../../../db/schema/messages.ts"
import { hour, type Instant, minute } from "../../base/day.ts"

/** What is told, and what its words are made of: ids, codes, numbers and instants, never a name or a free text. */
export interface MessageBodies {
  /** `factor`: `passkey`, `password`, `recovery_codes`. */
  factor_added: { factor: string }
  factor_removed: { factor: string }
  /** A passkey that may have been `copied`, or is `disabled` after too many tries. */
  passkey_alarm: { state: string }
  new_sign_in: { factors: string }
  recovery_used: { left: number }
  /** Somebody asked for a new way into the account, at an office or (of the staff) a colleague. The link that stops it is the secret. */
  reset_asked: { request: string; office: string | null }
  /** It was approved: what opened the account before opens it no more. */
  reset_done: { request: string; office: string | null }
  rights_changed: { request: string }
  /** To colleagues: something waits for a second person; and to whoever asked, how it was decided. `state` as in the request. */
  approval_asked: { request: string; office: string | null }
  request_decided: { request: string; state: string }
  contact_changed: { channel: Channel }
  /** `by`: `given_by_you`, `given_to_you`, `ended_by_you` (it was yours), `ended_to_you`. */
  proxy_changed: { proxy: string; by: string }
  /** To the guardian. */
  permit_issued: { permit: string }
  permit_cancelled: { permit: string }
  /** The code itself is the notice's secret. */
  one_time_code: { until: Instant }
  /** The link itself is the notice's secret. */
  email_check: { until: Instant }

  booking_confirmed: VisitBody
  booking_moved: VisitBody & { from: Instant }
  /** `by`: `citizen`, `office`, `time`, or the office's own fault (`office_late`, `no_woman`). Its reason stands with the booking. */
  booking_cancelled: VisitBody & { by: string }
  /** The office's hours have changed: the booking stands, its time does not. */
  booking_struck: VisitBody
  /** The office has named another time and waits for an answer. */
  booking_proposed: VisitBody & { from: Instant }
  reminder: VisitBody & { hours: number }
  turn_soon: TicketBody & { minutes: number }
  /** `video`: nobody walks to a counter; `ticket` is the visit that rings. */
  your_turn: TicketBody & { counter: number; video?: 1 }
  missed: MissedBody
  /** The office is late for somebody who waits by video: first in line now, free to take another time. `ticket` is the visit. */
  visit_late: { ticket: string; office: string; number: number }
  /** The connection in a call was lost; the place is kept until then. */
  visit_interrupted: { ticket: string; office: string; until: Instant }
  /** The minutes of a video visit are there to read; `ticket` is the visit. */
  /** What was asked for in a visit was not carried out. The reason stands with the visit. */
  service_refused: { ticket: string; office: string; service: string }
  visit_minutes: { ticket: string; office: string; service: string }
  place_offered: { entry: string; hold: string; office: string; service: string; startsAt: Instant; until: Instant }
}

interface VisitBody {
  booking: string
  office: string
  service: string
  startsAt: Instant
}

interface TicketBody {
  ticket: string
  office: string
  number: number
}

/** A call that was not answered, or (`ticket` null) a booked time at which nobody came. */
interface MissedBody {
  ticket: string | null
  booking: string | null
  office: string
  service: string
  number: number | null
  keptUntil: Instant | null
  startsAt: Instant | null
}

export type MessageKind = keyof MessageBodies

/** What can be chosen or muted as one. Security is not among them: nobody who took an account over shall be able to silence it. */
export const themes = ["bookings", "reminders", "turn", "offers"] as const
export type Theme = (typeof themes)[number]

export const channels = ["mail", "sms"] as const satisfies Channel[]

interface Manner {
  theme: Theme | "security" | "code"
  /** How long it is of use after it was to be told, unless the notice itself says until when. */
  usefulFor: number
}

const day = 24 * hour

export const manners: Record<MessageKind, Manner> = {
  factor_added: { theme: "security", usefulFor: 30 * day },
  factor_removed: { theme: "security", usefulFor: 30 * day },
  passkey_alarm: { theme: "security", usefulFor: 30 * day },
  new_sign_in: { theme: "security", usefulFor: 7 * day },
  recovery_used: { theme: "security", usefulFor: 30 * day },
  reset_asked: { theme: "security", usefulFor: 30 * day },
  reset_done: { theme: "security", usefulFor: 30 * day },
  rights_changed: { theme: "security", usefulFor: 30 * day },
  approval_asked: { theme: "security", usefulFor: 7 * day },
  request_decided: { theme: "security", usefulFor: 7 * day },
  contact_changed: { theme: "security", usefulFor: 30 * day },
  proxy_changed: { theme: "security", usefulFor: 30 * day },
  permit_issued: { theme: "security", usefulFor: 30 * day },
  permit_cancelled: { theme: "security", usefulFor: 30 * day },
  one_time_code: { theme: "code", usefulFor: 10 * minute },
  email_check: { theme: "code", usefulFor: day },
  booking_confirmed: { theme: "bookings", usefulFor: 2 * day },
  booking_moved: { theme: "bookings", usefulFor: 2 * day },
  booking_cancelled: { theme: "bookings", usefulFor: 7 * day },
  booking_struck: { theme: "bookings", usefulFor: 7 * day },
  booking_proposed: { theme: "bookings", usefulFor: 2 * day },
  reminder: { theme: "reminders", usefulFor: hour },
  turn_soon: { theme: "turn", usefulFor: 10 * minute },
  your_turn: { theme: "turn", usefulFor: 10 * minute },
  missed: { theme: "turn", usefulFor: 2 * hour },
  visit_late: { theme: "turn", usefulFor: 30 * minute },
  visit_interrupted: { theme: "turn", usefulFor: 10 * minute },
  service_refused: { theme: "bookings", usefulFor: 7 * day },
  visit_minutes: { theme: "bookings", usefulFor: 7 * day },
  place_offered: { theme: "offers", usefulFor: 15 * minute },
}

export const messageKinds = Object.keys(manners) as MessageKind[]

export function isMessageKind(text: string): text is MessageKind {
  return text in manners
}

/** Somebody waits for it, at a page or in the hall: it does not stand behind a morning's reminders. */
export function isUrgent(kind: MessageKind): boolean {
  const { theme, usefulFor } = manners[kind]
  return theme === "code" || usefulFor <= 15 * minute
}

/**
 * The channels over which a message goes out, of those on which its owner can be reached. What somebody muted is left out, except for
 * security, which nobody can mute. What was done over a channel is not confirmed over it alone: whoever holds it would be the only one to
 * hear of it; where there is no other, the inbox remains.
 */
export function channelsFor(
  kind: MessageKind,
  reachable: readonly Channel[],
  { muted = [], used }: { muted?: readonly string[]; used?: Channel },
): Channel[] {
  const { theme } = manners[kind]
  // A code is one message over one channel: two would be two chances to read it.
  if (theme === "code") return (["sms", "mail"] as const).filter((channel) => reachable.includes(channel)).slice(0, 1)
  return reachable.filter(
    (channel) => channel !== used && (theme === "security" || !muted.includes(`${theme}.${channel}`)),
  )
}

export const triesMax = 8

const waits = [1, 2, 5, 15, 60, 180, 360]

/** How long to wait after the `tries`-th try failed: from a minute to six hours, nine hours and a half in all. `null`: that was the last. */
export function waitAfter(tries: number): number | null {
  if (tries >= triesMax) return null
  return (waits[tries - 1] ?? 360) * minute
}

/** Reminders come a day and two hours ahead. */
export const reminderHours = [24, 2] as const

/** One that would come within two hours of what was last said of the booking tells nobody anything. */
export const settledFor = 2 * hour

/**
 * Until when a reminder that comes so many hours ahead is of use, e.g. after the house was closed over night: the first until the second is
 * near, the second until the visit begins.
 */
export function usefulUntil(startsAt: Instant, hours: number): Instant {
  return hours > 2 ? startsAt - 3 * hour : startsAt
}
