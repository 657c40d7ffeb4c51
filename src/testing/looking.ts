import { afterAll, expect, setDefaultTimeout, test } from "bun:test"
import type { Lang } from "../i18n/lang.ts"
import { violations } from "./axe.ts"
import { type Beholder, openBeholder } from "./beholder.ts"
import { type Demand, faults } from "./layout.ts"
import { openScene, type Scene } from "./scene.ts"
import { kinds } from "./visits/all.ts"
import type { Place, Visit } from "./visits/visit.ts"

/*
 * Every page of the house, in every state that it has, as its reader sees it: in both languages, light and dark, on the smallest screen and
 * on the largest, with letters of twice the size. Nobody is kept out (WCAG 2.2 A and AA), nothing is cut off, spilt, covered, or too small
 * to press. And no page complains: its scripts run, and its policy (CSP) has nothing to refuse.
 */

interface Size extends Demand {
  width: number
  height: number
  /** How large the reader's browser writes; 16 is what it comes with. */
  letters?: number
}

const finger = { target: 44, text: 13 }
const mouse = { target: 24, text: 13 }

/** What each page is looked at on. 320 wide is a screen of 1280 at four times the size (1.4.10), letters of 32 twice the usual (1.4.4). */
const sizes: Record<Place, Size[]> = {
  phone: [
    { width: 390, height: 844, ...finger, focus: true },
    { width: 320, height: 740, ...finger },
    { width: 768, height: 1024, ...finger },
    { width: 1440, height: 900, ...mouse },
    { width: 390, height: 844, letters: 32, ...mouse, focus: true },
  ],
  desk: [
    { width: 1440, height: 900, ...mouse, focus: true },
    { width: 1024, height: 768, ...mouse, focus: true },
    { width: 768, height: 1024, ...mouse },
    { width: 320, height: 740, ...mouse },
    { width: 1440, height: 900, letters: 32, ...mouse, focus: true },
  ],
  kiosk: [{ width: 1080, height: 1920, target: 72, text: 34, whole: true, focus: true }],
  document: [
    { width: 1440, height: 900, ...mouse },
    { width: 320, height: 740, ...mouse },
  ],
  pairing: [
    { width: 1080, height: 1920, target: 44, text: 24, whole: true },
    { width: 3840, height: 2160, target: 44, text: 48, whole: true },
    { width: 1280, height: 720, target: 44, text: 16, whole: true },
  ],
  wall: [
    { width: 1920, height: 1080, target: 24, text: 30, whole: true },
    { width: 3840, height: 2160, target: 24, text: 60, whole: true },
    { width: 1280, height: 720, target: 24, text: 20, whole: true },
  ],
}

const both: Lang[] = ["ar", "en"]

interface Looking {
  scene: Scene
  beholder: Beholder
}

/** Opens agencies of its own and looks at each page of this kind in a test of its own. */
export async function lookAt(kind: keyof typeof kinds): Promise<Looking> {
  // The longest page takes a machine that has much else to do two minutes.
  setDefaultTimeout(300_000)
  const scene = await openScene()
  const looking = { scene, beholder: openBeholder(scene) }
  afterAll(() => {
    // The one page that cannot be made, and nothing else.
    const bugs = [scene.full, scene.quiet, scene.strict].flatMap(({ bugs }) => bugs)
    expect(bugs.filter((line) => !line.includes("/services/PAS-79"))).toEqual([])
  })
  for (const visit of kinds[kind]) {
    test(`nothing stands in anybody's way: ${visit.route ?? "beside the routes"}, ${visit.seen}`, async () => {
      const found = await Promise.all((visit.langs ?? both).map((lang) => look(looking, visit, lang)))
      expect(found.flat()).toEqual([])
    })
  }
  return looking
}

async function look({ scene, beholder }: Looking, visit: Visit, lang: Lang): Promise<string[]> {
  const found: string[] = []
  const [[first], [firstLang]] = [sizes[visit.place], visit.langs ?? both]
  const { page, answer, eyes } = await beholder.visit(visit, lang, first)
  if (answer?.status() !== (visit.status ?? 200)) found.push(`answered ${answer?.status()} at ${page.url()}`)
  if (new URL(answer?.url() ?? "").pathname !== visit.path(scene).split(/[?#]/)[0]) found.push(`led to ${page.url()}`)
  found.push(...(await violations(page)))
  // Colours are the same in every language.
  if (lang === firstLang) {
    await page.emulateMedia({ colorScheme: "dark" })
    found.push(...(await violations(page, ["color-contrast"])).map((line) => `dark: ${line}`))
    await page.emulateMedia({ colorScheme: "light" })
  }
  for (const { width, height, letters = 16, ...demand } of sizes[visit.place]) {
    await page.setViewportSize({ width, height })
    await eyes.tools.send("Page.setFontSizes", { fontSizes: { standard: letters } })
    const name = `${width} × ${height}${letters === 16 ? "" : `, letters of ${letters}`}`
    found.push(...(await faults(page, demand)).map((line) => `${name}: ${line}`))
  }
  await eyes.tools.send("Page.setFontSizes", { fontSizes: { standard: 16 } })
  found.push(...eyes.troubles.map((trouble) => `complains: ${trouble}`))
  return found.map((line) => `${lang}, ${line}`)
}
