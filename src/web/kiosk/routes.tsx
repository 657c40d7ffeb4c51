import { type Action, authorize, may } from "../../domain/access/authorize.ts"
import { allServices } from "../../domain/catalogue/reads.ts"
import { lineFor, office as officeOf } from "../../domain/offices/reads.ts"
import { boardView } from "../../domain/queue/reads.ts"
import { boardWords } from "../../i18n/board.ts"
import { minuteRange } from "../../i18n/dates.ts"
import { kioskWords } from "../../i18n/kiosk.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import { show } from "../frame.tsx"
import { type Context, get, type Handler, type PageRoute, post } from "../house.ts"
import { anyScreen, notYet } from "../pairing.tsx"
import { paths } from "../paths.ts"
import { Icon } from "../shell/icons.tsx"
import { Mark } from "../shell/mark.tsx"
import { arrived, arrivePage } from "./arrive.tsx"
import { deviceOf, kioskOffice, kioskScreen, Target, Wire } from "./frame.tsx"
import { issuedPage } from "./issued.tsx"
import { numberPage, take } from "./number.tsx"
import { reprint, reprintPage } from "./reprint.tsx"

/** The kiosk in the hall: language, then one question a screen, then a number. */
export const kioskRoutes: PageRoute[] = [
  get(paths.anyKiosk, "anyone", (c) => anyScreen(c, "kiosk")),
  get(paths.kiosk(":office"), "anyone", languagePage),
  get(`${paths.kiosk(":office")}/start`, "kiosk.work", own(startPage, "kiosk.work")),
  get(`${paths.kiosk(":office")}/arrive`, "kiosk.arrive", own(arrivePage, "kiosk.arrive")),
  post(`${paths.kiosk(":office")}/arrive`, "kiosk.arrive", own(arrived, "kiosk.arrive")),
  get(`${paths.kiosk(":office")}/services`, "kiosk.issue", own(servicesPage, "kiosk.issue")),
  get(`${paths.kiosk(":office")}/number`, "kiosk.issue", own(numberPage, "kiosk.issue")),
  post(`${paths.kiosk(":office")}/number`, "kiosk.issue", own(take, "kiosk.issue")),
  get(`${paths.kiosk(":office")}/reprint`, "kiosk.work", own(reprintPage, "kiosk.work")),
  post(`${paths.kiosk(":office")}/reprint`, "kiosk.work", own(reprint, "kiosk.work")),
  get(`${paths.kiosk(":office")}/issued/:proof`, "kiosk.work", own(issuedPage, "kiosk.work")),
]

/** A kiosk works for its own office, and does there what it was allowed. */
function own(page: (c: Context) => Promise<Response>, action: Action): Handler {
  return async (c) => {
    authorize(deviceOf(c), action, await officeOf(c.var.house.store, c.req.param("office") ?? ""))
    return page(c)
  }
}

/** Language first, each in its own script. */
async function languagePage(c: Context): Promise<Response> {
  const code = c.req.param("office") ?? ""
  const { house, lang } = c.var
  const here = await officeOf(house.store, code)
  const instead = await notYet(c, "kiosk", code)
  if (instead) return instead
  return show(
    c,
    {
      title: kioskWords[lang].chooseLanguage,
      head: "none",
      styles: ["kiosk"],
      scripts: ["kiosk"],
      bodyClass: "kiosk",
      theme: "light",
    },
    <main class="kiosk-screen kiosk-languages" id="main" data-home={paths.kiosk(code)} data-idle="0" data-wipe="0">
      <Wire office={code} />
      <div class="kiosk-welcome">
        <Mark size={140} />
        <h1>
          <span lang="ar" dir="rtl">
            {here.name.ar}
          </span>
          <span lang="en" dir="ltr">
            {here.name.en}
          </span>
        </h1>
      </div>
      <nav class="kiosk-body" aria-label={kioskWords[lang].chooseLanguage}>
        <a class="target target-main target-language" href={`${paths.kiosk(code)}/start?lang=ar`} lang="ar" dir="rtl">
          <strong>العربية</strong>
        </a>
        <a class="target target-language" href={`${paths.kiosk(code)}/start?lang=en`} lang="en" dir="ltr">
          <strong>English</strong>
        </a>
      </nav>
    </main>,
  )
}

