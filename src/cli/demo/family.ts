import type { Words } from "../../../db/schema/catalogue.ts"
import { addDays, type Day, day, hour, type Instant } from "../../base/day.ts"
import { anniversary } from "../../base/hijri.ts"
import { dayIn } from "../../base/time.ts"
import type { CivilRecord } from "../../domain/people/civil.ts"
import type { Member } from "../../domain/people/family.ts"
import { citizenName, demoNumber } from "./people.ts"

/*
 * What the registry of civil status says of the first citizen: children of every age, each of whom a permit to travel says something else
 * about, a niece given into custody by a deed, and a husband.
 */

interface Child {
  ar: string
  en: string
  born: Day
  civil: CivilRecord
}

const zone = "Asia/Riyadh"

export function demoFamily(now: Instant): Member[] {
  const today = dayIn(now, zone)
  const family = citizenName(0)
  const own = (first: Words): Words => ({
    ar: `${first.ar} ${family.ar.split(" ").slice(1).join(" ")}`,
    en: `${first.en} ${family.en.split(" ").slice(1).join(" ")}`,
  })
  const ward: Child = {
    ...{ ar: "ميار", en: "Mayar", born: day("2015-06-11") },
    civil: record("female", { passport: addDays(today, 900), card: addDays(today, 1_500) }),
  }
  const member = (child: Child, index: number): Omit<Member, "relation"> => {
    const nationalId = demoNumber("citizen", 40_000 + index)
    const papers = child.civil.papers.map((paper) => ({
      ...paper,
      number: paper.kind === "passport" ? `Z${9_140_000 + index}` : nationalId,
    }))
    const civil = { ...child.civil, papers }
    return { nationalId, kind: "citizen", name: own(child), birthDay: child.born, civil }
  }
  return [
    ...children(today).map((child, index) => ({ ...member(child, index), relation: "child" as const })),
    {
      ...member(ward, 3),
      ...{ relation: "ward", deed: "4471208", since: now - 400 * 24 * hour, until: now + 700 * 24 * hour },
    },
    {
      ...{ nationalId: demoNumber("citizen", 40_004), kind: "citizen", name: citizenName(1) },
      ...{ birthDay: day("1988-11-05"), relation: "spouse" },
    },
    ...grown(today).map((child, index) => ({ ...member(child, 5 + index), relation: "child" as const })),
  ]
}

/** Whose permit is issued; whose passport ends in five months; who is too young for a card. */
function children(today: Day): Child[] {
  const [long, five] = [addDays(today, 1_400), addDays(today, 150)]
  return [
    { ar: "ليان", en: "Layan", born: day("2014-03-02"), civil: record("female", { passport: long, card: long }) },
    { ar: "يزن", en: "Yazan", born: day("2017-09-18"), civil: record("male", { passport: five }) },
    { ar: "جود", en: "Joud", born: day("2021-01-27"), civil: record("female", { passport: long }) },
  ]
}

/** Who is married at nineteen, and who became twenty-one three days ago by the Hijri calendar and not yet by the other. */
function grown(today: Day): Child[] {
  const long = addDays(today, 1_400)
  const married = { ...record("female", { passport: long, card: long }), marital: "married" as const }
  return [
    { ar: "شهد", en: "Shahad", born: addDays(today, -7_100), civil: married },
    {
      ...{ ar: "نايف", en: "Nayef", born: bornFor21(addDays(today, -3)) },
      civil: record("male", { passport: long, card: long }),
    },
  ]
}

const record = (sex: CivilRecord["sex"], until: { passport: Day; card?: Day }): CivilRecord => ({
  ...{ sex, marital: "unmarried", military: false },
  papers: [
    { kind: "passport", number: "", until: until.passport },
    ...(until.card ? [{ kind: "national_id" as const, number: "", until: until.card }] : []),
  ],
})

/** Born so that the twenty-first Hijri birthday is that day, or the next one that is anybody's. */
function bornFor21(birthday: Day): Day {
  let born = addDays(birthday, -Math.ceil(21 * 354.4))
  while (anniversary(born, 21, "hijri") < birthday) born = addDays(born, 1)
  return born
}
