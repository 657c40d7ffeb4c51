import { readDay } from "../../base/day.ts"
import { asciiDigits, cleanText, withoutMarks } from "../../base/text.ts"
import type { Asked, Field, Fields, Option, Service } from "./service.ts"
import { isCountry } from "./services/countries.ts"

/* What is filled in, as it is kept: text by name, nothing that the service does not ask for. */

const choiceLength = 64

/** Takes over what was typed; what cannot be read as its kind is left as if nobody had typed it. Refuses `invalid_field` for forbidden letters. */
export function readFields({ fields }: Service, typed: Fields): Fields {
  const read: Record<string, string> = {}
  for (const field of fields) {
    const value = readField(field, typed[field.name] ?? "")
    if (value !== "") read[field.name] = value
  }
  return read
}

function readField(field: Field, typed: string): string {
  switch (field.kind) {
    case "text":
      return cleanText(typed, field.name, field.max)
    case "day":
      return readDay(asciiDigits(withoutMarks(typed)).trim()) ?? ""
    case "countries":
      return [...new Set(typed.split(",").filter(isCountry))].slice(0, field.max).join(",")
    case "choice":
      return cleanText(typed, field.name, choiceLength)
  }
}

/** The names of what must be filled in and is not. */
export function missingIn({ fields, needsOne }: Pick<Service, "fields" | "needsOne">, given: Fields): string[] {
  const isEmpty = fields.every(({ name }) => (given[name] ?? "") === "")
  if (needsOne && isEmpty) return fields.map(({ name }) => name)
  return fields.filter(({ name, isOptional }) => !isOptional && (given[name] ?? "") === "").map(({ name }) => name)
}

/** What there is to choose from now, by the field's name. */
export async function optionsFor({ fields }: Service, asked: Asked): Promise<Map<string, readonly Option[]>> {
  const found = new Map<string, readonly Option[]>()
  for (const field of fields) {
    if (field.kind !== "choice") continue
    found.set(field.name, typeof field.options === "function" ? await field.options(asked) : field.options)
  }
  return found
}
