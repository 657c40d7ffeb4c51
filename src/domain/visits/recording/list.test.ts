import { expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { tickets } from "../../../../db/schema/queue.ts"
import { recordingSegments } from "../../../../db/schema/recordings.ts"
import { minute } from "../../../base/day.ts"
import { recordingHall } from "../../../testing/recorded.ts"
import { type RecordingPlace, type RecordingSearch, recordingsOf } from "./review.ts"

/** Seven visits with a recording, ten minutes apart but for two in the same instant; each in two segments. */
async function seven() {
  const hall = await recordingHall()
  const first = await hall.video.inCall(hall.citizen(1))
  const recorder = await hall.recorder(first.row.id)
  await recorder.answers(hall.citizen(1))
  const { segment } = await recorder.goesOn(await recorder.opens(), 1)
  const [row] = await hall.store.db.select().from(recordingSegments).where(eq(recordingSegments.id, segment))
  if (!row) throw new Error("no segment")
  const visits = [first]
  for (let n = 2; n <= 7; n++) visits.push(await hall.video.walkIn(hall.citizen(n)))
  const begin = row.startedAt
  const at = (n: number) => begin + (n === 4 ? 3 : n) * 10 * minute
  await hall.write(async ({ db }) => {
    await db.update(recordingSegments).set({ startedAt: at(0) })
    for (const [n, of] of visits.entries()) {
      const own = { ...row, visit: of.row.id, thread: of.row.thread, bytes: 100 }
      const later = { ...own, id: `later-${n}`, startedAt: at(n) + minute }
      await db
        .insert(recordingSegments)
        .values(n === 0 ? [later] : [later, { ...own, id: `first-${n}`, startedAt: at(n) }])
    }
  })
  const list = async (search: RecordingSearch = {}, most?: number) => {
    const { rows, next } = await recordingsOf(hall.store, hall.code, search, most)
    return { rows, next, visits: rows.map(({ visit }) => visits.findIndex(({ row: { id } }) => id === visit)) }
  }
  return { hall, visits, at, list }
}

test("every recording of an office is on a page of the list, once, and whole, however many there are", async () => {
  const { hall, list } = await seven()
  const seen: number[] = []
  let after: RecordingPlace | null | undefined
  while (after !== null) {
    const page = await list(after ? { after } : {}, 2)
    expect(page.visits.length).toBeLessThanOrEqual(2)
    for (const { segments } of page.rows) expect(segments).toBe(2)
    seen.push(...page.visits)
    after = page.next
  }
  expect(seen.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(seen.slice(0, 2)).toEqual([6, 5])
  expect((await list()).visits).toEqual(seen)
  expect((await list()).next).toBeNull()
  expect((await recordingsOf(hall.store, "VIR-99")).rows).toEqual([])
})

test("a recording is found by the number of its ticket, of its booking, and by when it began", async () => {
  const { hall, visits, at, list } = await seven()
  expect((await list({ number: visits[5]?.ticket.number ?? 0 })).visits).toEqual([5])
  expect((await list({ number: 999 })).visits).toEqual([])
  const booking = await hall.booked(hall.citizen(3), "12:00", { line: "VIR", service: "RES-04" })
  await hall.write(async ({ db }) => {
    await db
      .update(tickets)
      .set({ booking: booking.id })
      .where(eq(tickets.id, visits[2]?.row.id ?? ""))
  })
  expect((await list({ reference: booking.code })).visits).toEqual([2])
  expect((await list({ reference: "0000000000" })).visits).toEqual([])
  // By its first segment: what goes on after the end of the span is not another recording.
  expect((await list({ from: at(1), before: at(3) })).visits).toEqual([2, 1])
  expect((await list({ from: at(1) + 1, before: at(2) })).visits).toEqual([])
})
