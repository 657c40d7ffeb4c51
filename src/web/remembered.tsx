import { html, raw } from "hono/html"
import type { Child } from "hono/jsx"

/* Markup that many get to see, made once for all of them. */

/** What has been made of each thing, by the way in which it is shown, for as long as that very object is in use. */
export type Made<T> = WeakMap<object, Map<string, Promise<T>>>
/** Ways in which one thing is shown: languages, days, and what little else there is. The one that was asked for longest ago goes first. */
const mostWays = 20

const texts: Made<string> = new WeakMap()

/**
 * What `make` makes of `of`, as a part of a page. `as`: everything else that it is made from; with `null` it is made anew, because few will
 * ask for the same.
 */
export async function Remembered({ of, as, make }: { of: object; as: string | null; make: () => Child }) {
  if (as === null) return <>{make()}</>
  return raw(await once(texts, of, as, async () => String(await html`${make()}`)))
}

/** What `write` makes of `of` in this way. Whoever comes while it is being made waits for the same. */
export function once<T>(made: Made<T>, of: object, as: string, write: () => Promise<T>): Promise<T> {
  const ways = made.get(of) ?? new Map<string, Promise<T>>()
  made.set(of, ways)
  const known = ways.get(as)
  ways.delete(as)
  const written = known ?? write()
  ways.set(as, written)
  const [oldest] = ways.keys()
  if (ways.size > mostWays && oldest !== undefined) ways.delete(oldest)
  // What could not be made is made the next time.
  if (!known) written.catch(() => ways.get(as) === written && ways.delete(as))
  return written
}
