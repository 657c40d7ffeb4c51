import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import { makeKey } from "../../domain/access/keys.ts"
import { addStaff } from "../../domain/access/staff.ts"
import type { SetupPlan } from "../../domain/offices/setup.ts"
import { demoPlan } from "../demo/seed.ts"
import { wideOpen } from "./prepare.ts"

/* The office for video visits in which something is measured. */

export const videoOffice = "VIR-01"

/** The bench's office, and beside it the one for video with a seat for each agent. */
export function withVideoOffice(calls: number): SetupPlan {
  const plan = wideOpen()
  const [pattern] = plan.offices
  const video = demoPlan().offices.find(({ code }) => code === videoOffice)
  if (!pattern || !video) throw new Error("the plan of the demonstration has no such office")
  const lines = video.lines.map((line) => ({ ...line, public: 5_000 }))
  const own = { hours: pattern.hours, counters: calls, lines, zone: zoneInTheMorning(Date.now()) }
  return { ...plan, offices: [...plan.offices, { ...video, ...own }] }
}

/** A zone in which it is five in the morning: nobody gets a number who could not be served before the day is over, whenever a bench is run. */
export function zoneInTheMorning(now: Instant): string {
  const ahead = ((5 - new Date(now).getUTCHours() + 36) % 24) - 12
  // Names of this kind count the other way (IANA tz, "etcetera").
  return ahead === 0 ? "Etc/GMT" : `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`
}

/** Somebody who works there, with a key. */
export async function addVideoAgent(tx: Tx, index: number, now: Instant): Promise<{ id: string; token: string }> {
  const name = { ar: "ب", en: "b" }
  const own = {
    login: `agent-${index}`,
    name,
    passwordHash: "-",
    role: "agent",
    scopeKind: "office",
    scope: videoOffice,
  } as const
  const id = await addStaff(tx, own, "bench")
  const token = await makeKey(tx, { kind: "staff", subject: id, name: "bench", scopes: [], demo: true }, "bench", now)
  return { id, token }
}
