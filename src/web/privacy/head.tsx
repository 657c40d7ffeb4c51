import { may } from "../../domain/access/authorize.ts"
import type { Staff } from "../../domain/access/subject.ts"
import { common } from "../../i18n/common.ts"
import { inLang } from "../../i18n/lang.ts"
import { privacyWords } from "../../i18n/privacy.ts"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { PostForm } from "../shell/controls.tsx"

/** Behind a gate that lets in staff alone. */
export function staffOf(c: Context): Staff {
  return c.var.subject as Staff
}

/** What stands in the head of the staff's pages: whatever of them this role may open. */
export function staffHead(c: Context) {
  const { lang, formToken } = c.var
  const words = privacyWords[lang]
  const staff = staffOf(c)
  return {
    head: "deep" as const,
    homeHref: staff.role === "agent" ? paths.desk : paths.days,
    headLinks: (
      <>
        <a href={paths.privacyRecords}>{words.recordsTitle}</a>
        {may(staff, "privacy_request.handle") && <a href={paths.privacyRequests}>{words.requestsTitle}</a>}
        {may(staff, "legal_hold.handle") && <a href={paths.privacyHolds}>{words.holdsTitle}</a>}
        {may(staff, "read_log.read") && <a href={paths.privacyReads}>{words.readsTitle}</a>}
        <span>{inLang(staff.name, lang)}</span>
        <PostForm action={paths.signOut} token={formToken}>
          <button type="submit">{common[lang].signOut}</button>
        </PostForm>
      </>
    ),
  }
}
