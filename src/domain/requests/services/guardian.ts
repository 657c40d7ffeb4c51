import type { Words } from "../../../../db/schema/catalogue.ts"
import type { Day } from "../../../base/day.ts"
import { dependantsOf, guardianship } from "../../people/civil.ts"
import { person, personalData } from "../../people/reads.ts"
import { type Asked, type Decision, type Field, type Option, words } from "../service.ts"

/* What every service for the family asks first: for whom, and by what right. */

export const dependantField: Field = {
  name: "dependant",
  kind: "choice",
  label: words("لمن", "For whom"),
  options: dependantOptions,
}

async function dependantOptions({ store, keys, person: guardian, now }: Asked): Promise<Option[]> {
  const ids = await dependantsOf(store, keys, guardian, now)
  const all = await Promise.all(ids.map(async (id) => ({ id, who: await personalData(store, keys, id) })))
  return all.flatMap(({ id, who }) => (who?.name ? [{ value: id, label: bornIn(who.name, who.birthDay) }] : []))
}

/** Children of one family are told apart by more than their names. */
const bornIn = (name: Words, born: Day | null): Words => {
  const year = born?.slice(0, 4)
  return year ? words(`${name.ar} (مواليد ${year})`, `${name.en} (born ${year})`) : name
}

type No = Extract<Decision, { is: "no" }>

/** The guardian's right. Of somebody else's family nothing is told, not even whether there is such a person. */
export async function mustGuard({ store, keys, person: guardian, fields, now }: Asked) {
  const dependant = fields["dependant"] ?? ""
  const found = await guardianship(store, keys, guardian, dependant, now)
  if (found === null) return no("not_guardian", "ولي الأمر وحده يطلب هذا", "Only the guardian may ask for this")
  if (found === "ended") {
    return no(
      "right_ended",
      "انتهت الولاية كما يرد في السجل",
      "By the registry, the guardianship of this person has ended",
    )
  }
  const name = (await person(store, keys, dependant))?.name ?? words("", "")
  return { is: "guardian" as const, dependant, name, ...found }
}

const no = (code: string, ar: string, en: string): No => ({
  is: "no",
  reason: { code, words: words(ar, en), facts: [] },
  used: { rule: "guardian" },
  wayOut: words(
    "من لديه صك ولاية أو حضانة يضيفه في أقرب مكتب للجوازات.",
    "Whoever has a deed of guardianship or custody brings it to the nearest passport office.",
  ),
})
