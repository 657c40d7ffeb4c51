import { surely } from "../fresh.ts"
import { get, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import { beginProxy, confirmProxyPage, endProxyNow, newProxyPage, proxyConfirmed } from "./naming.tsx"
import { householdPage } from "./page.tsx"
import { permitsPage } from "./permits.tsx"

/** For whom one acts, and who acts for one. */
export const householdRoutes: PageRoute[] = [
  get(paths.household, "household.manage", householdPage),
  get(paths.permits, "permit.read", permitsPage),
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
