import { actingFor } from "../../domain/people/acting.ts"
import { ownData } from "../../domain/people/own-data.ts"
import { sayExported } from "../../domain/people/writes.ts"
import { householdWords } from "../../i18n/household.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { ButtonLink } from "../shell/controls.tsx"
import { citizen } from "./data.tsx"
import { HeldData } from "./held.tsx"

/** Everything that is kept about a child or a ward, for its guardian. That it was looked at is written first, with the proof of the right. */
export async function memberData(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const { store, keys, writer } = house
  const words = householdWords[lang]
  const guardian = citizen(c)
  const id = c.req.param("id") ?? ""
  await writer.write(
    async (tx) => {
      const [acting] = await actingFor(tx, guardian, [id], { act: "data", service: null }, tx.now)
      if (acting) await sayExported(tx, acting.person, acting.actor, "page")
    },
    { scopes: ["accounts"] },
  )
  return show(
    c,
    { title: words.dataTitle, styles: ["privacy"] },
    <div class="column">
      <h1>{words.dataTitle}</h1>
      <p class="quiet">{words.dataLead}</p>
      {await HeldData({ c, data: await ownData(store, keys, id, house.clock.office()) })}
      <ButtonLink weight="quiet" wide href={paths.household}>
        {words.back}
      </ButtonLink>
    </div>,
  )
}
