import type { Words } from "../../../db/schema/catalogue.ts"

/*
 * Invented people. Their numbers are made up and marked as such wherever they are shown; a validator of the real form would take them,
 * because otherwise nothing that checks a number could be tried.
 */

const men: [ar: string, en: string][] = [
  ["فهد", "Fahd"],
  ["سعد", "Saad"],
  ["عبدالله", "Abdullah"],
  ["خالد", "Khalid"],
  ["ماجد", "Majed"],
  ["تركي", "Turki"],
  ["ياسر", "Yasser"],
  ["إبراهيم", "Ibrahim"],
  ["عمر", "Omar"],
  ["سلطان", "Sultan"],
]

const women: [ar: string, en: string][] = [
  ["نورة", "Noura"],
  ["سارة", "Sara"],
  ["هند", "Hind"],
  ["ريم", "Reem"],
  ["منيرة", "Munira"],
  ["لطيفة", "Latifa"],
  ["أمل", "Amal"],
  ["دلال", "Dalal"],
  ["العنود", "Alanoud"],
  ["مها", "Maha"],
]

const families: [ar: string, en: string][] = [
  ["العتيبي", "Al-Otaibi"],
  ["الدوسري", "Al-Dossari"],
  ["الحربي", "Al-Harbi"],
  ["القحطاني", "Al-Qahtani"],
  ["الشهري", "Al-Shehri"],
  ["الغامدي", "Al-Ghamdi"],
  ["الزهراني", "Al-Zahrani"],
  ["المطيري", "Al-Mutairi"],
  ["السبيعي", "Al-Subaie"],
  ["العنزي", "Al-Anazi"],
  ["البلوي", "Al-Balawi"],
]

const residents: [ar: string, en: string][] = [
  ["محمد رحمن", "Mohammed Rahman"],
  ["راجيش كومار", "Rajesh Kumar"],
  ["عمران خان", "Imran Khan"],
  ["أحمد المصري", "Ahmed El-Masry"],
  ["ماريا سانتوس", "Maria Santos"],
  ["عثمان الطيب", "Osman Eltayeb"],
  ["فاطمة الحمصي", "Fatima Al-Homsi"],
  ["صالح اليافعي", "Saleh Al-Yafei"],
  ["بريا ناير", "Priya Nair"],
  ["يوسف حداد", "Youssef Haddad"],
]

/** The name of the `index`-th citizen: men and women by turns, every pair of first name and family once before any comes again. */
export function citizenName(index: number): Words {
  const pool = index % 2 === 0 ? women : men
  const turn = Math.floor(index / 2)
  const [firstAr, firstEn] = pool[turn % pool.length] ?? ["نورة", "Noura"]
  const [familyAr, familyEn] = families[(turn * 3 + (index % 2)) % families.length] ?? ["العتيبي", "Al-Otaibi"]
  return { ar: `${firstAr} ${familyAr}`, en: `${firstEn} ${familyEn}` }
}

export function residentName(index: number): Words {
  const [ar, en] = residents[index % residents.length] ?? ["محمد رحمن", "Mohammed Rahman"]
  const round = Math.floor(index / residents.length)
  return round === 0 ? { ar, en } : { ar: `${ar} (${round + 1})`, en: `${en} (${round + 1})` }
}

/** A staff member's name; `seat` keeps the names of one office apart. */
export function staffName(office: number, seat: number): Words {
  return citizenName(200 + office * 17 + seat)
}

/** Whether that is a woman's name. */
export function staffSex(office: number, seat: number): "female" | "male" {
  return (200 + office * 17 + seat) % 2 === 0 ? "female" : "male"
}

/** Numbers of a block that is not given to anybody: `1000000…` for nationals, `2000000…` for residents, with their Luhn digit. */
export function demoNumber(kind: "citizen" | "resident", index: number): string {
  const stem = `${kind === "citizen" ? 1 : 2}${String(index).padStart(8, "0")}`
  let sum = 0
  for (const [place, digit] of [...stem].entries()) {
    const value = Number(digit) * (place % 2 === 0 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  }
  return stem + String((10 - (sum % 10)) % 10)
}

export function demoMobile(index: number): string {
  return `+96655${String(index).padStart(7, "0")}`
}
