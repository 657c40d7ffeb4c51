import { existsSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { createInterface } from "node:readline/promises"
import { parseArgs } from "node:util"
import { hasStore, openStore, StoreProblem } from "../../db/open.ts"
import { readStore, type Store } from "../../db/store.ts"
import { openWriter } from "../../db/write.ts"
import { machineChance, machineClock } from "../base/clock.ts"
import { type Env, EnvProblem, readEnv } from "../base/env.ts"
import { isRefusal } from "../base/refusal.ts"
import { hasStaff } from "../domain/access/staff.ts"
import { allServices } from "../domain/catalogue/reads.ts"
import { allOffices } from "../domain/offices/reads.ts"
import type { SetupPlan } from "../domain/offices/setup.ts"
import { type Applied, applyPlan, tryPlan } from "./apply.ts"
import { kindOf } from "./demo/open.ts"
import { openKeys, proveKeys } from "./keys-file.ts"
import { counted } from "./mistakes.ts"
import { readPlan, SetupProblem } from "./plan.ts"
import { helped, Mistyped, understood } from "./usage.ts"

/*
 *   npm run setup -- offices.json services.json [--yes] [--admin LOGIN]
 *
 * Checks an agency's two files, shows what would change, and applies it with the server stopped. The first run makes the database, the
 * keys and the first administrator.
 */

const usage = `Usage: npm run setup -- <offices.json> <services.json> [--yes] [--admin LOGIN]

  --yes          apply without asking
  --admin LOGIN  login of the first administrator (default: admin)

DATA_DIR (default ./data) is where the database goes, KEYS_FILE (default beside it) where its keys go.
The two files of the demonstration in src/cli/demo show the form.`

// What this process writes holds people's data: its owner's business alone.
process.umask(0o077)

async function main(args: string[]): Promise<number> {
  if (helped(args, usage)) return 0
  const asked = understood(() => readArgs(args), usage)
  const plan = readFiles(asked.files)
  const env = readEnv({ ...process.env, PORT: undefined, PUBLIC_ORIGIN: undefined, NODE_ENV: undefined })
  const isNew = !hasStore(env.dataDir)
  if (isNew) {
    process.stdout.write(`A new installation in ${env.dataDir}\n${describeNew(plan)}`)
    const answer = await agreed(asked.yes)
    if (answer !== "yes") return endOf[answer]
  }
  const opened = openStore(env.dataDir, { create: isNew })
  try {
    const store = readStore(opened.reading)
    const kind = await kindOf(store)
    if (kind === "demo" || kind === "half") {
      throw new StoreProblem(`${env.dataDir} holds a demonstration. Set up your own agency in another DATA_DIR.`)
    }
    const untouched = kind === "untouched"
    const keys = openKeys(env.keysFile, { create: untouched, chance: machineChance })
    const writer = openWriter(opened.writing, { clock: machineClock() })
    await proveKeys({ store, writer, keys, file: env.keysFile, isNew: untouched })
    if (!isNew) {
      const would = await tryPlan(store, writer, plan)
      process.stdout.write(`In ${env.dataDir}\n${await differences(store, plan, would)}`)
      const answer = would.changed ? await agreed(asked.yes) : "yes"
      if (answer !== "yes") return endOf[answer]
    }
    const first = (await hasStaff(store)) ? null : { login: asked.admin, keys, now: Date.now() }
    const applied = await applyPlan(store, writer, plan, first)
    await writer.close()
    process.stdout.write(conclusion(env, applied, asked))
    return 0
  } finally {
    opened.close()
  }
}

interface Asked {
  files: [offices: string, services: string]
  yes: boolean
  admin: string
  adminWasNamed: boolean
}

function readArgs(args: string[]): Asked {
  const { values, positionals } = parseArgs({
    args,
    options: { yes: { type: "boolean" }, admin: { type: "string" } },
    allowPositionals: true,
  })
  const [offices, services, more] = positionals
  const admin = (values.admin ?? "admin").toLowerCase()
  if (!offices || !services) throw new Mistyped("Two files are needed: that of the offices and that of the services.")
  if (more !== undefined) throw new Mistyped(`What is "${more}"?`)
  if (!/^[a-z0-9._-]{2,40}$/.test(admin)) throw new Mistyped(`"${admin}" cannot be a login.`)
  return {
    files: [offices, services],
    yes: values.yes ?? false,
    admin,
    adminWasNamed: values.admin !== undefined,
  }
}

/** File names are meant from where the person stood when typing. */
function readFiles(files: [string, string]): SetupPlan {
  const [offices, services] = files.map((file) => {
    const path = resolve(process.env.INIT_CWD ?? ".", file)
    if (!existsSync(path)) throw new StoreProblem(`There is no file ${path}.`)
    try {
      return readFileSync(path, "utf8")
    } catch (thrown) {
      throw new StoreProblem(`${path} cannot be read (${thrown instanceof Error ? thrown.message : thrown}).`)
    }
  })
  const plan = readPlan(offices ?? "", services ?? "")
  const logo = plan.look?.logo
  if (logo && !existsSync(join(import.meta.dir, "..", "..", "public", logo))) {
    throw new SetupProblem([`offices: look.logo: there is no file public/${logo}`])
  }
  return plan
}

function conclusion(env: Env, { changed, struck, code }: Applied, asked: Asked): string {
  const lines = [
    changed ? `Applied. Keys: ${env.keysFile} (keep a copy apart from the database's backups).` : "Nothing to change.",
  ]
  if (code) {
    lines.push(
      `First administrator: login ${asked.admin}, enrolment code ${code} (shown this once, good for seven days).`,
      "Start the server, open /staff/enrol, and choose a password and a passkey there.",
    )
  }
  if (!code && asked.adminWasNamed) lines.push("There is staff already: --admin was not looked at.")
  if (struck.length > 0) lines.push("What now lies outside the hours stands until the office settles it.")
  return `${lines.join("\n")}\n`
}

function describeNew(plan: SetupPlan): string {
  const lines = [
    `  ${[
      counted(plan.agencies.length, "agency", "agencies"),
      counted(plan.offices.length, "office", "offices"),
      counted(plan.services.length, "service", "services"),
      counted(plan.holidays.length, "holiday", "holidays"),
    ].join(", ")}`,
    ...plan.offices.map(
      (office) =>
        `  + ${office.code}  ${office.name.en} (${office.zone}), ${counted(office.counters, "counter", "counters")}, ${office.lines.length === 1 ? "line" : "lines"} ${office.lines.map(({ code }) => code).join(" ")}`,
    ),
  ]
  return `${lines.join("\n")}\n`
}

/** Only what differs, so that a mistake in a long file is seen before it is applied. */
async function differences(store: Store, plan: SetupPlan, would: Applied): Promise<string> {
  const lines: string[] = []
  const offices = await allOffices(store)
  for (const planned of plan.offices) {
    const before = offices.find(({ code }) => code === planned.code)
    if (!before) {
      lines.push(`  + office ${planned.code}  ${planned.name.en}`)
      continue
    }
    for (const key of [
      "zone",
      "counters",
      "bookingMode",
      "gridMinutes",
      "soonestMinutes",
      "furthestDays",
      "earlyMinutes",
      "releaseMinutesMin",
      "releaseMinutesMax",
    ] as const) {
      if (before[key] !== planned[key])
        lines.push(`  ~ office ${planned.code}  ${key}: ${before[key]} → ${planned[key]}`)
    }
    for (const line of planned.lines) {
      const old = before.lines.find(({ code }) => code === line.code)
      if (!old) lines.push(`  + office ${planned.code}  line ${line.code}`)
      else if (old.publicPlaces !== line.public)
        lines.push(`  ~ office ${planned.code}  line ${line.code} places: ${old.publicPlaces} → ${line.public}`)
    }
  }
  for (const { code, lines: own } of offices) {
    const planned = plan.offices.find((one) => one.code === code)
    for (const line of planned ? own : []) {
      const isGone = !planned?.lines.some((one) => one.code === line.code)
      if (isGone) lines.push(`  - office ${code}  line ${line.code}`)
    }
  }
  const stays = offices.filter(({ code }) => !plan.offices.some((planned) => planned.code === code))
  for (const { code } of stays) lines.push(`  = office ${code} is not in the file and stays as it is`)
  const services = await allServices(store)
  for (const planned of plan.services) {
    const before = services.find(({ code }) => code === planned.code)
    if (!before) lines.push(`  + service ${planned.code}  ${planned.name.en}`)
    else if (before.minutes !== planned.minutes)
      lines.push(`  ~ service ${planned.code}  minutes: ${before.minutes} → ${planned.minutes}`)
  }
  const others = services.filter(({ code }) => !plan.services.some((planned) => planned.code === code))
  for (const { code } of others) {
    lines.push(`  = service ${code} is not in the file and stays as it is`)
  }
  for (const { office, bookings } of would.struck) {
    lines.push(
      `  ! office ${office}  ${counted(bookings, "booking", "bookings")} would lie outside its hours; its supervisor sees ${bookings === 1 ? "it" : "them"}`,
    )
  }
  if (would.changed) {
    lines.push("  Hours, seasons and holidays are those of the file. Days that a supervisor has changed stay changed.")
  }
  return `${lines.join("\n")}${lines.length > 0 ? "\n" : ""}`
}

type Answer = "yes" | "no" | "none"

/** Who said no is served; who was not there to answer was not. */
const endOf = { no: 0, none: 1 } as const

async function agreed(yes: boolean): Promise<Answer> {
  if (yes) return "yes"
  const answer = process.stdin.isTTY ? await answered("Apply? [y/N] ") : null
  if (answer === null) {
    const why = process.stdin.isTTY ? "nobody answered" : "there is no terminal to ask"
    process.stderr.write(`Nothing was changed: ${why}. Add --yes to apply without being asked.\n`)
    return "none"
  }
  if (/^y(es)?$/i.test(answer.trim())) return "yes"
  process.stdout.write("Nothing was changed.\n")
  return "no"
}

/** `null` where the terminal ends before an answer. */
async function answered(question: string): Promise<string | null> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const ended = new Promise<null>((resolve) => terminal.once("close", () => resolve(null)))
  try {
    return await Promise.race([terminal.question(question), ended])
  } finally {
    terminal.close()
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    const mistakes = mistakesOf(thrown)
    if (mistakes) {
      const lines = mistakes.map((line) => `  - ${line}.`).join("\n")
      const there = `there ${mistakes.length === 1 ? "is" : "are"} ${counted(mistakes.length, "mistake", "mistakes")}`
      process.stderr.write(`Nothing was changed: ${there}.\n${lines}\n`)
    } else if (thrown instanceof StoreProblem || thrown instanceof EnvProblem) {
      process.stderr.write(`${thrown.message}\n`)
    } else {
      process.stderr.write(`${thrown instanceof Error ? thrown.stack : thrown}\n`)
    }
    process.exit(65)
  },
)

function mistakesOf(thrown: unknown): string[] | null {
  if (thrown instanceof SetupProblem) return thrown.mistakes
  const told = isRefusal(thrown) && thrown.code === "setup_invalid" ? thrown.details["mistakes"] : null
  return Array.isArray(told) ? told.map(String) : null
}
