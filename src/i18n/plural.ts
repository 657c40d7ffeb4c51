import type { Lang } from "./lang.ts"

/** The forms of a counted noun. Arabic has six (CLDR); one and two are said without the figure. `{n}` is the figure. */
type Arabic = [zero: string, one: string, two: string, few: string, many: string, other: string]
type English = [zero: string, one: string, other: string]

/** The figure and its noun never part at a line's end. */
const nbsp = "\u00a0"

const nouns = {
  /** Begins a sentence, as the next does. */
  ahead: {
    ar: ["لا أحد قبلك", "قبلك شخص واحد", "قبلك شخصان", "قبلك {n} أشخاص", "قبلك {n} شخصًا", "قبلك {n} شخص"],
    en: ["Nobody before you", "One person before you", "{n} people before you"],
  },
  people: {
    ar: ["لا أحد", "شخص واحد", "شخصان", "{n} أشخاص", "{n} شخصًا", "{n} شخص"],
    en: ["nobody", "one person", "{n} people"],
  },
  waiting: {
    ar: ["لا أحد ينتظر", "شخص واحد ينتظر", "شخصان ينتظران", "{n} أشخاص ينتظرون", "{n} شخصًا ينتظرون", "{n} شخص ينتظرون"],
    en: ["Nobody is waiting", "One person is waiting", "{n} people are waiting"],
  },
  minutes: {
    ar: ["أقل من دقيقة", "دقيقة واحدة", "دقيقتان", "{n} دقائق", "{n} دقيقة", "{n} دقيقة"],
    en: ["less than a minute", "one minute", "{n} minutes"],
  },
  /** After a preposition: خلال، بعد، قبل. */
  minutesAfter: {
    ar: ["أقل من دقيقة", "دقيقة واحدة", "دقيقتين", "{n} دقائق", "{n} دقيقة", "{n} دقيقة"],
    en: ["less than a minute", "one minute", "{n} minutes"],
  },
  seconds: {
    ar: ["الآن", "ثانية واحدة", "ثانيتان", "{n} ثوانٍ", "{n} ثانية", "{n} ثانية"],
    en: ["now", "one second", "{n} seconds"],
  },
  /** After a preposition: خلال، بعد، قبل. */
  secondsAfter: {
    ar: ["لحظة", "ثانية واحدة", "ثانيتين", "{n} ثوانٍ", "{n} ثانية", "{n} ثانية"],
    en: ["a moment", "one second", "{n} seconds"],
  },
  /** How often: نادينا رقمك مرتين. */
  times: {
    ar: ["ولا مرة", "مرة واحدة", "مرتين", "{n} مرات", "{n} مرة", "{n} مرة"],
    en: ["not once", "once", "{n} times"],
  },
  freeTimes: {
    ar: [
      "لا توجد مواعيد متاحة",
      "موعد واحد متاح",
      "موعدان متاحان",
      "{n} مواعيد متاحة",
      "{n} موعدًا متاحًا",
      "{n} موعد متاح",
    ],
    en: ["no free times", "one free time", "{n} free times"],
  },
  places: {
    ar: ["لا مكان", "مكان واحد", "مكانان", "{n} أماكن", "{n} مكانًا", "{n} مكان"],
    en: ["no place", "one place", "{n} places"],
  },
  bookings: {
    ar: ["لا مواعيد", "موعد واحد", "موعدان", "{n} مواعيد", "{n} موعدًا", "{n} موعد"],
    en: ["no appointments", "one appointment", "{n} appointments"],
  },
  /** Whose person asks for a woman; on the page of the day that they are of. */
  bookingsForWoman: {
    ar: [
      "لا موعد يطلب صاحبه موظفة",
      "موعد واحد يطلب صاحبه موظفة",
      "موعدان يطلب صاحباهما موظفة",
      "{n} مواعيد يطلب أصحابها موظفة",
      "{n} موعدًا يطلب أصحابها موظفة",
      "{n} موعد يطلب أصحابها موظفة",
    ],
    en: ["No appointment asks for a woman", "One appointment asks for a woman", "{n} appointments ask for a woman"],
  },
  services: {
    ar: ["لا خدمات", "خدمة واحدة", "خدمتان", "{n} خدمات", "{n} خدمة", "{n} خدمة"],
    en: ["no services", "one service", "{n} services"],
  },
  counters: {
    ar: ["لا شباك", "شباك واحد", "شباكان", "{n} شبابيك", "{n} شباكًا", "{n} شباك"],
    en: ["no counter", "one counter", "{n} counters"],
  },
  countersOpen: {
    ar: ["لا شباك يعمل", "شباك واحد يعمل", "شباكان يعملان", "{n} شبابيك تعمل", "{n} شباكًا تعمل", "{n} شباك يعمل"],
    en: ["no counter open", "one counter open", "{n} counters open"],
  },
  /** After a preposition: التقدير من شباكين يعملان. */
  countersOpenAfter: {
    ar: ["لا شباك يعمل", "شباك واحد يعمل", "شباكين يعملان", "{n} شبابيك تعمل", "{n} شباكًا تعمل", "{n} شباك يعمل"],
    en: ["no counter open", "one counter open", "{n} counters open"],
  },
  requests: {
    ar: ["لا توجد طلبات", "طلب واحد", "طلبان", "{n} طلبات", "{n} طلبًا", "{n} طلب"],
    en: ["no requests", "one request", "{n} requests"],
  },
  days: {
    ar: ["أقل من يوم", "يوم واحد", "يومان", "{n} أيام", "{n} يومًا", "{n} يوم"],
    en: ["less than a day", "one day", "{n} days"],
  },
  daysAfter: {
    ar: ["أقل من يوم", "يوم واحد", "يومين", "{n} أيام", "{n} يومًا", "{n} يوم"],
    en: ["less than a day", "one day", "{n} days"],
  },
  years: {
    ar: ["أقل من سنة", "سنة واحدة", "سنتان", "{n} سنوات", "{n} سنةً", "{n} سنة"],
    en: ["less than a year", "one year", "{n} years"],
  },
  /** Of a recording. */
  pieces: {
    ar: ["لا مقاطع", "مقطع واحد", "مقطعان", "{n} مقاطع", "{n} مقطعًا", "{n} مقطع"],
    en: ["no pieces", "one piece", "{n} pieces"],
  },
  hours: {
    ar: ["أقل من ساعة", "ساعة واحدة", "ساعتان", "{n} ساعات", "{n} ساعةً", "{n} ساعة"],
    en: ["less than an hour", "one hour", "{n} hours"],
  },
  riyals: {
    ar: ["مجانًا", "ريال واحد", "ريالان", "{n} ريالات", "{n} ريالًا", "{n} ريال"],
    en: ["free", "SAR\u00a01", "SAR\u00a0{n}"],
  },
  recoveryCodes: {
    ar: ["لا رموز", "رمز واحد", "رمزان", "{n} رموز", "{n} رمزًا", "{n} رمز"],
    en: ["no codes", "one code", "{n} codes"],
  },
  unread: {
    ar: [
      "لا رسائل جديدة",
      "رسالة جديدة واحدة",
      "رسالتان جديدتان",
      "{n} رسائل جديدة",
      "{n} رسالة جديدة",
      "{n} رسالة جديدة",
    ],
    en: ["no new messages", "one new message", "{n} new messages"],
  },
  undelivered: {
    ar: ["لا شيء", "رسالة واحدة", "رسالتان", "{n} رسائل", "{n} رسالة", "{n} رسالة"],
    en: ["nothing", "one message", "{n} messages"],
  },
  documents: {
    ar: ["لا توجد مستندات", "مستند واحد", "مستندان", "{n} مستندات", "{n} مستندًا", "{n} مستند"],
    en: ["no documents", "one document", "{n} documents"],
  },
} as const satisfies Record<string, { ar: Arabic; en: English }>

export type Noun = keyof typeof nouns

export const everyNoun = Object.keys(nouns) as Noun[]

const rules = { ar: new Intl.PluralRules("ar"), en: new Intl.PluralRules("en") }
const place = { zero: 0, one: 1, two: 2, few: 3, many: 4, other: 5 } as const

/** "3 people before you", "قبلك 3 أشخاص": the counted noun in the form that the number asks for. */
export function counted(noun: Noun, count: number, lang: Lang): string {
  const forms: readonly string[] = nouns[noun][lang]
  const form =
    lang === "ar"
      ? forms[place[rules.ar.select(count)]]
      : forms[count === 0 ? 0 : rules.en.select(count) === "one" ? 1 : 2]
  return (form ?? "").replace("{n} ", `${count}${nbsp}`).replace("{n}", String(count))
}

/** How long to wait, after a preposition: in seconds while that can be counted along, then in minutes, rounded up. */
export function waitText(seconds: number, lang: Lang): string {
  return seconds <= 90 ? counted("secondsAfter", seconds, lang) : counted("minutesAfter", Math.ceil(seconds / 60), lang)
}
