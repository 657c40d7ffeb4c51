import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core"
import { findChromium, howToGetChromium, quietly } from "../cli/checking/chromium.ts"
import { filming } from "./calls.ts"
import { atTheEnd } from "./cleanup.ts"

export interface Reader {
  /** What the reader's browser asks for. Arabic unless said otherwise. */
  lang?: "ar" | "en"
  /** In CSS pixels. A phone unless said otherwise. */
  viewport?: { width: number; height: number }
  /** `false`: a browser in which no script runs. */
  javaScript?: boolean
  colorScheme?: "light" | "dark"
  /** The zone in which the reader sits, IANA. Riyadh unless said otherwise; never the machine's. */
  timeZone?: string
  /** `reduce`: a reader who asks for no movement. */
  reducedMotion?: "reduce" | "no-preference"
  /** In a browser with a camera and a microphone, of its own making. */
  films?: boolean
  /** In this very browser, where the test does something to it. */
  inside?: Browser
  /** Prepended to relative addresses: `page.goto("/slots")`. */
  baseURL?: string
}

export const phone = { width: 390, height: 844 }
export const desktop = { width: 1280, height: 800 }
export const wall = { width: 1920, height: 1080 }

let launched: Promise<Browser> | null = null

/** The one Chromium of this test process, the system's own; closed when the tests are through. */
export function browser(): Promise<Browser> {
  launched ??= launch()
  return launched
}

/** A page in a browser profile of its own: no cookies, no storage, nothing shared with another page. */
export async function newPage(reader: Reader = {}): Promise<Page> {
  const context = await newContext(reader)
  return context.newPage()
}

/** A profile for several pages of one reader, e.g. two tabs with one session. */
export async function newContext(reader: Reader = {}): Promise<BrowserContext> {
  const of = reader.inside ?? (await (reader.films ? filming() : browser()))
  return of.newContext({
    locale: reader.lang === "en" ? "en-GB" : "ar-SA",
    viewport: reader.viewport ?? phone,
    javaScriptEnabled: reader.javaScript ?? true,
    colorScheme: reader.colorScheme ?? "light",
    timezoneId: reader.timeZone ?? "Asia/Riyadh",
    reducedMotion: reader.reducedMotion ?? "no-preference",
    ...(reader.baseURL ? { baseURL: reader.baseURL } : {}),
  })
}

async function launch(): Promise<Browser> {
  const executablePath = findChromium()
  if (!executablePath) throw new Error(howToGetChromium)
  const started = await chromium.launch({
    executablePath,
    // The sandbox works neither for root nor in most containers, and only our own pages are opened here.
    chromiumSandbox: false,
    args: [...quietly, "--disable-quic"],
  })
  atTheEnd(async () => {
    launched = null
    await started.close()
  })
  return started
}
