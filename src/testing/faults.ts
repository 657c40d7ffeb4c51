/*
 * Input made from a schema of the OpenAPI document: one that fits, and many that do not. Nothing of it is chance, so that what fails
 * once fails again.
 */

export type Schema = Record<string, unknown>

/** One way in which a value is not what its schema says. */
export interface Fault {
  /** Where and what, for whoever reads that it was let through. */
  what: string
  value: unknown
}

const text = (schema: Schema, word: string) => (typeof schema[word] === "string" ? (schema[word] as string) : undefined)
const count = (schema: Schema, word: string) =>
  typeof schema[word] === "number" ? (schema[word] as number) : undefined
const choicesOf = (schema: Schema) => (schema["anyOf"] ?? schema["oneOf"]) as Schema[] | undefined
const propertiesOf = (schema: Schema) => Object.entries((schema["properties"] ?? {}) as Record<string, Schema>)
const typesOf = (schema: Schema) => [schema["type"]].flat().filter((type) => type !== undefined) as string[]

/** A value that fits: the example where there is one, else the least that the schema allows. */
export function fitting(schema: Schema): unknown {
  if ("example" in schema) return schema["example"]
  if ("default" in schema) return schema["default"]
  const choices = choicesOf(schema)
  if (choices?.[0]) return fitting(choices[0])
  const choice = schema["enum"] as unknown[] | undefined
  if (choice) return choice[0]
  switch (typesOf(schema)[0]) {
    case "object": {
      const required = (schema["required"] ?? []) as string[]
      const members = propertiesOf(schema).filter(([name]) => required.includes(name))
      return Object.fromEntries(members.map(([name, member]) => [name, fitting(member)]))
    }
    case "array": {
      const least = count(schema, "minItems") ?? 0
      return Array.from({ length: least }, () => fitting((schema["items"] ?? {}) as Schema))
    }
    case "integer":
    case "number":
      return count(schema, "minimum") ?? 1
    case "boolean":
      return true
    default:
      return "x".repeat(Math.max(1, count(schema, "minLength") ?? 1))
  }
}

/** Values that the schema refuses, each wrong in one place of `good`. Where it lets one choose among forms, whatever is none of them. */
export function faults(schema: Schema, good: unknown, at = ""): Fault[] {
  const here = (what: string, value: unknown) => ({ what: `${at || "the whole"} ${what}`, value })
  const choices = choicesOf(schema)
  const types = choices ? choices.flatMap(typesOf) : typesOf(schema)
  const others: Record<string, unknown> = {
    null: null,
    boolean: true,
    number: 1.5,
    string: "text",
    array: [],
    object: {},
  }
  const kinds = types.map((type) => (type === "integer" ? "number" : type))
  const found = Object.entries(others)
    .filter(([kind]) => !kinds.includes(kind) && !(choices && kind === "object"))
    .map(([kind, value]) => here(`of the kind ${kind}`, value))
  if (choices) return found
  if (types.includes("string")) found.push(...wrongTexts(schema).map(([what, value]) => here(what, value)))
  if (types.includes("integer")) {
    const [least, most] = [count(schema, "minimum"), count(schema, "maximum")]
    found.push(here("with a fraction", 1.5), here("beyond all numbers", 1e308))
    if (least !== undefined) found.push(here("too small", least - 1), here("far too small", -(2 ** 53)))
    if (most !== undefined) found.push(here("too large", most + 1), here("far too large", 2 ** 53 + 2))
  }
  if (types.includes("array")) found.push(...wrongLists(schema, at))
  if (types.includes("object")) found.push(...wrongMembers(schema, (good ?? {}) as Record<string, unknown>, at))
  return found
}

function wrongTexts(schema: Schema): [what: string, value: string][] {
  const most = count(schema, "maxLength") ?? 50_000
  const found: [string, string][] = [
    ["too long", "x".repeat(most + 1)],
    ["with a zero byte", "a\u0000b"],
    ["with half a letter", "\ud800"],
  ]
  if ((count(schema, "minLength") ?? 0) > 0) found.push(["empty", ""])
  if (schema["enum"] || schema["pattern"] || schema["format"]) found.push(["of another form", "!§ no such thing"])
  const pattern = text(schema, "pattern")
  for (const digits of ["٣", "' OR 1=1 --", "../..", "<script>"]) {
    if (pattern && !new RegExp(pattern, "u").test(digits)) found.push([`like ${digits}`, digits])
  }
  return found
}

function wrongLists(schema: Schema, at: string): Fault[] {
  const items = (schema["items"] ?? {}) as Schema
  const one = fitting(items)
  const most = count(schema, "maxItems")
  const found = faults(items, one, `${at}[0]`).map(({ what, value }) => ({ what, value: [value] as unknown }))
  if (most !== undefined) found.push({ what: `${at} too many`, value: Array(most + 1).fill(one) })
  if ((count(schema, "minItems") ?? 0) > 0) found.push({ what: `${at} none`, value: [] })
  return found
}

function wrongMembers(schema: Schema, good: Record<string, unknown>, at: string): Fault[] {
  const missing = ((schema["required"] ?? []) as string[]).map((name) => {
    const { [name]: _left, ...rest } = good
    return { what: `${at}.${name} missing`, value: rest as unknown }
  })
  const bent = propertiesOf(schema).flatMap(([name, member]) =>
    faults(member, good[name] ?? fitting(member), `${at}.${name}`).map(({ what, value }) => ({
      what,
      value: { ...good, [name]: value } as unknown,
    })),
  )
  return [...missing, ...bent]
}

/** What a parameter of an address cannot be; each as it stands in the address. */
export function wrongParameters(schema: Schema): Fault[] {
  const types = typesOf(schema)
  if (types.includes("integer") || types.includes("number")) {
    const [least, most] = [count(schema, "minimum"), count(schema, "maximum")]
    return [
      ...["", "x", "1.5", "1e3", "01", "٣", "NaN", "9007199254740993", "%00"].map((value) => ({ what: value, value })),
      ...(least === undefined ? [] : [{ what: "too small", value: String(least - 1) }]),
      ...(most === undefined ? [] : [{ what: "too large", value: String(most + 1) }]),
    ]
  }
  const texts = wrongTexts(schema).filter(([what]) => what !== "with half a letter")
  return texts.map(([what, value]) => ({ what, value: encodeURIComponent(value.slice(0, 4_000)) }))
}
