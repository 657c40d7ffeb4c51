import type { z } from "zod"

/* What is wrong with a file, as a sentence for whoever wrote it: where, what stands there, and what is expected. */

type Issue = z.core.$ZodIssue

/** `office RUH-RML: counters is 0; a number of at least 1 is expected`. `raw` is the whole file as it was read. */
export function sentenceOf(issue: Issue, raw: unknown): string {
  const place = placeOf(issue.path, raw)
  if (issue.code === "unrecognized_keys") {
    const known = issue.keys.length === 1 ? "which is not known there" : "which are not known there"
    return `${place} has ${listed(issue.keys.map(quoted), "and")}, ${known}`
  }
  if (issue.code === "invalid_key") {
    const [why] = issue.issues
    return `${place} is not a name that it can have; ${why?.message ?? "another one"} is expected`
  }
  const value = valueAt(raw, issue.path)
  // Ours, where there is more to say than what it is written like.
  if (issue.code === "custom" && issue.params?.["isReason"]) return `${place} is ${shown(value)}: ${issue.message}`
  if (value === undefined) return `${place} is missing; ${expected(issue)} is expected`
  return `${place} is ${shown(value)}; ${expected(issue)} is expected`
}

/** What one of a list is called, where it has a name of its own. */
const ones: Record<string, string> = {
  ...{ agencies: "agency", offices: "office", lines: "line", services: "service", seasons: "season" },
  holidays: "holiday",
}

/** `office RUH-RML: hours 2: start`: of lists by name where there is one, and else by number, counted as people count. */
function placeOf(path: readonly PropertyKey[], raw: unknown): string {
  const parts: string[] = []
  let fields: string[] = []
  for (const [index, key] of path.entries()) {
    if (typeof key !== "number") {
      fields.push(String(key))
      continue
    }
    const one = ones[fields.at(-1) ?? ""]
    const named = one === undefined ? null : nameOf(valueAt(raw, path.slice(0, index + 1)), path[index + 1])
    parts.push(`${one ?? fields.join(".")} ${named ?? key + 1}`)
    fields = []
  }
  return [...parts, fields.join(".")].filter((part) => part !== "").join(": ") || "the file"
}

/** The name that an entry gives itself, unless that is what is wrong with it. */
function nameOf(entry: unknown, wrong: PropertyKey | undefined): string | null {
  const names = ["code", "id", "en"].filter((name) => name !== wrong).map((name) => valueAt(entry, [name]))
  const found = names.find((name) => typeof name === "string" && name.trim() !== "" && name.length <= shownMax)
  return typeof found === "string" ? found : null
}

/** A figure and its noun: `1 office`, `2 offices`. */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

function expected(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return kinds[issue.expected] ?? issue.expected
    case "too_small":
      return bounded(issue.origin, "at least", Number(issue.minimum))
    case "too_big":
      return bounded(issue.origin, "at most", Number(issue.maximum))
    case "invalid_value":
      return listed(issue.values.map(shown), "or")
    default:
      // Ours: what it is written like.
      return issue.message
  }
}

const kinds: Record<string, string> = {
  string: "a text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a group of fields in braces",
  record: "a group of fields in braces",
}

function bounded(origin: string, which: string, bound: number): string {
  if (origin === "string") return `a text of ${which} ${counted(bound, "letter", "letters")}`
  if (origin === "array") return `a list of ${which} ${counted(bound, "entry", "entries")}`
  return `a number of ${which} ${bound}`
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value = raw
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}

const shownMax = 60

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list"
  if (typeof value === "object" && value !== null) return "a group of fields in braces"
  const text = typeof value === "string" ? quoted(value) : String(value)
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text
}

function quoted(text: string): string {
  return JSON.stringify(text)
}

function listed(texts: readonly string[], word: "and" | "or"): string {
  const last = texts.at(-1) ?? ""
  return texts.length > 1 ? `${texts.slice(0, -1).join(", ")} ${word} ${last}` : last
}
