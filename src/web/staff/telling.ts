import { accountsStream } from "../../../db/facts.ts"
import type { Tx } from "../../../db/write.ts"
import type { Approved } from "../../domain/access/approvals.ts"
import type { Owner } from "../../domain/access/owner.ts"
import { type AccessRequest, deciders } from "../../domain/access/request-reads.ts"
import { sealSecret } from "../../domain/notifications/contact.ts"
import { type Notice, notify } from "../../domain/notifications/outbox.ts"
import type { Context } from "../house.ts"
import { stopLink } from "../stop-link.ts"

/*
 * Whose account it is hears of it by every way there is, before it is decided and after, with a link that stops it.
 */

/** More than anybody waits for; where there are more who could, they see it on their page. */
const askedMax = 12

/** In the turn of the request: colleagues who could approve hear of it, and of a reset whose account it is. */
export async function tellAsked(tx: Tx, c: Context, row: AccessRequest): Promise<void> {
  const data = { request: row.id, office: row.scopeKind === "office" ? row.scope : null }
  for (const { id } of (await deciders(tx, row)).slice(0, askedMax)) {
    await tellColleague(tx, id, { kind: "approval_asked", data, dedupe: `approval_asked:${row.id}` })
  }
  if (row.kind === "citizen_reset" || row.kind === "reset") await tell(tx, c, row, "reset_asked")
}

/** In the turn of a decision: whoever asked hears of it. */
export async function tellDecided(tx: Tx, { id, state, askedBy }: AccessRequest): Promise<void> {
  const data = { request: id, state }
  await tellColleague(tx, askedBy, { kind: "request_decided", data, dedupe: `request_decided:${id}` })
}

/** No fact is about the colleague who is told: that there is something new is said by itself, so that an open page hears it. */
async function tellColleague<K extends "approval_asked" | "request_decided">(
  tx: Tx,
  id: string,
  notice: Omit<Notice<K>, "to">,
): Promise<void> {
  const message = await notify(tx, { ...notice, to: { kind: "staff", id } })
  if (message) await tx.say(accountsStream, "message.told", { message, kind: notice.kind, subject: id })
}

/** In the turn of the approval. */
export async function tellDone(tx: Tx, c: Context, { row, owner }: Approved): Promise<void> {
  await tellDecided(tx, row)
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
