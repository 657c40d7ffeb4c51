import { bookingCalls } from "./bookings.ts"
import { catalogueCalls } from "./catalogue.ts"
import { consentCalls } from "./consents.ts"
import { counterCalls } from "./counters.ts"
import { dayCalls } from "./days.ts"
import type { Endpoint } from "./endpoint.ts"
import { holdCalls } from "./holds.ts"
import { inboxCalls } from "./inbox.ts"
import { meCalls } from "./me.ts"
import { officeCalls } from "./offices.ts"
import { servingCalls } from "./serving.ts"
import { ticketCalls } from "./tickets.ts"
import { waitlistCalls } from "./waitlist.ts"

/** Every call of the API, in the order in which a visit meets them. */
export const endpoints: Endpoint[] = [
  ...meCalls,
  ...catalogueCalls,
  ...officeCalls,
  ...holdCalls,
  ...bookingCalls,
  ...waitlistCalls,
  ...consentCalls,
  ...ticketCalls,
  ...counterCalls,
  ...servingCalls,
  ...dayCalls,
  ...inboxCalls,
]
export type { Endpoint }
