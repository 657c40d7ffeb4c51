import { freshly } from "../fresh.ts"
import { get, type PageRoute, post, staffRoles } from "../house.ts"
import { paths } from "../paths.ts"
import { choose } from "./choosing.ts"
import { deadPage, sendAgain } from "./dead.tsx"
import { demoPage } from "./demo.tsx"
import { checkPage, confirmEmail } from "./email.tsx"
import { inboxPage, readMessages } from "./inbox.tsx"
import { askForCode, codePage, confirmMobile, mobilePage } from "./mobile.tsx"
import { settingsPage } from "./settings.tsx"

const people = ["citizen", ...staffRoles] as const
const leads = ["supervisor", "administrator"] as const

/** What people are told, and how; what did not arrive; and in a demonstration what would have gone out. */
export const inboxRoutes: PageRoute[] = [
  get(paths.inbox, people, inboxPage),
  post(paths.inbox, people, readMessages),
  get(paths.messageSettings, people, (c) => settingsPage(c)),
  post(paths.messageSettings, people, choose),
  get(paths.emailCheck, people, checkPage),
  post(paths.emailCheck, people, confirmEmail),
  get(paths.mobileNew, ["citizen"], freshly(mobilePage)),
  post(
    paths.mobileNew,
    ["citizen"],
    freshly(askForCode, () => paths.mobileNew),
  ),
  get(paths.mobileCode, ["citizen"], codePage),
  post(paths.mobileCode, ["citizen"], confirmMobile),
  get(paths.deadMessages, leads, (c) => deadPage(c)),
  post(paths.deadMessages, leads, sendAgain),
  get(paths.demoMessages, "anyone", demoPage),
]
