import { hallCode } from "../../domain/queue/hall-code.ts"
import { byVideo, person, type Scene } from "../scene.ts"
import { forOwners } from "./accounts.ts"
import { forCitizens } from "./citizens.ts"
import { forHalls } from "./halls.ts"
import { forAnswerable } from "./house.ts"
import { forAnybody } from "./public.ts"
import { toReview } from "./recordings.ts"
import { forStaff } from "./staff.ts"
import { forHolders, toCheck } from "./tickets.ts"
import { byCamera } from "./video.ts"
import { booking, busy, type Visit, type Who } from "./visit.ts"

/*
 * Every GET route of the table of routes stands in `visits` or in `noPage`; a test sees to it.
 */

/** What is looked at together, each kind in a file of tests of its name. */
export const kinds = {
  video: [...byCamera, ...toReview],
  tickets: [...forHolders, ...toCheck],
  public: forAnybody,
  citizens: forCitizens,
  accounts: forOwners,
  house: forAnswerable,
  offices: [...forStaff, ...forHalls],
} satisfies Record<string, Visit[]>

export const visits: Visit[] = Object.values(kinds).flat()

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
