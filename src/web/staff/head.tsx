import { shiftOf } from "../../base/clock.ts"
import { agencyNames, staffNames } from "../../domain/access/names.ts"
import type { Grant } from "../../domain/access/roles.ts"
import { allOffices } from "../../domain/offices/reads.ts"
import { momentText } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { staffWords } from "../../i18n/staff.ts"
import type { Context, House } from "../house.ts"
import { Notice } from "../shell/cards.tsx"

/* What the pages about staff have in common. */

export const accounts = { scopes: ["accounts" as const] }

/** Moments of accounts belong to no office. */
const zone = "Asia/Riyadh"

/** What was dated by the real clock, in words, as the house's own clock shows it. */
export function moment(c: Context, at: number): string {
  return momentText(at + shiftOf(c.var.house.clock), zone, c.var.lang)
}

/** How areas are called, in either language: offices, agencies and regions by their names. */
export async function areaNames(house: House): Promise<(grant: Omit<Grant, "role">, lang: Lang) => string> {
  const [offices, agencies] = [await allOffices(house.store), await agencyNames(house.store)]
  return ({ scopeKind, scope }, lang) => {
    const { areas } = staffWords[lang]
    if (scopeKind === "all") return areas.all()
    const named =
      scopeKind === "office"
        ? offices.find(({ code }) => code === scope)?.name
        : scopeKind === "agency"
          ? agencies.get(scope)
          : offices.find(({ region }) => region?.ar === scope)?.region
    return areas[scopeKind](named ? inLang(named, lang) : scope)
  }
}

/** "Agent, Passports, Al-Rimal". */
export async function grantNames(house: House): Promise<(grant: Grant, lang: Lang) => string> {
  const areas = await areaNames(house)
  return (grant, lang) => staffWords[lang].lineGrant(staffWords[lang].roles[grant.role], areas(grant, lang))
}

/** The name of one of the staff. */
export async function nameOf({ store }: House, id: string): Promise<Record<Lang, string>> {
  return (await staffNames(store, [id])).get(id) ?? { ar: id, en: id }
}

export function Problem({ text }: { text: string | undefined }) {
  if (!text) return null
  return (
    <Notice tone="late" icon="warning">
      <p role="alert">{text}</p>
    </Notice>
  )
}

export function Good({ text }: { text: string | null }) {
  if (!text) return null
  return (
    <Notice tone="good" icon="check">
      <p class="strong" role="status">
        {text}
      </p>
    </Notice>
  )
}
