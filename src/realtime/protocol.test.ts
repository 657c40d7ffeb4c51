import { expect, test } from "bun:test"
import fc from "fast-check"
import { parseMessage } from "./protocol.ts"

const parse = (value: unknown) => parseMessage(JSON.stringify(value))

test("each message of the protocol is read as it stands", () => {
  const messages = [
    { ticket: "t" },
    { token: "t", lang: "en" },
    { capability: "id.secret" },
    { sub: ["board:RUH-RML", "inbox"] },
    { sub: ["board:RUH-RML"], since: 0, as: "json", view: "short" },
    { sub: ["board:RUH-RML"], as: "html", view: ["short", "long"] },
    { unsub: ["inbox"] },
    { ack: [{ topic: "board:RUH-RML", seq: 4711 }] },
    { pong: 3 },
  ]
  for (const message of messages) expect(parse(message)).toEqual(message as never)
})

test("a message with a field too many, too few or of another kind is none", () => {
  const wrong = [
    {},
    [],
    null,
    "sub",
    { sub: "inbox" },
    { sub: [] },
    { sub: [1] },
    { sub: [""] },
    { sub: Array.from({ length: 51 }, () => "inbox") },
    { sub: ["inbox"], unsub: ["inbox"] },
    { sub: ["inbox"], since: 1.5 },
    { sub: ["inbox"], since: "1" },
    { sub: ["inbox"], since: 2 ** 53 },
    { sub: ["inbox"], as: "xml" },
    { sub: ["inbox"], view: "<script>" },
    { sub: ["inbox"], view: [] },
    { sub: ["inbox"], view: ["short", ""] },
    { sub: ["inbox"], view: Array.from({ length: 51 }, () => "short") },
    { ticket: "a", token: "b" },
    { ticket: "" },
    { ticket: 1 },
    { token: "x".repeat(513) },
    { token: "t", lang: "fr" },
    { lang: "ar" },
    { password: "x" },
    { ack: [{ topic: "inbox" }] },
    { ack: [{ topic: "inbox", seq: 1, x: 1 }] },
    { pong: null },
  ]
  for (const message of wrong) expect(parse(message)).toBeNull()
  for (const text of ["", "{", "nul", '{"sub":["inbox"]}x', "\u0000"]) expect(parseMessage(text)).toBeNull()
  expect(parseMessage('{"__proto__":{"sub":["inbox"]}}')).toBeNull()
})

test("whatever arrives is answered with a message or with none, and never with a throw", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseMessage(text)))
})
