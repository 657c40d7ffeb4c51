import { isRefusal } from "../../../base/refusal.ts"
import { readPhone } from "../../../base/text.ts"
import type { Owner } from "../../access/owner.ts"
import { addressOf, chooseLang, chosenLang, type Lang, readEmail, setEmail } from "../../notifications/contact.ts"
import { notify } from "../../notifications/outbox.ts"
import { setMobile } from "../../people/writes.ts"
import {
  type Asked,
  type Carrying,
  type Decision,
  type Line,
  line,
  type Option,
  type Service,
  said,
  words,
} from "../service.ts"

/*
 * Mobile, e-mail and the language of messages. Whoever moves the messages moves the account: so the agent has seen who it is, the person
 * confirms the new address letter by letter, and the one before is told.
 */

const langs: Option[] = [
  { value: "ar", label: words("العربية", "Arabic") },
  { value: "en", label: words("الإنجليزية", "English") },
]

export const contact: Service = {
  code: "CIV-12",
  identity: 3,
  needsRecording: true,
  needsOne: true,
  fields: [
    {
      name: "mobile",
      kind: "text",
      input: "tel",
      max: 40,
      isOptional: true,
      label: words("الجوال الجديد", "New mobile"),
    },
    {
      name: "email",
      kind: "text",
      input: "email",
      max: 254,
      isOptional: true,
      label: words("البريد الجديد", "New e-mail"),
    },
    {
      name: "lang",
      kind: "choice",
      options: langs,
      isOptional: true,
      label: words("لغة الرسائل", "Language of messages"),
    },
  ],
  decide,
  async carryOut(carrying) {
    const { tx, keys, person: id } = carrying
    const { mobile, email, lang } = await changes(carrying)
    const owner: Owner = { kind: "citizen", id }
    if (mobile) await told(carrying, "sms", await setMobile(tx, keys, id, mobile, carrying.agent))
    if (email) await told(carrying, "mail", await setEmail(tx, keys, owner, email, carrying.agent))
    if (lang) await chooseLang(tx, owner, lang)
    return []
  },
}

/** To the address that it was. At the new one it is known already. */
async function told({ tx, person: id }: Carrying, channel: "sms" | "mail", before: string | null): Promise<void> {
  const where = before === null ? { used: channel } : { address: { channel, sealed: before } }
  const said = { to: { kind: "citizen" as const, id }, kind: "contact_changed" as const, data: { channel } }
  await notify(tx, { ...said, dedupe: `contact_changed:${tx.id()}`, ...where })
}

async function decide(asked: Asked): Promise<Decision> {
  const { mobile, email, lang } = await changes(asked)
  if (mobile === "wrong") return no("mobile_wrong", "رقم الجوال غير صحيح", "That is no mobile number")
  if (email === "wrong") return no("email_wrong", "عنوان البريد غير صحيح", "That is no e-mail address")
  const lines: Line[] = [
    ...(mobile ? [line("الجوال الجديد", "New mobile", { is: "typed" as const, text: mobile })] : []),
    ...(email ? [line("البريد الجديد", "New e-mail", { is: "typed" as const, text: email })] : []),
    ...(lang
      ? [
          line("لغة الرسائل", "Language of messages", {
            is: "words" as const,
            words: langs.find(({ value }) => value === lang)?.label ?? words("", ""),
          }),
        ]
      : []),
  ]
  if (lines.length === 0) return no("nothing_changes", "لا يتغير بهذا شيء", "This changes nothing")
  return {
    is: "yes",
    lines: [
      said("تحديث بيانات التواصل", "Update contact data"),
      ...lines,
      said("نبلّغ العنوان السابق بالتغيير", "We tell the address before about it"),
    ],
    reason: {
      code: "own",
      words: words("بيانات صاحب الطلب نفسه", "The data belong to whoever asks for it"),
      facts: [],
    },
    used: { mobile: mobile !== null, email: email !== null, lang },
  }
}

const no = (code: string, ar: string, en: string): Decision => ({
  is: "no",
  reason: { code, words: words(ar, en), facts: [] },
  used: {},
  wayOut: words("صحّح ما كُتب، أو اكتب ما تريد تغييره.", "Correct it, or write what shall be changed."),
})

/** What would be another one than now. */
async function changes<A extends Asked>({ store, keys, person: id, fields }: A) {
  const owner: Owner = { kind: "citizen", id }
  const [typedMobile = "", typedEmail = "", lang = ""] = [fields["mobile"], fields["email"], fields["lang"]]
  const mobile = typedMobile === "" ? null : (readPhone(typedMobile) ?? ("wrong" as const))
  const email = typedEmail === "" ? null : emailOf(typedEmail)
  const isLang = (text: string): text is Lang => text === "ar" || text === "en"
  return {
    mobile: mobile === (await addressOf(store, keys, owner, "sms")) ? null : mobile,
    email: email === (await addressOf(store, keys, owner, "mail")) ? null : email,
    lang: isLang(lang) && lang !== (await chosenLang(store, owner)) ? lang : null,
  }
}

function emailOf(typed: string): string {
  try {
    return readEmail(typed)
  } catch (thrown) {
    if (isRefusal(thrown)) return "wrong"
    throw thrown
  }
}
