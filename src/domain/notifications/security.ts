import type { Tx } from "../../../db/write.ts"
import type { Owner } from "../access/owner.ts"
import { notify } from "./outbox.ts"

/** `password` and `recovery_codes` take the place of those before. */
export type Factor = "passkey" | "password" | "recovery_codes"

/** The owner is told, over every way there is, what one now comes into the account with, or no longer. In the turn of the change. */
export async function tellFactor(
  tx: Tx,
  owner: Owner,
  kind: "factor_added" | "factor_removed",
  factor: Factor,
): Promise<void> {
  await notify(tx, { to: owner, kind, data: { factor }, dedupe: `${kind}:${tx.id()}` })
}

/** Somebody came back with a recovery code. `left`: how many there are. */
export async function tellRecovery(tx: Tx, owner: Owner, left: number): Promise<void> {
  await notify(tx, { to: owner, kind: "recovery_used", data: { left }, dedupe: `recovery_used:${tx.id()}` })
}
