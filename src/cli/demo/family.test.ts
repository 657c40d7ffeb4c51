import { expect, test } from "bun:test"
import { addDays } from "../../base/day.ts"
import { keepFamily } from "../../domain/people/family.ts"
import { askedBy } from "../../domain/requests/requests.ts"
import { issuePermit } from "../../domain/requests/services/issue-permit.ts"
import { testOffice } from "../../testing/office.ts"
import { demoFamily } from "./family.ts"

/* The demonstration has somebody for every answer about a permit to travel, whenever it is made. */

for (const now of ["2026-11-22T10:00", "2027-02-28T10:00", "2028-07-09T10:00"]) {
  test(`at ${now} one child may travel, one passport is too short, one daughter is married and one son just twenty-one`, async () => {
    const office = await testOffice({ now, citizens: 1 })
    const { keys, store } = office
    const guardian = office.citizen(1).id
    const family = demoFamily(office.clock.office())
    const ids = await office.write((tx) => keepFamily(tx, keys, guardian, family))
    const answer = async (first: string, more = {}) => {
      const dependant = ids[family.findIndex(({ name }) => name.en.startsWith(first))] ?? ""
      const wish = { dependant, kind: "single", paper: "passport", countries: "GB", until: addDays(office.today, 9) }
      const asked = askedBy(store, keys, { person: guardian }, { ...wish, ...more }, office.clock.office())
      return issuePermit.decide(asked)
    }
    const code = async (first: string, more = {}) => (await answer(first, more)).reason.code
    expect(await code("Layan")).toBe("may_travel")
    expect(await code("Layan", { paper: "national_id", countries: "KW" })).toBe("may_travel")
    expect([await code("Yazan"), await code("Yazan", { countries: "EG" })]).toEqual(["paper_short_6", "may_travel"])
    expect(await code("Joud", { paper: "national_id", countries: "KW" })).toBe("paper_missing")
    expect(await code("Mayar")).toBe("may_travel")
    expect(await code("Shahad")).toBe("married")
    expect(await answer("Nayef")).toMatchObject({ reason: { code: "of_age" }, used: { hijri: 21, gregorian: 20 } })
  })
}
