import type { z } from "zod"
import { Refusal } from "../base/refusal.ts"
import type { Context } from "./house.ts"

/**
 * A form's fields, read by a schema. A field given twice, a file, or one that the schema refuses is `invalid_field` with its name; pages
 * that want to show the form again with what was typed catch it.
 */
export async function readForm<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const body = await c.req.parseBody({ all: true })
  const fields: Record<string, unknown> = Object.create(null)
  for (const [name, value] of Object.entries(body)) {
    if (name === "_form") continue
    const texts = (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string")
    fields[name] = name.endsWith("[]") ? texts : texts.length === 1 ? texts[0] : texts
  }
  const read = schema.safeParse({ ...fields })
  if (read.success) return read.data
  const path = read.error.issues[0]?.path ?? []
  const message = fields[String(path[0])] === undefined ? "missing" : "form"
  throw new Refusal("invalid_field", { field: path.join("."), fields: [{ path: path.join("."), message }] })
}
