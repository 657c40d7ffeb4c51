import { z } from "zod"
import { isRefusal } from "../../base/refusal.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { staffWords } from "../../i18n/staff.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Button, ButtonLink, Field, PostForm } from "../shell/controls.tsx"
import { staffHead } from "../staff-head.tsx"
import { beginAsking } from "./confirming.tsx"
import { GrantFields, readGrant } from "./grants.tsx"
import { Problem } from "./head.tsx"

const fields = z.object({
  ar: z.string().max(500).default(""),
  en: z.string().max(500).default(""),
  login: z.string().max(200).default(""),
  role: z.string().max(40).default(""),
  area: z.string().max(200).default(""),
})

type Typed = z.infer<typeof fields>

interface Told {
  typed?: Typed
  field?: string
  error?: string
  status?: number
}

export const invitationPage = (c: Context) => form(c, {})

async function form(c: Context, { typed, field, error, status }: Told): Promise<Response> {
  const { lang, formToken } = c.var
  const words = staffWords[lang]
  const wrong = (name: string, text: string) => (field === name ? text : undefined)
  return show(
    c,
    { title: words.inviteTitle, status, ...staffHead(c) },
    <div class="column">
      <h1>{words.inviteTitle}</h1>
      <p class="quiet">{words.inviteLead}</p>
      <Problem text={error} />
      <PostForm action={paths.staffInvitation} token={formToken} class="stack">
        <Field
          {...{ name: "ar", label: words.nameAr, error: wrong("ar", words.nameMissing), value: typed?.ar }}
          {...{ required: true, maxlength: 120, autocomplete: "off" }}
        />
        <Field
          {...{ name: "en", label: words.nameEn, error: wrong("en", words.nameMissing), value: typed?.en }}
          {...{ required: true, maxlength: 120, autocomplete: "off" }}
        />
        <Field
          {...{ name: "login", label: words.login, hint: words.loginHint, value: typed?.login }}
          {...{ error: wrong("login", words.loginWrong), required: true, maxlength: 40, autocomplete: "off" }}
        />
        {await GrantFields({ c, value: typed })}
        <Button weight="main">{words.continue}</Button>
      </PostForm>
      <ButtonLink weight="quiet" href={paths.staffPeople}>
        {words.backToPeople}
      </ButtonLink>
    </div>,
  )
}

/** Freezes the invitation; it is made once it is confirmed. */
export async function invite(c: Context): Promise<Response> {
  const { lang } = c.var
  const words = staffWords[lang]
  const typed = await readForm(c, fields)
  const grant = readGrant(typed.role, typed.area)
  if (!grant) return form(c, { typed, error: words.areaWrong, status: 422 })
  const { ar, en, login } = typed
  try {
    return await beginAsking(c, { kind: "invite", login, name: { ar, en }, grant })
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
    const told = { typed, status: thrown.status }
    if (thrown.code === "login_taken") return form(c, { ...told, error: refusalWords(thrown.code, lang).title })
    if (thrown.code !== "invalid_field") throw thrown
    const field = String(thrown.details["field"])
    return form(c, { ...told, field, error: field === "area" ? words.areaWrong : undefined, status: 422 })
  }
}
