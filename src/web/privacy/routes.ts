import { freshly, surely } from "../fresh.ts"
import { type Context, get, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import { ownDataFile, ownDataPage } from "./data.tsx"
import { beginErasure, confirmationPage, eraseConfirmed, erasedPage, erasurePage } from "./erasing.tsx"
import { changeHolds, holdsPage } from "./holds.tsx"
import { memberData } from "./member.tsx"
import { readsPage } from "./reads.tsx"
import { recordsPage } from "./records.tsx"
import { decide, requestedData, requestPage, requestsPage, take } from "./requests.tsx"

const toErasure = () => paths.erasure
const toRequest = (c: Context) => paths.privacyRequest(c.req.param("id") ?? "")

/** What people may know of their own data and do with it, and what the staff answers for. */
export const privacyRoutes: PageRoute[] = [
  get(paths.ownData, "own_data.read", surely(ownDataPage)),
  post(
    paths.ownDataFile,
    "own_data.read",
    surely(ownDataFile, () => paths.ownData),
  ),
  get(paths.memberData(":id"), "household.manage", surely(memberData)),
  get(paths.erasure, "own_data.erase", surely(erasurePage)),
  post(paths.erasure, "own_data.erase", surely(beginErasure, toErasure)),
  get(paths.erasureConfirmation(":id"), "own_data.erase", (c) => confirmationPage(c)),
  post(paths.erasureConfirmation(":id"), "own_data.erase", eraseConfirmed),
  get(paths.erased, "anyone", erasedPage),

  get(paths.privacyRecords, "record.read", recordsPage),
  get(paths.privacyRequests, "privacy_request.handle", (c) => requestsPage(c)),
  post(paths.privacyRequests, "privacy_request.handle", take),
  get(paths.privacyRequest(":id"), "privacy_request.handle", (c) => requestPage(c)),
  post(paths.privacyRequest(":id"), "privacy_request.handle", freshly(decide, toRequest)),
  get(paths.privacyRequestData(":id"), "privacy_request.handle", freshly(requestedData)),
  get(
    paths.privacyHolds,
    "legal_hold.handle",
    freshly((c) => holdsPage(c)),
  ),
  post(
    paths.privacyHolds,
    "legal_hold.handle",
    freshly(changeHolds, () => paths.privacyHolds),
  ),
  get(paths.privacyReads, "read_log.read", readsPage),
]
