import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { Refusal } from "./refusal.ts"
import {
  asciiDigits,
  cleanText,
  hasCheckDigit,
  readMobile,
  readNumber,
  readPhone,
  searchable,
  withoutMarks,
} from "./text.ts"

const arabicIndic = (text: string) => text.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)))
const persian = (text: string) => text.replace(/\d/g, (digit) => String.fromCharCode(0x6f0 + Number(digit)))

function refused(text: string, most = 200): Record<string, unknown> {
  try {
    cleanText(text, "note", most)
  } catch (thrown) {
    if (thrown instanceof Refusal && thrown.code === "invalid_field") return thrown.details
    throw thrown
  }
  throw new Error(`taken: ${JSON.stringify(text)}`)
}

describe("digits", () => {
  test("of every keyboard of the region are the same", () => {
    expect(asciiDigits("٠١٢٣٤٥٦٧٨٩")).toBe("0123456789")
    expect(asciiDigits("۰۱۲۳۴۵۶۷۸۹")).toBe("0123456789")
    expect(asciiDigits("رقم ٧ و 8 و۹")).toBe("رقم 7 و 8 و9")
  })

  test("are all that changes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const plain = asciiDigits(text)
        expect(plain.length).toBe(text.length)
        expect(plain.replace(/\d/g, "")).toBe(text.replace(/[\d\u0660-\u0669\u06f0-\u06f9]/g, ""))
      }),
    )
  })
})

describe("what is searched", () => {
  const same: [typed: string, written: string][] = [
    ["احوال", "أحوال"],
    ["اسره", "أسرة"],
    ["أسره", "اسرة"],
    ["إقامة", "اقامه"],
    ["آخر", "اخر"],
    ["ٱلمدينة", "المدينه"],
    ["مصطفى", "مصطفي"],
    ["تَصْرِيح", "تصريح"],
    ["تصـــريح", "تصريح"],
    ["مُحَمَّد", "محمد"],
    ["هٰذا", "هذا"],
    ["مسؤول", "مسوول"],
    ["طوارئ", "طواري"],
    ["رقم ١٢٣", "رقم 123"],
    ["رقم ۱۲۳", "رقم ١٢٣"],
    ["ﻻ", "لا"],
    ["ﺗﺼﺮﻳﺢ", "تصريح"],
    ["کتاب", "كتاب"],
    ["علی", "علي"],
    ["فاطمہ", "فاطمة"],
    ["  جواز   السفر ", "جواز السفر"],
    ["جواز\u00a0السفر", "جواز السفر"],
    ["\u200fجواز\u200e", "جواز"],
    ["\u2067جواز\u2069", "جواز"],
    ["PASSPORT", "passport"],
    ["ｐａｓｓ", "pass"],
  ]
  for (const [typed, written] of same) {
    test(`finds «${written}» by «${typed}»`, () => expect(searchable(typed)).toBe(searchable(written)))
  }

  test("keeps different words apart", () => {
    const words = ["جواز", "جوازات", "سفر", "سفير", "هوية", "هواية", "رخصة", "قيادة"].map(searchable)
    expect(new Set(words).size).toBe(words.length)
  })

  test("is made equal once for all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(searchable(searchable(text))).toBe(searchable(text))
      }),
    )
  })
})

describe("an identity number", () => {
  test("is ten digits that begin with 1 or 2, on any keyboard, with or without spaces", () => {
    for (const text of ["1000000008", arabicIndic("1000000008"), persian("1000000008"), "10 0000 0008", "100-000-0008"])
      expect(readNumber(text)).toBe("1000000008")
    expect(readNumber(" 2123456789\u00a0")).toBe("2123456789")
  })

  test("is read although marks of direction came along when it was copied", () => {
    expect(readNumber("\u200f1000000008")).toBe("1000000008")
    expect(readNumber("\u202d1000000008\u202c")).toBe("1000000008")
    expect(readNumber("\u20661000000008\u2069")).toBe("1000000008")
  })

  test("is nothing else", () => {
    for (const text of ["", "3000000000", "0000000000", "100000000", "10000000080", "1000000a08", "1e9", "１000000008"])
      expect(readNumber(text)).toBeNull()
  })

  test("has a check digit that is only a hint", () => {
    expect(hasCheckDigit("1000000008")).toBe(true)
    expect(hasCheckDigit("1000000000")).toBe(false)
    expect(readNumber("1000000000")).toBe("1000000000")
  })

  test("with one digit wrong never has the right check digit", () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(fc.constantFrom(1, 2), digits, fc.nat(9), fc.integer({ min: 1, max: 9 }), (first, rest, at, more) => {
        const body = [first, ...rest].join("")
        const right = [..."0123456789"].map((last) => body + last).filter(hasCheckDigit)
        expect(right).toHaveLength(1)
        const wrong = [...(right[0] ?? "")]
        wrong[at] = String((Number(wrong[at]) + more) % 10)
        expect(hasCheckDigit(wrong.join(""))).toBe(false)
      }),
    )
  })
})

