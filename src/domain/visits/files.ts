import { eq, sql } from "drizzle-orm"
import { visitKeys } from "../../../db/schema/visits.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import type { BlobKey, Keys } from "../../base/seal.ts"

/*
 * A visit's own files: pieces of its recording, pictures, papers. They lie outside the store, sealed under a key of the visit's thread, in
 * a folder of the thread's name; whoever deletes the key has deleted them, wherever copies of them lie.
 */

/** Where the files of a thread lie. */
export const folderOf = (thread: string) => `visits/${thread}`

/** The key of a thread's files, made where there is none yet. */
export async function fileKey(tx: Tx, keys: Keys, thread: string): Promise<BlobKey> {
  const [row] = await keyOf(tx).execute({ thread })
  if (row) return keys.visitKey(thread, row.sealed)
  const { key, sealed } = keys.makeVisitKey(thread, tx.chance)
  await insertKey(tx).execute({ thread, sealed })
  return key
}

/** The key of a thread's files, to open them. Refuses `not_found` where it has been deleted. */
export async function openingKey(store: Store, keys: Keys, thread: string): Promise<BlobKey> {
  const [row] = await keyOf(store).execute({ thread })
  if (!row) throw new Refusal("not_found", { what: "file" })
  return keys.visitKey(thread, row.sealed)
}

/** The threads whose files somebody can still open. */
export async function threadsWithKey(store: Store): Promise<Set<string>> {
  return new Set((await allThreads(store).execute()).map(({ thread }) => thread))
}

const allThreads = statement((db) => db.select({ thread: visitKeys.thread }).from(visitKeys))
const insertKey = statement((db) => db.insert(visitKeys).values(placeholders(visitKeys)))
const keyOf = statement((db) =>
  db
    .select({ sealed: visitKeys.sealed })
    .from(visitKeys)
    .where(eq(visitKeys.thread, sql.placeholder("thread"))),
)
