import { z } from "zod"
import type { Need } from "../../../db/schema/queue.ts"
import type { Scope, Tx } from "../../../db/write.ts"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import { cleanText, readMobile, readNumber } from "../../base/text.ts"
import type { Staff } from "../../domain/access/subject.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { checkIn, issueTicket } from "../../domain/queue/arrivals.ts"
import { callThis, next, recall } from "../../domain/queue/calling.ts"
import { closeCounter, openCounter, pauseCounter } from "../../domain/queue/counters.ts"
import { confirmNeed } from "../../domain/queue/holder.ts"
import { absent, changeService, inHand, type Outcome, park, returnTicket, serve } from "../../domain/queue/serving.ts"
import { counter, ticket } from "../../domain/queue/tickets.ts"
import { transfer } from "../../domain/queue/transfer.ts"
import { end, finish, undo } from "../../domain/requests/ending.ts"
import { mustBeIn } from "../../domain/visits/phases.ts"
import { pauseReasons } from "../../domain/visits/recording/gaps.ts"
import { ring, ringNext } from "../../domain/visits/ringing.ts"
import { visit } from "../../domain/visits/visits.ts"
import { leaveWord } from "../../domain/visits/word.ts"
import { deskWords } from "../../i18n/desk.ts"
import { counted } from "../../i18n/plural.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { readForm } from "../form.ts"
import { type Context, get, type PageRoute, post } from "../house.ts"
import { notingCall } from "../noting.ts"
import { bookingCodeOf, holderOf } from "../numbers.ts"
import { doOnce, onceLengthMax } from "../once.ts"
import { paths } from "../paths.ts"
import { askedAbout, beforeEnd, questionFor } from "./asking.ts"
import { agentOf, deskPage, type Told } from "./desk.tsx"
import { identityTurn } from "./identity-acts.ts"
import { attend, attendedPage, attendPage, bookFor, changeFor } from "./person.tsx"
import { readTarget } from "./send-on.tsx"
import { visitTurn } from "./visit-acts.ts"

/** The agent's desk: one page, one form, one verb a button. */
export const deskRoutes: PageRoute[] = [
  get(paths.desk, "desk.work", (c) => deskPage(c)),
  post(paths.deskAct, "desk.work", act),
  get(paths.deskPerson, "person.attend", attendPage),
  post(paths.deskPerson, "person.attend", attend),
  get(paths.attended(":proof"), "person.attend", attendedPage),
  post(paths.attended(":proof"), "person.attend", bookFor),
  post(paths.attendedBooking(":proof", ":id"), "person.attend", changeFor),
]

const fields = z.object({
  do: z.string().max(120),
  counter: z.string().max(40).optional(),
  to: z.string().max(60).optional(),
  forAgent: z.string().max(60).optional(),
  service: z.string().max(20).optional(),
  reason: z.enum(["correction", "next_step"]).optional(),
  outcome: z.enum(["done", "referred", "not_possible"]).optional(),
  note: z.string().max(2000).optional(),
  sendNote: z.string().max(2000).optional(),
  word: z.string().max(2000).optional(),
  identityNote: z.string().max(500).optional(),
  guestName: z.string().max(80).optional(),
  guestKind: z.enum(["interpreter", "guardian"]).optional(),
  pauseReason: z.enum(pauseReasons).optional(),
  holder: z.string().max(40).optional(),
  code: z.string().max(200).optional(),
  once: z.string().max(onceLengthMax).default(""),
})

type Given = z.infer<typeof fields>

/** Does what the button says. A script of the page gets 204 or a problem; a browser without one gets the desk again, with what happened. */
async function act(c: Context): Promise<Response> {
  const given = await readForm(c, fields)
  const told = await attempt(c, given)
  if (c.req.header("Accept")?.includes("application/json")) return answerScript(c, told)
  return told.refusal || told.good || told.confirmClose || told.asks ? deskPage(c, told) : c.redirect(paths.desk, 303)
}

