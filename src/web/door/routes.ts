import { Refusal } from "../../base/refusal.ts"
import { freshly } from "../fresh.ts"
import { get, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import {
  enrol,
  enrolByPasskey,
  enrolPage,
  enrolPasskeyPage,
  enrolPassword,
  enrolPasswordPage,
  staffEnrol,
  staffEnrolPage,
} from "./enrol.tsx"
import { offerAgain, offerPage, takeOffer } from "./offer.tsx"
import { passkeyOptions } from "./passkey.tsx"
import { secondByCode, secondByPasskey, secondPage } from "./second.tsx"
import { signIn, signInByPasskey, signInPage, signOut, staffSignIn, staffSignInPage } from "./sign-in.tsx"
import { stepUp, stepUpByCode, stepUpPage } from "./step-up.tsx"
import { askForCode, enterByCode, visitorCodePage, visitorPage } from "./visitor.tsx"

/** The way in and out, and the one-time ticket for the live wire. */
export const doorRoutes: PageRoute[] = [
  get(paths.signIn, "anyone", signInPage),
  post(paths.signIn, "anyone", signIn),
  get(paths.staffSignIn, "anyone", staffSignInPage),
  post(paths.staffSignIn, "anyone", staffSignIn),
  post(paths.signInPasskey, "anyone", signInByPasskey),
  get(paths.signInSecond, "anyone", secondPage),
  post(paths.signInSecond, "anyone", secondByPasskey),
  post(paths.signInCode, "anyone", secondByCode),
  get(paths.visitor, "anyone", visitorPage),
  post(paths.visitor, "anyone", askForCode),
  get(paths.visitorCode, "anyone", visitorCodePage),
  post(paths.visitorCode, "anyone", enterByCode),
  get(paths.enrol, "anyone", enrolPage),
  post(paths.enrol, "anyone", enrol),
  get(paths.staffEnrol, "anyone", staffEnrolPage),
  post(paths.staffEnrol, "anyone", staffEnrol),
  get(paths.enrolPassword, "anyone", enrolPasswordPage),
  post(paths.enrolPassword, "anyone", enrolPassword),
  get(paths.enrolPasskey, "anyone", enrolPasskeyPage),
  post(paths.enrolPasskey, "anyone", enrolByPasskey),
  post(paths.passkeyOptions, "anyone", passkeyOptions),
  get(paths.stepUp, "account.keep", stepUpPage),
  post(paths.stepUp, "account.keep", stepUp),
  post(paths.stepUpCode, "account.keep", stepUpByCode),
  get(paths.passkeyOffer, "account.keep", offerPage),
  post(paths.passkeyOffer, "account.keep", freshly(takeOffer, offerAgain)),
  post(paths.signOut, "anyone", signOut),
  post(paths.liveTicket, "live.listen", (c) => {
    const { house, subject, session } = c.var
    if (!subject) throw new Refusal("not_signed_in")
    return c.json({ ticket: house.hub.issueTicket(subject, session?.id ?? null) })
  }),
]
