import { minute } from "../../base/day.ts"
import { demoNumber } from "../demo/people.ts"
import { type Answered, openAsking } from "./asking.ts"
import { openBoard } from "./board.ts"
import type { RealDay } from "./day.ts"
import type { DemoKeys } from "./demo-file.ts"
import { chosenBy, type Given, type Hall, type Policy, type SentAway } from "./hall.ts"
import { midnightOf } from "./people.ts"
import { usual } from "./settings.ts"
import { openingOf } from "./shifts.ts"
import { type Desk, survey } from "./survey.ts"

export interface HttpPlan {
  url: string
  keys: DemoKeys
  office: string
  day: RealDay
  /** So many times as fast as it really was. */
  speed: number
  /** Ends any waiting for time to pass. */
  signal?: AbortSignal
}

interface TicketSeen {
  id: string
  number: number
  state: string
  due: string
}

/** A replay that is later than this with what is to happen says so. */
const behindMinutes = 2

/** What a counter may answer where somebody else has done something in the same office meanwhile. */
const movedOn = ["wrong_state", "counter_closed", "not_your_counter", "no_counter"]

/**
 * A running office, driven as by its own kiosk, agents and citizens, who see on the board when somebody waits. Time passes there by itself;
 * `speed` squeezes the day's arrivals and services. Answers the hall with that part of the day which fits it. Throws a sentence for what
 * cannot be played there.
 */
