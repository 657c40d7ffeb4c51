import { expect, test } from "bun:test"
import { faults, fitting, wrongParameters } from "./faults.ts"

const schema = {
  type: "object",
  required: ["office", "people"],
  properties: {
    office: { type: "string", minLength: 1, maxLength: 5, example: "RUH" },
    people: { type: "integer", minimum: 1, maximum: 6 },
    for: { type: "array", maxItems: 2, items: { type: "string", enum: ["a", "b"] } },
    hall: { anyOf: [{ type: "string" }, { type: "null" }] },
  },
}

test("what fits has what is needed and no more", () => {
  expect(fitting(schema)).toEqual({ office: "RUH", people: 1 })
})

test("each fault is one of another kind, missing, too small, too large, too long, too many, or none of the choices", () => {
  const found = new Map(faults(schema, fitting(schema)).map(({ what, value }) => [what, value]))
  expect(found.get(".people missing")).toEqual({ office: "RUH" })
  expect(found.get(".people too small")).toEqual({ office: "RUH", people: 0 })
  expect(found.get(".people too large")).toEqual({ office: "RUH", people: 7 })
  expect(found.get(".office too long")).toEqual({ office: "xxxxxx", people: 1 })
  expect(found.get(".office empty")).toEqual({ office: "", people: 1 })
  expect(found.get(".office of the kind null")).toEqual({ office: null, people: 1 })
  expect(found.get(".for too many")).toMatchObject({ for: ["a", "a", "a"] })
  expect(found.get(".for[0] of another form")).toMatchObject({ for: ["!§ no such thing"] })
  expect(found.get("the whole of the kind array")).toEqual([])
  expect(found.has(".hall of the kind null")).toBe(false)
  expect(found.has(".hall of the kind number")).toBe(true)
})

test("a number in an address is refused in every form that only looks like one", () => {
  const values = wrongParameters({ type: "integer", minimum: 1, maximum: 62 }).map(({ value }) => value)
  expect(values).toEqual(expect.arrayContaining(["", "1e3", "01", "0", "63", "٣"]))
})
