import type { Words } from "../../../../db/schema/catalogue.ts"

/* Which countries there are to travel to, and which papers they take. */

/** Where a national identity card is enough: the states of the Cooperation Council. */
export const gulf: ReadonlySet<string> = new Set(["AE", "BH", "KW", "OM", "QA"])

/** The other members of the Arab League. */
const furtherArab = [
  ...["DJ", "DZ", "EG", "IQ", "JO", "KM", "LB", "LY", "MA"],
  ...["MR", "PS", "SD", "SO", "SY", "TN", "YE"],
]
export const arab: ReadonlySet<string> = new Set([...gulf, ...furtherArab])

/** ISO 3166-1 alpha-2, without the Kingdom itself. */
export const countries: readonly string[] = [
  ...["AD", "AE", "AF", "AG", "AL", "AM", "AO", "AR", "AT", "AU", "AZ", "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI"],
  ...["BJ", "BN", "BO", "BR", "BS", "BT", "BW", "BY", "BZ", "CA", "CD", "CF", "CG", "CH", "CI", "CL", "CM", "CN", "CO"],
  ...["CR", "CU", "CV", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE", "EG", "ER", "ES", "ET", "FI", "FJ"],
  ...["FM", "FR", "GA", "GB", "GD", "GE", "GH", "GM", "GN", "GQ", "GR", "GT", "GW", "GY", "HK", "HN", "HR", "HT", "HU"],
  ...["ID", "IE", "IN", "IQ", "IR", "IS", "IT", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW"],
  ...["KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MG", "MH", "MK"],
  ...["ML", "MM", "MN", "MO", "MR", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NE", "NG", "NI", "NL", "NO", "NP"],
  ...["NR", "NZ", "OM", "PA", "PE", "PG", "PH", "PK", "PL", "PS", "PT", "PW", "PY", "QA", "RO", "RS", "RU", "RW", "SB"],
  ...["SC", "SD", "SE", "SG", "SI", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST", "SV", "SY", "SZ", "TD", "TG", "TH"],
  ...["TJ", "TL", "TM", "TN", "TO", "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "US", "UY", "UZ", "VA", "VC", "VE", "VN"],
  ...["VU", "WS", "YE", "ZA", "ZM", "ZW"],
]

/** As the Kingdom names them, where that is not what the tables of the language say. */
const named: Record<string, Words> = { PS: { ar: "فلسطين", en: "Palestine" } }

const names = {
  ar: new Intl.DisplayNames("ar", { type: "region" }),
  en: new Intl.DisplayNames("en", { type: "region" }),
}
const lists = { ar: new Intl.ListFormat("ar"), en: new Intl.ListFormat("en-GB") }

export function countryName(code: string): Words {
  return named[code] ?? { ar: names.ar.of(code) ?? code, en: names.en.of(code) ?? code }
}

/** Several of them in a sentence. */
export function countryNames(codes: readonly string[]): Words {
  const all = codes.map(countryName)
  return { ar: lists.ar.format(all.map(({ ar }) => ar)), en: lists.en.format(all.map(({ en }) => en)) }
}

const known: ReadonlySet<string> = new Set(countries)
export const isCountry = (code: string) => known.has(code)
