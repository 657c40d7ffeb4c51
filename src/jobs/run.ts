import { rowsMax } from "../../db/clearing.ts"
import type { Store } from "../../db/store.ts"
import type { Tx, Writer } from "../../db/write.ts"
import type { Clock, Timers } from "../base/clock.ts"
import { hour, type Instant } from "../base/day.ts"
import type { Log } from "../base/log.ts"
import type { Keys } from "../base/seal.ts"
import { forgetCeremonies } from "../domain/access/ceremonies.ts"
import { forgetOneTimeCodes } from "../domain/access/codes.ts"
import { forgetConfirmations } from "../domain/access/confirmation.ts"
import { forgetEnrolments } from "../domain/access/enrolment.ts"
import { forgetAnswers } from "../domain/access/memory.ts"
import { forgetPreSessions } from "../domain/access/pre-sessions.ts"
import { forgetSessions } from "../domain/access/sessions.ts"
import { forgetRequests } from "../domain/access/staff-requests.ts"
import { forgetFailures } from "../domain/access/throttle.ts"
import { forgetMessages, type Place } from "../domain/notifications/outbox.ts"
import { notHeld } from "../domain/people/legal-holds.ts"
import { forgetProxies } from "../domain/people/proxies.ts"
import { officesWithWork } from "../domain/queue/agenda.ts"
import { issueMinutes, officesOwingMinutes } from "../domain/requests/minutes.ts"
import { officesWithVisits } from "../domain/visits/steps.ts"
import { dropUnpacked } from "../outside/remux.ts"
import { type FileParts, stepFiles } from "./files.ts"
import { type MessageParts, stepMessages } from "./messages.ts"
import { officeStep } from "./office.ts"
import { type RecordingParts, stepRecordings } from "./recordings.ts"
import { stepRetention } from "./retention.ts"

/*
 * What happens because time passes. Nothing waits for a job to be right: places free themselves, and "next" wakes who is due. A job only
 * says aloud what has come to be, so that screens and histories show it. To those on a waiting list it offers what came free; should it
 * not come, what was kept for them is everybody's a little later.
 */

export interface JobParts {
  clock: Clock
  log: Log
  store: Store
  writer: Writer
}

export interface Jobs {
  /** Begins no further round; resolves when the last one is through. */
  stop(): Promise<void>
}

const officeEvery = 5_000
const messagesEvery = 2_000
const houseEvery = hour
/** What is being handed over when the house stops gets so long to be taken; then it is let go, and sent again after the next start. */
const lastMilliseconds = 1_500

export function startJobs(parts: JobParts & MessageParts & FileParts & RecordingParts, timers: Timers): Jobs {
  const [soon, now] = [new AbortController(), new AbortController()]
  const stopping = { soon: soon.signal, now: now.signal }
  const office = once(parts, "office_step", async () => {
    await stepOffices(parts)
    await stepMinutes(parts)
  })
  const messages = once(parts, "messages_step", () => stepMessages(parts, stopping))
  const house = once(parts, "house_step", () => stepHouse(parts, stopping.soon))
  const records = once(parts, "records_step", () => stepRetention(parts, stopping.soon))
  const files = once(parts, "files_step", () => stepFiles(parts))
  const recordings = once(parts, "recordings_step", () => stepRecordings(parts))
  dropUnpacked()
  const ends = [
    timers.every(officeEvery, office.begin),
    timers.every(messagesEvery, messages.begin),
    timers.every(houseEvery, house.begin),
    timers.every(houseEvery, records.begin),
    timers.every(houseEvery, files.begin),
    timers.every(houseEvery, recordings.begin),
  ]
  return {
    async stop() {
      for (const end of ends) end()
      soon.abort()
      const callOff = timers.after(lastMilliseconds, () => now.abort())
      await Promise.all([office.idle(), messages.idle(), house.idle(), records.idle(), files.idle(), recordings.idle()])
      callOff()
    },
  }
}

/** One round over the offices that have something to do at this moment. What fails in one office is said, and holds no other one up. */
export async function stepOffices({ store, writer, log }: JobParts): Promise<void> {
  for (const office of new Set([
    ...(await officesWithWork(store, writer.now())),
    ...(await officesWithVisits(store)),
  ])) {
    try {
      await writer.write((tx) => officeStep(tx, office), { scopes: [`office:${office}`] })
    } catch (cause) {
      log.error("job_failed", { detail: "office_step", office, cause })
    }
  }
}

/** Minutes of the video visits that are over. What fails in one office holds no other one up. */
export async function stepMinutes({ store, writer, keys, log }: JobParts & { keys: Keys }): Promise<void> {
  for (const office of await officesOwingMinutes(store, writer.now())) {
    try {
      await issueMinutes({ store, writer }, keys, office)
    } catch (cause) {
      log.error("job_failed", { detail: "minutes_step", office, cause })
    }
  }
}

/** What is kept for a time only. Once the house is to stop no further turn is begun: the next process goes on where this one was. */
export async function stepHouse({ clock, writer }: JobParts, stopping?: AbortSignal): Promise<void> {
  const now = clock.real()
  for (const forget of clearings) {
    let gone = rowsMax
    while (gone >= rowsMax && !stopping?.aborted) {
      gone = await writer.write((tx) => forget(tx, now), { scopes: ["accounts"] })
    }
  }
  let place: Place | null | undefined
  while (place !== null && !stopping?.aborted) {
    place = await writer.write((tx) => forgetMessages(tx, now, place ?? undefined), { scopes: ["accounts"] })
  }
}

/**
 * Answers are kept for retries of a day, failed sign-ins for a day, sessions and enrolments that are over for three months. What was
 * begun at the door and not finished goes as soon as it is over, what was to be confirmed a day later. A legal hold keeps messages,
 * sessions and enrolments for longer, and they go with the first round after it. Each takes as much of one table as goes in a turn, and
 * answers how much that was.
 */
const clearings: ((tx: Tx, realNow: Instant) => Promise<number>)[] = [
  forgetFailures,
  (tx, now) => forgetSessions(tx, notHeld, now),
  forgetCeremonies,
  forgetPreSessions,
  (tx, now) => forgetEnrolments(tx, notHeld, now),
  forgetOneTimeCodes,
  forgetConfirmations,
  (tx, now) => forgetRequests(tx, notHeld, now),
  (tx) => forgetAnswers(tx, tx.now),
  forgetProxies,
]

/** A round that takes longer than its interval is not begun twice; one that fails is said and tried again. */
function once({ log }: JobParts, name: string, run: () => Promise<void>) {
  let running: Promise<void> | null = null
  return {
    begin(): void {
      running ??= run()
        .catch((cause: unknown) => log.error("job_failed", { detail: name, cause }))
        .finally(() => {
          running = null
        })
    },
    async idle(): Promise<void> {
      await running
    },
  }
}