async function startPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const here = await kioskOffice(c)
  const words = kioskWords[lang]
  const board = await boardView(house.store, here.code, house.clock.office())
  const base = paths.kiosk(here.code)
  return kioskScreen(
    c,
    { here, title: words.begin, back: base },
    <>
      <section class="kiosk-card">
        <h2>{words.waitNow}</h2>
        <dl class="kiosk-waits">
          {board.lines.map(({ line, wait, waiting }) => (
            <>
              <dt>{inLang(here.lines.find(({ code }) => code === line)?.name ?? { ar: line, en: line }, lang)}</dt>
              <dd>
                {wait
                  ? minuteRange(wait.lowMinutes, wait.highMinutes, lang)
                  : waiting === 0
                    ? boardWords[lang].nobody
                    : words.unknown}
              </dd>
            </>
          ))}
        </dl>
      </section>
      <div class="kiosk-low">
        {may(deviceOf(c), "kiosk.arrive", here) && (
          <Target href={`${base}/arrive`} icon="qr" title={words.haveBooking} main>
            {words.haveBookingHelp}
          </Target>
        )}
        {may(deviceOf(c), "kiosk.issue", here) && (
          <Target
            href={`${base}/services`}
            icon="ticket"
            title={words.noBooking}
            main={!may(deviceOf(c), "kiosk.arrive", here)}
          >
            {words.noBookingHelp}
          </Target>
        )}
        <Target href={`${base}/reprint`} icon="printer" title={words.reprint} />
      </div>
    </>,
  )
}

/** What fits on a screen: so many services, and so many lines of their names, which may be long. */
const most = { services: 6, lines: 13 }
/** Letters in a line of a name, and the lines that a service takes beside its name. */
const line = { letters: 34, beside: 1 }

/** The services in screens, none of which has to be scrolled. */
function screensOf<T extends { name: Record<Lang, string> }>(services: T[], lang: Lang): T[][] {
  const screens: T[][] = []
  let left = 0
  for (const one of services) {
    const takes = Math.ceil(inLang(one.name, lang).length / line.letters) + line.beside
    const last = screens.at(-1)
    if (last && last.length < most.services && takes <= left) last.push(one)
    else {
      screens.push([one])
      left = most.lines
    }
    left -= takes
  }
  return screens
}

/** The services that this hall has, a handful a screen. */
async function servicesPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const here = await kioskOffice(c)
  const words = kioskWords[lang]
  const base = paths.kiosk(here.code)
  const all = (await allServices(house.store)).filter((one) => lineFor(here, one) !== null)
  const asked = Number(c.req.query("page") ?? "0")
  const screens = screensOf(all, lang)
  const pages = Math.max(1, screens.length)
  const page = Number.isInteger(asked) && asked >= 0 ? asked % pages : 0
  return kioskScreen(
    c,
    { here, title: words.whichService, back: `${base}/start` },
    <div class="kiosk-low">
      <ul class="kiosk-services">
        {(screens[page] ?? []).map((one) => (
          <li>
            <a class="target" href={`${base}/number?service=${one.code}`}>
              <span>
                <strong>{inLang(one.name, lang)}</strong>
                <span class="target-help">
                  {one.bookingOnly
                    ? words.bookingOnly
                    : words.minutesAt(counted("minutesAfter", one.minutes ?? 0, lang))}
                </span>
              </span>
              <Icon name="chevron" size={48} />
            </a>
          </li>
        ))}
      </ul>
      {pages > 1 && (
        <a class="button button-second kiosk-more" href={`${base}/services?page=${(page + 1) % pages}`}>
          {words.more} <Icon name="arrow" size={40} />
        </a>
      )}
    </div>,
  )
}
