import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { inLang, isLang, preferred } from "./lang.ts"

describe("the language that a browser asks for", () => {
  const cases: [header: string | undefined, lang: string, why: string][] = [
    [undefined, "ar", "nothing is asked for"],
    ["", "ar", "nothing is asked for"],
    ["en", "en", "English is"],
    ["en-GB,en;q=0.9", "en", "English of a region is"],
    ["AR-sa", "ar", "Arabic in capitals is"],
    ["en-US,en;q=0.9,ar;q=0.8", "en", "English is liked better"],
    ["en;q=0.8,ar;q=0.9", "ar", "Arabic is liked better, though named later"],
    ["en,ar", "en", "both are liked alike: the first counts"],
    ["fr-FR,fr;q=0.9,en;q=0.5", "en", "the best liked is not ours"],
    ["ur,hi;q=0.8", "ar", "none of ours is named"],
    ["en;q=0", "ar", "English is refused"],
    ["ar;q=0", "en", "Arabic is refused"],
    ["ar;q=0,en;q=0", "ar", "both are refused: something has to be said"],
    ["*", "ar", "any is welcome"],
    ["en;q=0.5,*", "ar", "any other is liked better"],
    ["*;q=0.1,en;q=0.5", "en", "English is liked better than any other"],
    ["ar;q=0.2,*;q=0.9", "en", "any is liked better than Arabic"],
    ["*;q=0,en;q=0.1", "en", "nothing but English is welcome"],
    ["en ; q=0.3 , ar;q=0.2", "en", "there are spaces"],
    ["arc,en;q=0.1", "en", "Aramaic is not Arabic"],
    ["enm", "ar", "Middle English is not English"],
    ["en;q=0.001", "en", "hardly, but it is"],
  ]
  for (const [header, lang, why] of cases) {
    test(`is ${lang} for ${JSON.stringify(header)}: ${why}`, () => expect(preferred(header)).toBe(lang as "ar"))
  }

  for (const garbage of [
    "en;q=banana",
    "en;q=1.5",
    "en;q=-1",
    "en;q=0.1.2",
    "en;q=",
    "en_US",
    ";;;,,,",
    "=",
    "en;v=1",
    "\u202een",
  ]) {
    test(`is Arabic where what is asked is no language: ${JSON.stringify(garbage)}`, () => {
      expect(preferred(garbage)).toBe("ar")
    })
  }

  test("is found at once in a header of a megabyte", () => {
    expect(preferred(`en,${"x".repeat(1_000_000)}`)).toBe("en")
    expect(preferred("a-".repeat(500_000))).toBe("ar")
    expect(preferred(",".repeat(1_000_000))).toBe("ar")
  })

  test("is one of ours, whatever is sent", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (header) => expect(isLang(preferred(header))).toBe(true)))
  })
})

test("a name without an English form is said in Arabic", () => {
  expect(inLang({ ar: "الرمال", en: "" }, "en")).toBe("الرمال")
  expect(inLang({ ar: "الرمال", en: "Al-Rimal" }, "en")).toBe("Al-Rimal")
  expect(isLang("fr")).toBe(false)
})
