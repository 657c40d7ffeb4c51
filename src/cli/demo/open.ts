import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { OpenStore } from "../../../db/open.ts"
import { facts } from "../../../db/schema/facts.ts"
import type { Store } from "../../../db/store.ts"
import { openWriter } from "../../../db/write.ts"
import { type Chance, handClock } from "../../base/clock.ts"
import { hour, type Instant } from "../../base/day.ts"
import type { Env } from "../../base/env.ts"
import type { Keys } from "../../base/seal.ts"
import { keep, kept } from "../../domain/access/memory.ts"
import { writeWhole } from "../whole-file.ts"
import { demoMoment, laterMoment } from "./moment.ts"
import { morning } from "./morning.ts"
import { type DemoPeople, demoPlan, seed } from "./seed.ts"

/** What the store says while a demo is being made: a start that was cut off there begins again. */
const building = "building"

/** What a store is: `untouched` has been made and never written to; `half` is a demo whose making was cut off. */
export type StoreKind = "untouched" | "half" | "demo" | "agency"

/** Neither of the first two holds anything that anybody has done. */
export async function kindOf(store: Store): Promise<StoreKind> {
  const demo = await kept(store, "demo")
  if (demo) return demo === building ? "half" : "demo"
  const [fact] = await store.db.select({ seq: facts.seq }).from(facts).limit(1)
  return fact ? "agency" : "untouched"
}

export interface Demo {
  /** Milliseconds by which the office's clock is ahead of the real one. */
  shift: number
  /** Sees to it that the addresses in `demo.json` are at `origin`. */
  announce(origin: string): void
  people: DemoPeople | null
  /** Whether `demo.json` is there; a demonstration that was restored from a backup has none. */
  hasFile: boolean
}

interface Given {
  env: Env
  opened: OpenStore
  store: Store
  keys: Keys
  chance: Chance
  isNew: boolean
}

/**
 * Opens the demo that this data folder is, or makes it one. A new one gets the demonstration's offices, people and a morning that has
 * really been played through the same turns as any other day; `null` where the folder is not a demo.
 */
export async function openDemo(given: Given): Promise<Demo | null> {
  return given.isNew ? makeDemo(given) : continueDemo(given)
}

async function makeDemo({ env, opened, store, keys, chance }: Given): Promise<Demo> {
  const realNow = Date.now()
  const moment = env.demoNow ?? demoMoment(realNow, demoPlan())
  // The day is played from its beginning, and the store's time never goes back.
  const clock = handClock(moment - 12 * hour)
  const writer = openWriter(opened.writing, { clock, chance })
  await writer.write((tx) => keep(tx, "demo", building), { scopes: [] })
  const people = await seed({ writer, clock, keys, chance, moment, now: realNow, citizens: env.demoCitizens })
  await morning({ writer, store, clock, moment, now: realNow, people })
  // Before the store says that the demo is made: the keys in this file are nowhere else.
  const file = join(env.dataDir, "demo.json")
  writeWhole(file, textOf(people.withOrigin(env.origin)))
  const shift = moment - Date.now()
  clock.set(moment)
  await writer.write(
    async (tx) => {
      await keep(tx, "demo", "1")
      await keep(tx, "shift", String(shift))
    },
    { scopes: ["accounts"] },
  )
  await writer.close()
  return { shift, people, hasFile: true, announce: (origin) => correctOrigin(file, origin) }
}

const textOf = (content: object) => `${JSON.stringify(content, null, 2)}\n`

/** The clock goes on from where it is; where the first office is closed then, it jumps to ten o'clock of its next working day. */
async function continueDemo({ env, opened, store, chance }: Given): Promise<Demo | null> {
  if ((await kept(store, "demo")) !== "1") return null
  const before = Number((await kept(store, "shift")) ?? 0)
  const realNow = Date.now()
  const shift = (await laterMoment(store, realNow + before)) - realNow
  if (shift !== before) {
    const writer = openWriter(opened.writing, { clock: { office: () => realNow + shift, real: () => realNow }, chance })
    await writer.write((tx) => keep(tx, "shift", String(shift)), { scopes: [] })
    await writer.close()
  }
  const file = join(env.dataDir, "demo.json")
  return { shift, people: null, hasFile: existsSync(file), announce: (origin) => correctOrigin(file, origin) }
}

/** Addresses in `demo.json` follow the origin of this start. */
function correctOrigin(file: string, origin: string): void {
  let text: string
  try {
    text = readFileSync(file, "utf8")
  } catch {
    return
  }
  const before = (JSON.parse(text) as { origin?: string }).origin
  if (before && before !== origin) writeWhole(file, text.replaceAll(`"${before}`, `"${origin}`))
}

/** What the first look at a terminal should say: where to go and with what. */
export function demoAnnouncement(
  demo: Demo,
  origin: string,
  readyMs: number,
  now: Instant = Date.now() + demo.shift,
): string {
  const clock = new Intl.DateTimeFormat("en-GB", {
    dateStyle: "full",
    timeStyle: "short",
    timeZone: "Asia/Riyadh",
  }).format(now)
  const head = `\nDawr · دَوْر is open at ${origin} (ready in ${readyMs} ms). This is a demonstration; its clock reads ${clock} in Riyadh.\n`
  return demo.people
    ? `${head}\n${demo.people.table(origin)}\n`
    : demo.hasFile
      ? `${head}Sign-ins are in demo.json in the data folder.\n`
      : `${head}There is no demo.json in the data folder: no backup has it. Passwords are as before; \`npm run enrol\` makes new codes and keys.\n`
}
