import { get, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import { bookingPage } from "./booking.tsx"
import { bookingsPage } from "./bookings.tsx"
import { cancelNow, cancelPage, moveNow, movePage, takeProposal } from "./changing.tsx"
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
  get(paths.newHold, ["citizen"], chosen),
  post(paths.holds, ["citizen"], takeHold),
  get(paths.hold(":id"), ["citizen"], holdPage),
  post(paths.holdRelease(":id"), ["citizen"], release),
  post(paths.bookings, ["citizen"], confirm),
  get(paths.bookings, ["citizen"], bookingsPage),
  get(paths.booking(":id"), ["citizen"], bookingPage),
  get(paths.slip(":id"), ["citizen"], slipPage),
  get(paths.bookingCalendar(":id"), ["citizen"], calendarFile),
  get(paths.bookingCancellation(":id"), ["citizen"], cancelPage),
  post(paths.bookingCancellation(":id"), ["citizen"], cancelNow),
  get(paths.bookingMove(":id"), ["citizen"], movePage),
  post(paths.bookingMove(":id"), ["citizen"], moveNow),
  post(paths.bookingAcceptance(":id"), ["citizen"], takeProposal),
  post(paths.waitlist, ["citizen"], joinNow),
  post(paths.waitLeave(":id"), ["citizen"], leaveNow),
  post(paths.waitReturn(":id"), ["citizen"], returnNow),
  post(paths.waitAcceptance(":id"), ["citizen"], takeNow),
]
