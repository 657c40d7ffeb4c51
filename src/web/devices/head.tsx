import { covers } from "../../domain/access/staff.ts"
import type { Staff } from "../../domain/access/subject.ts"
import { allOffices, type Office } from "../../domain/offices/reads.ts"
import { common } from "../../i18n/common.ts"
import { dayWords } from "../../i18n/day.ts"
import { deviceWords } from "../../i18n/devices.ts"
import { inLang } from "../../i18n/lang.ts"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { PostForm } from "../shell/controls.tsx"

/** Who reads what there is, and who changes it. */
export const readers = ["supervisor", "administrator", "auditor"] as const
export const leads = ["supervisor", "administrator"] as const

export function leadOf(c: Context): Staff {
  return c.var.subject as Staff
}

/** The offices within the person's responsibility. */
export async function ownOffices(c: Context): Promise<Office[]> {
  return (await allOffices(c.var.house.store)).filter((one) => covers(leadOf(c), one))
}

/** What stands in the head of these pages. */
export function deviceHead(c: Context) {
  const { lang, formToken } = c.var
  const lead = leadOf(c)
  return {
    head: "deep" as const,
    homeHref: paths.days,
    headLinks: (
      <>
        <a href={paths.days}>{dayWords[lang].title}</a>
        <a href={paths.devices}>{deviceWords[lang].title}</a>
        {lead.role === "administrator" && <a href={paths.keys}>{deviceWords[lang].keys}</a>}
        <span>{inLang(lead.name, lang)}</span>
        <PostForm action={paths.signOut} token={formToken}>
          <button type="submit">{common[lang].signOut}</button>
        </PostForm>
      </>
    ),
  }
}
