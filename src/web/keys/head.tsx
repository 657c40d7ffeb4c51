import type { Staff } from "../../domain/access/subject.ts"
import { common } from "../../i18n/common.ts"
import { dayWords } from "../../i18n/day.ts"
import { deviceWords } from "../../i18n/devices.ts"
import { keyWords } from "../../i18n/keys.ts"
import { inLang } from "../../i18n/lang.ts"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { PostForm } from "../shell/controls.tsx"

export function administratorOf(c: Context): Staff {
  return c.var.subject as Staff
}

/** What stands in the head of these pages. */
export function keyHead(c: Context) {
  const { lang, formToken } = c.var
  return {
    head: "deep" as const,
    homeHref: paths.days,
    headLinks: (
      <>
        <a href={paths.days}>{dayWords[lang].title}</a>
        <a href={paths.devices}>{deviceWords[lang].title}</a>
        <a href={paths.keys}>{keyWords[lang].title}</a>
        <span>{inLang(administratorOf(c).name, lang)}</span>
        <PostForm action={paths.signOut} token={formToken}>
          <button type="submit">{common[lang].signOut}</button>
        </PostForm>
      </>
    ),
  }
}
