import { Refusal } from "../../base/refusal.ts"
import { mustNotBeHeld } from "../../domain/access/owner.ts"
import { freshly } from "../fresh.ts"
import { type Context, get, type Handler, type PageRoute, post, staffRoles } from "../house.ts"
import { paths } from "../paths.ts"
import { ownDataFile, ownDataPage } from "./data.tsx"
import { beginErasure, confirmationPage, eraseConfirmed, erasedPage, erasurePage } from "./erasing.tsx"
import { changeHolds, holdsPage } from "./holds.tsx"
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

const leads = ["supervisor", "administrator"] as const
const toErasure = () => paths.erasure
const toRequest = (c: Context) => paths.privacyRequest(c.req.param("id") ?? "")

/** What people may know of their own data and do with it, and what the staff answers for. */
export const privacyRoutes: PageRoute[] = [
  get(paths.ownData, ["citizen"], ownOnly(ownDataPage)),
  post(
    paths.ownDataFile,
    ["citizen"],
    ownOnly(ownDataFile, () => paths.ownData),
  ),
  get(paths.erasure, ["citizen"], ownOnly(erasurePage)),
  post(paths.erasure, ["citizen"], ownOnly(beginErasure, toErasure)),
  get(paths.erasureConfirmation(":id"), ["citizen"], (c) => confirmationPage(c)),
  post(paths.erasureConfirmation(":id"), ["citizen"], eraseConfirmed),
  get(paths.erased, "anyone", erasedPage),

  get(paths.privacyRecords, staffRoles, recordsPage),
  get(paths.privacyRequests, leads, (c) => requestsPage(c)),
  post(paths.privacyRequests, leads, take),
  get(paths.privacyRequest(":id"), leads, (c) => requestPage(c)),
  post(paths.privacyRequest(":id"), leads, freshly(decide, toRequest)),
  get(paths.privacyRequestData(":id"), leads, freshly(requestedData)),
  get(
    paths.privacyHolds,
    ["administrator"],
    freshly((c) => holdsPage(c)),
  ),
  post(
    paths.privacyHolds,
    ["administrator"],
    freshly(changeHolds, () => paths.privacyHolds),
  ),
  get(paths.privacyReads, ["auditor", "administrator"], readsPage),
]
