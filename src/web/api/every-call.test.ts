import { afterAll, describe, expect, test } from "bun:test"
import { integratorScopes } from "../../domain/access/integrators.ts"
import { type Fault, faults, fitting, type Schema, wrongParameters } from "../../testing/faults.ts"
import { scansOf, watchStatements } from "../../testing/plans.ts"
import { type ApiAnswer, testServer } from "../../testing/server.ts"

/*
 * Every call that the document describes, asked as the document says and in every way that it does not. The calls, who may make them and
 * what they take are read from the document itself: one that comes new is tried without a line here.
 */

const server = await testServer({ plan: { citizens: 5, counters: 2 }, env: { KEY_PER_MINUTE: "1000000" } })
const { office } = server

interface Parameter {
  name: string
  in: "path" | "query" | "header"
  required: boolean
  schema: Schema
}
interface Operation {
  description: string
  parameters?: Parameter[]
  requestBody?: { required: boolean; content: Record<string, { schema: Schema; example?: object }> }
}
const document: { paths: Record<string, Record<string, Operation>> } = (await server.nobody.get("/openapi.json")).body

const callers: Record<string, ReturnType<typeof server.caller>> = {
  anyone: server.nobody,
  citizen: server.citizen(1),
  agent: server.agent(1),
  supervisor: server.supervisor(),
  administrator: server.staff("administrator"),
  auditor: server.staff("auditor"),
  kiosk: server.device("kiosk"),
  board: server.device("board"),
  integrator: server.integrator(...integratorScopes),
}
await Promise.all(Object.values(callers).map((caller) => caller.token()))

const watched = watchStatements()

// Something of each kind that an id may name.
const citizen = server.citizen(1)
const at = { office: "RUH-RML", service: "PAS-10" }
const things: Record<string, string> = {
  bookings: (await citizen.post("/api/v1/bookings", { ...at, slot: office.slot("12:00") })).body.id,
  holds: (await citizen.post("/api/v1/holds", { ...at, service: "PAS-04", slot: office.slot("13:00") })).body.id,
  tickets: (
    await server.device("kiosk").post("/api/v1/offices/RUH-RML/tickets", { service: "PAS-10", mobile: "0551234567" })
  ).body.id,
  counters: "RUH-RML.1",
}
await server.agent(1).post("/api/v1/counters/RUH-RML.1/opening")
server.answers.length = 0

afterAll(() => {
  expect(server.bugs).toEqual([])
})

/** The document's own words for who may. */
function namesOf(operation: Operation): string[] {
  const named = /Callers: (.+)\.$/m.exec(operation.description)?.[1] ?? ""
  return named.split(", ").map((name) => name.split(" ")[0] ?? "")
}

const ofKind = (operation: Operation, kind: Parameter["in"]) =>
  (operation.parameters ?? []).filter((parameter) => parameter.in === kind)

/** The address of a call at something that is there, with whatever query it needs. */
function addressOf(path: string, operation: Operation, query: Record<string, string> = {}): string {
  let filled = path
  for (const { name, schema } of ofKind(operation, "path")) {
    const kind = path.split("/")[3] ?? ""
    const own = name === "id" ? things[kind] : name === "code" && kind === "offices" ? office.code : undefined
    filled = filled.replace(`{${name}}`, own ?? String(fitting(schema)))
  }
  const needed = ofKind(operation, "query").filter(({ required }) => required)
  const all = { ...Object.fromEntries(needed.map(({ name, schema }) => [name, String(fitting(schema))])), ...query }
  const text = Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join("&")
  return text === "" ? filled : `${filled}?${text}`
}

const short = (value: unknown) => JSON.stringify(value)?.slice(0, 60)

/** What a reader says of a body that it does not take, and of an address that can name nothing. Every other answer means: let through. */
const refusalsOf = { body: [400, 413, 415], address: [400, 404] }

