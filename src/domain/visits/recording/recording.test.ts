import { describe, expect, test } from "bun:test"
import { asc, eq } from "drizzle-orm"
import { recordingChunks, recordingGaps, recordingSegments } from "../../../../db/schema/recordings.ts"
import { hour, minute } from "../../../base/day.ts"
import { bytesOf, recordingHall, shown } from "../../../testing/recorded.ts"
import { readerOf } from "../../../web/recording-files.ts"
import { placeHold } from "../../people/legal-holds.ts"
import { end, hangUp, hold, interrupt, resume, sendOn, talkPrivately } from "../calls.ts"
import { admit, invite, takeUp } from "../participants.ts"
import { visit } from "../visits.ts"
import { anchor, wantsAnchor } from "./anchors.ts"
import { answerConsent, answersIn, standingOf } from "./consents.ts"
import { pauseRecording, resumeRecording } from "./gaps.ts"
import { clearRecordings, threadsToClear } from "./retention.ts"
import { checkRecording, openReview, recordingOf } from "./review.ts"
import { acceptChunk, closeForgotten, closeSegment } from "./segments.ts"
import { recordingStands } from "./stands.ts"
import { recordingLimits, recordingTimes } from "./times.ts"

type Hall = Awaited<ReturnType<typeof recordingHall>>

async function inCall(hall: Hall) {
  const who = hall.citizen(1)
  const { row } = await hall.video.inCall(who)
  const { id } = row
  const recorder = await hall.recorder(id)
  const gaps = () =>
    hall.store.db.select().from(recordingGaps).where(eq(recordingGaps.visit, id)).orderBy(asc(recordingGaps.since))
  const whys = async () => (await gaps()).map(({ why, until }) => (until === null ? `${why}…` : why))
  const stands = () => recordingStands(hall.store, id, hall.clock.office())
  const check = async () => {
    const of = await recordingOf(hall.store, hall.supervisor(), id)
    return checkRecording(hall.store, hall.keys, of, (segment) => readerOf(hall, segment))
  }
  return { hall, who, id, row, recorder, gaps, whys, stands, check, agent: hall.agent(1) }
}

/** A call in which everybody has agreed and four chunks have come. */
async function recorded() {
  const all = await inCall(await recordingHall())
  await all.recorder.answers(all.who)
  const segment = await all.recorder.goesOn(await all.recorder.opens(), 4)
  return { ...all, segment }
}

const refusal = (code: string) => expect.objectContaining({ code })
const rowOf = async (hall: Hall, id: string) =>
  (await hall.store.db.select().from(recordingSegments).where(eq(recordingSegments.id, id)))[0]

describe("what is recorded", () => {
  test("is nothing before the person has agreed, and something from the first receipt on", async () => {
    const { recorder, who, id, hall, stands } = await inCall(await recordingHall())
    expect(await recorder.state()).toBe("off")
    await expect(recorder.opens()).rejects.toEqual(refusal("recording_stopped"))
    await recorder.answers(who)
    const opened = await recorder.opens()
    expect([await recorder.state(), await stands()]).toEqual(["off", false])
    await recorder.sends(opened, bytesOf(1))
    expect([await recorder.state(), await stands()]).toEqual(["recorded", true])
    expect(await hall.facts("recording.begun")).toHaveLength(1)
    expect((await visit(hall.store, id)).phase).toBe("call")
  })

  test("is nothing of somebody who refuses, whose visit goes on", async () => {
    const { recorder, who, hall, id, stands } = await inCall(await recordingHall())
    await recorder.answers(who, "refused")
    await expect(recorder.opens()).rejects.toEqual(refusal("recording_stopped"))
    expect([await recorder.state(), await stands()]).toEqual(["refused", false])
    expect((await visit(hall.store, id)).phase).toBe("call")
    await recorder.answers(who)
    await recorder.sends(await recorder.opens(), bytesOf(1))
    expect(await recorder.state()).toBe("recorded")
  })

  test("is told and not asked where an agency says so: no other answer is taken", async () => {
    const { recorder, who, hall, id } = await inCall(await recordingHall())
    const notice = { ...shown, basis: "notice" as const }
    const answers = (answer: "given" | "refused" | "noticed") =>
      hall.write((tx) => answerConsent(tx, who, id, answer, notice))
    await expect(answers("refused")).rejects.toEqual(refusal("wrong_state"))
    await expect(answers("given")).rejects.toEqual(refusal("wrong_state"))
    await answers("noticed")
    await recorder.sends(await recorder.opens(), bytesOf(1))
    expect(await recorder.state()).toBe("recorded")
  })

  test("comes from the page of the agent in whose hand the visit is, and from nobody else's", async () => {
    const { recorder, who, hall, id } = await inCall(await recordingHall())
    await recorder.answers(who)
    const opened = await recorder.opens()
    const other = await hall.recorder(id, 2)
    await expect(other.opens()).rejects.toEqual(refusal("not_your_counter"))
    await expect(other.sends(opened, bytesOf(1))).rejects.toEqual(refusal("not_found"))
  })
})

