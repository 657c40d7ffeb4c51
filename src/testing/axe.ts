import { readFileSync } from "node:fs"
import type { AxeResults } from "axe-core"
import type { Page } from "playwright-core"

const source = readFileSync(Bun.resolveSync("axe-core/axe.min.js", import.meta.dir), "utf8")

/**
 * Puts axe into every page that this window goes to from now on. It is large: sent along with each page it takes as long as what it does there.
 */
export async function takeAxeAlong(page: Page): Promise<void> {
  await page.addInitScript(source)
}

/** WCAG 2.0, 2.1 and 2.2, levels A and AA, and what is usual beyond them: one main part, headings in order, nothing outside of a landmark. */
const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

/**
 * What axe-core finds on the page against WCAG 2.2 A and AA and good practice, or by these rules alone; empty when it finds nothing. A line a violation and place:
 * `color-contrast (serious): p.hint — Element has insufficient color contrast of 2.1 …`.
 *
 * The page must run scripts; where the site's own are switched off, look at the same page with them on.
 */
export async function violations(page: Page, rules?: string[]): Promise<string[]> {
  // Through the debugger, not a script tag: the pages' policy forbids scripts that are not theirs, and it is on trial here too.
  // It is large, and stays in the page as long as the page is there.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(source)
  const runOnly = rules ? { type: "rule" as const, values: rules } : { type: "tag" as const, values: standards }
  const results = await page.evaluate((only): Promise<AxeResults> => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") }
    return axe.run(document, { runOnly: only, resultTypes: ["violations"] })
  }, runOnly)
  return results.violations.flatMap(({ id, impact, nodes }) =>
    nodes.map((node) => {
      const why = (node.failureSummary ?? "").split("\n").slice(1).join(" ").trim()
      return `${id} (${impact ?? "unrated"}): ${node.target.join(" ")} — ${why}`
    }),
  )
}
