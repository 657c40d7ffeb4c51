import type { Store } from "../../db/store.ts"
import { kept } from "../domain/access/memory.ts"
import type { Look } from "./house.ts"

export const ownLook: Look = { name: { ar: "دَوْر", en: "Dawr" }, logo: null, accent: null, accentDark: null }

/** The agency's look as its setup file gave it; ours where it gave none. */
export async function readLook(store: Store): Promise<Look> {
  const text = await kept(store, "look")
  return text ? { ...ownLook, ...(JSON.parse(text) as Partial<Look>) } : ownLook
}

const colour = /^#[0-9a-f]{6}$/i

/** The stylesheet that lays the agency's colours over the tokens; empty with our own. */
export function themeCss(look: Look): string {
  const rules: string[] = []
  if (look.accent && colour.test(look.accent)) rules.push(`:root{--color-accent:${look.accent}}`)
  if (look.accentDark && colour.test(look.accentDark)) {
    rules.push(`@media (prefers-color-scheme:dark){:root:not([data-theme="light"]){--color-accent:${look.accentDark}}}`)
    rules.push(`:root[data-theme="dark"]{--color-accent:${look.accentDark}}`)
  }
  return rules.length > 0 ? `@layer theme{${rules.join("")}}\n` : "/* the house's own colours */\n"
}
