/** Every address that a person or a page may meet, in one place. Imports nothing, so that anybody may import it. */
export const paths = {
  home: "/",
  search: "/search",
  sector: (code: string) => `/sectors/${code}`,
  service: (code: string) => `/services/${code}`,
  slots: (office: string, service: string) => `/offices/${office}/slots?service=${service}`,
  office: (code: string) => `/offices/${code}`,
  hold: (id: string) => `/holds/${id}`,
  holds: "/holds",
  /** What a stranger chose, on the way through signing in. */
  newHold: "/holds/new",
  holdRelease: (id: string) => `/holds/${id}/release`,
  bookings: "/bookings",
  booking: (id: string) => `/bookings/${id}`,
  slip: (id: string) => `/bookings/${id}/slip`,
  bookingCancellation: (id: string) => `/bookings/${id}/cancellation`,
  bookingMove: (id: string) => `/bookings/${id}/move`,
  bookingAcceptance: (id: string) => `/bookings/${id}/acceptance`,
  bookingCalendar: (id: string) => `/bookings/${id}/calendar.ics`,
  ticket: (id: string, capability?: string) => (capability ? `/t/${id}/${capability}` : `/tickets/${id}`),
  hall: (office: string) => `/hall/${office}`,
  hallQr: (office: string) => `/board/${office}/hall.svg`,

  signIn: "/sign-in",
  signOut: "/sign-out",
  staffSignIn: "/staff",

  kiosk: (office: string) => `/kiosk/${office}`,
  board: (office: string) => `/board/${office}`,

  desk: "/desk",
  deskAct: "/desk/act",
  day: (office: string) => `/day/${office}`,
  dayHours: (office: string) => `/day/${office}/hours`,
  dayRequests: (office: string) => `/day/${office}/requests`,
  days: "/day",

  liveTicket: "/live/ticket",
  live: "/live",
} as const
