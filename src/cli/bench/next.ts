import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Connection } from "../../../db/dialect.ts"
import { openStore } from "../../../db/open.ts"
import { readStore } from "../../../db/store.ts"
import { openWriter, type Scope } from "../../../db/write.ts"
import { handClock } from "../../base/clock.ts"
import { minute } from "../../base/day.ts"
import { staffOf } from "../../domain/access/keys.ts"
import { addStaff } from "../../domain/access/staff.ts"
import { setUp } from "../../domain/offices/setup.ts"
import { next } from "../../domain/queue/calling.ts"
import { openCounter } from "../../domain/queue/counters.ts"
import { finish, serve } from "../../domain/queue/serving.ts"
import { demoPlan } from "../demo/seed.ts"

const office = "RUH-RML"
const scopes: Scope[] = [`office:${office}`, "accounts"]

export interface NextFigures {
  waiting: number
  p50: number
  p99: number
}

/**
 * Milliseconds from "next" to the person being called and on disk, with so many people waiting. The rows are inserted by the bench; the
 * call is the house's own turn, COMMIT with FULL included.
 */
export async function callNext(waiting: number, calls: number): Promise<NextFigures> {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "dawr-bench-"))
  const opened = openStore(folder, { create: true })
  const clock = handClock(Date.parse("2026-11-22T07:00:00Z"))
  const writer = openWriter(opened.writing, { clock })
  const write = <T>(turn: Parameters<typeof writer.write<T>>[0]) =>
    writer.write(turn, { scopes: [...scopes, ...offices] })
  const plan = demoPlan()
  const offices = plan.offices.map(({ code }): Scope => `office:${code}`)
  try {
    await write((tx) => setUp(tx, plan))
    const id = await write((tx) =>
      addStaff(
        tx,
        {
          login: "bench",
          name: { ar: "b", en: "b" },
          passwordHash: "-",
          role: "agent",
          scopeKind: "office",
          scope: office,
        },
        "bench",
      ),
    )
    const agent = await staffOf(readStore(opened.reading), id)
    if (!agent) throw new Error("the bench's agent is not there")
    insertWaiting(opened.writing.raw, waiting, clock.office())
    await write((tx) => openCounter(tx, agent, `${office}.1`))
    const times: number[] = []
    for (let call = 0; call < calls; call++) {
      clock.advance(1000)
      const began = performance.now()
      const called = await write((tx) => next(tx, agent, `${office}.1`))
      times.push(performance.now() - began)
      if (!called) throw new Error("nobody was left to call")
      await write(async (tx) => {
        await serve(tx, agent, called.id)
        await finish(tx, agent, called.id, { outcome: "done" })
      })
    }
    times.sort((a, b) => a - b)
    return { waiting, p50: times[Math.floor(calls * 0.5)] ?? 0, p99: times[Math.ceil(calls * 0.99) - 1] ?? 0 }
  } finally {
    await writer.close()
    opened.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function insertWaiting(raw: Connection["raw"], count: number, now: number): void {
  const insert = raw.prepare(
    `INSERT INTO ticket (id, office, day, number, line, service, state, people, arrived_at, arrival, due, due_by, calls, returns, live, lang)
     VALUES (?, ?, '2026-11-22', ?, ?, ?, 'waiting', 1, ?, ?, ?, 'walkin', 0, 0, 1, 'ar')`,
  )
  raw.run("BEGIN")
  for (let index = 0; index < count; index++) {
    const [line, service] = index % 2 === 0 ? ["PAS", "PAS-10"] : ["RES", "RES-12"]
    insert.run(
      `bench-${index}`,
      office,
      1_000_000 + index,
      line ?? "",
      service ?? "",
      now,
      index + 1,
      now + index * 10 + minute,
    )
  }
  raw.run("COMMIT")
}
