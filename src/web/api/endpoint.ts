import { createRoute, type RouteConfig, z } from "@hono/zod-openapi"
import type { RefusalCode } from "../../base/refusal.ts"
import { statusOf } from "../../base/refusal.ts"
import { type Action, rolesFor, scopeFor } from "../../domain/access/authorize.ts"
import type { Role } from "../../domain/access/subject.ts"
import type { Context, Gate, Handler } from "../house.ts"
import type { KeptAnswer } from "../kept-answers.ts"
import { sending } from "../sending.ts"
import { readBody, readParams, readQuery } from "./asked.ts"
import { problemShape } from "./problem.ts"

/** One call of the API: its form (what validates is what is described), who may make it, and what it does. */
export interface Endpoint {
  form: RouteConfig
  /** What the call does, by the table of rights: who may, and what an integrator's key has to name for it. */
  gate: Gate
  handle: Handler
}

/** What was asked, read by the form. */
export interface Asked<P, Q, B> {
  params: P
  query: Q
  body: B
  /** The body as it came, for telling a repeated request from another one. */
  given: unknown
}

export interface Answer {
  status: 200 | 201 | 204
  /** Nothing with 204. */
  body?: object
  /** The body as JSON where it has been written before. */
  text?: string
  /** Where the text is the same to anybody: what it was made of, as `known` gave it, and until when it says the same. */
  keep?: Pick<KeptAnswer, "of" | "until"> | undefined
}

const json = "application/json"

type Form = z.ZodType<unknown>
type Read<F> = F extends z.ZodType<infer T> ? T : Record<string, never>

interface Call<P extends Form, Q extends Form, B extends Form> {
  method: "get" | "post" | "delete"
  /** As OpenAPI writes it: `/api/v1/tickets/{id}`. */
  path: string
  tag: string
  summary: string
  description?: string
  gate: Gate
  params?: P
  query?: Q
  body?: B
  /** An example of the body, for whoever reads the document. */
  example?: object
  answers: { [status in 200 | 201]?: z.ZodType } & { 204?: string }
  /** The refusals that belong to this call, beside those that any call may meet. */
  refusals?: RefusalCode[]
  handle(c: Context, asked: Asked<Read<P>, Read<Q>, Read<B>>): Promise<Answer>
}

/** Declares a call. Its gate, its validation and its description all come from this one place. */
export function call<P extends Form = never, Q extends Form = never, B extends Form = never>(
  given: Call<P, Q, B>,
): Endpoint {
  const { params, query, body, gate } = given
  const form = createRoute({
    method: given.method,
    path: given.path,
    operationId: nameOf(given),
    tags: [given.tag],
    summary: given.summary,
    description: descriptionOf(given),
    security: gate === "anyone" ? [{}, { bearer: [] }] : [{ bearer: [] }],
    request: {
      ...(params ? { params: params as never } : {}),
      ...(query ? { query: query as never } : {}),
      ...(given.method === "get" ? {} : { headers: idempotencyHeader }),
      ...(body ? { body: bodyForm(body, given.example) } : {}),
    },
    responses: { ...goodAnswers(given.answers), ...refusedAnswers(given) },
  })
  return {
    form,
    gate,
    async handle(c) {
      const asked = {
        params: params ? readParams(c, params) : {},
        query: query ? readQuery(c, query) : {},
        ...(given.method === "get" ? { body: {}, given: null } : await readBody(c, body ?? null)),
      }
      const answer = await given.handle(c, asked as Asked<Read<P>, Read<Q>, Read<B>>)
      if (answer.status === 204) return c.body(null, 204)
      const text = answer.text ?? JSON.stringify(answer.body ?? {})
      if (answer.keep) c.var.keep({ ...answer.keep, type: json, body: text, size: text.length })
      return c.body(sending(c, text), answer.status, { "Content-Type": json })
    },
  }
}

const idempotencyHeader = z.object({
  "Idempotency-Key": z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/)
    .optional()
    .openapi({
      description:
        "For 24 hours the same key with the same body of the same caller gives the same answer; with another body it is refused.",
      example: "4f6c2f0e-6b0a-4c39-9b5e-0d8c3f6f6f11",
    }),
})

/** A name for generators of clients: `postBookingsByIdMove`. */
function nameOf({ method, path }: { method: string; path: string }): string {
  const parts = path
    .replace("/api/v1/", "")
    .split(/[/-]/)
    .map((part) => part.replace(/^\{(\w)(\w*)\}$/, (_, first, rest) => `by${first.toUpperCase()}${rest}`))
  return method + parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("")
}

function bodyForm(body: z.ZodType, example?: object) {
  // A body of which nothing is required may be left away.
  const required = !body.safeParse({}).success
  return { required, content: { "application/json": { schema: body, ...(example ? { example } : {}) } } }
}

function descriptionOf({ gate, description }: { gate: Gate; description?: string }): string {
  const callers =
    gate === "anyone"
      ? "anyone"
      : rolesFor(gate)
          .map((role) => callerOf(role, gate))
          .join(", ")
  return [description, `Callers: ${callers}.`].filter(Boolean).join("\n\n")
}

function callerOf(role: Role, action: Action): string {
  const scope = role === "integrator" ? scopeFor(action) : null
  return scope ? `integrator (scope \`${scope}\`)` : role
}

function goodAnswers(answers: Call<never, never, never>["answers"]) {
  const words = { 200: "OK", 201: "Created" }
  const withBody = ([200, 201] as const).flatMap((status) => {
    const schema = answers[status]
    return schema
      ? [[status, { description: words[status], content: { "application/json": { schema } } }] as const]
      : []
  })
  return { ...Object.fromEntries(withBody), ...(answers[204] ? { 204: { description: answers[204] } } : {}) }
}

/** Any call may be malformed, carry a bad token, ask too often or meet a server that is going down. */
const always: RefusalCode[] = [
  "malformed",
  "invalid_field",
  "bad_token",
  "too_many_requests",
  "unavailable",
  "store_busy",
]
const ofWrites: RefusalCode[] = ["idempotency_mismatch", "too_large", "unsupported_type", "wrong_state"]

function refusedAnswers(given: { gate: Gate; params?: unknown; method: string; refusals?: RefusalCode[] }) {
  const codes: RefusalCode[] = [...always, ...(given.refusals ?? [])]
  if (given.gate !== "anyone") codes.push("not_signed_in", "forbidden")
  if (given.params) codes.push("not_found")
  if (given.method !== "get") codes.push(...ofWrites)
  const byStatus = Map.groupBy(new Set(codes), (code) => statusOf[code])
  const answers = [...byStatus].map(([status, of]) => [
    status,
    problemAnswer(of.map((code) => `\`${code}\``).join(", ")),
  ])
  return { ...Object.fromEntries(answers), 500: problemAnswer("`bug`: our mistake; nothing was saved") }
}

function problemAnswer(description: string) {
  return { description, content: { "application/problem+json": { schema: problemShape } } }
}
