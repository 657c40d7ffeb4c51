import type { Scope, Tx } from "../../../db/write.ts"
import { staffOf } from "../../domain/access/keys.ts"
import { placesIn } from "../../domain/access/places.ts"
import { contains, type Grant } from "../../domain/access/roles.ts"
import { vacate } from "../../domain/queue/vacate.ts"
import type { Context } from "../house.ts"

/** The offices in which somebody with these rights may sit at a counter, as the scopes of a turn. */
export async function officesOf(c: Context, grant: Omit<Grant, "role">): Promise<Scope[]> {
  const places = await placesIn(c.var.house.store)
  return places
    .filter(({ code }) => contains(grant, { scopeKind: "office", scope: code }, places))
    .map(({ code }): Scope => `office:${code}`)
}

/** Frees the counter of somebody whose sessions end, in the same turn. */
export async function leaveCounter(tx: Tx, id: string, by: string): Promise<void> {
  const person = await staffOf(tx, id)
  if (person) await vacate(tx, person, by)
}
