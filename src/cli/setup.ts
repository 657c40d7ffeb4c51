import { existsSync, readFileSync } from "node:fs"
import { createInterface } from "node:readline/promises"
import { hasStore, openStore, StoreProblem } from "../../db/open.ts"
import { staff } from "../../db/schema/access.ts"
import { readStore, type Store } from "../../db/store.ts"
import { openWriter, type Scope } from "../../db/write.ts"
import { machineChance, machineClock } from "../base/clock.ts"
import { EnvProblem, readEnv } from "../base/env.ts"
import { token } from "../base/id.ts"
import { keep, kept } from "../domain/access/memory.ts"
import { hashPassword } from "../domain/access/passwords.ts"
import { addStaff } from "../domain/access/staff.ts"
import { allServices } from "../domain/catalogue/reads.ts"
import { allOffices } from "../domain/offices/reads.ts"
import { type SetupPlan, setUp } from "../domain/offices/setup.ts"
import { openKeys } from "./keys-file.ts"
import { readPlan, SetupProblem } from "./plan.ts"

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

async function main(args: string[]): Promise<number> {
  const yes = args.includes("--yes")
  const adminAt = args.indexOf("--admin")
  const login = adminAt >= 0 ? (args[adminAt + 1] ?? "") : "admin"
  const files = args.filter((arg, index) => !arg.startsWith("--") && (adminAt < 0 || index !== adminAt + 1))
  if (files.length !== 2 || !/^[a-z0-9._-]{2,40}$/i.test(login)) {
    process.stderr.write(`${usage}\n`)
    return 64
  }
  const [officesFile = "", servicesFile = ""] = files
  for (const file of files) if (!existsSync(file)) throw new StoreProblem(`There is no file ${file}.`)
  const plan = readPlan(readFileSync(officesFile, "utf8"), readFileSync(servicesFile, "utf8"))

  const env = readEnv({ ...process.env, PUBLIC_ORIGIN: undefined, NODE_ENV: undefined })
  const isNew = !hasStore(env.dataDir)
  if (!isNew && env.demo) throw new StoreProblem("This folder is not a demo to be set up; unset DEMO.")
  process.stdout.write(`${isNew ? "A new installation" : "Changes"} in ${env.dataDir}\n`)
  process.stdout.write(isNew ? describeNew(plan) : await describeExisting(env.dataDir, plan))
  if (!yes && !(await agreed())) {
    process.stdout.write("Nothing was changed.\n")
    return 0
  }

  const opened = openStore(env.dataDir, { create: isNew })
  try {
    const store = readStore(opened.reading)
    if ((await kept(store, "demo")) === "1") {
      throw new StoreProblem(`${env.dataDir} holds a demonstration. Set up your own agency in another DATA_DIR.`)
    }
    openKeys(env.keysFile, { create: isNew, chance: machineChance })
    const writer = openWriter(opened.writing, { clock: machineClock() })
    const admins = await store.db.select({ id: staff.id }).from(staff)
    const password = token(machineChance, 12)
    const passwordHash = admins.length === 0 ? await hashPassword(password) : null
    const scopes: Scope[] = ["accounts", ...plan.offices.map(({ code }): Scope => `office:${code}`)]
    await writer.write(
      async (tx) => {
        await setUp(tx, plan)
        if (plan.look) await keep(tx, "look", JSON.stringify(plan.look))
        await tx.say("accounts", "store.set_up", {
          offices: plan.offices.length,
          services: plan.services.length,
          demo: false,
        })
        if (passwordHash) {
          const name = { ar: "مدير النظام", en: "Administrator" }
          await addStaff(tx, { login, name, passwordHash, role: "administrator", scopeKind: "all", scope: "" }, "setup")
        }
      },
      { scopes },
    )
    await writer.close()
    process.stdout.write(`Applied. Keys: ${env.keysFile} (keep a copy apart from the database's backups).\n`)
    if (passwordHash) {
      process.stdout.write(
        `First administrator: login ${login.toLowerCase()}, password ${password} (shown this once).\n`,
      )
    }
    return 0
  } finally {
    opened.close()
  }
}

function describeNew(plan: SetupPlan): string {
  const lines = [
    `  ${plan.agencies.length} agencies, ${plan.offices.length} offices, ${plan.services.length} services, ${plan.holidays.length} holidays`,
    ...plan.offices.map(
      (office) =>
        `  + ${office.code}  ${office.name.en} (${office.zone}), ${office.counters} counters, lines ${office.lines.map(({ code }) => code).join(" ")}`,
    ),
  ]
  return `${lines.join("\n")}\n`
}

/** Only what differs, so that a mistake in a long file is seen before it is applied. */
async function describeExisting(folder: string, plan: SetupPlan): Promise<string> {
  const opened = openStore(folder, { create: false })
  try {
    return await differences(readStore(opened.reading), plan)
  } finally {
    opened.close()
  }
}

async function differences(store: Store, plan: SetupPlan): Promise<string> {
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
  const stays = offices.filter(({ code }) => !plan.offices.some((planned) => planned.code === code))
  for (const { code } of stays) lines.push(`  = office ${code} is not in the file and stays as it is`)
  const services = await allServices(store)
  for (const planned of plan.services) {
    const before = services.find(({ code }) => code === planned.code)
    if (!before) lines.push(`  + service ${planned.code}  ${planned.name.en}`)
    else if (before.minutes !== planned.minutes)
      lines.push(`  ~ service ${planned.code}  minutes: ${before.minutes} → ${planned.minutes}`)
  }
  lines.push(
    "  Hours, seasons and holidays are replaced by those of the file. Days that a supervisor has changed stay changed.",
  )
  return `${lines.join("\n")}\n`
}

async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    process.stdout.write("Add --yes to apply.\n")
    return false
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await terminal.question("Apply? [y/N] ")
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    if (thrown instanceof SetupProblem) {
      process.stderr.write(
        `The files have ${thrown.mistakes.length} mistakes; nothing was changed:\n${thrown.mistakes.map((line) => `  - ${line}`).join("\n")}\n`,
      )
    } else if (thrown instanceof StoreProblem || thrown instanceof EnvProblem) {
      process.stderr.write(`${thrown.message}\n`)
    } else {
      process.stderr.write(`${thrown instanceof Error ? thrown.stack : thrown}\n`)
    }
    process.exit(65)
  },
)
