import { afterAll, beforeAll, expect, test } from "bun:test"
import { deviations } from "../../testing/conformance.ts"
import { testServer } from "../../testing/server.ts"
import { description } from "./description.ts"
import { endpoints } from "./endpoints.ts"

const server = await testServer()
let document: ReturnType<typeof JSON.parse>

beforeAll(async () => {
  document = (await server.nobody.get("/openapi.json")).body
})

afterAll(() => {
  expect(server.bugs).toEqual([])
})

test("the document is OpenAPI 3.1 for this very server and describes every call, each under a name of its own", () => {
  expect(document.openapi).toBe("3.1.0")
  expect(document.servers).toEqual([{ url: server.origin }])
  const described = Object.entries<Record<string, { operationId: string }>>(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId }]) => ({ call: `${method} ${path}`, operationId })),
  )
  expect(described.map(({ call }) => call).sort()).toEqual(
    endpoints.map(({ form }) => `${form.method} ${form.path}`).sort(),
  )
  expect(new Set(described.map(({ operationId }) => operationId)).size).toBe(described.length)
  expect(described.map(({ operationId }) => operationId)).toContain("postBookingsByIdMove")
})

test("every reference leads somewhere, and every refusal is a problem document", () => {
  const references = JSON.stringify(document).match(/"#\/components\/schemas\/\w+"/g) ?? []
  for (const reference of new Set(references)) {
    expect(document.components.schemas).toHaveProperty(JSON.parse(reference).split("/").at(-1))
  }
  for (const item of Object.values<
    Record<string, { responses: Record<string, { content?: object }>; security: unknown[] }>
  >(document.paths)) {
    for (const { responses, security } of Object.values(item)) {
      const statuses = Object.keys(responses)
      expect(statuses.some((status) => status.startsWith("2"))).toBe(true)
      expect(statuses).toEqual(expect.arrayContaining(["400", "401", "429", "500", "503"]))
      expect(security).toContainEqual({ bearer: [] })
      for (const status of statuses.filter((status) => status >= "400")) {
        expect(Object.keys(responses[status]?.content ?? {})).toEqual(["application/problem+json"])
      }
    }
  }
  expect(document.components.securitySchemes.bearer).toMatchObject({ type: "http", scheme: "bearer" })
})

test("the example of every body is one that the call would read", () => {
  let examples = 0
  for (const { form } of endpoints) {
    const media = form.request?.body?.content["application/json"]
    if (!media || "$ref" in media) continue
    const schema = media.schema as unknown as { safeParse(value: unknown): { success: boolean } }
    expect([form.path, schema.safeParse(media.example).success]).toEqual([form.path, true])
    examples++
  }
  expect(examples).toBeGreaterThan(10)
})

test("the examples of what is answered are as the document says", () => {
  const schemas = Object.entries<{ example?: unknown }>(document.components.schemas).filter(
    ([, { example }]) => example,
  )
  expect(schemas.length).toBeGreaterThan(5)
  for (const [name, { example }] of schemas) {
    const content = { "application/json": { schema: { $ref: `#/components/schemas/${name}` } } }
    const paths = { "/x": { get: { responses: { 200: { content } } } } }
    const answer = {
      method: "GET",
      path: "/x",
      status: 200,
      type: "application/json",
      headers: new Headers(),
      body: example,
    }
    expect(deviations({ paths, components: document.components }, answer)).toEqual([])
  }
})

test("an answer that is not as described is noticed: one member too many, one too few, one of another kind", () => {
  const { example } = document.components.schemas.Ticket
  const answer = (body: object) => ({
    method: "GET",
    path: "/api/v1/tickets/x",
    status: 200,
    type: "application/json",
    headers: new Headers(),
    body,
  })
  const { due: _due, ...without } = example
  expect(deviations(document, answer(example))).toEqual([])
  expect(deviations(document, answer({ ...example, nationalId: "1000000008" }))).toHaveLength(1)
  expect(deviations(document, answer(without))).toHaveLength(1)
  expect(deviations(document, answer({ ...example, due: 1795330800000 }))).toHaveLength(1)
  expect(deviations(document, answer({ ...example, state: "asleep" }))).toHaveLength(1)
  expect(deviations(document, { ...answer(example), status: 418 })).toHaveLength(1)
})

test("the page shows every call and every shape, and runs under the pages' policy: no style and no script of its own", async () => {
  const page = await server.nobody.get("/docs")
  expect([page.status, page.type.split(";")[0]]).toEqual([200, "text/html"])
  for (const { form } of endpoints) expect(page.body).toContain(`${form.method.toUpperCase()} ${form.path}`)
  for (const name of Object.keys(document.components.schemas)) expect(page.body).toContain(`id="shape-${name}"`)
  expect(page.body).not.toMatch(/ style=|<style|<script(?![^>]* nonce=)| on\w+=/)
  const sheets = [...page.body.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map(([, href]) => href)
  expect(sheets.length).toBeGreaterThan(0)
  for (const href of sheets) expect((await fetch(new URL(href ?? "", server.origin))).status).toBe(200)
  const anchors = [...page.body.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id)
  for (const id of new Set(anchors)) expect(page.body).toContain(`id="${id}"`)
})

test("the document can be made for any address without a server", () => {
  expect(description(endpoints, "https://front.example").servers).toEqual([{ url: "https://front.example" }])
})
