import { parseArgs } from "node:util"
import { openStore, StoreProblem } from "../../db/open.ts"
import { readStore, type Store } from "../../db/store.ts"
import { openWriter, type Turn, type Tx } from "../../db/write.ts"
import { machineChance, machineClock } from "../base/clock.ts"
import { type Day, readDay } from "../base/day.ts"
import { EnvProblem, readEnv } from "../base/env.ts"
import { readHijri } from "../base/hijri.ts"
import { isRefusal } from "../base/refusal.ts"
import type { Keys } from "../base/seal.ts"
import { hasCheckDigit, readMobile, readNumber } from "../base/text.ts"
import { addDevice } from "../domain/access/devices.ts"
import { makeEnrolment } from "../domain/access/enrolment.ts"
import { integratorScopes } from "../domain/access/integrators.ts"
import { makeKey } from "../domain/access/keys.ts"
import { holdSensitive, type Owner } from "../domain/access/owner.ts"
import { dropPasskeys } from "../domain/access/passkeys.ts"
import { dropCodes } from "../domain/access/recovery.ts"
import { endAll, staffForSignIn } from "../domain/access/sessions.ts"
import { addStaff } from "../domain/access/staff.ts"
import { allOffices, type Office } from "../domain/offices/reads.ts"
import { personByNumber } from "../domain/people/reads.ts"
import { enrol } from "../domain/people/writes.ts"
import { openKeys, proveKeys } from "./keys-file.ts"
import { helped, Mistyped, understood } from "./usage.ts"

/*
 *   npm run enrol -- staff ruh-rml-3 --role agent --office RUH-RML --ar "سارة الدوسري" --en "Sara Al-Dossari"
 *   npm run enrol -- device kiosk --office RUH-RML
 *   npm run enrol -- key Reporting --scopes facts:read,board:read
 *   npm run enrol -- person 1000000008 --birth-date 1411-06-13 --mobile 0550000000 --ar "نورة" --en "Noura"
 *
 * Lets people, screens and programs in, with the server stopped. What opens a door is printed once and kept nowhere.
 */

const usage = `Usage: npm run enrol -- <what> [options]

  staff LOGIN --role agent|supervisor|administrator|auditor --office CODE --ar NAME --en NAME
  device kiosk|board --office CODE
  key NAME --scopes bookings:write,facts:read,board:read
  person NUMBER --birth-date YYYY-MM-DD | --birth-year YEAR [--mobile NUMBER] --ar NAME --en NAME [--as-typed]
  again LOGIN|NUMBER

Staff and people get an enrolment code: with it they choose a password and a passkey. "again" gives one to somebody who has lost both,
and closes what was open. Without --office an administrator or auditor is one of all offices. A device's address begins with PUBLIC_ORIGIN.`

const options = {
  role: { type: "string" },
  office: { type: "string" },
  ar: { type: "string" },
  en: { type: "string" },
  scopes: { type: "string" },
  "birth-year": { type: "string" },
  "birth-date": { type: "string" },
  mobile: { type: "string" },
  "as-typed": { type: "boolean" },
} as const

const roles = ["agent", "supervisor", "administrator", "auditor"] as const
/** An address that opens a device is typed or carried there; after this it opens nothing. */
const addressDays = 7

/** A mistake of whoever typed the command. */
class Mistake extends Error {}

type Given = Partial<Record<Exclude<keyof typeof options, "as-typed">, string>> & { "as-typed"?: boolean }
type Enrolled = { turn: Turn<string>; says: (made: string) => string }

function readArgs(args: string[]): { what: string; name: string; given: Given } {
  const { positionals, values } = parseArgs({ args, options, allowPositionals: true })
  const [what = "", name = "", more] = positionals
  if (what === "") throw new Mistyped("Who or what is to be enrolled?")
  if (!Object.hasOwn(ways, what)) throw new Mistyped(`"${what}" cannot be enrolled.`)
  if (name === "") throw new Mistyped(`Which ${what}?`)
  if (more !== undefined) throw new Mistyped(`What is "${more}"?`)
  return { what, name, given: values as Given }
}

