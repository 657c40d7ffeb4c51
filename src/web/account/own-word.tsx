import { z } from "zod"
import { Refusal } from "../../base/refusal.ts"
import { describeSelf, sexOf } from "../../domain/access/staff.ts"
import { isStaff, type Staff } from "../../domain/access/subject.ts"
import { common } from "../../i18n/common.ts"
import { wishWords } from "../../i18n/wishes.ts"
import { readForm } from "../form.ts"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Button, Choices, PostForm } from "../shell/controls.tsx"

const fields = z.object({ sex: z.enum(["female", "male", ""]).default("") })

/** What somebody of the staff says of themselves, so that who wishes for a woman gets one. */
export async function describe(c: Context): Promise<Response> {
  const { subject, house } = c.var
  if (!isStaff(subject)) throw new Refusal("forbidden")
  const { sex } = await readForm(c, fields)
  await house.writer.write((tx) => describeSelf(tx, subject, sex === "" ? null : sex), { scopes: ["accounts"] })
  return c.redirect(`${paths.security}?done=saved`, 303)
}

export async function OwnWord({ c, by }: { c: Context; by: Staff }) {
  const { house, lang, formToken } = c.var
  const words = wishWords[lang]
  const said = (await sexOf(house.store, by.id)) ?? ""
  const choice = (value: string, label: string) => ({ value, label, checked: said === value })
  return (
    <section class="stack">
      <h2>{words.ownTitle}</h2>
      <PostForm action={paths.ownWord} token={formToken} class="stack">
        <Choices
          name="sex"
          legend={words.ownLead}
          options={[choice("female", words.ownFemale), choice("male", words.ownMale), choice("", words.ownUnsaid)]}
        />
        <Button>{common[lang].save}</Button>
      </PostForm>
    </section>
  )
}
