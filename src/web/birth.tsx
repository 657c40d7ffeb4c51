import { z } from "zod"
import type { Lang } from "../i18n/lang.ts"
import { visitorWords } from "../i18n/visitor.ts"
import { FieldError } from "./shell/controls.tsx"

/** A date of birth as it was typed. */
export interface TypedBirth {
  day: string
  month: string
  year: string
}

export const birthFields = {
  day: z.string().max(20).default(""),
  month: z.string().max(20).default(""),
  year: z.string().max(20).default(""),
}

/**
 * A date of birth in three fields with the number keyboard: the browser's own date field knows one calendar only, and shows it in the
 * browser's language. No switch between calendars, because the year says which one it is.
 */
export function BirthField({
  lang,
  typed,
  error,
  isOthers = false,
}: {
  lang: Lang
  typed?: Partial<TypedBirth>
  error?: string
  /** Not the one's who types: the browser fills in nothing. */
  isOthers?: boolean
}) {
  const words = visitorWords[lang]
  const parts = [
    { name: "day", label: words.day, most: 2, auto: "bday-day" },
    { name: "month", label: words.month, most: 2, auto: "bday-month" },
    { name: "year", label: words.year, most: 4, auto: "bday-year" },
  ] as const
  const notes = error ? "birth-hint birth-error" : "birth-hint"
  return (
    <fieldset class="field birth" aria-describedby={notes}>
      <legend>{words.birth}</legend>
      {error && <FieldError id="birth-error">{error}</FieldError>}
      <div class="birth-parts">
        {parts.map(({ name, label, most, auto }) => (
          <div class="field">
            <label for={name}>{label}</label>
            <input
              class="input input-digits"
              id={name}
              name={name}
              inputmode="numeric"
              dir="ltr"
              maxlength={most}
              required
              value={typed?.[name]}
              autocomplete={isOthers ? "off" : auto}
              aria-invalid={error ? "true" : undefined}
            />
          </div>
        ))}
      </div>
      <p class="hint" id="birth-hint">
        {words.birthHint}
      </p>
    </fieldset>
  )
}
