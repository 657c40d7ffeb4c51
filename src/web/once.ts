import type { Tx } from "../../db/write.ts"
import { sha256 } from "../base/seal.ts"
import { answerBefore, keepAnswer } from "../domain/access/answers.ts"

/** Of a form: `<input type="hidden" name="once" value={token(house.chance, 12)} />`. */
export const onceLengthMax = 40

/**
 * Does what a form asks for once, however often the same form is sent: a finger that taps twice gets what the first tap was given. `caller`
 * is who sends, `key` what stood in the form, `asked` what it asks for; the answer is what `act` gave, a line of text.
 * Refuses `idempotency_mismatch` where the same form asks for something else.
 */
export async function doOnce(
  tx: Tx,
  { caller, key, asked }: { caller: string; key: string; asked: unknown },
  act: () => Promise<string>,
): Promise<string> {
  if (key === "") return act()
  const repeatable = { caller, key, requestHash: sha256(JSON.stringify(asked)) }
  const before = await answerBefore(tx, repeatable)
  if (before) return before.answer
  const made = await act()
  await keepAnswer(tx, repeatable, { status: 201, answer: made })
  return made
}
