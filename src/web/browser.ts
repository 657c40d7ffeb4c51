import { accountWords } from "../i18n/account.ts"
import type { Lang } from "../i18n/lang.ts"

const browsers = [
  [/Edg(e|A|iOS)?\//, "Edge"],
  [/OPR\//, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|CriOS\/|Chromium\//, "Chrome"],
  [/Safari\//, "Safari"],
] as const

const systems = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
] as const

/** What a person calls it: "Chrome on Android". A guess from what the browser says of itself, good enough to know one's own again. */
export function browserOf(userAgent: string, lang: Lang): string {
  const words = accountWords[lang]
  const browser = browsers.find(([sign]) => sign.test(userAgent))?.[1]
  const system = systems.find(([sign]) => sign.test(userAgent))?.[1]
  return browser && system ? words.onDevice(browser, system) : (browser ?? system ?? words.unknownBrowser)
}
