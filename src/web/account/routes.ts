import { freshly } from "../fresh.ts"
import { type Context, get, type Handler, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import {
  addPasskeyHere,
  changePasskey,
  changePassword,
  endSessions,
  newCodes,
  newPasskeyPage,
  passwordPage,
  staySignedIn,
} from "./changes.tsx"
import { describe } from "./own-word.tsx"
import { securityPage } from "./security.tsx"

const toSecurity = () => paths.security

/** Whoever came in with a recovery code has no passkey to prove with, and is here to make one. */
const freshlyOrRecovered =
  (handle: Handler): Handler =>
  (c: Context) =>
    c.var.session?.level === "recovered" ? handle(c) : freshly(handle, () => paths.passkeyNew)(c)

/** What people do with their own account. Looking needs a session; changing needs a passkey of a moment ago. */
export const accountRoutes: PageRoute[] = [
  get(paths.account, "account.keep", (c) => c.redirect(paths.security, 303)),
  get(paths.security, "account.regain", securityPage),
  get(paths.passkeyNew, "account.regain", freshlyOrRecovered(newPasskeyPage)),
  post(paths.passkeyNew, "account.regain", freshlyOrRecovered(addPasskeyHere)),
  post(paths.passkey, "account.keep", freshly(changePasskey, toSecurity)),
  post(paths.recoveryCodes, "recovery_codes.make", freshly(newCodes, toSecurity)),
  get(paths.accountPassword, "account.keep", freshly(passwordPage)),
  post(
    paths.accountPassword,
    "account.keep",
    freshly(changePassword, () => paths.accountPassword),
  ),
  post(paths.accountSessions, "account.regain", endSessions),
  post(paths.ownWord, "self.describe", describe),
  post(paths.sessionExtension, "account.regain", staySignedIn),
]
