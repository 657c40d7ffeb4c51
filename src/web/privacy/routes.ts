import { Refusal } from "../../base/refusal.ts"
import { mustNotBeHeld } from "../../domain/access/owner.ts"
import { freshly } from "../fresh.ts"
import { type Context, get, type Handler, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import { ownDataFile, ownDataPage } from "./data.tsx"
import { beginErasure, confirmationPage, eraseConfirmed, erasedPage, erasurePage } from "./erasing.tsx"
import { changeHolds, holdsPage } from "./holds.tsx"
import { memberData } from "./member.tsx"
import { readsPage } from "./reads.tsx"
import { recordsPage } from "./records.tsx"
import { decide, requestedData, requestPage, requestsPage, take } from "./requests.tsx"

/** Freshly, and not while the account is held because it was won back a while ago. */
const ownOnly = (handle: Handler, back?: () => string): Handler =>
  freshly(async (c) => {
    const { house, session } = c.var
    if (!session) throw new Refusal("not_signed_in")
    await mustNotBeHeld(house.store, { kind: session.kind, id: session.subject }, house.clock.real())
    return handle(c)
  }, back)

const toErasure = () => paths.erasure
const toRequest = (c: Context) => paths.privacyRequest(c.req.param("id") ?? "")

/** What people may know of their own data and do with it, and what the staff answers for. */
export const privacyRoutes: PageRoute[] = [
  get(paths.ownData, "own_data.read", ownOnly(ownDataPage)),
  post(
    paths.ownDataFile,
    "own_data.read",
    ownOnly(ownDataFile, () => paths.ownData),
  ),
  get(paths.memberData(":id"), "household.manage", ownOnly(memberData)),
  get(paths.erasure, "own_data.erase", ownOnly(erasurePage)),
  post(paths.erasure, "own_data.erase", ownOnly(beginErasure, toErasure)),
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
