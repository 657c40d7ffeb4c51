import { describe, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { readLog } from "../../../db/schema/privacy.ts"
import { participants } from "../../../db/schema/visits.ts"
import { checksIn } from "../../testing/checks.ts"
import { refusal } from "../../testing/office.ts"
import { videoHall } from "../../testing/video.ts"
import { clearOld } from "../people/retention.ts"
import { end, hold, resume, talkPrivately } from "./calls.ts"
import { askedView, awaitingSecond, identityView } from "./check-reads.ts"
import { answerStep, breakOff, decide, isNewsOfSight, otherWayFor, sightIs, stepsOf } from "./checking.ts"
import { checkedNow, levelNow } from "./identity.ts"
import { admit, connect, invite, takeUp } from "./participants.ts"
import { openPicture, pictureFor } from "./pictures.ts"

const second = 1_000

async function calling() {
  const hall = await videoHall()
  const who = hall.citizen(1)
  const { row } = await hall.video.inCall(who)
  const checks = checksIn(hall)
  return { hall, who, id: row.id, checks, write: hall.write, store: hall.store, keys: hall.keys }
}

async function verified() {
  const all = await calling()
  const check = await all.checks.draw(all.id)
  await all.checks.through(all.id, all.who)
  return { ...all, check }
}

describe("a list", () => {
  test("that is passed step by step lifts the visit from one to three, and says each step", async () => {
    const { hall, who, id, checks, store } = await calling()
    expect(await levelNow(store, id)).toBe(1)
    await checks.draw(id)
    const ended = await checks.through(id, who)
    expect([ended.state, await checkedNow(store, id), await levelNow(store, id)]).toEqual(["verified", true, 3])
    const answered = await hall.facts("check.answered")
    expect(answered.map(({ body }) => body.place)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect((await hall.facts("check.ended")).map(({ body }) => body.state)).toEqual(["verified"])
    expect(await hall.facts("picture.taken")).toHaveLength(4)
  })

  test("is drawn only while the two see each other, by who has the visit in hand, and once", async () => {
    const { hall, who, id, checks, write } = await calling()
    expect((await refusal(checks.draw(id, 2))).code).toBe("not_your_counter")
    await write((tx) => hold(tx, hall.agent(), id))
    expect((await refusal(checks.draw(id))).details).toEqual({ state: "hold" })
    await write((tx) => resume(tx, hall.agent(), id))
    await checks.draw(id)
    expect((await refusal(checks.draw(id))).details).toEqual({ state: "open" })
    await checks.through(id, who)
    expect((await refusal(checks.draw(id))).details).toEqual({ state: "verified" })
  })

  test("is answered in its order, once, and by nobody but the agent for whom it was drawn", async () => {
    const { hall, id, checks, write, keys } = await calling()
    await checks.draw(id)
    await checks.measured(id)
    const say = (by: ReturnType<typeof hall.agent>, place: number) =>
      write((tx) => answerStep(tx, keys, by, id, { place, result: "pass" }, hall.clock.real()))
    expect((await refusal(say(hall.agent(), 3))).code).toBe("wrong_state")
    expect((await refusal(say(hall.supervisor(), 1))).code).toBe("forbidden")
    await say(hall.agent(), 1)
    expect((await refusal(say(hall.agent(), 1))).code).toBe("wrong_state")
  })

  test("does not take the agent's word for what is measured, and goes on when the picture is better", async () => {
    const { id, checks } = await calling()
    await checks.draw(id)
    expect((await refusal(checks.say(id, "pass"))).code).toBe("wrong_state")
    expect(await checks.measured(id, null)).toEqual(["silence"])
    expect(await checks.measured(id, { ...checks.good(), w: 320, h: 180 })).toEqual(["size"])
    expect(await checks.measured(id, { ...checks.good(), at: checks.good().at - 20 * second })).toEqual(["silence"])
    expect((await checks.now(id)).step.kind).toBe("measured")
    expect(await checks.measured(id)).toEqual([])
    expect((await checks.now(id)).step.kind).toBe("consent")
  })

  test("whose conditions are not met decides nothing, however good the rest was", async () => {
    const { id, who, checks, store } = await calling()
    await checks.draw(id)
    const ended = await checks.through(id, who, { measured: "not_possible" })
    expect([ended.state, await checkedNow(store, id)]).toEqual(["inconclusive", false])
    // Undecided is not against anybody: it may be tried again.
    await checks.draw(id)
  })

  test("that is broken off keeps what was found, and the rest was not possible", async () => {
    const { hall, id, checks, write, store } = await calling()
    const { id: check } = await checks.draw(id)
    await checks.measured(id)
    await checks.say(id)
    const ended = await write((tx) => breakOff(tx, hall.agent(), id, hall.clock.real()))
    expect(ended.state).toBe("inconclusive")
    const results = (await stepsOf(store, check)).map(({ result }) => result)
    expect(results.slice(0, 2)).toEqual(["pass", "pass"])
    expect(new Set(results.slice(2))).toEqual(new Set(["not_possible"]))
  })

  test("needs both pictures before a picture is passed", async () => {
    const { id, who, checks } = await calling()
    await checks.draw(id)
    await checks.measured(id)
    while ((await checks.now(id)).step.kind !== "picture") await checks.say(id)
    expect((await refusal(checks.say(id))).code).toBe("picture_missing")
    await checks.pictures(id, who)
    await checks.say(id)
    expect((await checks.now(id)).step.drawn).toBe("document")
  })

  test("shows the record with the step that compares it, to its agent, and that is written down", async () => {
    const { hall, id, who, checks, store, keys } = await calling()
    await checks.draw(id)
    await checks.measured(id)
    const looks = async () => (await store.db.select().from(readLog)).filter(({ what }) => what === "identity")
    while ((await checks.now(id)).step.kind !== "data") {
      if ((await checks.now(id)).step.kind === "picture") await checks.pictures(id, who)
      expect((await identityView(store, keys, id, hall.agent().id)).check?.record).toBeNull()
      expect(await looks()).toEqual([])
      await checks.say(id)
    }
    expect((await identityView(store, keys, id, hall.agent().id)).check?.record?.name).toBeTruthy()
    expect((await identityView(store, keys, id, hall.supervisor().id)).check?.record).toBeNull()
    expect(await looks()).toMatchObject([{ person: who.id, staff: hall.agent().id, about: id }])
    await checks.say(id)
    expect((await identityView(store, keys, id, hall.agent().id)).check?.record).toBeNull()
  })

  test("keeps notes sealed: nothing of them lies in the store or in the facts", async () => {
    const { hall, id, checks, store, keys } = await calling()
    await checks.draw(id)
    await checks.measured(id)
    await checks.say(id, "not_possible", "يتكلّم بصعوبة")
    const view = await identityView(store, keys, id, hall.agent().id)
    expect(view.check?.steps[1]?.note).toBe("يتكلّم بصعوبة")
    const kept = JSON.stringify(store.connection.raw.query("SELECT * FROM identity_step").all())
    expect(kept + JSON.stringify(await hall.facts("check.answered"))).not.toContain("بصعوبة")
  })
})

describe("the person", () => {
  test("reads the one step that is asked for, and never digits that are for the ear", async () => {
    const { id, who, checks, write, store } = await calling()
    expect(await askedView(store, id)).toEqual({ kind: "none" })
    await checks.draw(id)
    expect(await askedView(store, id)).toEqual({ kind: "looking" })
    await checks.measured(id)
    expect(await askedView(store, id)).toMatchObject({ kind: "step", step: "consent", drawn: null, mayExchange: false })
    await checks.say(id)
    const before = await askedView(store, id)
    expect(before).toMatchObject({ kind: "step", place: 2, mayExchange: true })
    await write((tx) => otherWayFor(tx, who, id))
    const after = await askedView(store, id)
    expect(after).toMatchObject({ kind: "step", place: 2, drawn: null, mayExchange: false })
    expect((after as { step: string }).step).toStartWith("repeat_")
    expect((await checks.now(id)).step.drawn).not.toBeNull()
  })

  test("who wants another way gets one that takes no sight, and loses nothing by it", async () => {
    const { hall, id, who, checks, write, store } = await calling()
    const { id: check } = await checks.draw(id)
    await checks.measured(id)
    await checks.say(id)
    for (const _ of [1, 2]) {
      await write((tx) => otherWayFor(tx, who, id))
      expect((await refusal(write((tx) => otherWayFor(tx, who, id)))).code).toBe("wrong_state")
      await checks.say(id)
    }
    expect((await refusal(write((tx) => otherWayFor(tx, hall.citizen(2), id)))).code).toBe("not_found")
    expect((await checks.through(id, who)).state).toBe("verified")
    const ways = (await stepsOf(store, check)).filter(({ turn }) => turn === 1).map(({ kind }) => kind)
    expect([...ways].sort()).toEqual(["repeat_digits", "repeat_word"])
  })
})

describe("a check that stands", () => {
  test("counts no longer on another page of the same account, and is asked for again", async () => {
    const { hall, who, id, store } = await verified()
    await hall.video.page(who, id, "reloaded")
    expect(await checkedNow(store, id)).toBe(false)
    expect(await askedView(store, id)).toEqual({ kind: "again" })
    expect((await hall.facts("check.lapsed")).map(({ body }) => body.why)).toEqual(["page"])
  })

  test("counts no longer where another device has taken over", async () => {
    const { hall, who, id, store, write } = await verified()
    await write((tx) => connect(tx, who, id, { page: "the-phone", tab: "other", session: "phone" }, true))
    expect(await checkedNow(store, id)).toBe(false)
    expect((await hall.facts("check.lapsed")).map(({ body }) => body.why)).toEqual(["takeover"])
  })

  test("stands when the line is lost and the very same page is back, however often", async () => {
    const { hall, who, id, store } = await verified()
    const { page, epoch } = await hall.video.participant(id, "citizen")
    for (const _ of [1, 2]) {
      await hall.video.lost(await hall.video.participant(id, "citizen"), "reconnecting")
      await hall.video.page(who, id, page ?? "")
      expect(await checkedNow(store, id)).toBe(true)
    }
    expect((await hall.video.participant(id, "citizen")).epoch).toBe(epoch + 2)
    expect(await hall.facts("check.lapsed")).toEqual([])
  })

  test("does not stand for who claims to be that page: under another session, from another tab, or by taking over", async () => {
    for (const [claim, isTakeover] of [
      [{ session: "another" }, false],
      [{ tab: "another" }, false],
      [{}, true],
    ] as const) {
      const { hall, who, id, store, write } = await verified()
      const { page, tab, session } = await hall.video.participant(id, "citizen")
      const own = { page: page ?? "", tab: tab ?? "", session: session ?? "", ...claim }
      await write((tx) => connect(tx, who, id, own, isTakeover))
      expect(await checkedNow(store, id)).toBe(false)
      // It is gone for good: also for the page that had it.
      await hall.video.page(who, id, page ?? "")
      expect(await checkedNow(store, id)).toBe(false)
    }
  })

  test("does not wake again when a page comes back after another one was there", async () => {
    const { hall, who, id, store } = await verified()
    const { page } = await hall.video.participant(id, "citizen")
    await hall.video.page(who, id, "another-window")
    await hall.video.page(who, id, page ?? "")
    expect(await checkedNow(store, id)).toBe(false)
  })

  test("is held against the connection that the row has, whether or not anybody said that it changed", async () => {
    const { id, store, write } = await verified()
    for (const change of [{ epoch: 99 }, { page: "another-page" }]) {
      const before = await store.db.select().from(participants).where(eq(participants.visit, id))
      await write((tx) => tx.db.update(participants).set(change).where(eq(participants.visit, id)))
      expect(await checkedNow(store, id)).toBe(false)
      for (const { id: one, epoch, page } of before) {
        await write((tx) => tx.db.update(participants).set({ epoch, page }).where(eq(participants.id, one)))
      }
      expect(await checkedNow(store, id)).toBe(true)
    }
  })

  test("outlives the agent's reload, and a talk alone with the person", async () => {
    const { hall, id, store, write } = await verified()
    await hall.video.page(hall.agent(), id, "reloaded")
    const { id: person } = await hall.video.participant(id, "citizen")
    await write((tx) => talkPrivately(tx, hall.agent(), id, person))
    await write((tx) => resume(tx, hall.agent(), id))
    expect(await checkedNow(store, id)).toBe(true)
  })

  test("does not outlive a hold: nobody saw who sat there", async () => {
    const { hall, id, store, write } = await verified()
    await write((tx) => hold(tx, hall.agent(), id))
    expect(await levelNow(store, id)).toBe(1)
    await write((tx) => resume(tx, hall.agent(), id))
    expect(await checkedNow(store, id)).toBe(false)
    expect((await hall.facts("check.lapsed")).map(({ body }) => body.why)).toEqual(["unseen"])
  })

  test("does not outlive a talk of the agent alone with somebody else", async () => {
    const { hall, id, store, write, keys } = await verified()
    const guest = await write((tx) => invite(tx, keys, hall.agent(), id, { kind: "interpreter", name: "ليلى" }))
    await write((tx) => takeUp(tx, hall.citizen(5), guest.id))
    await write((tx) => admit(tx, hall.agent(), id, guest.id))
    expect(await checkedNow(store, id)).toBe(true)
    await write((tx) => talkPrivately(tx, hall.agent(), id, guest.id))
    await write((tx) => resume(tx, hall.agent(), id))
    expect(await checkedNow(store, id)).toBe(false)
  })

  test("bears a camera that is off for five seconds, and not for longer", async () => {
    const { hall, id, store, write } = await verified()
    const { id: person } = await hall.video.participant(id, "citizen")
    const camera = async (isOff: boolean) => {
      const said = { by: "person", isOff } as const
      if (await isNewsOfSight(store, person, said)) await write((tx) => sightIs(tx, person, said))
    }
    await camera(true)
    hall.clock.advance(5 * second)
    await camera(false)
    expect(await checkedNow(store, id)).toBe(true)
    await camera(true)
    hall.clock.advance(6 * second)
    await camera(true)
    expect(await checkedNow(store, id)).toBe(false)
    expect((await hall.facts("check.lapsed")).map(({ body }) => body.why)).toEqual(["camera_off"])
    expect(await isNewsOfSight(store, person, { by: "person", isOff: true })).toBe(false)
  })

  test("does not count while nothing of the person reaches the agent, and lapses after five seconds of it", async () => {
    const { hall, id, store, write } = await verified()
    const { id: person } = await hall.video.participant(id, "citizen")
    const agent = hall.agent().id
    const report = (sight: Parameters<typeof sightIs>[2]) => write((tx) => sightIs(tx, person, sight))
    await report({ by: "agent", agent, isOff: true })
    expect(await checkedNow(store, id)).toBe(false)
    // That the camera is on is the person's own word, and shows nobody.
    await report({ by: "person", isOff: false })
    expect(await checkedNow(store, id)).toBe(false)
    hall.clock.advance(5 * second)
    await report({ by: "agent", agent, isOff: false })
    expect(await checkedNow(store, id)).toBe(true)
    // What others receive is no matter: they do not answer for it.
    await report({ by: "agent", agent: hall.supervisor().id, isOff: true })
    expect(await checkedNow(store, id)).toBe(true)
    await report({ by: "agent", agent, isOff: true })
    hall.clock.advance(6 * second)
    await report({ by: "agent", agent, isOff: true })
    expect((await hall.facts("check.lapsed")).map(({ body }) => body.why)).toEqual(["unseen"])
  })

  test("lapses as well when the camera comes back too late and nothing was said in between", async () => {
    const { hall, id, store, write } = await verified()
    const { id: person } = await hall.video.participant(id, "citizen")
    await write((tx) => sightIs(tx, person, { by: "person", isOff: true }))
    hall.clock.advance(9 * second)
    await write((tx) => sightIs(tx, person, { by: "person", isOff: false }))
    expect(await checkedNow(store, id)).toBe(false)
  })

  test("is confirmed again by a short list, by the agent who found it", async () => {
    const { hall, who, id, checks, store } = await verified()
    await hall.video.page(who, id, "reloaded")
    const again = await checks.draw(id)
    expect(again.kind).toBe("again")
    expect((await checks.through(id, who)).state).toBe("verified")
    expect(await checkedNow(store, id)).toBe(true)
  })

  test("is gone through as a whole again on another device, whether it took over or came when the first was gone", async () => {
    for (const isTakeover of [true, false]) {
      const { hall, who, id, checks, write } = await verified()
      await hall.video.page(who, id, "reloaded")
      await write((tx) =>
        connect(tx, who, id, { page: "the-phone", tab: "of-the-phone", session: "phone" }, isTakeover),
      )
      expect((await checks.draw(id)).kind).toBe("full")
    }
  })

  test("does not count for as long as the camera is off, whether or not the page goes on saying so", async () => {
    const { hall, id, store, write } = await verified()
    const { id: person } = await hall.video.participant(id, "citizen")
    await write((tx) => sightIs(tx, person, { by: "person", isOff: true }))
    expect(await checkedNow(store, id)).toBe(false)
    hall.clock.advance(60 * second)
    expect(await checkedNow(store, id)).toBe(false)
  })

  test("is over with the visit, and nothing is left of it ninety days later", async () => {
    const { hall, id, store, write } = await verified()
    await write((tx) => end(tx, hall.agent(), id, { outcome: "done" }))
    expect([await checkedNow(store, id), await levelNow(store, id)]).toEqual([false, 1])
    hall.clock.advance(91 * 24 * 3600 * second)
    await write((tx) => clearOld(tx, hall.clock.real()))
    for (const table of ["identity_check", "identity_step", "identity_picture", "visit_key"]) {
      expect([table, store.connection.raw.query(`SELECT count(*) AS n FROM ${table}`).get()]).toEqual([table, { n: 0 }])
    }
  })
})

describe("a rejection", () => {
  async function rejected() {
    const all = await calling()
    const check = await all.checks.draw(all.id)
    const ended = await all.checks.through(all.id, all.who, { data: "fail" })
    expect(ended.state).toBe("rejected")
    const say = (by: Parameters<typeof decide>[2], decision: "confirmed" | "overturned") =>
      all.write((tx) => decide(tx, all.keys, by, check.id, { decision, note: "الاسم مطابق" }))
    return { ...all, check, say }
  }

  test("counts as not verified, waits for a second person, and is never the first one's to decide", async () => {
    const { hall, id, check, say, store, checks } = await rejected()
    expect(await checkedNow(store, id)).toBe(false)
    expect((await awaitingSecond(store, hall.code)).map((one) => one.id)).toEqual([check.id])
    expect((await refusal(say(hall.agent(), "overturned"))).code).toBe("second_person")
    expect((await refusal(checks.draw(id))).details).toEqual({ state: "rejected" })
  })

  test("that is overturned verifies, as long as it is still the same page", async () => {
    const { hall, id, say, store, keys } = await rejected()
    expect((await say(hall.agent(2), "overturned")).state).toBe("verified")
    expect(await checkedNow(store, id)).toBe(true)
    expect(await awaitingSecond(store, hall.code)).toEqual([])
    expect((await refusal(say(hall.supervisor(), "confirmed"))).code).toBe("request_over")
    expect((await identityView(store, keys, id, hall.agent().id)).check?.secondNote).toBe("الاسم مطابق")
  })

  test("that is overturned after a reload verifies nobody, and a new list may be drawn", async () => {
    const { hall, who, id, say, store, checks } = await rejected()
    await hall.video.page(who, id, "reloaded")
    await say(hall.supervisor(), "overturned")
    expect(await checkedNow(store, id)).toBe(false)
    await checks.draw(id)
  })

  test("that is confirmed stands, and a reload does not wash it away", async () => {
    const { hall, who, id, say, store, checks } = await rejected()
    expect((await say(hall.supervisor(), "confirmed")).state).toBe("rejected")
    await hall.video.page(who, id, "reloaded")
    expect((await refusal(checks.draw(id))).details).toEqual({ state: "rejected" })
    expect(await checkedNow(store, id)).toBe(false)
  })

  test("lets whoever decides it see the pictures, and writes that down; others of the office do not", async () => {
    const { hall, check, say, store, write } = await rejected()
    const [picture] = store.connection.raw
      .query<{ id: string }, [string]>('SELECT id FROM identity_picture WHERE "check" = ?')
      .all(check.id)
    const id = picture?.id ?? ""
    await write((tx) => openPicture(tx, hall.agent(2), id, hall.clock.real()))
    expect((await hall.facts("picture.opened")).map(({ body }) => body.by)).toEqual([hall.agent(2).id])
    await say(hall.agent(2), "confirmed")
    expect((await refusal(pictureFor(store, hall.agent(3), id))).code).toBe("not_found")
    await pictureFor(store, hall.agent(2), id)
    await pictureFor(store, hall.agent(), id)
  })
})