export async function httpHall({ url, keys, office: code, day: wanted, speed, signal }: HttpPlan) {
  const asking = openAsking(url)
  const { granted } = asking
  const seen = await survey(asking, keys, code, wanted, speed)
  const { day, desks, kiosk, places, notes } = seen
  const office = `/offices/${encodeURIComponent(code)}`
  const board = await openBoard(asking.origin, kiosk, code, signal)

  const dayStart = midnightOf(day) + openingOf(day.shifts).from * 1000
  const lookedAt = performance.now()
  const officeNow = () => seen.now + (performance.now() - lookedAt)
  /** When the day began to be played, by the office's clock; until then people only book. */
  let began: number | null = null
  const now = () => (began === null ? dayStart : dayStart + (officeNow() - began) * speed)
  const there = (replayed: number) => (began ?? officeNow()) + (replayed - dayStart) / speed
  const here = (instant: string) => dayStart + (Date.parse(instant) - (began ?? seen.now)) * speed

  const spare = [...seen.citizens]
  /** Bookings whose owner has not come yet, by their codes. */
  const awaited = new Map<string, { id: string; token: string }>()
  /** Tickets that this replay has drawn and nobody has called yet. */
  const waiting = new Set<string>()
  const opened = new Set<Desk>()
  const played = new Set<Desk>()
  // Numbers that nobody has had before, so that the day can be played again while the last one's people still wait.
  const firstNumber = 10_000_000 + Math.floor(Math.random() * 80_000_000)
  let strangers = 0
  let others = 0
  /** By how much of the day's time what was to happen has happened late, at most. */
  let behind = 0
  /** For how many bookings there was a time and nobody of the demonstration left to make them. */
  let withoutCitizen = 0

  const deskAt = (counter: number): Desk => {
    const desk = desks[counter - 1]
    if (!desk) throw new RangeError(`there is no counter ${counter}`)
    return desk
  }
  const staff = deskAt(1).token
  /** The lines that are worked on at each counter, by its number. */
  const work = new Map<number, string[]>()
  const serviceOf = (kind: string) => places.get(kind)?.service ?? ""

  const given = (ticket: TicketSeen): Given => {
    waiting.add(ticket.id)
    return { ticket: ticket.id, due: here(ticket.due) }
  }
  const on = (token: string, ticket: string, step: string, body: object = {}) =>
    granted<TicketSeen>(token, "POST", `/tickets/${ticket}/${step}`, { body, ready: movedOn })

  /** Ends whatever a counter has in hand: a person whom the demonstration had there. */
  async function clear(desk: Desk, ticket: string | null): Promise<void> {
    if (ticket === null) return
    const held = await granted<TicketSeen>(desk.token, "GET", `/tickets/${ticket}`)
    if (held?.state === "called") await on(desk.token, ticket, "serve")
    await on(desk.token, ticket, "finish", { outcome: "done" })
  }

  async function open(desk: Desk, lines: { line: string; handicap: number }[]): Promise<boolean> {
    const body = { lines }
    const path = `/counters/${desk.id}/opening`
    const seat = await granted<{ ticket: string | null }>(desk.token, "POST", path, { body, ready: ["counter_taken"] })
    if (!seat) notes.push(`${desk.id} is somebody else's at the moment and was not played`)
    else {
      opened.add(desk)
      played.add(desk)
    }
    await clear(desk, seat?.ticket ?? null)
    return seat !== null
  }

  async function shut(desk: Desk): Promise<boolean> {
    if (!opened.delete(desk)) return false
    const path = `/counters/${desk.id}/closing`
    return (await granted(desk.token, "POST", path, { body: { confirmed: true }, ready: movedOn })) !== null
  }

  async function callAs(desk: Desk, lines: readonly string[], policy: Policy): Promise<TicketSeen | null> {
    if (policy === "due") {
      const path = `/counters/${desk.id}/next`
      return granted<TicketSeen>(desk.token, "POST", path, { ready: movedOn })
    }
    const queue = await asking.all<{ id: string; line: string; arrivedAt: string; why: { bookedAt?: string | null } }>(
      desk.token,
      `${office}/queue`,
    )
    const candidates = queue.map(({ id, line, arrivedAt, why }) => ({
      ...{ id, line, arrivedAt: Date.parse(arrivedAt) },
      bookedAt: why.bookedAt ? Date.parse(why.bookedAt) : null,
    }))
    const mine = candidates.filter(({ line }) => lines.includes(line))
    const chosen = chosenBy(policy, mine)
    return chosen === null ? null : on(desk.token, chosen, "call", { counter: desk.id })
  }

  const hall: Hall = {
    counters: desks.length,
    now,
    async until(at) {
      began ??= officeNow()
      behind = Math.max(behind, now() - at)
      return board.news(there(at) - officeNow())
    },
    async book(_name, kind, at) {
      const service = serviceOf(kind)
      const answer = await granted<{ days: { slots: { id: string; startsAt: string; free: number }[] }[] }>(
        null,
        "GET",
        `${office}/slots?service=${service}&days=1`,
      )
      const away = ({ startsAt }: { startsAt: string }) => Math.abs(Date.parse(startsAt) - there(at))
      const free = (answer?.days ?? [])
        .flatMap(({ slots }) => slots)
        .filter(({ free, startsAt }) => free > 0 && Date.parse(startsAt) < seen.closesAt)
        .sort((a, b) => away(a) - away(b))
      const slot = free[0]
      if (!slot) return null
      // Who has booked this service or too much already is passed over for the next one.
      for (let token = spare.shift(); token; token = spare.shift()) {
        const made = await granted<{ id: string; code: string; startsAt: string }>(token, "POST", "/bookings", {
          body: { office: code, service, slot: slot.id },
          ready: ["already_booked", "limit_reached", "slot_full", "slot_past"],
        })
        if (!made) continue
        awaited.set(made.code, { id: made.id, token })
        // The office's own clock was not sped up: the times that it gives mean nothing in the day that is played.
        return { code: made.code, startsAt: speed > 1 ? at : here(made.startsAt) }
      }
      withoutCitizen++
      return null
    },
    async checkIn(booking, { need, ready: isReady }) {
      const body = {
        code: booking,
        ...(need ? { need: "disability" } : {}),
        ...(isReady || speed > 1 ? { ready: true } : {}),
      }
      const answered = await asking.ask(kiosk, "POST", `${office}/check-ins`, body)
      if (answered.code !== "") return sentAway(answered, [...atTheDoor, ...notNow])
      awaited.delete(booking)
      const ticket = answered.body as TicketSeen
      return given((need ? await on(staff, ticket.id, "need", { need: "disability" }) : null) ?? ticket)
    },
    async walkIn(_name, kind, need) {
      const nationalId = demoNumber("citizen", firstNumber + strangers++)
      const body = { service: serviceOf(kind), nationalId, ...(need ? { need: "disability" } : {}) }
      const answered = await asking.ask(need ? staff : kiosk, "POST", `${office}/tickets`, body)
      return answered.code === "" ? given(answered.body as TicketSeen) : sentAway(answered, atTheDoor)
    },
    async openCounter(counter, kinds) {
      const codes = [...new Set(kinds.flatMap((kind) => places.get(kind)?.line ?? []))].slice(0, 8)
      const handicap = Math.round(usual.help / speed)
      work.set(counter, codes)
      return open(
        deskAt(counter),
        codes.map((line, index) => ({ line, handicap: index === 0 ? 0 : handicap })),
      )
    },
    closeCounter: async (counter) => void (await shut(deskAt(counter))),
    async next(counter, policy) {
      const desk = deskAt(counter)
      const lines = work.get(counter) ?? []
      // Nobody presses "next" before an empty hall; the board tells when somebody comes.
      if (!opened.has(desk) || !board.waitsIn(lines)) return null
      const pressedAt = performance.now()
      const called = await callAs(desk, lines, policy)
      if (called === null) return null
      board.called(called.number, pressedAt)
      await on(desk.token, called.id, "serve")
      if (!waiting.delete(called.id)) others++
      return called.id
    },
    async finish(counter, ticket) {
      await on(deskAt(counter).token, ticket, "finish", { outcome: "done" })
    },
    async leave(ticket) {
      waiting.delete(ticket)
      await on(staff, ticket, "leave")
    },
    notes() {
      const kinds = [...places].map(([kind, { line }]) => `${kind} → ${line}`).join(", ")
      const met = others > 0 ? [`people of the office's own who were called in between: ${others}`] : []
      const few = `citizens of the demonstration: ${seen.citizens.length}, each books once; DEMO_CITIZENS makes more (missing: ${withoutCitizen})`
      if (withoutCitizen > 0) met.push(few)
      const late = Math.round(behind / minute)
      if (late > behindMinutes)
        met.push(`the replay was ${late} minutes behind its own day; a lower --speed gives truer waits`)
      const played = `played in ${code} at ${speed} times real time; kinds on its lines: ${kinds}`
      return [played, board.witness(), ...notes, ...met]
    },
    async close() {
      board.close()
      let [left, cancelled, closed] = [0, 0, 0]
      for (const ticket of waiting) if (await on(staff, ticket, "leave")) left++
      for (const { id, token } of awaited.values()) {
        if (await granted(token, "POST", `/bookings/${id}/cancellation`, { body: {}, ready: movedOn })) cancelled++
      }
      const seats = await asking.all<{ id: string; ticket: string | null }>(staff, `${office}/counters`)
      for (const desk of [...opened]) {
        await clear(desk, seats.find(({ id }) => id === desk.id)?.ticket ?? null)
        if (await shut(desk)) closed++
      }
      // A counter keeps the lines that it was opened with last, so those that were closed are opened with their own once more.
      for (const desk of [...played].filter((desk) => !desk.found.isOpen)) {
        if (await open(desk, desk.found.lines)) await shut(desk)
      }
      const found = desks.filter((desk) => desk.found.isOpen)
      for (const desk of found) await open(desk, desk.found.lines)
      return [
        `counters closed: ${closed}; people who left: ${left}; bookings cancelled: ${cancelled}`,
        ...(found.length > 0 ? [`counters open again as they were found: ${found.length}`] : []),
      ]
    },
  }
  return { hall, day }
}

/** Why a kiosk may give somebody no number. */
const atTheDoor = ["day_full", "office_closed", "already_waiting", "booking_only"]
/** Why a booking may not be good at the kiosk. */
const notNow = ["too_early", "not_today", "booking_unknown", "wrong_state"]

/** A refusal with one of these codes, as the door says it. Any other is thrown as a sentence. */
function sentAway({ code, body }: Answered, ready: readonly string[]): SentAway {
  if (!ready.includes(code)) throw new RangeError(`the kiosk was refused: ${code}`)
  const { alternatives } = body as { alternatives?: { startsAt: string }[] }
  const starts = (alternatives ?? []).map(({ startsAt }) => Date.parse(startsAt))
  return { code, offered: starts.length, firstOffered: starts.length > 0 ? Math.min(...starts) : null }
}
