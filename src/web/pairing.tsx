import { Refusal } from "../base/refusal.ts"
import { subjectOfKey } from "../domain/access/keys.ts"
import { boardWords } from "../i18n/board.ts"
import { show } from "./frame.tsx"
import { keepCookie } from "./gate.ts"
import type { Context } from "./house.ts"
import { Card } from "./shell/cards.tsx"

const keptSeconds = 30 * 24 * 3600

/**
 * Opens a device by its address with the key in it: the key goes into a cookie and out of the address, so that it is in no history and no
 * log. Answers `null` where the address has no key. Refuses `bad_token` for a wrong key, or one of another office or another kind.
 */
export async function pairing(c: Context, kind: "kiosk" | "board", office: string): Promise<Response | null> {
  const key = c.req.query("key")
  if (key === undefined) return null
  const { house } = c.var
  const device = await subjectOfKey(house.store, key, house.clock.office())
  if (device?.role !== kind || device.office !== office) throw new Refusal("bad_token")
  keepCookie(c, "dev", key, keptSeconds)
  const url = new URL(c.req.url)
  url.searchParams.delete("key")
  c.header("Referrer-Policy", "no-referrer")
  return c.redirect(url.pathname + url.search, 303)
}

/** What a screen shows that has not been paired: how it gets to its office. */
export function unpaired(c: Context): Response | Promise<Response> {
  const words = boardWords[c.var.lang]
  return show(
    c,
    { title: words.pairTitle, status: 401 },
    <div class="column">
      <Card class="stack">
        <h1>{words.pairTitle}</h1>
        <p class="quiet">{words.pairHelp}</p>
      </Card>
    </div>,
  )
}
