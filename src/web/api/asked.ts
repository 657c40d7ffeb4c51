import type { z } from "@hono/zod-openapi"
import { Refusal } from "../../base/refusal.ts"
import { type FieldMistake, isFieldMistake } from "../../i18n/fields.ts"
import type { Context } from "../house.ts"

/*
 * Reads what a program asks, by the form that describes it. Nothing is guessed: a parameter that comes twice, a body of another type or
 * a text that could not be stored and shown again is refused before anything else happens. What a form does not name is ignored.
 */

const queryMax = 50
const nestingMax = 10

/** Refuses `not_found`: an id that no thing could have names nothing. */
export function readParams<T>(c: Context, form: z.ZodType<T>): T {
  const read = form.safeParse(c.req.param())
  if (!read.success) throw new Refusal("not_found")
  return read.data
}

/** Refuses `invalid_field`, also for a parameter that is given twice: two servers would read two different requests in it. */
export function readQuery<T>(c: Context, form: z.ZodType<T>): T {
  const { url } = c.req
  // Reading the whole address takes ten times as long.
  const given = new URLSearchParams(url.includes("?") ? url.slice(url.indexOf("?")) : "")
  if (given.size > queryMax) throw new Refusal("malformed", { why: "too many parameters" })
  const values: Record<string, string> = Object.create(null)
  for (const [name, value] of given) {
    if (name in values) throw invalid([{ path: name, message: "twice" }])
    values[name] = value
  }
  mustBeStorable(values)
  return readBy(form, { ...values })
}

/** Refuses `unsupported_type`, `malformed`, `invalid_field`. `form` is null where the call takes no body; one that comes is then ignored. */
export async function readBody<T>(c: Context, form: z.ZodType<T> | null): Promise<{ body: T; given: unknown }> {
  const bytes = new Uint8Array(await c.req.arrayBuffer())
  if (bytes.length === 0) {
    if (form === null) return { body: {} as T, given: null }
    const empty = form.safeParse({})
    if (!empty.success) throw new Refusal("malformed", { why: "a JSON body is needed" })
    return { body: empty.data, given: null }
  }
  mustBeJson(c.req.header("Content-Type"))
  const given = parse(bytes)
  mustBeStorable(given)
  return { body: form === null ? ({} as T) : readBy(form, given), given }
}

/** One media type and nothing beside it: "application/json, text/plain" is what a forged form can send (Fetch, "CORS-safelisted"). */
function mustBeJson(type: string | undefined): void {
  if (!/^application\/json(\s*;\s*charset="?utf-8"?)?$/i.test(type?.trim() ?? "")) throw new Refusal("unsupported_type")
}

const utf8 = new TextDecoder("utf-8", { fatal: true })

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch {
    throw new Refusal("malformed", { why: "the body is not JSON in UTF-8" })
  }
}

function readBy<T>(form: z.ZodType<T>, given: unknown): T {
  const read = form.safeParse(given)
  if (read.success) return read.data
  throw invalid(fieldsOf(read.error.issues, given))
}

interface WrongField {
  path: string
  message: FieldMistake
}

/** Where it is wrong, and whether it is missing or of another form. Of several forms that a body may have, the one that it came nearest to is what its sender meant. */
function fieldsOf(issues: readonly z.core.$ZodIssue[], given: unknown): WrongField[] {
  return issues.flatMap((issue) => {
    const at = issue.path.map(String).join(".")
    const forms = issue.code === "invalid_union" ? issue.errors.filter((errors) => errors.length > 0) : []
    if (forms.length === 0 || at !== "") return [{ path: at, message: mistakeOf(issue, given) }]
    const missing = (form: (typeof forms)[number]) => form.filter(({ path }) => !isGiven(given, path[0])).length
    const [nearest = []] = forms.toReversed().sort((left, right) => missing(left) - missing(right))
    return fieldsOf(nearest, given)
  })
}

/** The forms name some mistakes themselves; what the library says of the others is for programmers, in English. */
function mistakeOf({ path, message }: z.core.$ZodIssue, given: unknown): FieldMistake {
  if (isFieldMistake(message)) return message
  return isThere(given, path) ? "form" : "missing"
}

function isThere(given: unknown, [member, ...rest]: readonly PropertyKey[]): boolean {
  if (member === undefined) return given !== undefined
  return isGiven(given, member) && isThere((given as Record<PropertyKey, unknown>)[member], rest)
}

function isGiven(given: unknown, member: PropertyKey | undefined): boolean {
  return typeof given === "object" && given !== null && member !== undefined && member in given
}

/** Refuses what was sent; each message is put into words when it is answered, because only then the reader is known. */
export function invalid(fields: WrongField[]): Refusal {
  return new Refusal("invalid_field", { fields: fields.slice(0, 20) })
}

// Control characters other than tab and line breaks, and the marks that turn the direction of the text after them (Unicode TR9 §2).
const unprintable = /(?![\t\n\r])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u

/** Refuses text that no screen could show as it was meant, wherever it stands in what was sent; also what is nested without end. */
function mustBeStorable(value: unknown, path: string[] = []): void {
  if (typeof value === "string") {
    if (unprintable.test(value) || !value.isWellFormed()) {
      throw invalid([{ path: path.join("."), message: "unprintable" }])
    }
  } else if (value !== null && typeof value === "object") {
    if (path.length >= nestingMax) throw new Refusal("malformed", { why: "nested too deeply" })
    for (const [key, inner] of Object.entries(value)) mustBeStorable(inner, [...path, key])
  }
}
