import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openStore } from "../../../db/open.ts"
import { openWriter, type Scope } from "../../../db/write.ts"
import { machineChance, machineClock } from "../../base/clock.ts"
import { makeKey } from "../../domain/access/keys.ts"
import type { SetupPlan } from "../../domain/offices/setup.ts"
import { setUp } from "../../domain/offices/setup.ts"
import { enrol } from "../../domain/people/writes.ts"
import { demoPlan } from "../demo/seed.ts"
import { openKeys } from "../keys-file.ts"

const office = "RUH-RML"

export interface BookingFigures {
  connections: number
  bookingsPerSecond: number
  barePerSecond: number
  refused: number
}

/** An office with more places than a bench can take: always open, five hundred a slot. */
function wideOpen(): SetupPlan {
  const plan = demoPlan()
  return {
    ...plan,
    holidays: [],
    seasons: [],
    offices: plan.offices
      .filter(({ code }) => code === office)
      .map((one) => ({
        ...one,
        soonestMinutes: 0,
        hours: [
          {
            layer: "base",
            season: null,
            rrule: "FREQ=DAILY",
            start: "00:00",
            minutes: 1440,
            validFrom: null,
            validTo: null,
            bookingOnly: false,
          },
        ],
        lines: one.lines.map((line) => ({ ...line, public: 500 })),
      })),
  }
}

/**
 * Durable bookings a second over HTTP, against a bare Hono route that reads and answers JSON, both asked by the same clients in a process
 * of their own. Every answer counted is a booking on disk.
 */
export async function bookings(connections: readonly number[], each: number): Promise<BookingFigures[]> {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "dawr-bench-"))
  const data = join(folder, "data")
  const keysFile = join(folder, "keys.json")
  try {
    const tokens = await prepare(data, keysFile, connections.length * each)
    const env = { ...process.env, DATA_DIR: data, KEYS_FILE: keysFile, PORT: "3998", DEMO: "0" }
    const server = Bun.spawn([process.execPath, join(import.meta.dir, "..", "..", "main.ts")], {
      env,
      stdout: "ignore",
      stderr: "ignore",
    })
    const bare = Bun.spawn([process.execPath, join(import.meta.dir, "bare.ts")], {
      env: { ...process.env, PORT: "3997" },
      stdout: "ignore",
    })
    await Promise.all([up("http://localhost:3998/readyz"), up("http://localhost:3997/healthz")])
    const figures: BookingFigures[] = []
    for (const [index, count] of connections.entries()) {
      const own = tokens.slice(index * each, (index + 1) * each)
      const real = await load("http://localhost:3998", count, own)
      const plain = await load("http://localhost:3997", count, own)
      figures.push({
        connections: count,
        bookingsPerSecond: real.perSecond,
        barePerSecond: plain.perSecond,
        refused: real.refused,
      })
    }
    server.kill("SIGTERM")
    bare.kill("SIGTERM")
    await Promise.all([server.exited, bare.exited])
    return figures
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function prepare(data: string, keysFile: string, people: number): Promise<string[]> {
  const opened = openStore(data, { create: true })
  const keys = openKeys(keysFile, { create: true, chance: machineChance })
  const writer = openWriter(opened.writing, { clock: machineClock() })
  const scopes: Scope[] = ["accounts", `office:${office}`]
  await writer.write((tx) => setUp(tx, wideOpen()), { scopes })
  const tokens: string[] = []
  for (let first = 0; first < people; first += 200) {
    const made = Array.from({ length: Math.min(200, people - first) }, () =>
      writer.write(
        async (tx) => {
          const id = await enrol(tx, keys, { kind: "citizen", name: { ar: "b", en: "b" } })
          return makeKey(tx, { kind: "citizen", subject: id, name: "bench", scopes: [], demo: true }, "bench")
        },
        { scopes },
      ),
    )
    tokens.push(...(await Promise.all(made)))
  }
  await writer.close()
  opened.close()
  return tokens
}

async function load(
  origin: string,
  connections: number,
  tokens: string[],
): Promise<{ perSecond: number; refused: number }> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "load.ts"), origin, String(connections)], {
    stdin: "pipe",
    stdout: "pipe",
  })
  child.stdin.write(tokens.join("\n"))
  await child.stdin.end()
  const answer = JSON.parse(await new Response(child.stdout).text()) as { perSecond: number; refused: number }
  await child.exited
  return answer
}

async function up(url: string): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return
    await Bun.sleep(100)
  }
  throw new Error(`${url} did not come up`)
}
