import { mkdirSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** The functions named for each profile. */
const most = 10

/**
 * What of a folder's profiles is new since this was asked, as text: for each of them the functions in which most of the processor's time was
 * spent. A profile is what Bun's `--cpu-prof-md` leaves.
 */
export function watchProfiles(folder: string): () => string {
  mkdirSync(folder, { recursive: true })
  const profiles = () => readdirSync(folder).filter((name) => name.endsWith(".md"))
  const before = new Set(profiles())
  return () =>
    profiles()
      .filter((name) => !before.has(name))
      .map((name) => `${name}\n${hottest(readFileSync(join(folder, name), "utf8")).join("\n")}\n`)
      .join("\n")
}

/** Rows like `| 17.6% | 542.0ms | 17.6% | 542.0ms | \`values\` | \`[native code]\` |`, the hottest first. */
export function hottest(profile: string): string[] {
  const [, rest = ""] = profile.split(/^## Hot Functions.*$/m)
  const [table = ""] = rest.split(/^## /m)
  const rows = table.matchAll(/^\|\s*([\d.]+%)\s*\|[^|]*\|\s*([\d.]+%)\s*\|[^|]*\|\s*`(.*?)`\s*\|\s*`(.*?)`\s*\|$/gm)
  return [...rows]
    .slice(0, most)
    .map(([, own = "", all = "", what, where]) => `${own.padStart(7)} own ${all.padStart(7)} in all  ${what}  ${where}`)
}