describe("what comes late", () => {
  const opens = { age: 8_000 }

  test("is taken where it was agreed to when it began, and no more of it than until the no", async () => {
    const { recorder, who, whys, hall } = await inCall(await recordingHall())
    await recorder.answers(who)
    await hall.video.pass(2_000)
    await hall.video.pass(3_000)
    await recorder.answers(who, "withdrawn")
    await hall.video.pass(2_000)
    await hall.video.pass(4_000)
    const opened = await recorder.opens("citizen", opens)
    expect(await whys()).toEqual(["withdrawn…"])
    const last = await recorder.sends(opened, bytesOf(1), 7_000)
    await expect(recorder.sends(last, bytesOf(2), 0)).rejects.toEqual(refusal("recording_stopped"))
  })

  test("is not taken where it began before anybody had agreed, whatever they say now", async () => {
    const { recorder, who, hall } = await inCall(await recordingHall())
    await hall.video.pass(5_000)
    await hall.video.pass(5_000)
    await recorder.answers(who)
    await expect(recorder.opens("citizen", opens)).rejects.toEqual(refusal("recording_stopped"))
    await recorder.sends(await recorder.opens(), bytesOf(1))
  })

  test("is taken from before somebody joined who has not answered, and not from after that", async () => {
    const { recorder, who, hall, id, agent } = await inCall(await recordingHall())
    await recorder.answers(who)
    await hall.video.pass(5_000)
    const asked = await hall.write((tx) => invite(tx, hall.keys, agent, id, { kind: "interpreter", name: "Salma" }))
    await hall.write((tx) => takeUp(tx, hall.citizen(2), asked.id))
    await hall.write((tx) => admit(tx, agent, id, asked.id))
    await hall.video.pass(5_000)
    await expect(recorder.opens("citizen", { age: 4_000 })).rejects.toEqual(refusal("recording_stopped"))
    const opened = await recorder.opens("citizen", opens)
    await expect(recorder.sends(opened, bytesOf(1))).rejects.toEqual(refusal("recording_stopped"))
    await recorder.sends(opened, bytesOf(1), 8_000)
  })

  test("is not taken from a hold, though nothing had been recorded that could be stopped", async () => {
    const { recorder, who, hall, id, agent } = await inCall(await recordingHall())
    await recorder.answers(who)
    await hall.write((tx) => hold(tx, agent, id))
    await hall.video.pass(2_000)
    await expect(recorder.opens()).rejects.toEqual(refusal("recording_stopped"))
  })
})