function answerScript(c: Context, told: Told): Response {
  const { lang } = c.var
  if (told.confirmClose) return c.json({ reload: true }, 409)
  if (told.refusal) {
    const { title, help } = refusalWords(told.refusal.code, lang)
    return c.json({ code: told.refusal.code, title, help, asks: told.asks }, told.refusal.status as 409)
  }
  if (told.asks) return c.json({ asks: told.asks })
  return told.good ? c.json({ good: told.good }) : c.body(null, 204)
}

async function attempt(c: Context, given: Given): Promise<Told> {
  const { lang } = c.var
  const words = deskWords[lang]
  try {
    return (await perform(c, given)) ?? {}
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
    if (thrown.code === "last_counter") {
      return {
        refusal: thrown,
        confirmClose: words.lastCounter(counted("waiting", Number(thrown.details["waiting"] ?? 0), lang)),
      }
    }
    // What the visit is left with is named, and the answer to the question does it all the same.
    if (thrown.code === "unfinished_request") {
      const [verb = ""] = given.do.split(" ")
      return { refusal: thrown, asks: await beforeEnd(c, verb, thrown) }
    }
    return { refusal: thrown }
  }
}

async function perform(c: Context, given: Given): Promise<Told | null> {
  const { house, lang } = c.var
  const agent = agentOf(c)
  const words = deskWords[lang]
  const [verb = "", id = "", other = ""] = given.do.split(" ")
  switch (verb) {
    case "open":
      return at(c, officeOfCounter(id), (tx) => openCounter(tx, agent, id))
    case "pause":
      return at(c, officeOfCounter(given.counter), (tx) => pauseCounter(tx, agent, given.counter ?? ""))
    case "close":
    case "close-anyway":
      return at(c, officeOfCounter(given.counter), (tx) =>
        closeCounter(tx, agent, given.counter ?? "", { confirmed: verb === "close-anyway" }),
      )
    case "next":
    case "next-anyway": {
      const agreed = verb === "next-anyway" ? { visit: id, requests: askedAbout(other) } : null
      const turn = (tx: Tx) => notingCall(c, tx, finishAndCall(tx, house.keys, agent, given, agreed))
      const called = await house.writer.write(turn, { scopes: scopesOf(officeOfCounter(given.counter)) })
      return called ? null : { good: words.nobodyCalled }
    }
    case "ask": {
      const [, asked = "", about = "", whom = ""] = given.do.split(" ")
      return { asks: await questionFor(c, asked, about, whom) }
    }
    case "issue":
      return issue(c, id, given)
    case "checkin":
      return arrived(c, id, given.code ?? "")
    case "checkin-code":
      return arrived(c, officeOfCounter(given.counter), id)
    default:
      return onTicket(c, agent, verb, [id, other], given)
  }
}

/** What was said to be given up, in the visit that was in hand when it was asked. */
interface Agreed {
  visit: string
  requests: string[]
}

/** Whoever is being served is done, and the next is called: in one turn, so that nothing comes between. */
async function finishAndCall(tx: Tx, keys: Keys, agent: Staff, given: Given, agreed: Agreed | null) {
  const desk = await counter(tx, given.counter ?? "")
  const { video } = await officeOf(tx, desk.office)
  const held = desk.ticket === null || desk.staff !== agent.id ? null : await ticket(tx, desk.ticket)
  if (held?.state === "serving") {
    // Who talks with somebody ends that first, in words: a key that is struck must not cut them off.
    const isVisit = video && held.person !== null
    if (isVisit) mustBeIn((await visit(tx, held.id)).phase, "wrapUp")
    if (isVisit && given.word) await leaveWord(tx, keys, agent, held.id, given.word)
    await (isVisit ? end : finish)(tx, agent, held.id, { ...resultOf(given), confirmed: agreed?.requests ?? [] })
  }
  // Another window has changed the hand since: nobody was asked about whoever is in it now.
  if (agreed && agreed.visit !== held?.id) throw new Refusal("wrong_state", { state: held?.state ?? null })
  if (!video) return next(tx, agent, desk.id)
  await ringNext(tx, agent, desk.id)
  const called = (await counter(tx, desk.id)).ticket
  return called === null ? null : ticket(tx, called)
}

