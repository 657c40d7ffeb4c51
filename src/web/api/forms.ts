import { z } from "@hono/zod-openapi"
import type { RefusalCode } from "../../base/refusal.ts"

/** Why one may not act for somebody: nobody's right, one that has ended, or one that does not reach as far. */
export const ofRights: RefusalCode[] = ["not_for_you", "of_age", "right_ended", "proxy_ended", "proxy_scope"]

/* What may be asked, piece by piece. These both refuse what is wrong and describe what is right. */

export const officeCode = z
  .string()
  .regex(/^[A-Z0-9]{2,12}(-[A-Z0-9]{1,12}){0,3}$/, "is no office's code")
  .openapi({ example: "RUH-RML" })
export const serviceCode = z
  .string()
  .regex(/^[A-Z0-9]{2,12}(-[A-Z0-9]{1,12}){0,3}$/, "is no service's code")
  .openapi({ example: "PAS-08" })
export const lineCode = z
  .string()
  .regex(/^[A-Z0-9]{2,12}(-[A-Z0-9]{1,12})?$/, "is no line's code")
  .openapi({ example: "PAS" })
/** Of people, bookings, holds, tickets. */
export const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/, "no_id")
  .openapi({ example: "019aa0f0-7c5e-7b1e-9d3c-2f4f4a5f6b7c" })
export const counterId = z
  .string()
  .regex(/^[A-Z0-9]{2,12}(-[A-Z0-9]{1,12}){0,3}\.[1-9]\d{0,3}$/, "is no counter's id")
  .openapi({ example: "RUH-RML.3" })
/** What no slot could be called is no slot: the domain says so with the rest of what it knows. */
export const slotId = z.string().min(1).max(80).openapi({
  description: "`<office>.<line>.<YYYYMMDDTHHmm>` in UTC, as the list of slots gives it.",
  example: "RUH-RML.PAS.20261122T0730",
})
export const dayText = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, "day_form")
  .openapi({ format: "date", example: "2026-11-22" })

/** A whole number in a query: plain digits, no sign, no exponent, no digits of another script. */
export function wholeText(least: number, most: number, example?: number) {
  return z
    .string()
    .regex(/^(0|[1-9]\d{0,15})$/, "is no whole number")
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .openapi({ type: "integer", minimum: least, maximum: most, ...(example === undefined ? {} : { example }) })
}

export const cursor = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,200}$/, "no_cursor")
  .optional()
  .openapi({ description: "`next` of the page before." })

/** For whom: people for whom the caller may act. */
export const forWhom = z.array(id).min(1).max(20).optional().openapi({
  description: "Ids of the people who come; without it the caller. Places are taken for each.",
})

export const visit = z.object({ office: officeCode, service: serviceCode, slot: slotId, for: forWhom })

export const people = z.int().min(1).max(20)
export const need = z.enum(["age", "disability", "pregnancy", "infant"])
/** As people write them: spaces, dashes and Arabic digits are put right when it is read. */
export const numberText = z.string().min(1).max(40)
export const shortText = z.string().trim().min(1).max(500)
export const wallTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time is written HH:mm")
  .openapi({ example: "07:30" })

export const officePath = z.object({ code: officeCode })
export const idPath = z.object({ id })
export const counterPath = z.object({ id: counterId })
