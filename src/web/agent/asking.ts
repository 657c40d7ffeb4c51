import { Refusal } from "../../base/refusal.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import { person } from "../../domain/people/reads.ts"
import { ticket } from "../../domain/queue/tickets.ts"
import { type PersonIn, peopleIn } from "../../domain/visits/reads.ts"
import { mayLookIn, visit } from "../../domain/visits/visits.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { roomWords } from "../../i18n/rooms.ts"
import { agentVisitWords, callWords } from "../../i18n/visits-agent.ts"
import type { Context } from "../house.ts"
import { noteReads } from "../noting.ts"
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

/**
 * What a button that asks first asks. The name is shown to whoever may see it then: that is noted, as a call is. Refuses `malformed` for what is
 * done without a question, and `not_found`.
 */
export async function questionFor(c: Context, verb: string, id: string, other: string): Promise<Question> {
  const words = agentVisitWords[c.var.lang]
  if (verb === "call") return beforeRing(c, id)
  if (verb !== "visit-remove" && verb !== "visit-admit") throw new Refusal("malformed")
  const one = await personIn(c, id, other)
  const name = nameOf(one, c.var.lang)
  const yes = { verb: `${verb} ${id} ${other}`, label: words.remove(name), isGrave: true }
  if (verb === "visit-remove") {
    return { title: words.askRemove(name), lines: [words.askRemoveHelp], yes, no: { verb: null, label: words.askNo } }
  }
  const service = await serviceOf(c.var.house.store, (await ticket(c.var.house.store, id)).service)
  return {
    title: words.askAdmit(name),
    lines: [callWords[c.var.lang].people[one.kind], inLang(service.name, c.var.lang)],
    yes: { ...yes, label: words.admit(name), isGrave: false },
    no: { verb: `visit-not-admit ${id} ${other}`, label: words.askNo },
  }
}

/** Of two who wait one may be meant and the other one pressed. */
async function beforeRing(c: Context, id: string): Promise<Question> {
  const { house, lang } = c.var
  const words = agentVisitWords[lang]
  const of = await visit(house.store, id)
  if (!(await mayLookIn(house.store, of, agentOf(c)))) throw new Refusal("not_found", { what: "visit" })
  await noteReads(c, [{ person: of.row.person, what: "visit", office: of.row.office, about: id }])
  const who = await person(house.store, house.keys, of.row.person)
  const name = who ? inLang(who.name, lang) : callWords[lang].people.citizen
  const service = await serviceOf(house.store, of.ticket.service)
  return {
    title: words.askRing(name),
    lines: [`${roomWords[lang].number} ${of.ticket.number}`, inLang(service.name, lang)],
    yes: { verb: `call ${id}`, label: words.ring, isGrave: false },
    no: { verb: `visit-not-ring ${id}`, label: words.askNo },
  }
}

/** What is begun and not carried out is given up with the visit: what was refused so is asked about, and the agent may carry it out first. */
export async function beforeEnd(c: Context, verb: string, { details }: Refusal): Promise<Question> {
  const { house, lang } = c.var
  const words = agentVisitWords[lang]
  const services = details["services"] as string[]
  const names = await Promise.all(services.map(async (code) => (await serviceOf(house.store, code)).name))
  const isSent = verb.startsWith("visit-send")
  const end = isSent ? "visit-send-anyway" : verb.startsWith("next") ? "next-anyway" : "visit-end-anyway"
  return {
    title: words.askEnd,
    lines: names.map((name) => (isSent ? words.askSendHelp : words.askEndHelp)(inLang(name, lang))),
    yes: {
      // The answer is to what was asked: by then another visit may be in hand, and another request open.
      verb: `${end} ${details["visit"]} ${(details["requests"] as string[]).join(",")}`,
      label: isSent ? words.askSendYes : words.askEndYes,
      isGrave: true,
    },
    no: { verb: null, label: words.askNo },
  }
}

/** Of which requests the question was to which this is the answer. */
export const askedAbout = (requests: string): string[] => requests.split(",").filter((id) => id !== "")

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
