import { Refusal } from "../../base/refusal.ts"
import { mustNotBeHeld } from "../../domain/access/owner.ts"
import { freshly } from "../fresh.ts"
import { get, type Handler, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import { beginProxy, confirmProxyPage, endProxyNow, newProxyPage, proxyConfirmed } from "./naming.tsx"
import { householdPage } from "./page.tsx"

/** Freshly, and not while the account is held because it was won back a while ago. */
const surely = (handle: Handler, back?: () => string): Handler =>
  freshly(async (c) => {
    const { house, session } = c.var
    if (!session) throw new Refusal("not_signed_in")
    await mustNotBeHeld(house.store, { kind: session.kind, id: session.subject }, house.clock.real())
    return handle(c)
  }, back)

/** For whom one acts, and who acts for one. */
export const householdRoutes: PageRoute[] = [
  get(paths.household, "household.manage", householdPage),
  get(paths.newProxy, "household.manage", surely(newProxyPage)),
  post(
    paths.proxies,
    "household.manage",
    surely(beginProxy, () => paths.newProxy),
  ),
  get(paths.proxyConfirmation(":id"), "household.manage", (c) => confirmProxyPage(c)),
  post(paths.proxyConfirmation(":id"), "household.manage", proxyConfirmed),
  post(paths.proxyEnd(":id"), "household.manage", endProxyNow),
]
