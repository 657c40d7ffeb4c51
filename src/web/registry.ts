import { isRefusal } from "../base/refusal.ts"
import { keepFamily } from "../domain/people/family.ts"
import { personalData } from "../domain/people/reads.ts"
import type { House } from "./house.ts"

/** What the registry says of somebody's family now. Where it cannot be asked, what it said last stands. */
export async function askRegistry({ store, keys, writer, registry, log }: House, id: string): Promise<void> {
  const own = await personalData(store, keys, id)
  if (!own?.nationalId) return
  try {
    const members = await registry.familyOf(own.nationalId)
    if (members) await writer.write((tx) => keepFamily(tx, keys, id, members), { scopes: ["accounts"] })
  } catch (cause) {
    if (isRefusal(cause)) throw cause
    log.error("registry_away", { cause })
  }
}
