import { freshly } from "../fresh.ts"
import { type Context, get, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import { beginApproval, confirmationPage, confirmGiven } from "./confirming.tsx"
import { deskAccounts, deskAccountsPage } from "./desk.tsx"
import { invitationPage, invite } from "./inviting.tsx"
import { peoplePage } from "./people.tsx"
import { askToEnable, askToReset, changeRights, disable, memberPage } from "./person.tsx"
import { refuse, requestPage, withdraw } from "./request.tsx"
import { changePasskeyRule, passkeyRulePage } from "./rule.tsx"
import { stop, stopPage } from "./stopping.tsx"

const toMember = (c: Context) => paths.staffMember(c.req.param("id") ?? "")
const toRequest = (c: Context) => paths.staffRequest(c.req.param("id") ?? "")

/**
 * Who works here and what they may do. What is given takes two, each of whom confirms it with a passkey; what is taken away takes one, who
 * has said a moment ago that it is still they.
 */
export const staffRoutes: PageRoute[] = [
  get(paths.staffPeople, "staff.read", peoplePage),
  get(paths.staffInvitation, "staff.change", invitationPage),
  post(paths.staffInvitation, "staff.change", invite),
  get(paths.staffPasskeyRule, "passkey_rule.set", passkeyRulePage),
  post(
    paths.staffPasskeyRule,
    "passkey_rule.set",
    freshly(changePasskeyRule, () => paths.staffPasskeyRule),
  ),
  get(paths.staffMember(":id"), "staff.read", memberPage),
  post(paths.staffRights(":id"), "staff.change", changeRights),
  post(paths.staffDisabling(":id"), "staff.change", freshly(disable, toMember)),
  post(paths.staffEnabling(":id"), "staff.change", askToEnable),
  post(paths.staffReset(":id"), "staff.change", askToReset),

  get(paths.staffRequest(":id"), "staff_request.read", requestPage),
  post(paths.staffApproval(":id"), "staff_request.decide", beginApproval),
  post(paths.staffRefusal(":id"), "staff_request.decide", freshly(refuse, toRequest)),
  post(paths.staffWithdrawal(":id"), "staff_request.ask", withdraw),
  get(paths.staffConfirmation(":id"), "staff_request.ask", (c) => confirmationPage(c)),
  post(paths.staffConfirmation(":id"), "staff_request.ask", confirmGiven),

  get(paths.deskAccounts, "visitor.enrol", deskAccountsPage),
  post(paths.deskAccounts, "visitor.enrol", deskAccounts),
  get(paths.resetStop(":proof"), "anyone", stopPage),
  post(paths.resetStop(":proof"), "anyone", stop),
]
