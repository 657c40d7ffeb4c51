import { stepMessages } from "../../../jobs/messages.ts"
import { stepRecordings } from "../../../jobs/recordings.ts"
import { stepHouse, stepOffices } from "../../../jobs/run.ts"
import { NotTaken } from "../../../outside/letter.ts"
import type { Actor } from "../parts.ts"
import type { Simulation } from "../simulation.ts"

/** The house's own jobs, at an uneven rhythm: what happens because time passes. */
export const jobs: Actor = {
  name: "jobs",
  everyMinutes: 5,
  act: runJobs,
}

export async function runJobs(sim: Simulation): Promise<void> {
  if (sim.trueTime < sim.jobsRestUntil) return
  await stepOffices(sim.own("office_step"))
  await orSpoilt(sim, stepMail(sim))
  if (sim.draw.hits(0.02)) await orSpoilt(sim, stepHouse(sim.own("house_step")))
  if (sim.isCalm || sim.draw.hits(0.05)) {
    const parts = { ...sim.own("recordings_step"), keys: sim.world.keys, storage: sim.shelf }
    await orSpoilt(sim, stepRecordings(parts))
  }
}

const never = new AbortController().signal

async function stepMail(sim: Simulation): Promise<void> {
  const carry = async ({ id }: { id: string }) => {
    // A provider that is down now and then.
    if (!sim.isCalm && sim.draw.hits(0.05)) throw new NotTaken("down")
    sim.sent.set(id, (sim.sent.get(id) ?? 0) + 1)
  }
  const look = { name: { ar: "دَوْر", en: "Dawr" } }
  const post = { mail: carry, sms: carry }
  const parts = {
    ...sim.own("messages_step"),
    keys: sim.world.keys,
    post,
    look,
    inboxAt: () => "/inbox",
    visitAt: (id: string) => `/visits/${id}`,
    demo: false,
  }
  const begun = sim.now()
  await stepMessages(parts, { soon: never, now: never })
  // Of a process that has died on the way nobody knows how far it came.
  if (!sim.process.isDead) sim.notes.set("reminders", String(begun))
}

/** A round that a fault has spoilt is tried again with the next one. */
async function orSpoilt(sim: Simulation, round: Promise<void>): Promise<void> {
  await round.catch((thrown: unknown) => sim.own("jobs").log.error("job_failed", { cause: thrown }))
}
