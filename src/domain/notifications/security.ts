import type { Tx } from "../../../db/write.ts"
import { hour } from "../../base/day.ts"
import type { Owner } from "../access/owner.ts"
import type { Alarm } from "../access/passkeys.ts"
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

/** A passkey of the owner may have been copied, or was tried so often that it is off: once a day, however often it is tried again. */
export async function tellAlarm(tx: Tx, { owner, passkey, is: state }: Alarm): Promise<void> {
  const dedupe = `passkey_alarm:${state}:${passkey}:${Math.floor(tx.now / (24 * hour))}`
  await notify(tx, { to: owner, kind: "passkey_alarm", data: { state }, dedupe })
}

/** Both who gave and who holds a proxy are told that there is one now, or that it has ended. */
export async function tellProxy(
  tx: Tx,
  { id, giver, holder }: { id: string; giver: string; holder: string | null },
  what: "given" | "ended",
): Promise<void> {
  const told: [person: string | null, by: string][] = [
    [giver, `${what}_by_you`],
    [holder, `${what}_to_you`],
  ]
  for (const [person, by] of told) {
    if (person === null) continue
    const to = { kind: "citizen" as const, id: person }
    await notify(tx, { to, kind: "proxy_changed", data: { proxy: id, by }, dedupe: `proxy_${by}:${id}` })
  }
}

/** Somebody came back with a recovery code. `left`: how many there are. */
export async function tellRecovery(tx: Tx, owner: Owner, left: number): Promise<void> {
  await notify(tx, { to: owner, kind: "recovery_used", data: { left }, dedupe: `recovery_used:${tx.id()}` })
}
