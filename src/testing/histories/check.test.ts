import { describe, expect, test } from "bun:test"
import { check } from "./check.ts"
import type { Asked, End, Event, Said } from "./history.ts"

/* Histories that a good process could have made, and made-up ones that none could: each of these must be told from the others. */

const empty: End = { bookings: [], slots: [], tickets: [], topics: [], wrong: [] }

/** A call that was answered. */
const done = (key: string, asked: Asked, said: Said): Event[] => [
  { kind: "invoke", key, asked },
  { kind: "ok", key, said },
]
const lost = (key: string, asked: Asked): Event[] => [
  { kind: "invoke", key, asked },
  { kind: "unknown", key },
]
const refused = (key: string, asked: Asked): Event[] => [
  { kind: "invoke", key, asked },
  { kind: "refused", key, code: "slot_full" },
]

const book = (person: string, slot = "S1"): Asked => ({ do: "book", person, slot })
const said = (booking: string, slot = "S1", open = true): Said => ({ booking, slot, open })
const row = (id: string, person: string, slot = "S1", open = true) => ({ id, person, slot, open, isOld: false })
const places = (slot: string, most: number, taken: number) => ({ slot, places: most, taken })
const next = (counter: string): Asked => ({ do: "next", counter, office: "O" })
const ticket = (id: string, number: number, calls = 0) => ({ id, office: "O", day: "D", number, calls, isOld: false })
const move = (slot: string): Asked => ({ do: "move", person: "ali", booking: "b1", slot })
const cancel: Asked = { do: "cancel", person: "ali", booking: "b1" }

describe("a history is good", () => {
  test("in which everything that was said is there", () => {
    const events = [
      ...done("1", book("ali"), said("b1")),
      ...refused("2", book("sara")),
      ...done("3", { do: "list", person: "ali" }, { bookings: [{ booking: "b1", slot: "S1", open: true }] }),
      ...done("4", move("S2"), said("b1", "S2")),
      ...done("5", book("sara"), said("b2")),
    ]
    const end = { ...empty, bookings: [row("b1", "ali", "S2"), row("b2", "sara")] }
    expect(check(events, { ...end, slots: [places("S1", 1, 1), places("S2", 1, 1)] })).toEqual([])
  })

  test("in which a booking whose end nobody knows is there, or is not", () => {
    const events = lost("1", book("ali"))
    expect(check(events, { ...empty, bookings: [row("b1", "ali")], slots: [places("S1", 1, 1)] })).toEqual([])
    expect(check(events, empty)).toEqual([])
  })

  test("in which what was lost is repeated and then answered", () => {
    const events = [...lost("1", book("ali")), ...done("1", book("ali"), said("b1")), ...lost("2", cancel)]
    for (const open of [true, false]) {
      const end = { ...empty, bookings: [row("b1", "ali", "S1", open)], slots: [places("S1", 1, open ? 1 : 0)] }
      expect(check(events, end)).toEqual([])
    }
  })

  test("in which a place is given to another while its first holder is just giving it up", () => {
    const events: Event[] = [
      ...done("1", book("ali"), said("b1")),
      { kind: "invoke", key: "2", asked: cancel },
      ...done("3", book("sara"), said("b2")),
      { kind: "ok", key: "2", said: said("b1", "S1", false) },
    ]
    const end = { ...empty, bookings: [row("b1", "ali", "S1", false), row("b2", "sara")] }
    expect(check(events, { ...end, slots: [places("S1", 1, 1)] })).toEqual([])
  })

  test("in which a listener goes on where it was, or begins again with the whole", () => {
    const heard = { listener: "board", topic: "board:O" }
    const events: Event[] = [
      { kind: "follows", ...heard, since: null },
      { kind: "hears", ...heard, seq: 3, prev: null, shows: "a" },
      { kind: "hears", ...heard, seq: 5, prev: 3, shows: "b" },
      { kind: "follows", ...heard, since: 5 },
      { kind: "hears", ...heard, seq: 8, prev: 5, shows: "c" },
      { kind: "follows", ...heard, since: 8 },
      { kind: "hears", ...heard, seq: 90, prev: null, shows: "d" },
      { kind: "hears", ...heard, seq: 90, prev: 90, shows: "e" },
    ]
    expect(check(events, { ...empty, topics: [{ topic: "board:O", seq: 91, shows: "e" }] })).toEqual([])
  })
})

