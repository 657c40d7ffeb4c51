import { type RelationKind, relations } from "../../db/schema/people.ts"
import type { Tx } from "../../db/write.ts"
import type { Instant } from "../base/day.ts"

/** Puts a relation there as the registry would have said it before the test began. */
export async function relate(
  tx: Tx,
  guardian: string,
  dependant: string,
  kind: RelationKind,
  { since = null, until = null }: { since?: Instant | null; until?: Instant | null } = {},
): Promise<void> {
  await tx.db.insert(relations).values({ guardian, dependant, kind, since, until })
}
