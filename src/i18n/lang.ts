/** The languages of the house. Arabic is the first, not a translation. */
export const languages = ["ar", "en"] as const
export type Lang = (typeof languages)[number]

export function isLang(text: unknown): text is Lang {
  return text === "ar" || text === "en"
}

export const direction: Record<Lang, "rtl" | "ltr"> = { ar: "rtl", en: "ltr" }

export const otherLang: Record<Lang, Lang> = { ar: "en", en: "ar" }

/** Both languages of one part of the house, side by side. A key that one language lacks does not compile. */
export function inBoth<T extends object>(texts: { ar: T; en: Same<T> }): Record<Lang, T> {
  return texts as Record<Lang, T>
}

type Same<T> = {
  [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends object
      ? T[K] extends (...given: never[]) => unknown
        ? T[K]
        : Same<T[K]>
      : T[K]
}

/** Picks the reader's language of a name. */
export function inLang(name: Record<Lang, string>, lang: Lang): string {
  return name[lang] || name.ar
}

/** No browser asks in more letters than this. */
const headerMost = 1_000

/**
 * The best of our languages for an Accept-Language header (RFC 9110 §12.5.4): the first of the best liked, whatever its region. What is
 * not written as the standard says is passed over. Where none is asked for, the first that is not refused.
 */
export function preferred(header: string | undefined): Lang {
  const text = header ?? ""
  const before = known.get(text)
  if (before) return before
  const lang = read(text)
  // Browsers of one place send the same few; what makes up ever new ones fills no memory.
  if (text.length <= 100 && known.size < knownMost) known.set(text, lang)
  return lang
}

const known = new Map<string, Lang>()
const knownMost = 1_000

function read(header: string): Lang {
  const asked = header.slice(0, headerMost).toLowerCase().split(",").flatMap(readRange)
  const named = new Set(asked.map(({ tag }) => tag))
  const refused = new Set(asked.filter(({ quality }) => quality === 0).map(({ tag }) => tag))
  for (const { tag, quality } of asked.toSorted((left, right) => right.quality - left.quality)) {
    const meant = tag === "*" ? languages.find((lang) => !named.has(lang)) : tag
    if (quality > 0 && isLang(meant)) return meant
  }
  return languages.find((lang) => !refused.has(lang)) ?? "ar"
}

/** One part of the header: `en-GB;q=0.8`. Of the tag only the language counts. */
function readRange(part: string): { tag: string; quality: number }[] {
  const read = /^\s*(?<tag>[a-z]{1,8}|\*)(-[a-z0-9]{1,8})*\s*(;\s*q=(?<quality>0(\.\d{0,3})?|1(\.0{0,3})?)\s*)?$/.exec(
    part,
  )
  if (!read?.groups) return []
  return [{ tag: read.groups["tag"] ?? "", quality: Number(read.groups["quality"] ?? 1) }]
}
