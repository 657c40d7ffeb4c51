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

/** The best of our languages for an Accept-Language header (RFC 9110 §12.5.4); Arabic where none is asked for. */
export function preferred(header: string | undefined): Lang {
  const asked = (header ?? "")
    .split(",")
    .map((part) => {
      const [tag = "", ...parameters] = part.trim().toLowerCase().split(";")
      const quality = parameters
        .map((text) => /^\s*q=([\d.]+)\s*$/.exec(text)?.[1])
        .find((value) => value !== undefined)
      return { lang: tag.trim().split("-")[0], quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ lang, quality }) => isLang(lang) && quality > 0)
    .sort((left, right) => right.quality - left.quality)
  const first = asked[0]?.lang
  return isLang(first) ? first : "ar"
}
