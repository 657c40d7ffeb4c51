import { byVideo } from "../scene.ts"
import { citizen, stranger, type Visit, visit } from "./visit.ts"

const video = (name: keyof typeof byVideo, seen: string, more: Partial<Visit> = {}) =>
  visit({ citizen: byVideo[name] }, "phone")("/visits/:id", seen, ({ videos }) => `/visits/${videos[name].id}`, more)

/** Visits by video, from both sides. */
export const byCamera: Visit[] = [
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
