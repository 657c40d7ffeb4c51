import { describe, expect, test } from "bun:test"
import type { AnyFact, FactKind } from "../../db/facts.ts"
import { type Citizen, mint } from "../domain/access/subject.ts"
import { parseTopic, topicKey, topicName, touchedBy, touchKey } from "./topics.ts"

const citizen = (id: string) => mint<Citizen>({ role: "citizen", id, kind: "citizen", level: "full" })
const ticket = "0190abcd-0000-7000-8000-000000000001"

function fact(kind: FactKind, body: object = {}, subject: string | null = null, stream = "RUH-RML"): AnyFact {
  return { stream, seq: 1, at: 0, kind, subject, body } as unknown as AnyFact
}

describe("the name of a topic", () => {
  test("is read back as it is written", () => {
    for (const name of ["board:RUH-RML", "queue:VIR-01", `ticket:${ticket}`, "counter:RUH-RML.12", "inbox"]) {
      const topic = parseTopic(name, citizen("p1"))
      expect(topic && topicName(topic)).toBe(name)
    }
  })

  test("says nothing when it is not one of ours", () => {
    const wrong = [
      "",
      ":",
      "board",
      "board:",
      "board:ruh",
      "board:RUH RML",
      "board:RUH-RML:x",
      "board:../x",
      "queue:*",
      "Board:RUH",
    ]
    const wrongToo = [
      "ticket:1",
      `ticket:${ticket.toUpperCase()}`,
      "counter:RUH-RML",
      "counter:RUH-RML.x",
      "inbox:p2",
      "visit:1",
      "__proto__:x",
    ]
    for (const name of [...wrong, ...wrongToo, `board:${"A".repeat(80)}`])
      expect(parseTopic(name, citizen("p1"))).toBeNull()
  })

  test("of an inbox is the same for everybody, and its content is not", () => {
    const [mine, yours] = [parseTopic("inbox", citizen("p1")), parseTopic("inbox", citizen("p2"))]
    expect(mine && topicKey(mine)).not.toBe(yours && topicKey(yours))
    expect(parseTopic("inbox", null)).toBeNull()
  })
})

describe("what a fact touches", () => {
  test("what happens in a visit touches every view of it, and the list of the staff", () => {
    const { topics, neighbours } = touchedBy(fact("visit.moved", { visit: ticket }, null, "VIR-01"))
    expect([topics, neighbours]).toEqual([[`visit:${ticket}`, "queue:VIR-01"], null])
    const views = ["p1", "p2"].map((id) => parseTopic(`visit:${ticket}`, citizen(id)))
    expect(views.map((topic) => topic && touchKey(topic))).toEqual([`visit:${ticket}`, `visit:${ticket}`])
    expect(new Set(views.map((topic) => topic && topicKey(topic))).size).toBe(2)
  })

  test("a call touches its ticket, its counter, the hall and whoever waits in that line", () => {
    const { topics, neighbours } = touchedBy(fact("ticket.called", { ticket, line: "PAS", counter: "RUH-RML.3" }, "p1"))
    expect(topics.sort()).toEqual([
      "board:RUH-RML",
      "counter:RUH-RML.3",
      "inbox:p1",
      "queue:RUH-RML",
      `ticket:${ticket}`,
      `visit:${ticket}`,
    ])
    expect(neighbours).toEqual({ office: "RUH-RML", line: "PAS" })
  })

  test("what takes somebody out of a line that the fact does not name touches the whole hall", () => {
    for (const kind of [
      "ticket.left",
      "ticket.transferred",
      "ticket.undone",
      "ticket.ready",
      "ticket.need_confirmed",
      "counter.closed",
    ] as const) {
      expect(touchedBy(fact(kind, { ticket, line: "RES" })).neighbours).toEqual({ office: "RUH-RML", line: null })
    }
  })

  test("what happens to somebody in hand touches nobody else's place", () => {
    for (const kind of [
      "ticket.recalled",
      "ticket.serving",
      "ticket.served",
      "ticket.absent",
      "ticket.parked",
    ] as const) {
      const { topics, neighbours } = touchedBy(fact(kind, { ticket, counter: "RUH-RML.3" }))
      expect(topics).toContain("board:RUH-RML")
      expect(neighbours).toBeNull()
    }
  })

  test("a booking is the business of the agents and of whoever booked", () => {
    expect(touchedBy(fact("booking.made", { booking: "b" }, "p1"))).toEqual({
      topics: ["inbox:p1", "queue:RUH-RML"],
      neighbours: null,
    })
  })

  test("a hold or a sign-in changes nothing that hangs on a wall", () => {
    expect(touchedBy(fact("hold.made", { hold: "h", line: "PAS" }))).toEqual({ topics: [], neighbours: null })
    expect(touchedBy(fact("session.started", {}, "p1", "accounts"))).toEqual({ topics: ["inbox:p1"], neighbours: null })
  })
})
