import type { Store } from "../../db/store.ts"
import type { Tx, Writer } from "../../db/write.ts"
import type { Clock, Timers } from "../base/clock.ts"
import { hour, type Instant } from "../base/day.ts"
import type { Log } from "../base/log.ts"
import { forgetAnswers } from "../domain/access/memory.ts"
import { forgetFailures } from "../domain/access/sessions.ts"
import { officesWithWork } from "../domain/queue/agenda.ts"
import { officeStep } from "./office.ts"

/*
 * What happens because time passes. Nothing waits for a job to be right: places free themselves, and "next" wakes who is due. A job only
 * says aloud what has come to be, so that screens and histories show it.
 */

export interface JobParts {
  clock: Clock
  log: Log
  store: Store
  writer: Writer
}

export interface Jobs {
  stop(): void
}

const officeEvery = 5_000
const houseEvery = hour

export function startJobs(parts: JobParts, timers: Timers): Jobs {
  const ends = [
    timers.every(
      officeEvery,
      once(parts, "office_step", () => stepOffices(parts)),
    ),
    timers.every(
      houseEvery,
      once(parts, "house_step", () => stepHouse(parts)),
    ),
  ]
  return {
    stop() {
      for (const end of ends) end()
    },
  }
}

/** One round over the offices that have something to do at this moment. */
export async function stepOffices(parts: Omit<JobParts, "log">): Promise<void> {
  for (const office of await officesWithWork(parts.store, parts.clock.office())) {
    await parts.writer.write((tx) => officeStep(tx, office), { scopes: [`office:${office}`] })
  }
}

async function stepHouse(parts: JobParts): Promise<void> {
  const now = parts.clock.real()
  await parts.writer.write((tx) => forgetOld(tx, now), { scopes: ["accounts"] })
}

/** Answers are kept for retries of a day, failed sign-ins for a day. */
export async function forgetOld(tx: Tx, realNow: Instant): Promise<void> {
  await forgetFailures(tx, realNow)
  await forgetAnswers(tx, tx.now)
}

/** A round that takes longer than its interval is not begun twice; one that fails is said and tried again. */
function once({ log }: JobParts, name: string, run: () => Promise<void>): () => void {
  let running = false
  return () => {
    if (running) return
    running = true
    run()
      .catch((cause: unknown) => log.error("job_failed", { detail: name, cause }))
      .finally(() => {
        running = false
      })
  }
}
