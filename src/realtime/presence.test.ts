import { describe, expect, test } from "bun:test"
import { handClock } from "../base/clock.ts"
import { visitTimes } from "../domain/visits/times.ts"
import { handTimers } from "../testing/live.ts"
import { type Connection, createPresence } from "./presence.ts"

const second = 1_000

function room() {
  const clock = handClock(0)
  const timers = handTimers()
  const said: string[] = []
  const pinged = new Map<Connection, number>()
  const presence = createPresence({
    now: clock.real,
    timers,
    ping: (connection) => void pinged.set(connection, (pinged.get(connection) ?? 0) + 1),
    drop: ({ id }) => void said.push(`drop ${id}`),
    changed: (participant, state) => void said.push(`${participant} ${state}`),
    promoted: (participant, { id }) => void said.push(`${participant} promoted ${id}`),
    conflict: (participant, { id }, { isSameTab }) =>
      void said.push(`${participant} conflict ${id}${isSameTab ? " same tab" : ""}`),
  })
  return {
    presence,
    said,
    pinged,
    pass(milliseconds: number, meanwhile: () => void = () => {}) {
      for (let left = milliseconds; left > 0; left -= second) {
        clock.advance(second)
        timers.advance(second)
        meanwhile()
      }
    },
    hello: (id: number, page: string, tab = "tab") => {
      const connection = { id }
      return { connection, answer: presence.hello("sara", connection, { page, tab }, visitTimes.graceWaiting) }
    },
  }
}

describe("somebody who is there", () => {
  test("and answers every ten seconds stays for an hour, and is asked the whole time", () => {
    const { presence, hello, pass, said, pinged } = room()
    const { connection } = hello(1, "p1")
    let answered = 0
    pass(3_600 * second, () => {
      const asked = pinged.get(connection) ?? 0
      if (asked > answered) presence.heard(connection)
      answered = asked
    })
    expect([said, presence.state("sara"), answered]).toEqual([[], "online", 360])
  })

  test("and falls silent is late after twelve seconds, and no ghost after thirty, though we go on talking", () => {
    const { presence, hello, pass, said } = room()
    hello(1, "p1")
    pass(11 * second)
    expect(presence.watch("sara")).toEqual({ isLate: false, isAway: false })
    pass(2 * second)
    expect([presence.watch("sara")?.isLate, said]).toEqual([true, []])
    pass(17 * second)
    expect([presence.state("sara"), said]).toEqual(["reconnecting", ["sara reconnecting", "drop 1"]])
  })

  test("and whose page freezes and thaws within the silence is online again at the first word", () => {
    const { presence, hello, pass, said } = room()
    const { connection } = hello(1, "p1")
    pass(20 * second)
    expect(presence.watch("sara")?.isLate).toBe(true)
    presence.heard(connection)
    expect([presence.watch("sara")?.isLate, said]).toEqual([false, []])
  })

  test("and looks at something else is away, and loses nothing by it", () => {
    const { presence, hello } = room()
    const { connection } = hello(1, "p1")
    expect([presence.visibility(connection, true), presence.visibility(connection, true)]).toEqual([true, false])
    expect([presence.watch("sara")?.isAway, presence.state("sara")]).toEqual([true, "online"])
  })
})

describe("a connection that is lost", () => {
  test("is gone after the grace of where one was: two minutes when waiting, forty-five seconds in a call", () => {
    for (const [grace, milliseconds] of [
      [visitTimes.graceWaiting, 120 * second],
      [visitTimes.graceInCall, 45 * second],
    ] as const) {
      const { presence, hello, pass, said } = room()
      const { connection } = hello(1, "p1")
      presence.grace("sara", grace)
      presence.closed(connection)
      pass(milliseconds - 5 * second)
      expect(said).toEqual(["sara reconnecting"])
      pass(10 * second)
      expect(said).toEqual(["sara reconnecting", "sara gone"])
    }
  })

  test("and comes back is online, even after it was gone", () => {
    const { presence, hello, pass } = room()
    presence.closed(hello(1, "p1").connection)
    pass(200 * second)
    expect(hello(2, "p1").answer).toEqual({ kind: "in", loser: null, isTakeover: false })
    expect(presence.state("sara")).toBe("online")
  })

  test("of the same page is replaced at once, before its end was noticed, and its late end harms nobody", () => {
    const { presence, hello } = room()
    const old = hello(1, "p1")
    const { answer } = hello(2, "p1")
    expect(answer).toEqual({ kind: "in", loser: old.connection, isTakeover: false })
    presence.closed(old.connection)
    expect(presence.state("sara")).toBe("online")
  })

  test("with the whole process is given its whole grace anew, and nobody is gone before it", () => {
    const { presence, pass, said } = room()
    presence.revive("sara", { page: "p1", tab: "tab" }, visitTimes.graceInCall)
    pass(40 * second)
    expect(said).toEqual([])
    pass(10 * second)
    expect(said).toEqual(["sara gone"])
  })
})

describe("a second window", () => {
  test("that is a reload comes in by itself as soon as the old page has closed, without a question", () => {
    const { presence, hello, pass, said } = room()
    const old = hello(1, "p1")
    expect(hello(2, "p2").answer).toEqual({ kind: "wait" })
    presence.closed(old.connection)
    pass(5 * second)
    expect([said, presence.connectionOf("sara")?.id]).toEqual([["sara promoted 2"], 2])
  })

  test("of a duplicated tab is a conflict and not a reload, though the tab's name is the same", () => {
    const { presence, hello, pass, said } = room()
    hello(1, "p1", "same")
    hello(2, "p2", "same")
    pass(1 * second)
    expect([said, presence.connectionOf("sara")?.id]).toEqual([["sara conflict 2 same tab"], 1])
  })

  test("that is told to be used takes over and names the one that lost; the loser's end then means nothing", () => {
    const { presence, hello, pass, said } = room()
    const old = hello(1, "p1")
    const { connection } = hello(2, "p2", "other")
    pass(1 * second)
    expect(presence.takeOver(connection)).toMatchObject({ kind: "in", loser: old.connection, isTakeover: true })
    presence.closed(old.connection)
    expect([presence.state("sara"), presence.connectionOf("sara")?.id]).toEqual(["online", 2])
    expect(said).toEqual(["sara conflict 2"])
    expect(presence.takeOver(old.connection)).toEqual({ kind: "unknown" })
  })

  test("comes in without a question where the first one is late", () => {
    const { hello, pass } = room()
    const old = hello(1, "p1")
    pass(15 * second)
    expect(hello(2, "p2").answer).toEqual({ kind: "in", loser: old.connection, isTakeover: false })
  })

  test("that is closed before anybody chose changes nothing", () => {
    const { presence, hello, pass, said } = room()
    hello(1, "p1")
    const { connection } = hello(2, "p2")
    presence.closed(connection)
    pass(5 * second)
    expect([said, presence.takeOver(connection), presence.connectionOf("sara")?.id]).toEqual([
      [],
      { kind: "unknown" },
      1,
    ])
  })
})
