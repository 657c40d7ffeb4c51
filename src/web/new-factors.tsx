import { z } from "zod"
import { isRefusal } from "../base/refusal.ts"
import { citizenOf, staffOf } from "../domain/access/keys.ts"
import type { Owner } from "../domain/access/owner.ts"
import { weaknessOf } from "../domain/access/password-rules.ts"
import { personalData } from "../domain/people/reads.ts"
import { accountWords } from "../i18n/account.ts"
import { inLang, type Lang } from "../i18n/lang.ts"
import { refusalWords } from "../i18n/refusals.ts"
import type { Context } from "./house.ts"
import { PasskeyForm } from "./passkey-form.tsx"
import { Button, Field } from "./shell/controls.tsx"

/* A new password and a new passkey, as whoever enrols makes them and whoever changes an account. */

export async function weaknessHere(c: Context, owner: Owner, password: string) {
  const { look } = c.var.house
  const { about } = await knownOf(c, owner)
  return weaknessOf(password, [...about, look.name.ar, look.name.en])
}

export function weakWords(lang: keyof typeof accountWords) {
  const { passwordShort, passwordLong, passwordCommon, passwordAbout } = accountWords[lang]
  return { short: passwordShort, long: passwordLong, common: passwordCommon, about: passwordAbout }
}

/** How the owner is called, and what everybody knows of them. */
export async function knownOf(c: Context, owner: Owner): Promise<{ name: string; about: string[] }> {
  const { house, lang } = c.var
  if (owner.kind === "staff") {
    const found = await staffOf(house.store, owner.id)
    return found
      ? { name: inLang(found.name, lang), about: [found.login, found.name.ar, found.name.en] }
      : { name: "", about: [] }
  }
  const found = (await citizenOf(house.store, owner.id)) && (await personalData(house.store, house.keys, owner.id))
  if (!found) return { name: "", about: [] }
  const { name, nationalId, mobile } = found
  const about = [name?.ar, name?.en, nationalId, mobile?.replace(/^\+/, "")]
  return { name: name ? inLang(name, lang) : "", about: about.filter((text) => typeof text === "string") }
}

/** What to say where a new passkey was not taken; throws on whatever is no word about the passkey. */
export function passkeyTrouble(thrown: unknown, lang: Lang): string {
  if (!isRefusal(thrown)) throw thrown
  const { passkeyKnown, passkeyRefused } = accountWords[lang]
  switch (thrown.code) {
    case "passkey_known":
      return passkeyKnown
    case "passkey_refused":
      return passkeyRefused
    case "passkey_synced": {
      const { title, help } = refusalWords(thrown.code, lang)
      return `${title}. ${help}`
    }
    default:
      throw thrown
  }
}

/** The form that makes a passkey and names it. */
export function NewPasskey({ c, action, isStaff }: { c: Context; action: string; isStaff?: boolean }) {
  const words = accountWords[c.var.lang]
  return (
    <PasskeyForm c={c} action={action} purpose="enrol" isStaff={isStaff}>
      <Field
        name="name"
        label={words.passkeyName}
        hint={words.passkeyNameHint}
        value={words.passkeyNameDefault}
        required
        maxlength={60}
      />
      <Button weight="main" wide icon="key">
        {words.passkeyMake}
      </Button>
    </PasskeyForm>
  )
}

export const passkeyFields = z.object({ response: z.string().max(16 * 1024), name: z.string().max(200) })
