import { Refusal } from "../../base/refusal.ts"
import { get, type PageRoute, post, staffRoles } from "../house.ts"
import { paths } from "../paths.ts"
import { signIn, signInPage, signOut, staffSignIn, staffSignInPage } from "./sign-in.tsx"

/** The way in and out, and the one-time ticket for the live wire. */
export const doorRoutes: PageRoute[] = [
  get(paths.signIn, "anyone", signInPage),
  post(paths.signIn, "anyone", signIn),
  get(paths.staffSignIn, "anyone", staffSignInPage),
  post(paths.staffSignIn, "anyone", staffSignIn),
  post(paths.signOut, "anyone", signOut),
  post(paths.liveTicket, ["citizen", ...staffRoles, "kiosk", "board"], (c) => {
    const { house, subject, session } = c.var
    if (!subject) throw new Refusal("not_signed_in")
    return c.json({ ticket: house.hub.issueTicket(subject, session?.id ?? null) })
  }),
]