describe("a history is bad", () => {
  const bad: Record<string, { events: Event[]; end?: Partial<End>; says: RegExp }> = {
    "in which one place was sold twice": {
      events: [...done("1", book("ali"), said("b1")), ...done("2", book("sara"), said("b2"))],
      end: { bookings: [row("b1", "ali"), row("b2", "sara")], slots: [places("S1", 1, 2)] },
      says: /S1 has 1 places and was held by b1, b2 at the same time/,
    },
    "in which one place was sold twice for a while": {
      events: [
        ...done("1", book("ali"), said("b1")),
        ...done("2", book("sara"), said("b2")),
        ...done("3", cancel, said("b1", "S1", false)),
      ],
      end: { bookings: [row("b1", "ali", "S1", false), row("b2", "sara")], slots: [places("S1", 1, 1)] },
      says: /at the same time/,
    },
    "in which a refused cancellation had freed the place": {
      events: [...done("1", book("ali"), said("b1")), ...refused("2", cancel), ...done("3", book("sara"), said("b2"))],
      end: { bookings: [row("b1", "ali"), row("b2", "sara")], slots: [places("S1", 1, 2)] },
      says: /at the same time/,
    },
    "in which the count of a slot is not the bookings in it": {
      events: done("1", book("ali"), said("b1")),
      end: { bookings: [row("b1", "ali")], slots: [places("S1", 3, 0)] },
      says: /counts 0 places as taken, and 1 are/,
    },
    "in which what was acknowledged is gone": {
      events: done("1", book("ali"), said("b1")),
      says: /b1 was acknowledged and is not there/,
    },
    "in which what was cancelled is open again": {
      events: [...done("1", book("ali"), said("b1")), ...done("2", cancel, said("b1", "S1", false))],
      end: { bookings: [row("b1", "ali")], slots: [places("S1", 1, 1)] },
      says: /b1 should be cancelled, and is in S1/,
    },
    "in which what was moved is where it was": {
      events: [...done("1", book("ali"), said("b1")), ...done("2", move("S2"), said("b1", "S2"))],
      end: { bookings: [row("b1", "ali")], slots: [places("S1", 1, 1)] },
      says: /should be in S2, and is in S1/,
    },
    "in which a booking has become another's": {
      events: done("1", book("ali"), said("b1")),
      end: { bookings: [row("b1", "sara")], slots: [places("S1", 1, 1)] },
      says: /not its owner's/,
    },
    "in which something is there that was refused": {
      events: refused("1", book("ali")),
      end: { bookings: [row("b1", "ali")], slots: [places("S1", 1, 1)] },
      says: /b1: nobody was told so/,
    },
    "in which a repetition made a second booking": {
      events: [...done("1", book("ali"), said("b1")), ...done("1", book("ali"), said("b2"))],
      end: { bookings: [row("b1", "ali"), row("b2", "ali")], slots: [places("S1", 2, 2)] },
      says: /1 was answered .*b1.* and then .*b2/,
    },
    "in which a repetition of what was granted is refused": {
      events: [...done("1", book("ali"), said("b1")), ...refused("1", book("ali"))],
      end: { bookings: [row("b1", "ali")], slots: [places("S1", 1, 1)] },
      says: /was granted and, repeated, refused/,
    },
    "in which an asking that was lost was done twice": {
      events: [...lost("1", book("ali")), ...done("1", book("ali"), said("b2"))],
      end: { bookings: [row("b1", "ali"), row("b2", "ali")], slots: [places("S1", 2, 2)] },
      says: /b1: nobody was told so, and only 0 ends are unknown/,
    },
    "in which somebody does not see what they were told": {
      events: [...done("1", book("ali"), said("b1")), ...done("2", { do: "list", person: "ali" }, { bookings: [] })],
      end: { bookings: [row("b1", "ali")], slots: [places("S1", 1, 1)] },
      says: /and then saw it nowhere/,
    },
    "in which two counters called one person": {
      events: [
        ...done("1", next("c1"), { ticket: "t1", number: 7 }),
        ...done("2", next("c2"), { ticket: "t1", number: 7 }),
      ],
      end: { tickets: [ticket("t1", 7, 1)] },
      says: /t1 was called by 1 and by 2/,
    },
    "in which a call was acknowledged and not kept": {
      events: done("1", next("c1"), { ticket: "t1", number: 7 }),
      end: { tickets: [ticket("t1", 7)] },
      says: /its row does not know it/,
    },
    "in which a press that was repeated called two": {
      events: [...lost("1", next("c1")), ...done("1", next("c1"), { ticket: "t2", number: 8 })],
      end: { tickets: [ticket("t1", 7, 1), ticket("t2", 8, 1)] },
      says: /t1 were called, and only 0 presses have an unknown end/,
    },
    "in which a number was given out twice": {
      events: [],
      end: { tickets: [ticket("t1", 7), ticket("t2", 7)] },
      says: /have the same number/,
    },
    "in which a number that was given out is gone": {
      events: done("1", { do: "issue", office: "O" }, { ticket: "t1", number: 7 }),
      says: /the number t1 was given out and is not there/,
    },
    "in which a message is missing on the wire": {
      events: [
        { kind: "follows", listener: "board", topic: "T", since: null },
        { kind: "hears", listener: "board", topic: "T", seq: 3, prev: null, shows: "a" },
        { kind: "hears", listener: "board", topic: "T", seq: 9, prev: 5, shows: "b" },
      ],
      says: /9 follows 5, and 3 was there/,
    },
    "in which what was missed after a break is not sent again": {
      events: [
        { kind: "follows", listener: "board", topic: "T", since: null },
        { kind: "hears", listener: "board", topic: "T", seq: 3, prev: null, shows: "a" },
        { kind: "follows", listener: "board", topic: "T", since: 3 },
        { kind: "hears", listener: "board", topic: "T", seq: 9, prev: 7, shows: "b" },
      ],
      says: /9 follows 7, and 3 was there/,
    },
    "in which the numbers on the wire go back after a start": {
      events: [
        { kind: "follows", listener: "board", topic: "T", since: null },
        { kind: "hears", listener: "board", topic: "T", seq: 9, prev: null, shows: "a" },
        { kind: "follows", listener: "board", topic: "T", since: 9 },
        { kind: "hears", listener: "board", topic: "T", seq: 4, prev: null, shows: "b" },
      ],
      says: /goes back from 9 to 4/,
    },
    "in which a screen is left with what was": {
      events: [
        { kind: "follows", listener: "board", topic: "T", since: null },
        { kind: "hears", listener: "board", topic: "T", seq: 3, prev: null, shows: "a" },
      ],
      end: { topics: [{ topic: "T", seq: 5, shows: "b" }] },
      says: /shows at 3 what is not there at 5/,
    },
    "in which the chain of facts is broken": {
      events: [],
      end: { wrong: ["RUH-RML: fact 7 does not follow 6"] },
      says: /the file at the end: RUH-RML/,
    },
  }
  for (const [what, { events, end, says }] of Object.entries(bad)) {
    test(what, () => {
      expect(check(events, { ...empty, ...end }).join("\n")).toMatch(says)
    })
  }
})
