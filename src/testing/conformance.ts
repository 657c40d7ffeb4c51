import type { ApiAnswer } from "./server.ts"

/*
 * Holds an answer against the OpenAPI document as a strict reader of it would: what the document does not name must not be there, and a
 * word of JSON Schema that is not understood here is an error and not a shrug.
 */

type Schema = Record<string, unknown>

export interface ApiPaths {
  paths?: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: Schema }> }> }>
  >
  components?: { schemas?: Record<string, Schema> }
}

/** What is wrong with an answer; empty where it is as described. */
export function deviations(document: ApiPaths, answer: ApiAnswer): string[] {
  const { method, status, type, body } = answer
  const path = answer.path.split("?")[0] ?? ""
  const templates = Object.keys(document.paths ?? {}).filter((template) => matches(template, path))
  const operation = templates.map((template) => document.paths?.[template]?.[method.toLowerCase()]).find(Boolean)
  const where = `${method} ${path} → ${status}`
  if (!operation) return [`${where}: no such call is described`]
  const described = operation.responses[status]
  if (!described) return [`${where}: no such answer is described (${JSON.stringify(body).slice(0, 200)})`]
  if (!described.content) return body === "" ? [] : [`${where}: has a body and none is described`]
  const media = described.content[type.split(";")[0] ?? ""]
  if (!media) return [`${where}: comes as ${type}`]
  return wrongs(document, media.schema, body, "").map((wrong) => `${where}: ${wrong}`)
}

function matches(template: string, path: string): boolean {
  return new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}$`).test(path)
}

const understood = new Set([
  ...[
    "$ref",
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "const",
    "anyOf",
    "oneOf",
    "allOf",
  ],
  ...["format", "pattern", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"],
  ...["description", "example", "examples", "default", "title", "propertyNames"],
])

function wrongs(document: ApiPaths, schema: Schema, value: unknown, at: string, isPart = false): string[] {
  for (const word of Object.keys(schema))
    if (!understood.has(word))
      throw new Error(`the schema says ${word}, which is not understood: ${JSON.stringify(schema).slice(0, 300)}`)
  // An empty schema lets everything be.
  if (Object.keys(schema).every((word) => word === "description")) return []
  const reference = schema["$ref"]
  if (typeof reference === "string") {
    const target = document.components?.schemas?.[reference.split("/").at(-1) ?? ""]
    return target ? wrongs(document, target, value, at, isPart) : [`${at}: ${reference} is described nowhere`]
  }
  const choices = (schema["anyOf"] ?? schema["oneOf"]) as Schema[] | undefined
  if (choices) {
    const all = choices.map((choice) => wrongs(document, choice, value, at, isPart))
    return all.some((found) => found.length === 0) ? [] : (all[0] ?? [`${at}: fits no choice`])
  }
  const parts = schema["allOf"] as Schema[] | undefined
  if (parts) return parts.flatMap((part) => wrongs(document, part, value, at, true))

  const types = [schema["type"]].flat().filter((type) => type !== undefined) as string[]
  if (types.length > 0 && !types.some((type) => isOf(type, value)))
    return [`${at}: is ${JSON.stringify(value)}, not ${types.join(" or ")}`]
  if (value === null) return []
  const found: string[] = []
  const choice = schema["enum"] as unknown[] | undefined
  if (choice && !choice.includes(value)) found.push(`${at}: ${JSON.stringify(value)} is none of ${choice.join(", ")}`)
  if (typeof value === "string") found.push(...wrongText(schema, value, at))
  if (typeof value === "number") {
    if (value < Number(schema["minimum"] ?? -Infinity) || value > Number(schema["maximum"] ?? Infinity))
      found.push(`${at}: ${value} is out of range`)
  }
  const items = schema["items"] as Schema | undefined
  if (Array.isArray(value) && items) {
    for (const [index, one] of value.entries()) found.push(...wrongs(document, items, one, `${at}[${index}]`))
  }
  if (typeof value === "object" && !Array.isArray(value))
    found.push(...wrongMembers(document, schema, value as Record<string, unknown>, at, isPart))
  return found
}

function wrongMembers(
  document: ApiPaths,
  schema: Schema,
  value: Record<string, unknown>,
  at: string,
  isPart: boolean,
): string[] {
  const properties = (schema["properties"] ?? {}) as Record<string, Schema>
  const others = schema["additionalProperties"]
  const missing = ((schema["required"] ?? []) as string[])
    .filter((name) => !(name in value))
    .map((name) => `${at}.${name}: is missing`)
  const inside = Object.entries(value).flatMap(([name, member]) => {
    const described = properties[name] ?? (typeof others === "object" ? (others as Schema) : undefined)
    if (described) return wrongs(document, described, member, `${at}.${name}`)
    return others === true || isPart || (typeof others === "object" && others !== null)
      ? []
      : [`${at}.${name}: is not described`]
  })
  return [...missing, ...inside]
}

const formats: Record<string, RegExp> = {
  "date-time": /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  uri: /^https?:\/\/\S+$/,
}

function wrongText(schema: Schema, value: string, at: string): string[] {
  const format = schema["format"]
  const found: string[] = []
  if (typeof format === "string" && formats[format]?.test(value) === false)
    found.push(`${at}: ${value} is no ${format}`)
  // Where a format is named, it is stricter than the pattern that comes with it.
  const pattern = format === undefined ? schema["pattern"] : undefined
  if (typeof pattern === "string" && !new RegExp(pattern, "u").test(value))
    found.push(`${at}: ${value} does not fit ${pattern}`)
  return found
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case "null":
      return value === null
    case "integer":
      return Number.isInteger(value)
    case "array":
      return Array.isArray(value)
    case "object":
      return value !== null && typeof value === "object" && !Array.isArray(value)
    default:
      // The schema's words for text, number and truth are the language's own.
      return typeof value === type
  }
}
