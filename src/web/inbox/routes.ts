import { freshly } from "../fresh.ts"
import { get, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import { choose } from "./choosing.ts"
import { deadPage, sendAgain } from "./dead.tsx"
import { demoPage } from "./demo.tsx"
import { checkPage, confirmEmail } from "./email.tsx"
import { inboxPage, readMessages } from "./inbox.tsx"
import { askForCode, codePage, confirmMobile, mobilePage } from "./mobile.tsx"
import { settingsPage } from "./settings.tsx"

/** What people are told, and how; what did not arrive; and in a demonstration what would have gone out. */
export const inboxRoutes: PageRoute[] = [
  get(paths.inbox, "inbox.read", inboxPage),
  post(paths.inbox, "inbox.read", readMessages),
  get(paths.messageSettings, "inbox.read", (c) => settingsPage(c)),
  post(paths.messageSettings, "inbox.read", choose),
  get(paths.emailCheck, "inbox.read", checkPage),
  post(paths.emailCheck, "inbox.read", confirmEmail),
  get(paths.mobileNew, "mobile.change", freshly(mobilePage)),
  post(
    paths.mobileNew,
    "mobile.change",
    freshly(askForCode, () => paths.mobileNew),
  ),
  get(paths.mobileCode, "mobile.change", codePage),
  post(paths.mobileCode, "mobile.change", confirmMobile),
  get(paths.deadMessages, "delivery.mend", (c) => deadPage(c)),
  post(paths.deadMessages, "delivery.mend", sendAgain),
  get(paths.demoMessages, "anyone", demoPage),
]
