import { freshly } from "../fresh.ts"
import { type Context, get, type Handler, type PageRoute, post, staffRoles } from "../house.ts"
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
import { securityPage } from "./security.tsx"

const owners = ["citizen", ...staffRoles] as const
const toSecurity = () => paths.security

/** Whoever came in with a recovery code has no passkey to prove with, and is here to make one. */
const freshlyOrRecovered =
  (handle: Handler): Handler =>
  (c: Context) =>
    c.var.session?.level === "recovered" ? handle(c) : freshly(handle, () => paths.passkeyNew)(c)

/** What people do with their own account. Looking needs a session; changing needs a passkey of a moment ago. */
export const accountRoutes: PageRoute[] = [
  get(paths.account, owners, (c) => c.redirect(paths.security, 303)),
  get(paths.security, owners, securityPage),
  get(paths.passkeyNew, owners, freshlyOrRecovered(newPasskeyPage)),
  post(paths.passkeyNew, owners, freshlyOrRecovered(addPasskeyHere)),
  post(paths.passkey, owners, freshly(changePasskey, toSecurity)),
  post(paths.recoveryCodes, owners, freshly(newCodes, toSecurity)),
  get(paths.accountPassword, owners, freshly(passwordPage)),
  post(
    paths.accountPassword,
    owners,
    freshly(changePassword, () => paths.accountPassword),
  ),
  post(paths.accountSessions, owners, endSessions),
  post(paths.sessionExtension, owners, staySignedIn),
]
