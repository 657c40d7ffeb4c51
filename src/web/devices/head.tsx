import { may } from "../../domain/access/authorize.ts"
import type { Staff } from "../../domain/access/subject.ts"
import { allOffices, type Office } from "../../domain/offices/reads.ts"
import { common } from "../../i18n/common.ts"
import { dayWords } from "../../i18n/day.ts"
import { deviceWords } from "../../i18n/devices.ts"
import { inLang } from "../../i18n/lang.ts"
import { staffWords } from "../../i18n/staff.ts"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { PostForm } from "../shell/controls.tsx"

export function leadOf(c: Context): Staff {
  return c.var.subject as Staff
}

/** The offices in which the person may do this. */
export async function ownOffices(c: Context, action: "device.read" | "device.pair"): Promise<Office[]> {
  return (await allOffices(c.var.house.store)).filter((one) => may(leadOf(c), action, one))
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
        <a href={paths.staffPeople}>{staffWords[lang].title}</a>
        {may(lead, "key.manage") && <a href={paths.keys}>{deviceWords[lang].keys}</a>}
        <span>{inLang(lead.name, lang)}</span>
        <PostForm action={paths.signOut} token={formToken}>
          <button type="submit">{common[lang].signOut}</button>
        </PostForm>
      </>
    ),
  }
}
