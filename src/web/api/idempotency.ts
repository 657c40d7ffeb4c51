import { canonical } from "../../../db/facts.ts"
import type { Scope, Tx } from "../../../db/write.ts"
import { isRefusal } from "../../base/refusal.ts"
import { sha256 } from "../../base/seal.ts"
import { answerBefore, keepAnswer, type Repeatable } from "../../domain/access/answers.ts"
import type { Context } from "../house.ts"
import { writtenRefusal } from "../present.ts"
import { invalid } from "./asked.ts"
import type { Answer } from "./endpoint.ts"

const keyForm = /^[\x20-\x7e]{1,255}$/

/**
 * Makes a change and answers it. With an `Idempotency-Key` the answer is kept in the change's own turn, and whoever repeats the request
 * within a day gets that answer and no second change; of two at the same moment one comes first and the other is the repetition.
 * A refusal changes nothing and is kept by nobody: asking again may well be granted.
 */
export async function change(
  c: Context,
  given: unknown,
  scopes: Scope[],
  turn: (tx: Tx) => Promise<Answer>,
): Promise<Answer> {
  const { writer, store } = c.var.house
  const asked = repeatable(c, given)
  try {
    return await writer.write(asked ? (tx) => once(tx, asked, turn) : turn, { scopes })
  } catch (thrown) {
    const office = scopes.find((scope) => scope.startsWith("office:"))?.slice("office:".length) ?? null
    throw isRefusal(thrown) ? await writtenRefusal(store, thrown, office) : thrown
  }
}

async function once(tx: Tx, asked: Repeatable, turn: (tx: Tx) => Promise<Answer>): Promise<Answer> {
  const before = await answerBefore(tx, asked)
  if (before) return read(before)
  const answer = await turn(tx)
  const text = answer.body === undefined ? "" : JSON.stringify(answer.body)
  await keepAnswer(tx, asked, { status: answer.status, answer: text })
  return answer
}

function repeatable(c: Context, given: unknown): Repeatable | null {
  const key = c.req.header("Idempotency-Key")
  const { subject } = c.var
  if (key === undefined || !subject) return null
  if (!keyForm.test(key)) {
    throw invalid([{ path: "Idempotency-Key", message: "printable_key" }])
  }
  const requestHash = sha256(`${c.req.method} ${c.req.path}\n${canonical(given)}`)
  return { caller: `${subject.role}:${subject.id}`, key, requestHash }
}

function read({ status, answer }: { status: number; answer: string }): Answer {
  return { status: status as Answer["status"], ...(answer === "" ? {} : { body: JSON.parse(answer) as object }) }
}
