import { authorize, may } from "../../domain/access/authorize.ts"
import type { Staff } from "../../domain/access/subject.ts"
import { type Office, office as officeOf } from "../../domain/offices/reads.ts"
import { common } from "../../i18n/common.ts"
import { dayWords } from "../../i18n/day.ts"
import { deviceWords } from "../../i18n/devices.ts"
import { inLang } from "../../i18n/lang.ts"
import { privacyWords } from "../../i18n/privacy.ts"
import { recordingWords } from "../../i18n/recording.ts"
import { roomWords } from "../../i18n/rooms.ts"
import { staffWords } from "../../i18n/staff.ts"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { PostForm } from "../shell/controls.tsx"

export function leadOf(c: Context): Staff {
  return c.var.subject as Staff
}

/** The office of this page, which lies within what the person is responsible for. Refuses `not_found`, `forbidden`. */
export async function managed(
  c: Context,
  action: "day.read" | "day.change" | "counter.run" | "room.watch" | "room.join" | "room.end" | "visit.report",
): Promise<Office> {
  const here = await officeOf(c.var.house.store, c.req.param("office") ?? "")
  authorize(leadOf(c), action, here)
  return here
}

/** What stands in the head of a supervisor's pages. */
export function supervisorHead(c: Context, here: Office) {
  const { lang, formToken } = c.var
  const words = dayWords[lang]
  return {
    homeHref: paths.day(here.code),
    headBeside: <span class="head-office">{inLang(here.name, lang)}</span>,
    headLinks: (
      <>
        <a href={paths.day(here.code)}>{words.title}</a>
        <a href={paths.dayHours(here.code)}>{words.hours}</a>
        <a href={paths.dayRequests(here.code)}>{words.requests}</a>
        {here.video && <a href={paths.dayRooms(here.code)}>{roomWords[lang].short}</a>}
        {here.video && may(leadOf(c), "recording.review", here) && (
          <a href={paths.recordingsOf(here.code)}>{recordingWords[lang].reviewTitle}</a>
        )}
        <a href={paths.devices}>{deviceWords[lang].title}</a>
        <a href={paths.staffPeople}>{staffWords[lang].title}</a>
        <a href={paths.privacyRecords}>{privacyWords[lang].short}</a>
        <a class="head-person" href={paths.security}>
          {inLang(leadOf(c).name, lang)}
        </a>
        <PostForm action={paths.signOut} token={formToken}>
          <button type="submit">{common[lang].signOut}</button>
        </PostForm>
      </>
    ),
  }
}
