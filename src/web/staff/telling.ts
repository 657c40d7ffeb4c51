import type { Tx } from "../../../db/write.ts"
import type { Approved } from "../../domain/access/approvals.ts"
import type { Owner } from "../../domain/access/owner.ts"
import type { AccessRequest } from "../../domain/access/request-reads.ts"
import { sealSecret } from "../../domain/notifications/contact.ts"
import { notify } from "../../domain/notifications/outbox.ts"
import type { Context } from "../house.ts"
import { stopLink } from "../stop-link.ts"

/*
 * Whose account it is hears of it by every way there is, before it is decided and after, with a link that stops it.
 */

/** In the turn of the request, where one was made for a reset. */
export async function tellAsked(tx: Tx, c: Context, row: AccessRequest): Promise<void> {
  if (row.kind === "citizen_reset" || row.kind === "reset") await tell(tx, c, row, "reset_asked")
}

/** In the turn of the approval. */
export async function tellDone(tx: Tx, c: Context, { row, owner }: Approved): Promise<void> {
  if (row.kind === "citizen_reset" || row.kind === "reset") await tell(tx, c, row, "reset_done")
  if (row.kind === "grant") await tellRights(tx, owner, row.id)
}

export async function tellRights(tx: Tx, owner: Owner, request: string): Promise<void> {
  await notify(tx, { to: owner, kind: "rights_changed", data: { request }, dedupe: `rights_changed:${tx.id()}` })
}

async function tell(tx: Tx, c: Context, row: AccessRequest, kind: "reset_asked" | "reset_done"): Promise<void> {
  const isCitizen = row.kind === "citizen_reset"
  const to: Owner = { kind: isCitizen ? "citizen" : "staff", id: row.subject ?? "" }
  const secret = await sealSecret(tx, c.var.house.keys, to, stopLink(c.var.house, row.id))
  const data = { request: row.id, office: isCitizen ? row.scope : null }
  await notify(tx, { to, kind, data, dedupe: `${kind}:${row.id}`, secret })
}