for (const [path, item] of Object.entries(document.paths)) {
  for (const [method, operation] of Object.entries(item)) {
    describe(`${method} ${path}`, () => {
      const sender = (name: string) => (to: string, body?: unknown, raw?: Parameters<typeof citizen.send>[3]) =>
        (callers[name] ?? server.nobody).send(method.toUpperCase(), to, body, raw)
      const first = sender(namesOf(operation)[0] ?? "anyone")
      const media = operation.requestBody?.content["application/json"]
      const good = media ? (media.example ?? fitting(media.schema)) : undefined
      const address = addressOf(path, operation)

      test("refuses whatever is not as described, says so as described, and changes nothing", async () => {
        const head = await server.head()
        const letThrough: string[] = []
        const look = ({ what }: Fault, answer: ApiAnswer, of: keyof typeof refusalsOf = "body") => {
          if (!refusalsOf[of].includes(answer.status))
            letThrough.push(`${what}: ${answer.status} ${short(answer.body)}`)
        }
        for (const fault of media ? faults(media.schema, good) : []) look(fault, await first(address, fault.value))
        for (const raw of media ? notJson : [])
          look({ what: short(raw) ?? "", value: raw }, await first(address, 0, { raw }))
        for (const type of media ? notTypes : []) {
          const asked = { raw: JSON.stringify(good), headers: { "Content-Type": type } }
          look({ what: type, value: type }, await first(address, undefined, asked))
        }
        for (const { name, schema, required } of ofKind(operation, "query")) {
          for (const fault of wrongParameters(schema)) {
            const to = addressOf(path, operation, { [name]: String(fault.value) })
            look({ ...fault, what: `${name} ${fault.what}` }, await first(to, good), "address")
          }
          const twice = `${addressOf(path, operation, { [name]: "1" })}&${name}=1`
          look({ what: `${name} twice`, value: twice }, await first(twice, good), "address")
          const without = addressOf(path, operation).replace(new RegExp(`[?&]${name}=[^&]*`), "")
          if (required) look({ what: `${name} missing`, value: without }, await first(without, good), "address")
        }
        for (const { name } of ofKind(operation, "path")) {
          for (const value of ["%00", "..%2f..", "'%20OR%201=1", "x".repeat(5_000), "%D9%A3", "__proto__"]) {
            const to = addressOf(path.replace(`{${name}}`, value), operation)
            look({ what: `${name} ${value.slice(0, 20)}`, value }, await first(to, good), "address")
          }
        }
        for (const key of ofKind(operation, "header").length > 0 ? ["", "x".repeat(256), "caf\u00e9"] : []) {
          const headers = { "Idempotency-Key": key, "Content-Type": "application/json" }
          const asked = media ? { raw: JSON.stringify(good), headers } : { headers }
          look({ what: `key ${key.slice(0, 10)}`, value: key }, await first(address, undefined, asked), "address")
        }
        expect(letThrough).toEqual([])
        expect(await server.head()).toBe(head)
      })

      test("takes what is as described, from everybody whom the document names, also with more than it asked for", async () => {
        const odd =
          '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"role":"administrator","id":"x"}'
        const found: string[] = []
        for (const name of namesOf(operation)) {
          const send = sender(name)
          const whole = JSON.stringify({ ...JSON.parse(odd), ...(good as object | undefined) })
          for (const answer of [
            await send(address, good),
            await send(address, undefined, method === "get" ? {} : { raw: whole }),
            ...(media && !operation.requestBody?.required ? [await send(address)] : []),
          ]) {
            const code = String(answer.body?.code)
            const isWrong = ["malformed", "unsupported_type", "not_signed_in", "bad_token"].includes(code)
            if (answer.status >= 500 || isWrong) found.push(`${name}: ${answer.status} ${short(answer.body)}`)
          }
        }
        expect(found).toEqual([])
        expect(({} as { admin?: unknown }).admin).toBeUndefined()
      })

      test("answers everything as the document describes it", async () => {
        expect(server.answers.length).toBeGreaterThan(0)
        expect(await server.deviations()).toEqual([])
        server.answers.length = 0
      })
    })
  }

  test(`${path} tells a method that it does not have what it has`, async () => {
    for (const method of ["put", "patch", "post", "delete", "get"].filter((method) => !(method in item))) {
      const to = addressOf(path, Object.values(item)[0] ?? { description: "" })
      const { status, body, headers } = await citizen.send(method.toUpperCase(), to)
      expect([method, status, body.code]).toEqual([method, 405, "method_not_allowed"])
      expect(headers.get("Allow")).toContain(Object.keys(item)[0]?.toUpperCase() ?? "")
    }
    server.answers.length = 0
  })
}

const notJson: (string | Uint8Array<ArrayBuffer>)[] = [
  ...["{", "{'a':1}", "\u0000", '{"a":1}{"b":2}', '{"a":NaN}', "[".repeat(50_000), `${'{"a":'.repeat(5_000)}1`],
  ...['{"a":1,}', "5", '"text"', "null", `{"a":"${"x".repeat(300_000)}"}`],
  new Uint8Array([0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d]),
]

const notTypes = [
  ...["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"],
  ...["application/json, text/plain", "application/json; charset=utf-16", "application/ld+json", ""],
]

test("none of them is answered by reading through a table that grows", () => {
  watched.end()
  expect(scansOf(watched.texts)).toEqual([])
})
