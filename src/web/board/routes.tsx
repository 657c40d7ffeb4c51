import { raw } from "hono/html"
import { Refusal } from "../../base/refusal.ts"
import { may } from "../../domain/access/authorize.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { hallCode } from "../../domain/queue/hall-code.ts"
import { boardWords } from "../../i18n/board.ts"
import { timeText } from "../../i18n/dates.ts"
import { inLang, otherLang } from "../../i18n/lang.ts"
import { show } from "../frame.tsx"
import { headOf } from "../heads.ts"
import { type Context, get, type PageRoute } from "../house.ts"
import { anyScreen, notYet } from "../pairing.tsx"
import { paths } from "../paths.ts"
import { qrCode } from "../qr.ts"
import { Icon } from "../shell/icons.tsx"
import { Mark } from "../shell/mark.tsx"
import { boardFragment, Second } from "./board.tsx"

/** The board on the wall. Its device opens it; staff of the office may look too. */
export const boardRoutes: PageRoute[] = [
  get(paths.anyBoard, "anyone", (c) => anyScreen(c, "board")),
  get(paths.board(":office"), "anyone", boardPage),
  get(paths.hallQr(":office"), "anyone", hallQr),
]

async function boardPage(c: Context): Promise<Response> {
  const code = c.req.param("office") ?? ""
  const { house, lang } = c.var
  const here = await officeOf(house.store, code)
  const words = boardWords[lang]
  const isLookedAt = c.req.query("key") === undefined && may(c.var.subject, "board.show", here)
  const instead = isLookedAt ? null : await notYet(c, "board", code)
  if (instead) return instead
  const second = boardWords[otherLang[lang]]
  const { seq } = await headOf(house, { kind: "board", office: code })
  const region = await boardFragment(house, code, lang)
  const light = c.req.query("theme") === "light"
  return show(
    c,
    {
      title: inLang(here.name, lang),
      head: "none",
      styles: ["board"],
      scripts: ["board"],
      bodyClass: "board",
      theme: light ? "light" : "dark",
    },
    <main
      class="board-screen"
      id="main"
      data-zone={here.zone}
      data-sounds="/assets/sounds"
      data-langs={`${lang} ${otherLang[lang]}`}
    >
      <header class="board-head">
        <Mark size={56} />
        <h1>{inLang(here.name, lang)}</h1>
        <button type="button" class="button button-second board-sound" data-sound hidden>
          <Icon name="sound" /> {words.soundOn}
        </button>
        <time class="board-clock" data-clock>
          {timeText(house.clock.office(), here.zone, "en")}
        </time>
      </header>
      <p class="board-offline" role="status" data-live-since={words.offline} />
      <div class="board-body">
        <div class="board-region" data-live={`board:${code}`} data-seq={seq} data-live-ack>
          {raw(region)}
        </div>
        <aside class="board-scan">
          <img src={paths.hallQr(code)} alt={words.scan} data-hall-qr width="220" height="220" />
          <div>
            <p class="board-scan-title">
              {words.scan} <Second lang={lang}>{second.scan}</Second>
            </p>
            <p class="board-scan-help">{words.scanHelp}</p>
          </div>
        </aside>
      </div>
      <footer class="board-foot">
        <p>
          {words.footer} <Second lang={lang}>{second.footer}</Second>
        </p>
        <span class="live">{words.live}</span>
      </footer>
      <section class="board-flash" id="board-flash" aria-live="assertive" hidden>
        <p class="board-flash-word">
          {words.number} <Second lang={lang}>{second.number}</Second>
        </p>
        <span class="number" data-flash-number />
        <Icon name="arrow" size={220} />
        <span class="plate plate-signal" data-flash-counter />
        <p class="board-flash-word board-flash-to">
          {words.goTo} <Second lang={lang}>{second.goTo}</Second>
        </p>
      </section>
      <noscript>
        <a href={paths.board(code)}>{words.refresh}</a>
      </noscript>
    </main>,
  )
}

/** The hall's code of this minute as a QR: whoever can scan it stands in the hall. */
async function hallQr(c: Context): Promise<Response> {
  const code = c.req.param("office") ?? ""
  const { house } = c.var
  const here = await officeOf(house.store, code)
  // Whoever may not see it is not even sent to sign in: it is a picture in a page.
  if (!may(c.var.subject, "hall_code.show", here)) throw new Refusal("not_found")
  const address = `${house.env.origin}${paths.hall(code)}/${hallCode(house.keys, code, house.clock.office())}`
  const svg = await qrCode(address)
  return c.body(svg, 200, { "Content-Type": "image/svg+xml", "Cache-Control": "no-store" })
}
