import { accountsStream } from "../../../db/facts.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Chance } from "../../base/clock.ts"
import type { Day } from "../../base/day.ts"
import type { Keys } from "../../base/seal.ts"
import { personalData, personByNumber } from "./reads.ts"
import { openedColumns, sealedColumns } from "./sealed.ts"

/** Somebody who can be sent a code. */
export interface Reachable {
  id: string
  mobile: string
  /** As it is kept, for a delivery. */
  mobileSealed: string
}

/**
 * Whom this number and date of birth name together, provided that a mobile is on record; `null` for everybody else. Whether the number is
 * unknown, the date another, or there is no mobile is not told, neither by the answer nor by the work: where there is nobody, somebody made
 * up is sealed, opened and compared.
 */
export async function reachableBy(
  store: Store,
  keys: Keys,
  chance: Chance,
  { number, birthDay }: { number: string; birthDay: Day },
): Promise<Reachable | null> {
  const found = await personByNumber(store, keys.index("number", number))
  const data = await personalData(store, keys, found?.id ?? "nobody")
  const shown = data ?? madeUp(keys, chance)
  const fits = shown.birthDay === birthDay
  if (!data || !fits || data.mobile === null || data.mobileSealed === null) return null
  return { id: data.id, mobile: data.mobile, mobileSealed: data.mobileSealed }
}

/**
 * The person whose document lies on the desk; `null` where the number is not known or the date of birth another. Of whom only the year is on
 * record the year must fit.
 */
export async function attended(
  store: Store,
  keys: Keys,
  { number, birthDay }: { number: string; birthDay: Day },
): Promise<string | null> {
  const found = await personByNumber(store, keys.index("number", number))
  const data = found && (await personalData(store, keys, found.id))
  if (!data) return null
  const year = Number(birthDay.slice(0, 4))
  return (data.birthDay === null ? data.birthYear === year : data.birthDay === birthDay) ? data.id : null
}

/** What a person may show at a desk. */
export const seenDocuments = ["national_id", "residence", "passport"] as const
export type SeenDocument = (typeof seenDocuments)[number]

/** An agent has compared somebody with a document. */
export async function saySeen(
  tx: Tx,
  person: string,
  seen: { office: string; document: SeenDocument; by: string },
): Promise<void> {
  await tx.say(accountsStream, "person.seen", { ...seen, subject: person })
}

function madeUp(keys: Keys, chance: Chance) {
  const { key } = keys.makePersonKey("nobody", chance)
  const given = { name: { ar: "", en: "" }, nationalId: "0", birthDay: "0000-00-00" as Day, mobile: "0" }
  return openedColumns(key, sealedColumns(key, given, { chance }))
}
