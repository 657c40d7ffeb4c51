import { Refusal } from "../../base/refusal.ts"
import { type PersonIn, peopleIn } from "../../domain/visits/reads.ts"
import { mayLookIn, visit } from "../../domain/visits/visits.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { agentVisitWords, callWords } from "../../i18n/visits-agent.ts"
import type { Context } from "../house.ts"
import { agentOf } from "./desk.tsx"

/*
 * What is not done at the first press: the desk says who it concerns, and does it when it is pressed once more. A script of the page shows
 * it as a dialog; without one the desk comes back with the same question.
 */

/** A button of a question. `verb` is what the desk's form sends; `null`: nothing is done, and nothing said. */
export interface Choice {
  verb: string | null
  label: string
}

export interface Question {
  title: string
  lines: string[]
  yes: Choice & { isGrave: boolean }
  no: Choice
}

/** What a button that asks first asks. Refuses `malformed` for what is done without a question, and `not_found`. */
export async function questionFor(c: Context, verb: string, id: string, other: string): Promise<Question> {
  const words = agentVisitWords[c.var.lang]
  if (verb !== "visit-remove") throw new Refusal("malformed")
  const name = nameOf(await personIn(c, id, other), c.var.lang)
  return {
    title: words.askRemove(name),
    lines: [words.askRemoveHelp],
    yes: { verb: `visit-remove ${id} ${other}`, label: words.remove(name), isGrave: true },
    no: { verb: null, label: words.askNo },
  }
}

/** Somebody in a visit into which the asker may look. Refuses `not_found`. */
async function personIn(c: Context, id: string, participant: string): Promise<PersonIn> {
  const { store, keys } = c.var.house
  const agent = agentOf(c)
  const of = await visit(store, id)
  if (!(await mayLookIn(store, of, agent))) throw new Refusal("not_found", { what: "visit" })
  const found = (await peopleIn(store, keys, of.row, agent.id)).find((one) => one.id === participant)
  if (!found) throw new Refusal("not_found", { what: "participant" })
  return found
}

function nameOf({ name, kind }: PersonIn, lang: Lang): string {
  return name ? inLang(name, lang) : callWords[lang].people[kind]
}