describe("a mobile number", () => {
  const forms = [
    "0501234567",
    "501234567",
    "+966501234567",
    "966501234567",
    "00966501234567",
    "+9660501234567",
    "+966 (0)50 123 4567",
    "+966 50 123 4567",
    "050-123-4567",
    "050\u2013123\u20134567",
    "050.123.4567",
    "(050) 123 4567",
    "\u00a0050\u00a0123\u00a04567",
    "\u202a+966 50 123 4567\u202c",
    "\u200e0501234567",
  ]
  for (const form of forms) {
    for (const typed of [form, arabicIndic(form), persian(form)]) {
      test(`is one and the same, typed as ${JSON.stringify(typed)}`, () => {
        expect(readMobile(typed)).toBe("+966501234567")
      })
    }
  }

  test("is not a landline, another country's, a digit short or long, or a word", () => {
    const others = [
      "0112345678",
      "920001234",
      "+971501234567",
      "050123456",
      "05012345678",
      "++966501234567",
      "+0501234567",
    ]
    for (const text of [...others, "05O1234567", "", "+966", "0501234567 ext 2"]) expect(readMobile(text)).toBeNull()
  })
})

describe("a mobile that may be of another country", () => {
  test("is one and the same with + or 00, in whichever digits and groups", () => {
    const forms = ["+971 50 123 4567", "00971501234567", "+971-(50)-123.4567", "\u200e+971\u00a050 123 4567"]
    for (const form of forms) {
      for (const typed of [form, arabicIndic(form), persian(form)]) expect(readPhone(typed)).toBe("+971501234567")
    }
    expect(readPhone("+44 (0)7700 900123")).toBe("+447700900123")
    expect(readPhone("0501234567")).toBe("+966501234567")
  })

  test("is not one without its country, a Saudi landline, too short, too long, or a word", () => {
    const none = ["971501234567", "+966112345678", "+9715", "+1234567890123456", "+0971501234567", "++971501234567"]
    for (const text of [...none, "", "+", "call me"]) expect(readPhone(text)).toBeNull()
  })
})

describe("a note that somebody types", () => {
  test("is kept without the spaces and unseen marks around it", () => {
    expect(cleanText("  أهلًا \n", "note", 200)).toBe("أهلًا")
    expect(cleanText("\ufeff\u200fنص\u200e\u200b", "note", 200)).toBe("نص")
  })

  test("that only looks like something is empty", () => {
    for (const text of ["", "   ", "\u200f", "\u200b\u200b", "\u061c \ufeff", "\u00a0\u3000"])
      expect(cleanText(text, "note", 200)).toBe("")
  })

  test("keeps its lines, its marks of direction inside, and joined pictures", () => {
    for (const text of ["سطر\r\nآخر", "a\tb", "رقم \u200e5\u200e هنا", "می\u200cشود", "👨‍👩‍👧"])
      expect(cleanText(text, "note", 200)).toBe(text)
  })

  const deceiving: [what: string, text: string][] = [
    ["NUL", "a\u0000b"],
    ["a backspace", "a\u0008b"],
    ["an escape", "a\u001b[2Jb"],
    ["a delete", "a\u007fb"],
    ["a control of the second row", "a\u0085b"],
    ["a line separator", "a\u2028b"],
    ["a right-to-left override", "cod\u202exe.gpj"],
    ["an embedding", "a\u202bb"],
    ["an isolate", "a\u2067b"],
    ["a lone high surrogate", "a\ud800b"],
    ["a lone low surrogate", "a\udc00b"],
    ["surrogates the wrong way round", "a\udc00\ud800b"],
    ["a high surrogate at the end", "ab\ud83d"],
    ["a letter that is none", "a\uffffb"],
    ["a mark of interlinear notes", "a\ufff9b"],
  ]
  for (const [what, text] of deceiving) {
    test(`is refused with ${what}`, () => expect(refused(text)).toEqual({ field: "note", why: "letters" }))
  }

  test("is as long as it is written together: letter and accent are one", () => {
    expect(cleanText("e\u0301".repeat(10), "note", 10)).toBe("é".repeat(10))
    expect(refused("é".repeat(11), 10)).toEqual({ field: "note", most: 10 })
    expect(cleanText(`  ${"ب".repeat(10)}  `, "note", 10)).toHaveLength(10)
  })

  test("is kept the second time as it was the first, or refused", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        let once: string
        try {
          once = cleanText(text, "note", 100)
        } catch {
          return
        }
        expect(cleanText(once, "note", 100)).toBe(once)
        expect(once.isWellFormed()).toBe(true)
        expect(once).toBe(once.normalize("NFC"))
      }),
    )
  })
})

test("marks of direction are taken away and nothing else", () => {
  expect(withoutMarks("\u200e\u200f\u061c\u202a\u202e\u2066\u2069\ufeffأ b\u200c5")).toBe("أ b\u200c5")
})
