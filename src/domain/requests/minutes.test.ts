import { expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { visits } from "../../../db/schema/visits.ts"
import { addDays, minute } from "../../base/day.ts"
import { checksIn } from "../../testing/checks.ts"
import { recordingHall } from "../../testing/recorded.ts"
import { serviceHall } from "../../testing/services.ts"
import { type VideoHall, videoHall } from "../../testing/video.ts"
import { verifiedDocument } from "../documents/reads.ts"
import { inboxOf } from "../notifications/inbox.ts"
import { erase } from "../people/erasure.ts"
import { leave } from "../queue/holder.ts"
import { undo } from "../queue/undo.ts"
import { end, hold, resume } from "../visits/calls.ts"
import { write as chat } from "../visits/chat.ts"
import { answer, ring } from "../visits/ringing.ts"
import { leaveWord } from "../visits/word.ts"
import { issueMinutes, minutesOf, officesOwingMinutes } from "./minutes.ts"
import { decline } from "./requests.ts"

const second = 1_000
const issue = (hall: VideoHall) => issueMinutes(hall, hall.keys, hall.code)
const read = (hall: VideoHall, id: string) => minutesOf(hall.store, hall.keys, id, hall.clock.office())

/** A call of ten minutes with a hold of two and an interruption of one. */
async function afterACall() {
  const hall = await videoHall()
  const { write, clock, video } = hall
  const who = hall.citizen(1)
  const { row } = await video.walkIn(who)
  await hall.open(1)
  await video.page(who, row.id)
  clock.advance(3 * minute)
  await write((tx) => ring(tx, hall.agent(), row.id))
  clock.advance(5 * second)
  await write((tx) => answer(tx, who, row.id))
  await video.page(hall.agent(), row.id)
  clock.advance(4 * minute)
  await write((tx) => hold(tx, hall.agent(), row.id))
  clock.advance(2 * minute)
  await write((tx) => resume(tx, hall.agent(), row.id))
  clock.advance(minute)
  await video.lost(await video.participant(row.id, "citizen"), "gone")
  clock.advance(minute)
  await video.page(who, row.id)
  await write((tx) => resume(tx, hall.agent(), row.id))
  clock.advance(2 * minute)
  await write((tx) => chat(tx, hall.keys, who, row.id, "what was only written"))
  await write((tx) => leaveWord(tx, hall.keys, hall.agent(), row.id, "Bring the deed"))
  await write((tx) => end(tx, hall.agent(), row.id, { outcome: "referred", note: "between colleagues" }))
  return { hall, who, id: row.id }
}

test("the minutes of a visit say who was there, what happened and when, how long, and what came of it", async () => {
  const { hall, id } = await afterACall()
  hall.clock.advance(30 * second)
  expect(await officesOwingMinutes(hall.store, hall.clock.office())).toEqual([hall.code])
  expect(await issue(hall)).toBe(1)
  const found = await read(hall, id)
  const { minutes } = found ?? {}
  expect(minutes?.happened.map(({ what }) => what)).toEqual([
    ...(["arrived", "ring", "call", "hold", "resumed", "interrupted", "resumed", "over"] as const),
  ])
  expect(minutes?.happened.find(({ what }) => what === "interrupted")).toMatchObject({ who: "citizen" })
  expect(minutes?.spent).toEqual({
    ...{ waited: 3 * minute + 5 * second, whole: 10 * minute, held: 2 * minute, interrupted: minute },
    ...{ interruptions: 1, rings: 1 },
  })
  expect(minutes).toMatchObject({ outcome: "referred", word: "Bring the deed", level: 1, files: [], checks: [] })
  const [lost] = minutes?.people[0]?.gaps ?? []
  expect(minutes?.people.map(({ gaps }) => gaps?.length)).toEqual([1, 0])
  expect((lost?.until ?? 0) - (lost?.from ?? 0)).toBe(minute)
  expect(minutes?.people.map(({ kind, name }) => [kind, name !== null])).toEqual([
    ["citizen", true],
    ["agent", true],
  ])
})

test("what staff leave for colleagues and what was written with the person stand in no minutes", async () => {
  const { hall, id } = await afterACall()
  hall.clock.advance(30 * second)
  await issue(hall)
  const text = (await read(hall, id))?.text ?? ""
  expect(text).toContain("Bring the deed")
  for (const hidden of ["between colleagues", "only written"]) expect(text).not.toContain(hidden)
})

test("they are issued once, checked by their code, and told to the person", async () => {
  const { hall, who, id } = await afterACall()
  hall.clock.advance(30 * second)
  expect([await issue(hall), await issue(hall)]).toEqual([1, 0])
  const found = await read(hall, id)
  const checked = await verifiedDocument(hall.store, hall.keys, found?.code ?? "", hall.clock.office())
  expect(checked).toMatchObject({ standing: "valid", kind: "minutes" })
  const told = await inboxOf(hall.store, who.id, 10)
  expect(told.filter(({ kind }) => kind === "visit_minutes")).toMatchObject([{ data: { ticket: id } }])
})

test("while the end can still be taken back there are none, and none where it was", async () => {
  const { hall, id } = await afterACall()
  hall.clock.advance(20 * second)
  expect(await issue(hall)).toBe(0)
  await hall.write((tx) => undo(tx, hall.agent(), id))
  hall.clock.advance(minute)
  expect(await issue(hall)).toBe(0)
  expect(await read(hall, id)).toBe(null)
  await hall.write((tx) => end(tx, hall.agent(), id, { outcome: "done" }))
  hall.clock.advance(minute)
  expect(await issue(hall)).toBe(1)
  expect((await read(hall, id))?.minutes?.outcome).toBe("done")
})

test("a visit that nobody answered has none, and is not looked at again", async () => {
  const hall = await videoHall()
  const { row } = await hall.video.walkIn(hall.citizen(1))
  await hall.write((tx) => leave(tx, hall.citizen(1), row.id))
  await hall.video.pass(minute)
  expect(await issue(hall)).toBe(0)
  expect(await read(hall, row.id)).toBe(null)
  expect(await officesOwingMinutes(hall.store, hall.clock.office())).toEqual([])
})

test("of somebody who has been erased since there are none, and what was issued tells nothing any more", async () => {
  const { hall, who, id } = await afterACall()
  hall.clock.advance(30 * second)
  await issue(hall)
  const code = (await read(hall, id))?.code ?? ""
  await hall.write((tx) => erase(tx, who.id, who.id, hall.clock.real()))
  expect(await read(hall, id)).toBe(null)
  expect(await verifiedDocument(hall.store, hall.keys, code, hall.clock.office())).toMatchObject({
    ...{ standing: "valid", body: null },
  })
})

test("a service that was carried out stands in them with its number, as its receipt says it", async () => {
  const hall = await serviceHall()
  const { desk, video, write } = hall
  const guardian = hall.citizen(1)
  const device = await desk.passkey(guardian)
  const child = await desk.child(guardian, "2012-01-01")
  const { row } = await video.inCall(guardian)
  const fields = { dependant: child, kind: "single", paper: "passport", countries: "GB", until: addDays(hall.today, 9) }
  const draft = await desk.filled(row.id, "PAS-05", fields)
  await desk.ask(draft.id)
  await write((tx) => decline(tx, guardian, draft.id))
  const waiting = await desk.ask(draft.id)
  const done = await desk.give(guardian, await desk.answer(guardian, device, waiting), waiting)
  await write((tx) => end(tx, hall.agent(), row.id, { outcome: "done" }))
  hall.clock.advance(minute)
  await issueMinutes(hall, hall.keys, hall.code)
  const { minutes } = (await minutesOf(hall.store, hall.keys, row.id, hall.clock.office())) ?? {}
  expect(minutes?.requests).toMatchObject([{ number: done.number, state: "done", reason: null }])
  const labels = minutes?.requests[0]?.lines.map(({ label }) => label.en) ?? []
  expect(labels[0]).toBe("Issue a travel permit")
  // What was true before it was confirmed is not told as if it still were.
  expect(labels).toContain("In force since")
  expect(labels).not.toContain("It is in force as soon as you confirm")
  const happened = minutes?.happened.map(({ what }) => what) ?? []
  const steps = ["request_begun", "declined", "confirmed", "document", "request_done"]
  expect(happened.filter((what) => steps.includes(what))).toEqual([
    ...(["request_begun", "declined", "confirmed", "document", "request_done"] as const),
  ])
  expect(minutes?.level).toBe(2)
})

/** In a video office with services: somebody with a passkey and a child, in a call. */
async function served() {
  const hall = await serviceHall()
  const who = hall.citizen(1)
  const device = await hall.desk.passkey(who)
  const child = await hall.desk.child(who, "2012-01-01")
  const { row } = await hall.video.inCall(who)
  const fields = { dependant: child, kind: "single", paper: "passport", countries: "GB", until: addDays(hall.today, 9) }
  const checks = checksIn(hall)
  const carriedOut = () => hall.desk.carriedOut(who, device, row.id, "PAS-05", fields)
  async function minutes() {
    hall.clock.advance(second)
    await hall.write((tx) => end(tx, hall.agent(), row.id, { outcome: "done" }))
    hall.clock.advance(minute)
    await issue(hall)
    return (await read(hall, row.id))?.minutes
  }
  return { hall, who, id: row.id, checks, carriedOut, minutes }
}

test("what the person confirms elsewhere while the visit goes on is not theirs to tell, and lifts nothing", async () => {
  const { hall, who, minutes } = await served()
  const elsewhere = { confirmation: "c", action: "contact.change", object: "o", passkey: "p", frozen: "f" }
  await hall.write((tx) => tx.say("accounts", "confirmation.given", { ...elsewhere, subject: who.id }))
  const said = await minutes()
  expect(said?.happened.map(({ what }) => what)).not.toContain("confirmed")
  expect(said?.level).toBe(1)
})

test("a list that stood verified makes three of what was confirmed while it stood", async () => {
  const { id, who, checks, carriedOut, minutes } = await served()
  await checks.draw(id)
  await checks.through(id, who)
  await carriedOut()
  expect((await minutes())?.level).toBe(3)
})

test("a list alone, with nothing confirmed, shows who was signed in and nothing more", async () => {
  const { id, who, checks, minutes } = await served()
  await checks.draw(id)
  await checks.through(id, who)
  const said = await minutes()
  expect([said?.level, said?.checks[0]?.state]).toEqual([1, "verified"])
})

test("a list that had lapsed by then leaves it at two", async () => {
  const { hall, id, who, checks, carriedOut, minutes } = await served()
  await checks.draw(id)
  await checks.through(id, who)
  await hall.video.page(who, id, "reloaded")
  hall.clock.advance(second)
  await carriedOut()
  expect((await minutes())?.level).toBe(2)
})

test("however many are brought back or wait for their recording, the next ones are issued", async () => {
  const { hall, id } = await afterACall()
  hall.clock.advance(30 * second)
  const others = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25)`
  const copied = (table: string, set: Record<string, string>) => {
    const columns = hall.store.connection.raw
      .query<{ name: string }, []>(`SELECT name FROM pragma_table_info('${table}')`)
      .all()
      .map(({ name }) => name)
    const values = columns.map((name) => set[name] ?? `"${name}"`)
    const into = columns.map((name) => `"${name}"`)
    return `${others} INSERT INTO "${table}" (${into}) SELECT ${values} FROM "${table}", n WHERE id = '${id}'`
  }
  await hall.write(async ({ connection }) => {
    connection.raw.run(
      copied("ticket", {
        id: "'!' || i",
        live: "1",
        number: "number + i",
        state: "'parked'",
        person: "NULL",
        booking: "NULL",
        holder: "NULL",
      }),
    )
    connection.raw.run(copied("visit", { id: "'!' || i", over_at: "over_at - 1" }))
  })
  expect(await issue(hall)).toBe(1)
  expect(await read(hall, id)).not.toBeNull()
})

test("of a recording they say the ends of its chain and its gaps, once its last piece has come", async () => {
  const hall = await recordingHall()
  const who = hall.citizen(1)
  const { row } = await hall.video.inCall(who)
  const recorder = await hall.recorder(row.id)
  await recorder.answers(who)
  const segment = await recorder.goesOn(await recorder.opens(), 4)
  await hall.write((tx) => hold(tx, hall.agent(), row.id))
  hall.clock.advance(minute)
  await hall.write((tx) => resume(tx, hall.agent(), row.id))
  await hall.write((tx) => end(tx, hall.agent(), row.id, { outcome: "done" }))
  hall.clock.advance(minute)
  expect(await issueMinutes(hall, hall.keys, hall.code)).toBe(0)
  hall.clock.advance(14 * minute)
  expect(await issueMinutes(hall, hall.keys, hall.code)).toBe(1)
  const { minutes } = (await minutesOf(hall.store, hall.keys, row.id, hall.clock.office())) ?? {}
  expect(minutes?.recording?.segments).toMatchObject([{ of: "citizen", chunks: 4, head: segment.head }])
  expect(minutes?.recording?.gaps.map(({ why }) => why)).toContain("hold")
  expect(minutes?.happened.find(({ what }) => what === "recording_answer")).toMatchObject({
    how: "given",
    who: "citizen",
  })
})

test("what is said or written of a visit while its minutes are put together is not left out: they come with the next round", async () => {
  const changes = [
    (hall: VideoHall, id: string) =>
      hall.write(async (tx) => {
        await tx.db.update(visits).set({ wordSealed: null }).where(eq(visits.id, id))
      }),
    (hall: VideoHall, id: string) => hall.write((tx) => tx.say(hall.code, "visit.late", { visit: id, since: 1 })),
  ]
  for (const change of changes) {
    const { hall, id } = await afterACall()
    hall.clock.advance(30 * second)
    let turns = 0
    // The turn that writes comes after somebody else's.
    const after: typeof hall.writer.write = async (turn, options) => {
      turns++
      await change(hall, id)
      return hall.writer.write(turn, options)
    }
    const slow = { store: hall.store, writer: { now: hall.writer.now, write: after } }
    expect(await issueMinutes(slow, hall.keys, hall.code)).toBe(0)
    expect([turns, await read(hall, id)]).toEqual([1, null])
    expect(await issue(hall)).toBe(1)
    expect(await issue(hall)).toBe(0)
    expect((await read(hall, id))?.minutes?.word ?? "").toBe(change === changes[0] ? "" : "Bring the deed")
  }
})

test("somebody who is erased while the minutes are put together gets none, and nothing is owed any more", async () => {
  const { hall, who, id } = await afterACall()
  hall.clock.advance(30 * second)
  const after: typeof hall.writer.write = async (turn, options) => {
    await hall.write((tx) => erase(tx, who.id, who.id, hall.clock.real()))
    return hall.writer.write(turn, options)
  }
  expect(
    await issueMinutes({ store: hall.store, writer: { now: hall.writer.now, write: after } }, hall.keys, hall.code),
  ).toBe(0)
  expect([await read(hall, id), await officesOwingMinutes(hall.store, hall.clock.office())]).toEqual([null, []])
})
