import { may } from "../domain/access/authorize.ts"
import type { Staff } from "../domain/access/subject.ts"
import { common } from "../i18n/common.ts"
import { dayWords } from "../i18n/day.ts"
import { deviceWords } from "../i18n/devices.ts"
import { inLang } from "../i18n/lang.ts"
import { recordingWords } from "../i18n/recording.ts"
import { staffWords } from "../i18n/staff.ts"
import type { Context } from "./house.ts"
import { paths } from "./paths.ts"
import { PostForm } from "./shell/controls.tsx"

/** Behind a gate that lets in staff alone. */
export function staffHere(c: Context): Staff {
  return c.var.subject as Staff
}

export function staffHead(c: Context) {
  return {
    styles: ["staff"],
    head: "deep" as const,
    homeHref: staffHere(c).role === "agent" ? paths.desk : paths.days,
    headLinks: <StaffLinks c={c} />,
  }
}

/** The ways of whoever works here, as far as the role may go them; every page has these that names none of its own. */
export function StaffLinks({ c }: { c: Context }) {
  const { lang, formToken } = c.var
  const who = staffHere(c)
  return (
    <>
      {may(who, "desk.work") && <a href={paths.desk}>{common[lang].toWork}</a>}
      {may(who, "day.read") && <a href={paths.days}>{dayWords[lang].title}</a>}
      {may(who, "device.read") && <a href={paths.devices}>{deviceWords[lang].title}</a>}
      {may(who, "recording.review") && <a href={paths.recordings}>{recordingWords[lang].reviewTitle}</a>}
      {may(who, "staff.read") && <a href={paths.staffPeople}>{staffWords[lang].title}</a>}
      <a class="head-person" href={paths.security}>
        {inLang(who.name, lang)}
      </a>
      <PostForm action={paths.signOut} token={formToken}>
        <button type="submit">{common[lang].signOut}</button>
      </PostForm>
    </>
  )
}
