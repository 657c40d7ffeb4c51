import { eq } from "drizzle-orm"
import { visits } from "../../../db/schema/visits.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import { cleanText } from "../../base/text.ts"
import type { Staff } from "../access/subject.ts"
import { personKey } from "../people/sealed.ts"
import { visitLimits } from "./times.ts"
import { visitAtHand } from "./visits.ts"

/**
 * What the agent writes for the person to keep: what was agreed, what to bring, where to turn. It stands in the minutes; the note that an
 * agent leaves for colleagues does not. An empty text takes it back. Refuses `invalid_field`, `not_your_counter`, `not_found`.
 */
export async function leaveWord(tx: Tx, keys: Keys, agent: Staff, id: string, text: string): Promise<void> {
  const { row } = await visitAtHand(tx, agent, id)
  const word = cleanText(text, "word", visitLimits.textLength)
  const key = await personKey(tx, keys, row.person)
  if (!key) throw new Refusal("not_found", { what: "person" })
  const wordSealed = word === "" ? null : key.seal("visit.word", word, tx.chance)
  await tx.db.update(visits).set({ wordSealed }).where(eq(visits.id, id))
}
