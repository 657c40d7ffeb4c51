import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { Refusal, type RefusalCode, statusOf } from "../base/refusal.ts"
import { languages } from "./lang.ts"
import { programWords, type RefusalWords, refusalWords } from "./refusals.ts"

const codes = Object.keys(statusOf) as RefusalCode[]
const arabic = /[\u0621-\u064a]/

function mustBeWell(ar?: RefusalWords, en?: RefusalWords): void {
  for (const text of [ar?.title, ar?.help]) expect(text).toMatch(arabic)
  for (const text of [en?.title, en?.help]) {
    expect(text).toMatch(/^[A-Z]/)
    expect(text).not.toMatch(arabic)
  }
  for (const words of [ar, en]) {
    expect(words?.title).not.toEndWith(".")
    expect(words?.help).toEndWith(".")
    expect(words?.title.length).toBeLessThan(70)
    expect(words?.help.length).toBeLessThan(110)
  }
}

describe("every refusal", () => {
  for (const code of codes) {
    test(`${code} says in both languages what happened and what to do now`, () => {
      for (const words of [refusalWords, programWords]) {
        const [ar, en] = languages.map((lang) => words(code, lang))
        mustBeWell(ar, en)
      }
    })

    test(`${code} has a status that says whose turn it is`, () => {
      expect(new Refusal(code).status).toBe(statusOf[code])
      expect(statusOf[code] >= 400 && (statusOf[code] < 500 || statusOf[code] === 503)).toBe(true)
    })
  }
})

describe("the words of the house", () => {
  const folder = import.meta.dir
  const files = [...new Bun.Glob("*.ts").scanSync({ cwd: folder })].filter((file) => !file.endsWith(".test.ts")).sort()
  /** Every text in a file, without comments. */
  const textsOf = async (file: string) => {
    const source = (await Bun.file(join(folder, file)).text()).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")
    return [...source.matchAll(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)].map((found) => found[1] ?? found[2] ?? "")
  }

  test("are found: this looks at something", async () => {
    expect(files).toContain("refusals.ts")
    expect((await textsOf("refusals.ts")).length).toBeGreaterThan(200)
    expect(await textsOf("common.ts")).toContain("تسجيل الدخول")
  })

  for (const file of files) {
    test(`in ${file} summon nobody, end nobody's service, and raise no voice`, async () => {
      for (const text of await textsOf(file)) {
        // Words of courts and of dismissal, which frighten where a number is meant to be called.
        expect(text).not.toMatch(/استدعاء|إنهاء الخدمة|تخل[ّ]?ف|قيد الخدمة/)
        if (arabic.test(text) || / [a-z]+ /.test(text)) expect(text).not.toMatch(/[!—]| - /)
      }
    })

    test(`in ${file} hold no unseen marks and no digits but the Latin ones`, async () => {
      for (const text of await textsOf(file)) {
        expect(text).not.toMatch(
          /[\u00a0\u200b-\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\u0660-\u0669\u06f0-\u06f9]/,
        )
      }
    })

    test(`in ${file} use the Arabic comma, semicolon and question mark in Arabic`, async () => {
      for (const text of await textsOf(file)) {
        if (arabic.test(text)) expect(text).not.toMatch(/[\u0621-\u064a][,;?]/)
      }
    })
  }
})