describe("there is a limit", () => {
  const limit = expect.objectContaining({ code: "recording_stopped", details: { why: "limit" } })

  test("to how fast chunks come, far above what a page takes", async () => {
    const { recorder, segment, hall } = await recorded()
    let now = segment
    for (let n = 0; n < recordingLimits.chunksAtOnce * 2 && now.seq < recordingLimits.chunksAtOnce + 20; n++) {
      now = await recorder.sends(now, bytesOf(now.seq + 1))
    }
    await expect(recorder.sends(now, bytesOf(now.seq + 1))).rejects.toEqual(limit)
    await hall.video.pass(2_000)
    expect((await recorder.sends(now, bytesOf(now.seq + 1))).seq).toBe(now.seq + 1)
  })

  test("to the bytes of a visit, over all its segments, held by the statement that takes them", async () => {
    const { recorder, segment, hall, id, agent } = await recorded()
    const other = await recorder.opens("agent")
    await hall.bend(
      `UPDATE recording_segment SET bytes = ${recordingLimits.visitBytes - 10} WHERE id = '${other.segment}'`,
    )
    await expect(recorder.sends(segment, bytesOf(5))).rejects.toEqual(limit)
    const given = { seq: 5, prev: segment.head, hash: "f".repeat(64), length: 100, ageMilliseconds: 0 }
    await expect(hall.write((tx) => acceptChunk(tx, agent, id, segment.segment, given))).rejects.toEqual(limit)
    expect((await rowOf(hall, segment.segment))?.chunks).toBe(4)
  })

  test("to the segments of a visit, and nothing is left of the one too many", async () => {
    const { recorder, segment, hall } = await recorded()
    await hall.bend(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${recordingLimits.visitSegments - 1})
      INSERT INTO recording_segment SELECT 'more' || i, visit, thread, office, person, by, of, what, mime, class, consent,
      started_at, first, head, chunks, bytes, receipt_at, held_until, closed_at, closed_why
      FROM recording_segment, n WHERE id = '${segment.segment}'`)
    await expect(recorder.opens()).rejects.toEqual(limit)
    expect(await hall.store.db.select().from(recordingSegments)).toHaveLength(recordingLimits.visitSegments)
  })
})

describe("the chain", () => {
  test("is whole as long as nothing is touched, and so it is after the end", async () => {
    const { recorder, hall, id, segment, check, agent } = await recorded()
    expect(await check()).toEqual([])
    await hall.write((tx) => closeSegment(tx, agent, id, segment.segment, { seq: 4, why: "over" }))
    expect(await check()).toEqual([])
    await expect(recorder.sends(segment, bytesOf(5))).rejects.toEqual(refusal("recording_moved"))
  })

  test("names the one chunk in which one bit was turned on the disk", async () => {
    const { hall, segment, check, row } = await recorded()
    await hall.turnBit({ thread: row.thread, segment: segment.segment, seq: 3 })
    expect(await check()).toEqual([{ segment: segment.segment, seq: 3, why: "missing" }])
  })

  test("names the one chunk whose row was bent in the store", async () => {
    const { hall, segment, check } = await recorded()
    await hall.bend(`UPDATE recording_chunk SET hash = 'f' || substr(hash, 2) WHERE seq = 2 AND hash NOT LIKE 'f%'`)
    await hall.bend(`UPDATE recording_chunk SET length = length + 1 WHERE seq = 2`)
    const found = await check()
    expect(found.every(({ seq }) => seq === 2)).toBe(true)
    expect(found.map(({ why }) => why)).toContain("chain")
    expect(found[0]?.segment).toBe(segment.segment)
  })

  test("tells that its tail was cut, however well the rest was made to fit", async () => {
    const { hall, id, segment, check, agent } = await recorded()
    await hall.write((tx) => closeSegment(tx, agent, id, segment.segment, { seq: 4, why: "over" }))
    await hall.bend(`DELETE FROM recording_chunk WHERE seq = 4`)
    const [third] = await hall.store.db.select().from(recordingChunks).where(eq(recordingChunks.seq, 3))
    await hall.bend(`UPDATE recording_segment SET chunks = 3, head = '${third?.head}'`)
    expect((await check()).map(({ why }) => why)).toContain("cut")
  })

  test("tells that it was written anew as a whole, by what the house has signed since", async () => {
    const { hall, segment, check, recorder } = await recorded()
    expect(await wantsAnchor(hall.store, hall.clock.office())).toBe(true)
    const signed = await hall.write((tx) => anchor(tx, hall.keys))
    expect(await wantsAnchor(hall.store, hall.clock.office() + hour)).toBe(false)
    await recorder.goesOn(segment, 1)
    expect(await check()).toEqual([])
    expect(await hall.facts("recording.anchored", "accounts")).toMatchObject([{ body: { digest: signed.digest } }])
    // The signature is over the heads that the row names.
    await hall.bend(
      `UPDATE recording_anchor SET heads = json_set(heads, '$.segments."${segment.segment}"[1]', 'another')`,
    )
    expect(await check()).toEqual([{ segment: segment.segment, seq: 4, why: "anchor" }])
  })

  test("takes a chunk once, however often it is sent", async () => {
    const { recorder, segment, hall } = await recorded()
    const before = await rowOf(hall, segment.segment)
    const again = await recorder.sends({ ...segment, seq: 2, head: "whatever" }, bytesOf(3))
    expect(again).toEqual(segment)
    expect(await rowOf(hall, segment.segment)).toEqual(before)
    // Other bytes under a number that is taken are no repetition.
    await expect(recorder.sends({ ...segment, seq: 2 }, bytesOf(9))).rejects.toEqual(refusal("recording_moved"))
  })

  test("tells whoever names another head, or leaves one out, from where to go on", async () => {
    const { recorder, segment } = await recorded()
    const moved = expect.objectContaining({ code: "recording_moved", details: expect.objectContaining(segment) })
    await expect(recorder.sends({ ...segment, head: "0".repeat(64) }, bytesOf(5))).rejects.toEqual(moved)
    await expect(recorder.sends({ ...segment, seq: 5 }, bytesOf(6))).rejects.toEqual(moved)
  })

  test("takes one of two that come as the same chunk in the same moment", async () => {
    const { hall, id, segment, agent } = await recorded()
    const given = (hash: string) => ({ seq: 5, prev: segment.head, hash, length: 3, ageMilliseconds: 0 })
    const both = ["one", "other"].map((hash) =>
      hall.write((tx) => acceptChunk(tx, agent, id, segment.segment, given(hash))),
    )
    expect((await Promise.allSettled(both)).map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"])
    expect((await rowOf(hall, segment.segment))?.chunks).toBe(5)
  })
})

describe("it stops", () => {
  test("on hold and in private talk, each with who and from when to when; what was under way then is still taken", async () => {
    const { hall, recorder, id, segment, agent, gaps, who, stands } = await recorded()
    await hall.write((tx) => hold(tx, agent, id))
    expect([await recorder.state(), await stands()]).toEqual(["paused", false])
    const last = await recorder.sends(segment, bytesOf(5))
    await hall.video.pass(10_000)
    await expect(recorder.sends(last, bytesOf(6))).rejects.toEqual(refusal("recording_stopped"))
    await hall.write((tx) => resume(tx, agent, id))
    const { id: person } = await hall.video.participant(id, "citizen")
    await hall.write((tx) => talkPrivately(tx, agent, id, person))
    await expect(recorder.opens()).rejects.toEqual(refusal("recording_stopped"))
    await hall.video.pass(5_000)
    await hall.write((tx) => resume(tx, agent, id))
    expect(await gaps()).toMatchObject([
      { why: "hold", by: agent.id, until: expect.any(Number) },
      { why: "private", by: agent.id, until: expect.any(Number) },
    ])
    expect(await recorder.state()).toBe("off")
    await recorder.sends(await recorder.opens(), bytesOf(1))
    expect([await recorder.state(), await stands()]).toEqual(["recorded", true])
    expect(who.role).toBe("citizen")
  })

  test("for the agent's pause with its reason, and not twice", async () => {
    const { hall, recorder, id, agent, gaps, stands } = await recorded()
    await hall.write((tx) => pauseRecording(tx, agent, id, "document"))
    await expect(hall.write((tx) => pauseRecording(tx, agent, id, "other"))).rejects.toEqual(refusal("wrong_state"))
    expect([await recorder.state(), await stands()]).toEqual(["paused", false])
    await hall.write((tx) => hold(tx, agent, id))
    await hall.write((tx) => resume(tx, agent, id))
    expect(await recorder.state()).toBe("paused")
    await hall.video.pass(3_000)
    await hall.write((tx) => resumeRecording(tx, agent, id))
    expect(await gaps()).toMatchObject([
      { why: "pause", reason: "document", by: agent.id },
      { why: "hold", reason: null },
    ])
    expect((await hall.facts("recording.stopped")).map(({ body }) => body)).toMatchObject([
      { why: "pause", reason: "document" },
      { why: "hold" },
    ])
  })

  test("within one chunk when somebody takes their agreement back", async () => {
    const { hall, recorder, segment, who, whys, stands, id } = await recorded()
    await recorder.answers(who, "withdrawn")
    expect([await recorder.state(), await stands()]).toEqual(["refused", false])
    const last = await recorder.sends(segment, bytesOf(5))
    await hall.video.pass(recordingTimes.slack + 1_000)
    await expect(recorder.sends(last, bytesOf(6))).rejects.toEqual(refusal("recording_stopped"))
    expect(await whys()).toEqual(["withdrawn…"])
    expect((await rowOf(hall, segment.segment))?.chunks).toBe(5)
    expect((await visit(hall.store, id)).phase).toBe("call")
  })

  test("when somebody joins, until that one has answered and the others have answered again", async () => {
    const { hall, recorder, who, id, agent, whys } = await recorded()
    const guest = hall.citizen(2)
    const asked = await hall.write((tx) => invite(tx, hall.keys, agent, id, { kind: "interpreter", name: "Salma" }))
    await hall.write((tx) => takeUp(tx, guest, asked.id))
    expect(await recorder.state()).toBe("recorded")
    await hall.write((tx) => admit(tx, agent, id, asked.id))
    expect([await standingOf(hall.store, id), await recorder.state(), await whys()]).toEqual([
      "asked",
      "off",
      ["asked…"],
    ])
    await recorder.answers(guest)
    expect(await standingOf(hall.store, id)).toBe("asked")
    await recorder.answers(who)
    expect([await standingOf(hall.store, id), await whys()]).toEqual(["yes", ["asked"]])
    await expect(recorder.answers(hall.citizen(3))).rejects.toEqual(refusal("not_found"))
  })

  test("while the call is interrupted, and ends with the call", async () => {
    const { hall, id, whys, agent } = await recorded()
    const found = await hall.video.now(id)
    await hall.write(async (tx) => interrupt(tx, found, await hall.video.participant(id, "citizen")))
    expect(await whys()).toEqual(["interruption…"])
    await hall.write((tx) => hangUp(tx, agent, id))
    expect(await whys()).toEqual(["interruption"])
  })
})

describe("when nothing comes", () => {
  test("for eight seconds it is interrupted for everybody, for thirty what needs it waits, and it goes on by the same chain", async () => {
    const { hall, recorder, segment, stands, whys } = await recorded()
    await hall.video.pass(6_000)
    expect([await recorder.state(), await whys()]).toEqual(["recorded", []])
    await hall.video.pass(5_000)
    expect([await recorder.state(), await whys(), await stands()]).toEqual(["interrupted", ["late…"], true])
    await hall.video.pass(25_000)
    expect(await stands()).toBe(false)
    // What was kept meanwhile comes, the oldest first.
    let now = await recorder.sends(segment, bytesOf(5), 34_000)
    expect([await recorder.state(), await stands()]).toEqual(["interrupted", false])
    now = await recorder.sends(now, bytesOf(6), 1_000)
    expect([await recorder.state(), await stands(), await whys()]).toEqual(["recorded", true, ["late"]])
    expect(now.seq).toBe(6)
  })

  test("because the disk is full, nothing is written and nothing is claimed; once there is room it goes on", async () => {
    const { hall, recorder, segment, check } = await recorded()
    const put = hall.storage.put
    hall.storage.put = async () => {
      throw new Error("ENOSPC: no space left on device")
    }
    const before = await rowOf(hall, segment.segment)
    for (let tries = 0; tries < 8; tries++) {
      await hall.video.pass(5_000)
      await expect(recorder.sends(segment, bytesOf(5), tries * 5_000)).rejects.toEqual(refusal("unavailable"))
    }
    expect(await rowOf(hall, segment.segment)).toEqual(before)
    expect(await recorder.state()).toBe("interrupted")
    hall.storage.put = put
    const after = await recorder.sends(segment, bytesOf(5))
    expect([after.seq, await recorder.state(), await check()]).toEqual([5, "recorded", []])
  })

  test("what the page still had comes after the end of the visit; what it never brings is closed as incomplete a day later", async () => {
    const { hall, recorder, segment, id, agent } = await recorded()
    await hall.write((tx) => end(tx, agent, id, { outcome: "done" }))
    await hall.video.pass(3_000)
    await recorder.sends(segment, bytesOf(5), 4_000)
    // Begun in the call, and not said in time.
    const late = await recorder.sends(await recorder.opens("agent", { age: 6_000 }), bytesOf(1), 4_000)
    expect(late.seq).toBe(1)
    await expect(recorder.opens("agent", { age: 1_000 })).rejects.toEqual(refusal("not_your_counter"))
    hall.clock.advance(23 * hour)
    await hall.write((tx) => closeForgotten(tx, hall.code))
    expect((await rowOf(hall, segment.segment))?.closedAt).toBeNull()
    hall.clock.advance(2 * hour)
    await hall.write((tx) => closeForgotten(tx, hall.code))
    expect(await rowOf(hall, segment.segment)).toMatchObject({ closedWhy: "incomplete", chunks: 5 })
  })
})

describe("afterwards", () => {
  async function closed() {
    const all = await recorded()
    const { hall, id, segment, agent } = all
    await hall.write((tx) => end(tx, agent, id, { outcome: "done" }))
    await hall.write((tx) => closeSegment(tx, agent, id, segment.segment, { seq: 4, why: "over" }))
    return all
  }
  const due = ({ store, clock }: Hall) => threadsToClear(store, clock.office(), clock.real())

  test("it is deleted when its class is over, and a fact says what it was", async () => {
    const { hall, row, segment } = await closed()
    hall.clock.advance(90 * 24 * hour - minute)
    expect(await due(hall)).toEqual([])
    hall.clock.advance(hour)
    expect(await due(hall)).toEqual([row.thread])
    await hall.write((tx) => clearRecordings(tx, [row.thread]))
    expect(await rowOf(hall, segment.segment)).toBeUndefined()
    const [fact] = await hall.facts("recording.deleted", "accounts")
    expect(fact?.body).toMatchObject({ chunks: 4, head: segment.head, class: "standard", why: "time" })
  })

  test("it is deleted however many others wait for a part of theirs that is younger or still open", async () => {
    const { hall, row, segment } = await closed()
    hall.clock.advance(91 * 24 * hour)
    const as = (thread: string, id: string, startedAt: string) =>
      hall.bend(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
        INSERT INTO recording_segment SELECT ${id}, visit, ${thread}, office, person, by, of, what, mime, class, consent,
        ${startedAt}, first, head, chunks, bytes, receipt_at, held_until, closed_at, closed_why
        FROM recording_segment, n WHERE id = '${segment.segment}'`)
    await as("'!' || i", "'old' || i", "started_at")
    await as("'!' || i", "'young' || i", String(hall.clock.office() - hour))
    expect(await due(hall)).toEqual([row.thread])
  })

  test("it is kept while a legal hold stands on its person", async () => {
    const { hall, who } = await closed()
    const until = hall.clock.real() + 300 * 24 * hour
    const given = { person: who.id, reason: "a court asks", until, by: "lawyer" }
    await hall.write((tx) => placeHold(tx, hall.keys, given, hall.clock.real()))
    hall.clock.advance(200 * 24 * hour)
    expect(await due(hall)).toEqual([])
    hall.clock.advance(101 * 24 * hour)
    expect(await due(hall)).toHaveLength(1)
  })

  test("nobody opens it without a reason, and not from another office", async () => {
    const { hall, id } = await closed()
    const opens = (reason: string, by = hall.supervisor()) =>
      hall.write((tx) => openReview(tx, hall.keys, by, id, { reason, findings: [] }, hall.clock.real()))
    await expect(opens("because")).rejects.toEqual(refusal("invalid_field"))
    await expect(opens("a complaint was made", hall.agent(1))).rejects.toEqual(refusal("forbidden"))
    await opens("a complaint was made")
    expect(await hall.facts("recording.reviewed")).toMatchObject([{ body: { visit: id, wrong: 0 } }])
  })
})

test("what somebody answered goes with them when they are sent to another office", async () => {
  const more = [{ code: "VIR-02", video: true, lines: [{ code: "VIR" }], counters: 1 }]
  const { hall, who, id, recorder, agent } = await inCall(await recordingHall({ more }))
  await recorder.answers(who)
  const to = { service: "RES-04", office: "VIR-02", reason: "next_step" as const }
  const after = await hall.write((tx) => sendOn(tx, hall.keys, agent, id, to))
  expect(await answersIn(hall.store, after.row.id)).toMatchObject([{ kind: "citizen", state: "given", isOpen: false }])
})
