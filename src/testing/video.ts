import type { ParticipantRow } from "../../db/schema/visits.ts"
import type { Citizen, Staff } from "../domain/access/subject.ts"
import { arrive, walkIn } from "../domain/visits/arriving.ts"
import { connect, presenceIs } from "../domain/visits/participants.ts"
import { answer, ring } from "../domain/visits/ringing.ts"
import { visitStep } from "../domain/visits/steps.ts"
import { roster, type Visit, visit } from "../domain/visits/visits.ts"
import { testHall } from "./hall.ts"
import type { TestPlan } from "./office.ts"

export type VideoHall = Awaited<ReturnType<typeof videoHall>>

/** A video office with agents at their counters, and what a test about its visits says again and again. */
export async function videoHall(plan: TestPlan = {}) {
  const hall = await testHall({
    code: "VIR-01",
    video: true,
    lines: [{ code: "VIR" }],
    citizens: 10,
    counters: 3,
    ...plan,
  })
  const { write, code } = hall
  let pages = 0

  const video = {
    /** Who has booked for this time says "I am here". */
    async here(who: Citizen, time = "10:10"): Promise<Visit> {
      const booking = await hall.booked(who, time, { line: "VIR", service: "RES-04" })
      return write((tx) => arrive(tx, who, { code: booking.code, lang: "ar" }))
    },
    walkIn: (who: Citizen) => write((tx) => walkIn(tx, who, { office: code, service: "RES-04", lang: "ar" })),
    /** Somebody in a call with the nth agent, both by a page of their own. */
    async inCall(who: Citizen, number = 1): Promise<Visit> {
      const { row } = await video.walkIn(who)
      await hall.open(number)
      await video.page(who, row.id)
      await write((tx) => ring(tx, hall.agent(number), row.id))
      await write((tx) => answer(tx, who, row.id))
      await video.page(hall.agent(number), row.id)
      return video.now(row.id)
    },
    /** A page of somebody connects. */
    page: (who: Citizen | Staff, id: string, page = `page-${++pages}`) =>
      write((tx) => connect(tx, who, id, { page, tab: "tab", session: `of-${who.id}` }, false)),
    async lost(one: ParticipantRow, state: "reconnecting" | "gone") {
      const now = await video.participant(one.visit, one.kind)
      await write((tx) => presenceIs(tx, now.id, state))
    },
    now: (id: string) => visit(hall.store, id),
    async participant(id: string, kind: ParticipantRow["kind"]): Promise<ParticipantRow> {
      const found = (await roster(hall.store, id)).find((one) => one.kind === kind)
      if (!found) throw new Error(`nobody in ${id} is ${kind}`)
      return found
    },
    /** Lets time pass, and the clock look as often as it does. */
    async pass(milliseconds: number): Promise<void> {
      for (let left = milliseconds; left > 0; left -= 5_000) {
        hall.clock.advance(Math.min(5_000, left))
        await write((tx) => visitStep(tx, code))
      }
    },
  }
  return Object.assign(hall, { video })
}