async function main(args: string[]): Promise<number> {
  if (helped(args, usage)) return 0
  const { what, name, given } = understood(() => readArgs(args), usage)
  const env = readEnv({ ...process.env, NODE_ENV: undefined })
  const opened = openStore(env.dataDir, { create: false })
  try {
    const keys = openKeys(env.keysFile, { create: false, chance: machineChance })
    const store = readStore(opened.reading)
    const writer = openWriter(opened.writing, { clock: machineClock() })
    await proveKeys({ store, writer, keys, file: env.keysFile, isNew: false })
    const { turn, says } = await ways[what as keyof typeof ways]({ store, keys, name, given, origin: env.origin })
    const made = await writer.write(turn, { scopes: ["accounts"] })
    await writer.close()
    process.stdout.write(`${says(made)}\n`)
    return 0
  } finally {
    opened.close()
  }
}

interface Asked {
  store: Store
  keys: Keys
  name: string
  given: Given
  origin: string
}

const ways = { staff, device, key, person, again }

async function staff({ store, keys, name: login, given, origin }: Asked): Promise<Enrolled> {
  const role = roles.find((one) => one === given.role)
  if (!role) throw new Mistake(`--role must be one of ${roles.join(", ")}`)
  if (!/^[a-z0-9._-]{2,40}$/i.test(login)) throw new Mistake("a login has 2 to 40 letters, digits, dots or dashes")
  const everywhere = given.office === undefined && (role === "administrator" || role === "auditor")
  if (!everywhere) await officeNamed(store, given)
  const scope = everywhere
    ? { scopeKind: "all" as const, scope: "" }
    : { scopeKind: "office" as const, scope: given.office ?? "" }
  const name = { ar: needed(given, "ar"), en: needed(given, "en") }
  return {
    turn: async (tx) => codeFor(tx, keys, "staff", await addStaff(tx, { login, name, role, ...scope }, "operator")),
    says: (code) => invitation(`${role} ${login.toLowerCase()}`, code, `${origin}/staff/enrol`),
  }
}

async function device({ store, name: kind, given, origin }: Asked): Promise<Enrolled> {
  if (kind !== "kiosk" && kind !== "board") throw new Mistake("a device is a kiosk or a board")
  const { code } = await officeNamed(store, given)
  return {
    turn: async (tx) => {
      const now = Date.now()
      const id = await addDevice(tx, { office: code, kind, name: `${code} ${kind}` }, "operator", now)
      const opening = { kind: "device" as const, subject: id, name: kind, office: code, days: addressDays }
      return makeKey(tx, { ...opening, scopes: [], demo: false }, "operator", now)
    },
    says: (made) =>
      `Open this address once on the ${kind} of ${code}, within ${addressDays} days (it is shown this once):\n${origin}/${kind}/${code}?key=${made}`,
  }
}

async function key({ name, given }: Asked): Promise<Enrolled> {
  const scopes = needed(given, "scopes")
    .split(",")
    .map((scope) => scope.trim())
  const unknown = scopes.filter((scope) => !integratorScopes.some((one) => one === scope))
  if (unknown.length > 0)
    throw new Mistake(`there is no scope ${unknown.join(", ")}; there are ${integratorScopes.join(", ")}`)
  const made = { kind: "integrator" as const, name, scopes, demo: false }
  return {
    turn: (tx) => makeKey(tx, { ...made, subject: tx.id() }, "operator", Date.now()),
    says: (made) => `The key of ${name}, good for a year (shown this once):\n${made}`,
  }
}

async function person({ store, keys, name: typed, given, origin }: Asked): Promise<Enrolled> {
  const nationalId = readNumber(typed)
  if (!nationalId) throw new Mistake("an identity number has ten digits and begins with 1 or 2")
  // How the last digit comes about is not officially published, so whoever has seen the card has the last word.
  if (!hasCheckDigit(nationalId) && !given["as-typed"]) {
    throw new Mistake(`a digit of ${nationalId} is wrong: compare it with the card. --as-typed enrols it all the same`)
  }
  if (await personByNumber(store, keys.index("number", nationalId)))
    throw new Mistake("this number is enrolled already")
  const born = birthOf(given)
  const mobile = given.mobile === undefined ? undefined : (readMobile(given.mobile) ?? null)
  if (mobile === null) throw new Mistake("--mobile is a number such as 0550000000")
  const kind = nationalId.startsWith("1") ? "citizen" : "resident"
  const name = { ar: needed(given, "ar"), en: needed(given, "en") }
  return {
    turn: async (tx) =>
      codeFor(tx, keys, "citizen", await enrol(tx, keys, { kind, name, nationalId, ...born, mobile })),
    says: (code) => invitation(`${kind} ${nationalId}`, code, `${origin}/enrol`),
  }
}

