import type { Citizen } from "../../domain/access/subject.ts"
import { ownData } from "../../domain/people/own-data.ts"
import { sayExported } from "../../domain/people/writes.ts"
import { momentText } from "../../i18n/dates.ts"
import { privacyWords } from "../../i18n/privacy.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Button, ButtonLink, PostForm } from "../shell/controls.tsx"
import { fileOf, HeldData, homeZone } from "./held.tsx"

/** Behind a gate that lets in citizens alone. */
export function citizen(c: Context): Citizen {
  return c.var.subject as Citizen
}

/** Everything that is held about whoever asks. */
export async function ownDataPage(c: Context): Promise<Response> {
  const { house, lang, formToken } = c.var
  const { id } = citizen(c)
  const words = privacyWords[lang]
  const data = await ownData(house.store, house.keys, id, house.clock.office())
  await house.writer.write((tx) => sayExported(tx, id, "citizen", "page"), { scopes: ["accounts"] })
  return show(
    c,
    { title: words.dataTitle, styles: ["privacy"] },
    <div class="column">
      <h1>{words.dataTitle}</h1>
      <p class="quiet">{words.dataLead}</p>
      <p class="quiet small">{words.asOf(momentText(house.clock.office(), homeZone, lang))}</p>
      <PostForm action={paths.ownDataFile} token={formToken} class="actions">
        <Button weight="main" icon="document">
          {words.download}
        </Button>
        <ButtonLink weight="quiet" href={paths.erasure}>
          {words.eraseTitle}
        </ButtonLink>
      </PostForm>
      <p class="quiet small no-print">{words.print}</p>
      {await HeldData({ c, data })}
    </div>,
  )
}

/** The same as a file. */
export async function ownDataFile(c: Context): Promise<Response> {
  const { house } = c.var
  const { id } = citizen(c)
  const { store, keys, writer, clock } = house
  const file = await fileOf(store, await ownData(store, keys, id, clock.office()), clock.office())
  await writer.write((tx) => sayExported(tx, id, "citizen", "file"), { scopes: ["accounts"] })
  c.header("Content-Disposition", 'attachment; filename="my-data.json"')
  return c.body(file, 200, { "Content-Type": "application/json; charset=utf-8" })
}
