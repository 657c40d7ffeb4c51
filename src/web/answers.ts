import { Refusal } from "../base/refusal.ts"
import { fieldsIn } from "../i18n/fields.ts"
import { bugWords, programWords, refusalWords } from "../i18n/refusals.ts"
import type { Context } from "./house.ts"
import { paths } from "./paths.ts"

/** A refusal as a problem document (RFC 9457): stable `code`, words in the reader's language, and what helps to go on. */
export function problem(c: Context, refusal: Refusal): Response {
  const { code, details, status } = refusal
  const wordsFor = c.req.path.startsWith("/api/") ? programWords : refusalWords
  const words = wordsFor(code, c.var.lang ?? "ar")
  const requestId = c.var.requestId
  const body = {
    type: paths.problem(code),
    title: words.title,
    status,
    code,
    detail: words.help,
    requestId,
    ...details,
    ...("fields" in details ? { fields: fieldsIn(c.var.lang ?? "ar", details["fields"]) } : {}),
  }
  const retryAfter = details.retryAfterSeconds
  if (typeof retryAfter === "number") c.header("Retry-After", String(retryAfter))
  if (status === 401) c.header("WWW-Authenticate", "Bearer")
  return c.body(JSON.stringify(body), status as 400, { "Content-Type": "application/problem+json; charset=utf-8" })
}

/** A bug, as far as the outside may know of it. */
export function bugProblem(c: Context): Response {
  const { title, help: detail } = bugWords[c.var.lang ?? "ar"]
  const body = { type: paths.problem("bug"), title, status: 500, code: "bug", detail, requestId: c.var.requestId }
  return c.body(JSON.stringify(body), 500, { "Content-Type": "application/problem+json; charset=utf-8" })
}

/** What was thrown, as a refusal where it is one in disguise: a body that is no JSON, a request too large, or one whose sender hung up. */
export function asRefusal(thrown: unknown): Refusal | null {
  if (thrown instanceof Refusal) return thrown
  // Reading on after the connection has gone; nobody is there to be answered, and it is no mistake of ours to be woken for.
  if (thrown instanceof DOMException && thrown.name === "AbortError") return new Refusal("malformed")
  if (typeof thrown === "object" && thrown !== null && "status" in thrown && typeof thrown.status === "number") {
    if (thrown.status === 413) return new Refusal("too_large")
    if (thrown.status === 404) return new Refusal("not_found")
    if (thrown.status >= 400 && thrown.status < 500) return new Refusal("malformed")
  }
  return null
}
