import { eq } from "drizzle-orm"
import { type Finding, recordingGaps, recordingSegments } from "../../db/schema/recordings.ts"
import type { VisitRow } from "../../db/schema/visits.ts"
import { minute } from "../base/day.ts"
import { hashOf } from "../domain/visits/recording/chain.ts"
import { openReview } from "../domain/visits/recording/review.ts"
import { acceptChunk, closeSegment, openSegment } from "../domain/visits/recording/segments.ts"
import { roster } from "../domain/visits/visits.ts"
import { putChunk } from "../web/recording-files.ts"
import { bytesOf } from "./recorded.ts"
import type { TestServer } from "./server.ts"

/**
 * A visit by video that is over and whose person had agreed, as it was recorded: two parts, every gap that there may be, a part that is
 * incomplete. Answers two reviews of it, one of which found everything wrong that can be.
 */
export async function recordedVisit(
  { house, office, keys }: TestServer,
  visit: VisitRow,
  why: { ar: string; en: string },
) {
  const { write, store } = office
  const { id, office: code } = visit
  const [agent, lead] = [office.agent(1, code), office.supervisor(code)]
  const people = await roster(store, id)
  const segments: string[] = []
  for (const [index, kind] of (["citizen", "agent"] as const).entries()) {
    const segment = `${index}`.padStart(32, "5ce")
    const of = people.find((one) => one.kind === kind)?.id ?? ""
    const given = { segment, of, what: "camera" as const, mime: "video/webm;codecs=vp8,opus", ageMilliseconds: 0 }
    let state = await write((tx) => openSegment(tx, keys, agent, id, given))
    for (const seq of [1, 2, 3]) {
      const bytes = bytesOf(seq)
      const chunk = { seq, prev: state.head, hash: hashOf(bytes), length: bytes.length, ageMilliseconds: 0 }
      const [row] = await store.db.select().from(recordingSegments).where(eq(recordingSegments.id, segment))
      if (row) await putChunk(house, row, chunk, bytes)
      state = await write((tx) => acceptChunk(tx, agent, id, segment, chunk))
    }
    segments.push(segment)
  }
  const [first = "", other = ""] = segments
  await write((tx) => closeSegment(tx, agent, id, first, { seq: 3, why: "over" }))
  await write(async (tx) => {
    const incomplete = { closedAt: tx.now, closedWhy: "incomplete" as const }
    await tx.db.update(recordingSegments).set(incomplete).where(eq(recordingSegments.id, other))
    for (const gap of ["hold", "private", "pause", "interruption", "asked", "withdrawn", "late"] as const) {
      const reason = gap === "pause" ? "document" : null
      const times = { since: tx.now, until: tx.now + minute }
      const by = gap === "late" || gap === "interruption" ? "time" : agent.id
      await tx.db
        .insert(recordingGaps)
        .values({ id: tx.id(), visit: id, thread: visit.thread, why: gap, reason, by, ...times })
    }
  })
  const review = (findings: Finding[]) =>
    write((tx) => openReview(tx, keys, lead, id, { reason: `${why.ar}. ${why.en}.`, findings }, office.clock.real()))
  const found = (["missing", "altered", "chain", "anchor"] as const).map((one, index) => {
    return { segment: first, seq: index + 1, why: one }
  })
  return { whole: await review([]), broken: await review([...found, { segment: other, seq: 0, why: "cut" }]), first }
}
