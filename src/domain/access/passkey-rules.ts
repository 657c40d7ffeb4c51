import { eq } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { staff } from "../../../db/schema/access.ts"
import { passkeyRules } from "../../../db/schema/staff-requests.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Owner } from "./owner.ts"
import type { Passkey } from "./passkeys.ts"
import { placesIn } from "./places.ts"
import type { Grant } from "./roles.ts"

/*
 * A passkey may be kept by a cloud account and copied to every device of its owner (W3C WebAuthn L3 §6.1.3, the flag "backup eligible").
 * That is good for most people. Whoever decides about others shall have the key in hand: NIST SP 800-63B-4 §3.1.7 lets no copied key count
 * for the highest level. Each agency says for itself; what it says counts for keys that are added from then on.
 */

export type PasskeyRule = Pick<typeof passkeyRules.$inferSelect, "agentsBound" | "leadsBound">

/** Where nothing was said. A demonstration lets newcomers try it with whatever they have. */
const usual = (demo: boolean): PasskeyRule => ({ agentsBound: false, leadsBound: !demo })

/** `agency` is empty for people of several agencies. */
export async function passkeyRule(store: Store, agency: string, demo: boolean): Promise<PasskeyRule> {
  const [row] = await store.db.select().from(passkeyRules).where(eq(passkeyRules.agency, agency))
  return row ?? usual(demo)
}

export async function setPasskeyRule(tx: Tx, agency: string, rule: PasskeyRule, by: string): Promise<void> {
  const { agentsBound, leadsBound } = rule
  await tx.db
    .insert(passkeyRules)
    .values({ agency, agentsBound, leadsBound })
    .onConflictDoUpdate({ target: passkeyRules.agency, set: { agentsBound, leadsBound } })
  await tx.say(accountsStream, "staff.passkey_rule", { agency, agentsBound, leadsBound, by })
}

/** The agency of somebody's office; empty where the area may reach over several. */
export async function agencyOf(
  store: Store,
  { scopeKind, scope }: Pick<Grant, "scopeKind" | "scope">,
): Promise<string> {
  if (scopeKind === "agency") return scope
  if (scopeKind !== "office") return ""
  return (await placesIn(store)).find(({ code }) => code === scope)?.agency ?? ""
}

/** In the turn that adds a passkey. Refuses `passkey_synced` where it may be copied and its owner's agency wants one that stays. */
export async function mustSuit(
  tx: Tx,
  { kind, id }: Owner,
  { backupEligible }: Pick<Passkey, "backupEligible">,
  demo: boolean,
): Promise<void> {
  if (kind !== "staff" || !backupEligible) return
  const [person] = await tx.db.select().from(staff).where(eq(staff.id, id))
  if (!person) return
  const rule = await passkeyRule(tx, await agencyOf(tx, person), demo)
  if (person.role === "agent" ? rule.agentsBound : rule.leadsBound) throw new Refusal("passkey_synced")
}
