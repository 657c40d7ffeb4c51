import { expect, test } from "bun:test"
import { hour, minute } from "../../base/day.ts"
import { refusal, refusedWith, testOffice } from "../../testing/office.ts"
import {
  endAll,
  endOthers,
  endSession,
  extendSession,
  isFresh,
  replaceSession,
  sessionOf,
  sessionsOf,
  startSession,
  touchSession,
} from "./sessions.ts"

const office = await testOffice({ citizens: 20, counters: 4 })
const now = () => office.clock.real()

const citizen = (number: number) => ({ kind: "citizen" as const, subject: office.citizen(number).id, role: "citizen" })
const agent = (number: number) => ({ kind: "staff" as const, subject: office.agent(number).id, role: "agent" })
const chief = () => ({ kind: "staff" as const, subject: office.supervisor().id, role: "supervisor" })
const ownerOf = ({ kind, subject }: { kind: "citizen" | "staff"; subject: string }) => ({ kind, id: subject })

const start = (who: ReturnType<typeof citizen> | ReturnType<typeof agent>, more = {}) =>
  office.write((tx) => startSession(tx, { factors: "passkey", userAgent: "test", ...who, ...more }, now()))
const opens = async (token: string) => (await sessionOf(office.store, token, now())) !== null

test("a session starts with everything that is known of it, and opens with its token alone", async () => {
  const { token, session } = await start(citizen(1), { passkey: "key", provenAt: now(), address: "hash" })
  expect(session).toMatchObject({ level: "full", passkey: "key", provenAt: now(), address: "hash" })
  expect(await sessionOf(office.store, token, now())).toMatchObject({ subject: { role: "citizen", level: "full" } })
  for (const none of ["", session.id, token.slice(0, -1), `${token}A`, "A".repeat(4096), `${token},${token}`]) {
    expect(await opens(none)).toBe(false)
  }
})

test("what a session is good for is told with whose it is", async () => {
  for (const level of ["recovered", "unproven"] as const) {
    const { token } = await start(citizen(2), { level })
    expect((await sessionOf(office.store, token, now()))?.subject).toMatchObject({ level })
  }
})

test("whoever shows more gets another session, and the old token is dead at once", async () => {
  const old = await start(citizen(3), { level: "recovered", address: "hash" })
  office.clock.advance(10 * minute)
  const more = { level: "full" as const, factors: "passkey", passkey: "key", provenAt: now() }
  const fresh = await office.write((tx) => replaceSession(tx, old.session, "citizen", more, now()))
  expect(fresh.ended).toEqual([old.session.id])
  expect([await opens(old.token), await opens(fresh.token)]).toEqual([false, true])
  expect(fresh.session).toMatchObject({ ...more, address: "hash", until: old.session.until })
  expect(fresh.session.createdAt).toBe(old.session.createdAt)
})

test("a session is replaced once, and not when it is over", async () => {
  const old = await start(citizen(4))
  const replace = () => office.write((tx) => replaceSession(tx, old.session, "citizen", {}, now()))
  expect(refusedWith(await Promise.allSettled([replace(), replace()]))).toEqual(["not_signed_in"])
  const late = await start(citizen(4))
  office.clock.advance(30 * minute)
  expect(
    refusedWith(
      await Promise.allSettled([office.write((tx) => replaceSession(tx, late.session, "citizen", {}, now()))]),
    ),
  ).toEqual(["not_signed_in"])
})

test("a citizen has five sessions, an agent two, everybody else one; the oldest ends", async () => {
  for (const [who, most] of [
    [citizen(5), 5],
    [agent(1), 2],
    [chief(), 1],
  ] as const) {
    const started = []
    for (let number = 0; number < most + 2; number++) {
      started.push(await start(who))
      office.clock.advance(minute)
    }
    expect(started.flatMap(({ ended }) => ended)).toEqual(started.slice(0, 2).map(({ session }) => session.id))
    const live = await sessionsOf(office.store, ownerOf(who), now())
    expect(live.map(({ id }) => id)).toEqual(
      started
        .slice(2)
        .map(({ session }) => session.id)
        .reverse(),
    )
  }
})

test("sessions that are over make room, those of somebody else are not touched", async () => {
  const [first, other] = [await start(chief()), await start(agent(2))]
  await office.write((tx) => endSession(tx, first.session.id, "signed_out", now()))
  const second = await start(chief())
  expect(second.ended).toEqual([])
  office.clock.advance(14 * minute)
  await office.write((tx) => touchSession(tx, other.session, now()))
  office.clock.advance(minute)
  expect((await start(chief())).ended).toEqual([])
  expect(await opens(other.token)).toBe(true)
})

test("all others end and this one stays; or all of them", async () => {
  const owner = ownerOf(citizen(6))
  const [first, second, third] = [await start(citizen(6)), await start(citizen(6)), await start(citizen(6))]
  const ended = await office.write((tx) => endOthers(tx, owner, second.session.id, "by_owner", now()))
  expect(ended.sort()).toEqual([first.session.id, third.session.id].sort())
  expect([await opens(first.token), await opens(second.token), await opens(third.token)]).toEqual([false, true, false])
  expect(await office.write((tx) => endAll(tx, owner, "disabled", now()))).toEqual([second.session.id])
  expect(await sessionsOf(office.store, owner, now())).toEqual([])
  const facts = (await office.facts("session.ended", "accounts")).filter(({ subject }) => subject === owner.id)
  expect(facts.map(({ body }) => body.session).sort()).toEqual(
    [first, second, third].map((one) => one.session.id).sort(),
  )
})

test("one key keeps somebody in past the idle limit, never past the whole one", async () => {
  const { token, session } = await start(agent(3))
  const extend = () => office.write((tx) => extendSession(tx, session, now()))
  while (now() + 15 * minute < session.until) {
    office.clock.advance(14 * minute)
    expect(await extend()).toBe(Math.min(session.until, now() + 15 * minute))
  }
  office.clock.set(session.until - 1)
  expect(await opens(token)).toBe(true)
  expect(await extend()).toBe(session.until)
  office.clock.set(session.until)
  expect(await opens(token)).toBe(false)
  expect((await refusal(extend())).code).toBe("not_signed_in")
})

test("who has gone idle or was signed out is not brought back by that key", async () => {
  const idle = await start(agent(4))
  office.clock.advance(15 * minute)
  expect((await refusal(office.write((tx) => extendSession(tx, idle.session, now())))).code).toBe("not_signed_in")
  const gone = await start(agent(4))
  await office.write((tx) => endSession(tx, gone.session.id, "signed_out", now()))
  expect((await refusal(office.write((tx) => extendSession(tx, gone.session, now())))).code).toBe("not_signed_in")
  await office.write((tx) => touchSession(tx, gone.session, now()))
  expect(await opens(gone.token)).toBe(false)
})

test("a passkey's word is fresh for five minutes, for whoever decides about others for one", async () => {
  const at = 1_000 * hour
  for (const [role, lasts] of [
    ["citizen", 5],
    ["agent", 5],
    ["supervisor", 1],
    ["administrator", 1],
    ["auditor", 1],
  ] as const) {
    const proven = { provenAt: at }
    const whether = [-1, 0].map((after) => isFresh(proven, role, at + lasts * minute + after))
    expect([role, ...whether]).toEqual([role, true, false])
  }
  expect(isFresh({ provenAt: null }, "citizen", at)).toBe(false)
  expect(isFresh(null, "citizen", at)).toBe(false)
})
