import { inBoth, type Lang } from "./lang.ts"

/** What may be wrong with a field that a program sent, each in a few words that stand behind the field's name. */
const words = inBoth({
  ar: {
    missing: "مطلوب",
    form: "ليس بالصيغة المطلوبة",
    twice: "ورد أكثر من مرة",
    unprintable: "فيه محارف لا يمكن عرضها",
    no_day: "ليس يومًا",
    day_form: "يُكتب اليوم هكذا: YYYY-MM-DD",
    no_id: "ليس معرّفًا",
    no_cursor: "ليس مؤشر صفحة",
    no_number: "ليس رقمًا صحيحًا",
    name_office: "اذكر المكتب",
    name_code: "اذكر رقم الموعد",
    name_code_or_number: "اذكر رقم الموعد، أو nationalId مع birthYear",
    other_booking: "موعد لمكتب آخر أو خدمة أخرى",
    printable_key: "من 1 إلى 255 محرفًا من ASCII القابلة للطباعة",
  },
  en: {
    missing: "is missing",
    form: "is not of the form that is described",
    twice: "is given more than once",
    unprintable: "has characters that cannot be shown",
    no_day: "is no day",
    day_form: "a day is written YYYY-MM-DD",
    no_id: "is no id",
    no_cursor: "is no cursor",
    no_number: "is no such number",
    name_office: "name the office",
    name_code: "name the booking by its number",
    name_code_or_number: "give the number of the booking, or nationalId and birthYear",
    other_booking: "is a booking of another office or service",
    printable_key: "takes 1 to 255 printable ASCII characters",
  },
})

export type FieldMistake = keyof (typeof words)["en"]

export function isFieldMistake(text: unknown): text is FieldMistake {
  return typeof text === "string" && Object.hasOwn(words.en, text)
}

/** The fields of a refusal with their messages in the reader's language; whatever is no field of this kind stays as it is. */
export function fieldsIn(lang: Lang, fields: unknown): unknown {
  if (!Array.isArray(fields)) return fields
  return fields.map((field: { path?: unknown; message?: unknown }) =>
    isFieldMistake(field.message) ? { ...field, message: words[lang][field.message] } : field,
  )
}
