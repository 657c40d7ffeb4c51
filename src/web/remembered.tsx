import { html, raw } from "hono/html"
import type { Child } from "hono/jsx"

/* Markup that many get to see, made once for all of them. */

const made = new WeakMap<object, Map<string, string>>()
/** Ways in which one thing is shown: languages, and what little else there is. */
const mostWays = 20

/**
 * What `make` makes of `of`, remembered for as long as that very object is in use. `as`: everything else that it is made from; with `null`
 * it is made anew, because few will ask for the same.
 */
export async function Remembered({ of, as, make }: { of: object; as: string | null; make: () => Child }) {
  if (as === null) return <>{make()}</>
  const ways = made.get(of) ?? new Map<string, string>()
  made.set(of, ways)
  const known = ways.get(as)
  if (known !== undefined) return raw(known)
  const text = String(await html`${make()}`)
  if (ways.size < mostWays) ways.set(as, text)
  return raw(text)
}
