import { get, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import { againNow, againPage } from "./again.tsx"
import { arriveNow } from "./arriving.ts"
import { bookingPage } from "./booking.tsx"
import { bookingsPage } from "./bookings.tsx"
import { cancelNow, cancelPage, moveNow, movePage, takeProposal, wishNow } from "./changing.tsx"
import { confirm, holdPage, release } from "./hold.tsx"
import { homePage } from "./home.tsx"
import { officePage } from "./office.tsx"
import { searchPage } from "./search.tsx"
import { sectorPage, servicePage } from "./service.tsx"
import { calendarFile, slipPage } from "./slip.tsx"
import { chosen, slotsPage, takeHold } from "./slots.tsx"
import { joinNow, leaveNow, returnNow, takeNow } from "./waitlist.ts"

/** What a person does in a browser. Looking is open to anybody; what is somebody's own asks who it is. */
export const citizenRoutes: PageRoute[] = [
  get(paths.home, "anyone", homePage),
  get(paths.search, "anyone", searchPage),
  get(paths.sector(":code"), "anyone", sectorPage),
  get(paths.service(":code"), "anyone", servicePage),
  get(paths.office(":code"), "anyone", officePage),
  get(`${paths.office(":code")}/slots`, "anyone", slotsPage),
  get(paths.newHold, "visit.arrange", chosen),
  post(paths.holds, "visit.arrange", takeHold),
  get(paths.hold(":id"), "visit.arrange", holdPage),
  post(paths.holdRelease(":id"), "visit.arrange", release),
  post(paths.bookings, "visit.arrange", confirm),
  get(paths.bookings, "visit.arrange", bookingsPage),
  get(paths.booking(":id"), "visit.arrange", bookingPage),
  get(paths.slip(":id"), "visit.arrange", slipPage),
  get(paths.bookingCalendar(":id"), "visit.arrange", calendarFile),
  get(paths.bookingCancellation(":id"), "visit.arrange", cancelPage),
  post(paths.bookingCancellation(":id"), "visit.arrange", cancelNow),
  get(paths.bookingMove(":id"), "visit.arrange", movePage),
  post(paths.bookingMove(":id"), "visit.arrange", moveNow),
  get(paths.bookingAgain(":id"), "visit.arrange", againPage),
  post(paths.bookingAgain(":id"), "visit.arrange", againNow),
  post(paths.bookingAcceptance(":id"), "visit.arrange", takeProposal),
  post(paths.bookingWish(":id"), "visit.arrange", wishNow),
  post(paths.bookingArrival(":id"), "visit.attend", arriveNow),
  post(paths.waitlist, "waitlist_entry.change", joinNow),
  post(paths.waitLeave(":id"), "waitlist_entry.change", leaveNow),
  post(paths.waitReturn(":id"), "waitlist_entry.change", returnNow),
  post(paths.waitAcceptance(":id"), "waitlist_entry.change", takeNow),
]
