import { existsSync } from "node:fs"
import { tmpdir } from "node:os"
import { resolve } from "node:path"
import { parseArgs } from "node:util"
import { bookings } from "./bench/bookings.ts"
import { type Figure, onProgress, type Part, ratioByWork, ratioOf, reaches, table } from "./bench/figure.ts"
import { firstFrame } from "./bench/first-frame.ts"
import { watchProfiles } from "./bench/hottest.ts"
import { memory } from "./bench/memory.ts"
import { messages } from "./bench/messages.ts"
import { callNext } from "./bench/next.ts"
import { press } from "./bench/press.ts"
import { endEverything, profileInto } from "./bench/running.ts"
import { signIn } from "./bench/sign-in.ts"
import { slots } from "./bench/slots.ts"
import { start } from "./bench/start.ts"
import { visits } from "./bench/visits.ts"
import { helped, Mistyped, understood } from "./usage.ts"

/*
 *   npm run bench [-- --quick] [--json] [--only bookings,press] [--disk <folder>] [--profile <folder>]
 *
 * Figures of this machine, each beside a baseline of the same run: machines differ and are shared, so what counts is the ratio. Stores are
 * made in the system's temporary folder unless another is named; whether that is a disk or memory makes much of a difference to what waits
 * for it. With `--profile` each server of the house leaves a profile of its processor's time in that folder; it is slower for it.
 */

const sized = <T>(whole: T, quick: T): T => (asked.quick ? quick : whole)

const parts = {
  bookings: () =>
    bookings({
      disk,
      connections: [64, 256],
      each: sized(6_000, 1_500),
      rounds: sized(3, 1),
      warmth: sized(6_000, 1_000),
    }),
  next: () => callNext({ disk, waiting: sized(1_000_000, 100_000), calls: sized(2_000, 300) }),
  slots: () => slots({ disk, connections: 64, seconds: sized(4, 2), rounds: sized(3, 1) }),
  messages: () => messages({ disk, boards: 2_000, each: sized(150, 50), rounds: sized(3, 1) }),
  press: () => press({ disk, boards: 2_000, presses: sized(150, 30), inBrowser: sized(40, 10) }),
  memory: () => memory({ disk, sockets: sized(15_000, 1_000) }),
  visits: () => visits({ disk, waiting: sized(600, 150), calls: sized(200, 50), seconds: sized(15, 5) }),
  "first-frame": () => firstFrame({ disk, calls: sized(15, 3) }),
  "sign-in": () =>
    signIn({
      ...{ disk, tries: sized(200, 40), connections: 16, seconds: sized(5, 2) },
      ...{ flood: 200, floods: sized(8, 2) },
    }),
  start: () => start({ disk, starts: sized(9, 3) }),
} satisfies Record<string, () => Promise<Part>>

const usage = `Usage: npm run bench -- [options]

  --quick                  fewer rounds: some minutes less, and figures that scatter more
  --only bookings,press    these parts alone: ${Object.keys(parts).join(", ")}
  --disk <folder>          where the stores are made (default: the system's temporary folder)
  --json                   figures for a program
  --profile <folder>       each server leaves a profile of its processor's time there, and its hottest functions are named
`

const args = process.argv.slice(2)
if (helped(args, usage)) process.exit(0)

const options = {
  json: { type: "boolean", default: false },
  quick: { type: "boolean", default: false },
  only: { type: "string" },
  disk: { type: "string", default: tmpdir() },
  profile: { type: "string" },
} as const
const { values: asked } = understood(() => parseArgs({ args, options }), usage)
const disk = resolve(asked.disk)
understood(() => {
  if (!existsSync(disk)) throw new Mistyped(`There is no folder ${disk}.`)
}, usage)
const profiles = asked.profile === undefined ? null : resolve(asked.profile)
const profiled = profiles === null ? null : watchProfiles(profiles)
if (profiles !== null) profileInto(profiles)

const only = asked.only?.split(",")
const stranger = only?.find((name) => !Object.hasOwn(parts, name))
if (stranger !== undefined) {
  process.stderr.write(`There is no part "${stranger}". Parts: ${Object.keys(parts).join(", ")}.\n`)
  process.exit(64)
}

onProgress((what) => process.stderr.write(`  ${what} …\n`))

const figures: Figure[] = []
const notes: string[] = []
for (const [name, part] of Object.entries(parts)) {
  if (only && !only.includes(name)) continue
  process.stderr.write(`${name}\n`)
  try {
    const said = await part()
    figures.push(...said.figures)
    notes.push(...(said.notes ?? []))
  } catch (thrown) {
    notes.push(`${name} came to nothing: ${thrown instanceof Error ? thrown.message : thrown}`)
    process.exitCode = 1
  } finally {
    endEverything()
  }
}

const waited = Math.max(0, ...figures.map((figure) => figure.waited ?? 0))
if (waited > 0.1) {
  const share = Math.round(waited * 100)
  notes.push(`Others were at work here: servers waited up to ${share} % of the time for a processor. Go by "by work".`)
}

if (asked.json) {
  const whole = figures.map((figure) => ({
    ...figure,
    ...{ ratio: ratioOf(figure), ratioByWork: ratioByWork(figure) },
    ...(figure.aim ? { reached: reaches(figure, figure.aim) } : {}),
  }))
  process.stdout.write(`${JSON.stringify({ disk, figures: whole, notes }, null, 2)}\n`)
} else {
  process.stdout.write(table(figures))
  for (const note of notes) process.stdout.write(`${note}\n`)
}
// Beside the figures, so that what reads those as JSON is not disturbed.
if (profiled) process.stderr.write(`\n${profiled()}`)
process.exit()
