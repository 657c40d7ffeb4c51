import type { RequestRow } from "../../../db/schema/requests.ts"
import type { Scope, Tx } from "../../../db/write.ts"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { dependantsOf } from "../../domain/people/civil.ts"
import { carryOutNow } from "../../domain/requests/carrying.ts"
import { requestView } from "../../domain/requests/reads.ts"
import {
  ask,
  begin,
  close,
  edit,
  fileOf,
  keyFor,
  openFields,
  request,
  withdraw,
} from "../../domain/requests/requests.ts"
import type { Fields } from "../../domain/requests/service.ts"
import { visit } from "../../domain/visits/visits.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { frozenText } from "../../i18n/requests.ts"
import { type Context, type PageRoute, post } from "../house.ts"
import { fingerprintsOf, rulesOf } from "../media-keys.ts"
import { noteReads } from "../noting.ts"
import { paths } from "../paths.ts"
import { askRegistry } from "../registry.ts"
import { agentOf } from "./desk.tsx"
import { fieldName } from "./service.tsx"

/** The one address of the form of services: one verb a button. */
export const deskServiceRoutes: PageRoute[] = [post(paths.deskService, "request.prepare", act)]

/** A script of the page gets 204 or a problem; what came of it is in the live region. A browser without one gets the desk again. */
async function act(c: Context): Promise<Response> {
  const { lang } = c.var
  const isScript = c.req.header("Accept")?.includes("application/json")
  try {
    await perform(c, await typed(c))
    return isScript ? c.body(null, 204) : c.redirect(paths.desk, 303)
  } catch (thrown) {
    if (!isRefusal(thrown) || !isScript) throw thrown
    const { title, help } = refusalWords(thrown.code, lang)
    return c.json({ code: thrown.code, title, help }, thrown.status as 409)
  }
}

async function typed(c: Context): Promise<Fields> {
  const body = await c.req.parseBody()
  return Object.fromEntries(
    Object.entries(body).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1].length < 2_000,
    ),
  )
}

async function perform(c: Context, given: Fields): Promise<void> {
  const { house } = c.var
  const agent = agentOf(c)
  const [verb = "", id = "", code = ""] = (given["do"] ?? "save").split(" ")
  if (verb === "begin") return beginHere(c, id, given["service"] ?? "")
  const row = await request(house.store, id || (given["request"] ?? ""))
  const turn = <T>(work: (tx: Tx) => Promise<T>) => house.writer.write(work, { scopes: scopesOf(row) })
  if (verb === "withdraw") return void (await turn((tx) => withdraw(tx, agent, row.id)))
  // What stands in the form is what the agent sees; a press goes by nothing older.
  const fields = await fieldsOf(c, row, given, { verb, code })
  await turn((tx) => edit(tx, house.keys, agent, row.id, fields))
  switch (verb) {
    case "save":
    case "offer":
    case "drop":
      return
    case "ask": {
      const fingerprints = await fingerprintsOf(house, row.visit, agent.id)
      const asking = { fingerprints, write: frozenText, realNow: house.clock.real(), rules: rulesOf(house) }
      return void (await turn((tx) => ask(tx, house.keys, agent, row.id, asking)))
    }
    case "carry":
      return void (await carryOutNow(house, house.keys, agent, row.id, rulesOf(house)))
    case "close":
      return void (await turn((tx) => close(tx, house.keys, agent, row.id)))
    default:
      throw new Refusal("malformed")
  }
}

async function beginHere(c: Context, id: string, service: string): Promise<void> {
  const { house } = c.var
  const { store, keys, clock } = house
  const { row } = await visit(store, id)
  await askRegistry(house, row.person)
  const family = await dependantsOf(store, keys, row.person, clock.office())
  const look = { what: "visit" as const, office: row.office, about: id }
  await noteReads(
    c,
    [row.person, ...family].map((person) => ({ person, ...look })),
  )
  await house.writer.write((tx) => begin(tx, keys, agentOf(c), id, service), {
    scopes: [`office:${row.office}`, "accounts"],
  })
}

/**
 * The fields as they were sent, with what the button adds to them or takes away. Countries are added and taken out one by one, of what is
 * kept: two presses in a row do not undo each other.
 */
async function fieldsOf(
  { var: { house } }: Context,
  row: RequestRow,
  given: Fields,
  { verb, code }: { verb: string; code: string },
): Promise<Fields> {
  const fields: Record<string, string> = {}
  const kept = openFields(await keyFor(house.store, house.keys, row.person), row)
  for (const { name, kind } of fileOf(row).fields) {
    const value = given[fieldName(name)] ?? ""
    if (kind !== "countries") fields[name] = value
    else {
      const codes = [...(kept[name] ?? "").split(","), given["add"] ?? ""]
      fields[name] = codes.filter((one) => one !== "" && (verb !== "drop" || one !== code)).join(",")
    }
  }
  if (verb !== "offer") return fields
  const view = await requestView(house.store, house.keys, row.visit, house.clock.office())
  const offer = view?.decision?.is === "no" ? view.decision.offer : undefined
  return { ...fields, ...offer?.fields }
}

const scopesOf = ({ office, person }: RequestRow): Scope[] => [`office:${office}`, `person:${person}`, "accounts"]
