import { describe, expect, test } from "bun:test"
import { languages } from "./lang.ts"
import { counted, everyNoun, type Noun } from "./plural.ts"

const nbsp = "\u00a0"
/** What a reader sees, with the space that holds figure and noun together written as any other. */
const seen = (noun: Noun, count: number) => counted(noun, count, "ar").replaceAll(nbsp, " ")

describe("in Arabic", () => {
  /** None, one, two, three to ten, eleven to ninety-nine, a hundred. */
  const six: [noun: Noun, forms: string[]][] = [
    ["ahead", ["لا أحد قبلك", "قبلك شخص واحد", "قبلك شخصان", "قبلك 3 أشخاص", "قبلك 11 شخصًا", "قبلك 100 شخص"]],
    ["minutes", ["أقل من دقيقة", "دقيقة واحدة", "دقيقتان", "3 دقائق", "11 دقيقة", "100 دقيقة"]],
    ["minutesAfter", ["أقل من دقيقة", "دقيقة واحدة", "دقيقتين", "3 دقائق", "11 دقيقة", "100 دقيقة"]],
    ["secondsAfter", ["لحظة", "ثانية واحدة", "ثانيتين", "3 ثوانٍ", "11 ثانية", "100 ثانية"]],
    [
      "freeTimes",
      [
        ...["لا توجد مواعيد متاحة", "موعد واحد متاح", "موعدان متاحان"],
        ...["3 مواعيد متاحة", "11 موعدًا متاحًا", "100 موعد متاح"],
      ],
    ],
    [
      "bookingsForWoman",
      [
        ...["لا موعد يطلب صاحبه موظفة", "موعد واحد يطلب صاحبه موظفة", "موعدان يطلب صاحباهما موظفة"],
        ...["3 مواعيد يطلب أصحابها موظفة", "11 موعدًا يطلب أصحابها موظفة", "100 موعد يطلب أصحابها موظفة"],
      ],
    ],
    ["requests", ["لا توجد طلبات", "طلب واحد", "طلبان", "3 طلبات", "11 طلبًا", "100 طلب"]],
    ["days", ["أقل من يوم", "يوم واحد", "يومان", "3 أيام", "11 يومًا", "100 يوم"]],
    ["hours", ["أقل من ساعة", "ساعة واحدة", "ساعتان", "3 ساعات", "11 ساعةً", "100 ساعة"]],
    ["documents", ["لا توجد مستندات", "مستند واحد", "مستندان", "3 مستندات", "11 مستندًا", "100 مستند"]],
    ["riyals", ["مجانًا", "ريال واحد", "ريالان", "3 ريالات", "11 ريالًا", "100 ريال"]],
    ["times", ["ولا مرة", "مرة واحدة", "مرتين", "3 مرات", "11 مرة", "100 مرة"]],
  ]
  for (const [noun, forms] of six) {
    test(`${noun} are counted in six forms`, () => {
      expect([0, 1, 2, 3, 11, 100].map((count) => seen(noun, count))).toEqual(forms)
    })
  }

  for (const noun of everyNoun) {
    test(`${noun}: none, one and two are said without a figure, more with it`, () => {
      for (const count of [0, 1, 2]) expect(seen(noun, count)).not.toMatch(/[\d{]/)
      for (const count of [3, 10, 11, 99, 100, 101, 102, 103, 111, 1000]) {
        expect(counted(noun, count, "ar")).toContain(`${count}${nbsp}`)
        expect(counted(noun, count, "ar")).not.toContain("{")
      }
    })

    test(`${noun}: three to ten have one form, eleven to ninety-nine another, and the hundreds begin anew`, () => {
      const form = (count: number) => seen(noun, count).replace(/\d+/, "#")
      expect(form(10)).toBe(form(3))
      expect(form(99)).toBe(form(11))
      expect(form(101)).toBe(form(100))
      expect(form(102)).toBe(form(1000))
      expect(form(103)).toBe(form(3))
      expect(form(111)).toBe(form(11))
      expect(new Set([0, 1, 2, 3].map(form)).size).toBe(4)
    })
  }
})

describe("in English", () => {
  test("one has its own word and no figure", () => {
    expect(counted("ahead", 0, "en")).toBe("Nobody before you")
    expect(counted("ahead", 1, "en")).toBe("One person before you")
    expect(counted("ahead", 2, "en")).toBe(`2${nbsp}people before you`)
    expect(counted("riyals", 300, "en")).toBe(`SAR${nbsp}300`)
  })

  for (const noun of everyNoun) {
    test(`${noun}: none, one and many are told apart`, () => {
      const form = (count: number) => counted(noun, count, "en").replace(/\d+/, "#")
      // A currency's code is the same before one and before many.
      expect(new Set([0, 1, 2].map(form)).size).toBe(noun === "riyals" ? 2 : 3)
      for (const count of [2, 11, 21, 100, 101]) {
        expect(form(count)).toBe(form(2))
        expect(counted(noun, count, "en")).toMatch(new RegExp(`${count}${nbsp}|${nbsp}${count}`))
      }
    })
  }
})

test("a figure is never parted from its noun at a line's end, and no mark goes unseen", () => {
  for (const lang of languages)
    for (const noun of everyNoun)
      for (const count of [0, 1, 2, 3, 11, 100]) {
        const text = counted(noun, count, lang)
        expect(text).not.toMatch(/\d [^\d]|[\u200b-\u200f\u061c\u202a-\u202e\u2066-\u2069]|undefined|^\s|\s$/)
      }
})
