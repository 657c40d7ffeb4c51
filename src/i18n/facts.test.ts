import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { texts } from "./facts.ts"

/** What concerns an office, a device or the house and nobody in particular. */
const ofNobody = /^(office|counter|store|device|pairing|staff|records)\.|^(sign_in\.refused|recording\.anchored)$/

test("everything that may be noted about a person has words in both languages", () => {
  const source = readFileSync(join(import.meta.dir, "../../db/facts.ts"), "utf8")
  const kinds = [...source.matchAll(/^ {2}"([a-z_]+\.[a-z_]+)":/gm)].map(([, kind = ""]) => kind)
  expect(kinds.length).toBeGreaterThan(70)
  const ofPeople = kinds.filter((kind) => !ofNobody.test(kind))
  expect(Object.keys(texts).sort()).toEqual(ofPeople.sort())
  for (const [ar = "", en = ""] of Object.values(texts)) {
    expect(ar).toMatch(/[\u0600-\u06ff]/)
    expect(en).toMatch(/^[A-Z]/)
  }
})