/** In a video office a call rings; of a ticket of nobody known there is no visit, and it is called as everywhere. */
async function callOrRing(tx: Tx, agent: Staff, id: string, counterId: string | undefined) {
  const { video } = await officeOf(tx, (await ticket(tx, id)).office)
  if (!video) return callThis(tx, agent, id, counterId)
  await ring(tx, agent, id, counterId)
  return ticket(tx, id)
}

function resultOf(given: Given): { outcome: Outcome; note: string | null } {
  return { outcome: given.outcome ?? "done", note: given.note ? cleanText(given.note, "note", 500) : null }
}

async function onTicket(
  c: Context,
  agent: Staff,
  verb: string,
  [id, other]: readonly [string, string],
  given: Given,
): Promise<Told | null> {
  const { house } = c.var
  const row = await ticket(house.store, id)
  const turns: Record<string, (tx: Tx) => Promise<unknown>> = {
    call: (tx) => notingCall(c, tx, callOrRing(tx, agent, id, given.counter)),
    recall: (tx) => recall(tx, agent, id),
    serve: (tx) => serve(tx, agent, id),
    finish: (tx) => finish(tx, agent, id, resultOf(given)),
    absent: (tx) => absent(tx, agent, id),
    park: (tx) => park(tx, agent, id),
    return: (tx) => returnTicket(tx, agent, id),
    undo: (tx) => undo(tx, agent, id),
    need: (tx) => confirmNeed(tx, agent, id, row.need ?? ("age" satisfies Need)),
    service: (tx) => changeService(tx, agent, id, given.service ?? ""),
    transfer: async (tx) => {
      // Who has been sent on waits elsewhere, and a second click must not send them on again.
      await inHand(tx, agent, id, "called", "serving")
      return transfer(tx, agent, id, { service: given.to ?? "", reason: given.reason ?? "next_step" })
    },
  }
  const turn =
    turns[verb] ??
    visitTurn(verb, { agent, id, other, keys: house.keys, given, result: resultOf(given) }) ??
    identityTurn(verb, { house, agent, id, other, note: given.identityNote ?? "" })
  if (!turn) throw new Refusal("malformed")
  const elsewhere = verb.startsWith("visit-send") ? readTarget(given.to).office : undefined
  if (elsewhere === undefined) return at(c, row.office, turn)
  const { code } = await officeOf(house.store, elsewhere)
  await house.writer.write(turn, { scopes: [...scopesOf(row.office), `office:${code}`] })
  return null
}

async function issue(c: Context, office: string, given: Given): Promise<Told> {
  const { house, lang } = c.var
  const typed = given.holder?.trim() ?? ""
  const [nationalId, mobile] = [readNumber(typed), readMobile(typed)]
  if (typed !== "" && !nationalId && !mobile) throw new Refusal("number_invalid")
  const bound = await holderOf(house.store, house.keys, { nationalId, mobile })
  const asked = { office, service: given.service ?? "", ...bound, lang }
  // A ticket that is bound to nobody would be given for every click.
  const form = { caller: `desk:${agentOf(c).id}`, key: given.once, asked }
  const number = await house.writer.write(
    (tx) => doOnce(tx, form, async () => String((await issueTicket(tx, agentOf(c), asked)).number)),
    { scopes: scopesOf(office) },
  )
  return { good: deskWords[lang].issued(Number(number)) }
}

async function arrived(c: Context, office: string, typed: string): Promise<Told> {
  const { house, lang } = c.var
  const code = bookingCodeOf(typed)
  const { ticket: made } = await house.writer.write((tx) => checkIn(tx, agentOf(c), { office, by: { code }, lang }), {
    scopes: scopesOf(office),
  })
  return { good: deskWords[lang].issued(made.number) }
}

async function at(c: Context, office: string, turn: (tx: Tx) => Promise<unknown>): Promise<null> {
  await c.var.house.writer.write(turn, { scopes: scopesOf(office) })
  return null
}

function scopesOf(office: string): Scope[] {
  return [`office:${office}`, "accounts"]
}

function officeOfCounter(id = ""): string {
  return id.slice(0, Math.max(0, id.lastIndexOf(".")))
}