/** As many codes as a line holds; an agency may have hundreds. */
const codesShown = 12

async function officeNamed(store: Store, given: Given): Promise<Office> {
  const wanted = needed(given, "office")
  const all = await allOffices(store)
  const found = all.find(({ code }) => code === wanted)
  if (found) return found
  if (all.length === 0) throw new Mistake("there is no office yet: npm run setup makes them")
  const near = all.filter(({ code }) => code.startsWith(wanted.slice(0, 3).toUpperCase()))
  const shown = (near.length > 0 ? near : all).slice(0, codesShown).map(({ code }) => code)
  const more = shown.length < all.length ? ` and ${all.length - shown.length} more` : ""
  throw new Mistake(`there is no office ${wanted}; there are ${shown.join(", ")}${more}`)
}

/** The whole date is what opens the way without an account; who gives the year alone is enrolled without that. */
function birthOf(given: Asked["given"]): { birthDay: Day } | { birthYear: number } {
  const typed = given["birth-date"]
  if (typed !== undefined) {
    const birthDay = readHijri(typed) ?? readDay(typed)
    if (!birthDay) throw new Mistake("--birth-date is a date such as 1990-12-31, or 1411-06-13 of the Hijri calendar")
    return { birthDay }
  }
  const birthYear = Number(needed(given, "birth-year"))
  if (!Number.isInteger(birthYear) || birthYear < 1900 || birthYear > 2200)
    throw new Mistake("--birth-year is a year such as 1990")
  return { birthYear }
}

/** With which somebody chooses a password and a passkey. Nobody else ever knows either. */
async function codeFor(tx: Tx, keys: Keys, kind: "citizen" | "staff", id: string): Promise<string> {
  const { code } = await makeEnrolment(tx, keys, { kind, id }, { channel: "letter", by: "operator" }, Date.now())
  return code
}

function invitation(who: string, code: string, address: string): string {
  return `${who}, enrolment code ${code} (shown this once, good for seven days): ${address}`
}

/** A new code for somebody who is here already and has lost every way in. What opened the account before opens it no more. */
async function again({ store, keys, name, origin }: Asked): Promise<Enrolled> {
  const number = readNumber(name)
  const citizen = number ? await personByNumber(store, keys.index("number", number)) : null
  const member = number ? null : await staffForSignIn(store, name)
  const found = citizen ?? member
  if (!found) throw new Mistake("nobody is enrolled under this number or login")
  const kind = citizen ? "citizen" : "staff"
  return {
    async turn(tx) {
      const owner: Owner = { kind, id: found.id }
      const now = Date.now()
      await dropPasskeys(tx, owner, { by: "operator" })
      await dropCodes(tx, owner)
      // Whoever comes back this way has a day in which the owner can say no; and no counter takes the account for a new one.
      if (kind === "citizen") await holdSensitive(tx, owner, now)
      await endAll(tx, owner, "factors_reset", now)
      return codeFor(tx, keys, kind, found.id)
    },
    says: (code) => invitation(name, code, `${origin}${kind === "staff" ? "/staff/enrol" : "/enrol"}`),
  }
}

function needed(given: Given, name: Exclude<keyof Given, "as-typed">): string {
  const value = given[name]?.trim()
  if (!value) throw new Mistake(`--${name} is missing`)
  return value
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    const text = explain(thrown)
    process.stderr.write(`${text}\n`)
    process.exit(65)
  },
)

function explain(thrown: unknown): string {
  if (thrown instanceof Mistake || thrown instanceof StoreProblem || thrown instanceof EnvProblem) return thrown.message
  if (isRefusal(thrown)) return `There is no such ${thrown.details["what"] ?? "thing"}.`
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  if (/UNIQUE constraint failed: staff.login/.test(text)) return "This login is taken."
  return thrown instanceof Error ? (thrown.stack ?? text) : text
}
