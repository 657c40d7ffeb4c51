import { OpenAPIHono } from "@hono/zod-openapi"
import type { Endpoint } from "./endpoint.ts"

export type ApiDocument = ReturnType<OpenAPIHono["getOpenAPI31Document"]>

const words = `Bookings, waiting, counters, kiosks, boards and reports for programs. Video visits with their services, documents and recordings are pages alone.

JSON in and out. Instants are ISO 8601 with the office's offset, calendar days \`YYYY-MM-DD\`, money is in halalas (\`null\` = not known).
Lists are \`{ items, next }\`, a hundred a page; hand \`next\` back as \`cursor\`. \`Accept-Language: ar | en\` picks the words of refusals.
A refusal is \`application/problem+json\` with a stable \`code\`; decide by the code and show the words.
Repeat a write with the same \`Idempotency-Key\` and you get the same answer instead of a second booking.
What a form does not name is ignored.`

/** The whole API as OpenAPI 3.1, from the same forms that read the requests. */
export function description(calls: Endpoint[], origin: string): ApiDocument {
  const described = new OpenAPIHono()
  const registry = described.openAPIRegistry
  registry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "An API key that acts as a person, a device or an integrator.",
  })
  for (const { form } of calls) registry.registerPath(form)
  return described.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Dawr", version: "1", description: words },
    servers: [{ url: origin }],
    tags: [...new Set(calls.flatMap(({ form }) => form.tags ?? []))].map((name) => ({ name })),
  })
}
