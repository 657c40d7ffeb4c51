import type { Child, PropsWithChildren } from "hono/jsx"
import { dayIn } from "../../base/time.ts"
import type { Device } from "../../domain/access/subject.ts"
import { type Office, office as officeOf } from "../../domain/offices/reads.ts"
import { common } from "../../i18n/common.ts"
import { timeText } from "../../i18n/dates.ts"
import { kioskWords } from "../../i18n/kiosk.ts"
import { inLang, otherLang } from "../../i18n/lang.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Icon } from "../shell/icons.tsx"
import { Mark } from "../shell/mark.tsx"

/** After this long without a touch the screen asks; a quarter of a minute later it is wiped. */
const idleSeconds = 45
const wipeSeconds = 15

/** The office of this kiosk. A kiosk of another office has no business here. */
export async function kioskOffice(c: Context): Promise<Office> {
  return officeOf(c.var.house.store, c.req.param("office") ?? "")
}

export function deviceOf(c: Context): Device {
  return c.var.subject as Device
}

interface Screen {
  here: Office
  title: string
  /** Where "back" leads; none on the first screen. */
  back?: string
  status?: number
  /** Seconds until this screen is wiped without asking: where a number is shown. */
  wipeIn?: number
  small?: boolean
  /** Something was refused: what went wrong takes the place of the question. */
  refused?: boolean
}

/** A kiosk's screen: head, question, answers, and what is always there at the foot. */
export function kioskScreen(c: Context, screen: Screen, body: Child) {
  const { lang, house } = c.var
  const words = kioskWords[lang]
  const { here } = screen
  return show(
    c,
    {
      title: screen.title,
      head: "none",
      styles: ["kiosk"],
      scripts: ["kiosk"],
      bodyClass: "kiosk",
      theme: "light",
      status: screen.status,
    },
    <main
      class="kiosk-screen"
      id="main"
      data-zone={here.zone}
      data-home={paths.kiosk(here.code)}
      data-idle={screen.wipeIn ? 0 : idleSeconds}
      data-wipe={screen.wipeIn ?? wipeSeconds}
      data-day={dayIn(house.clock.office(), here.zone)}
      data-sent={screen.refused ? "" : undefined}
    >
      <header class={headOf(screen)}>
        <div class="row row-apart">
          <p class="kiosk-office">
            <Mark size={52} /> {inLang(here.name, lang)}
          </p>
          <time class="kiosk-clock" data-clock>
            {timeText(house.clock.office(), here.zone, "en")}
          </time>
        </div>
        <h1>{screen.title}</h1>
      </header>
      <Wire office={here.code} />
      <p class="kiosk-offline" role="status" data-live-since={words.offline} />
      <div class="kiosk-body">{body}</div>
      <footer class="kiosk-foot" hidden={screen.small}>
        {screen.back && (
          <a class="button button-second" href={screen.back}>
            <Icon name="back" size={40} /> {words.back}
          </a>
        )}
        <a
          class="button button-second"
          href={`${paths.kiosk(here.code)}/start?lang=${otherLang[lang]}`}
          lang={otherLang[lang]}
        >
          <Icon name="globe" size={40} /> {common[lang].otherLanguage}
        </a>
        <button
          type="button"
          class="button button-second"
          data-lower
          data-down={words.lower}
          data-up={words.raise}
          hidden
        >
          <Icon name="wheelchair" size={40} /> <span>{words.lower}</span>
        </button>
      </footer>
      <dialog class="kiosk-idle" aria-labelledby="idle-title">
        <h2 id="idle-title">{words.stillThere}</h2>
        <p data-countdown data-words={words.wipes("{n}")} />
        <button type="button" class="button button-main" data-stay>
          {words.stillHere}
        </button>
      </dialog>
    </main>,
  )
}

/** Shows nothing: by it the kiosk hears that it has no connection, or that it is no kiosk any more. */
export function Wire({ office }: { office: string }) {
  return <div hidden data-live={`board:${office}`} data-live-as="json" />
}

/** From here on a title is written smaller, so that it stays at three lines. */
const longTitle = 50

function headOf({ title, small, refused }: Screen): string {
  if (small || refused) return "kiosk-head kiosk-head-small"
  return title.length > longTitle ? "kiosk-head kiosk-head-long" : "kiosk-head"
}

/** A large target: icon, words, what follows. */
export function Target({
  href,
  icon,
  title,
  main,
  children,
}: PropsWithChildren<{ href: string; icon: Parameters<typeof Icon>[0]["name"]; title: string; main?: boolean }>) {
  return (
    <a class={main ? "target target-main" : "target"} href={href}>
      <span class="target-icon">
        <Icon name={icon} size={64} />
      </span>
      <span>
        <strong>{title}</strong>
        {children && <span class="target-help">{children}</span>}
      </span>
    </a>
  )
}

/** The digits for a finger; a field beside it takes them, and a keyboard works as well. */
export function Keypad({ lang }: { lang: "ar" | "en" }) {
  const words = kioskWords[lang]
  return (
    <div class="keypad" dir="ltr" data-keypad hidden>
      {["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((digit) => (
        <button type="button" class="keypad-key" data-digit={digit}>
          {digit}
        </button>
      ))}
      <button type="button" class="keypad-key keypad-word" data-erase>
        {words.erase}
      </button>
      <button type="button" class="keypad-key" data-digit="0">
        0
      </button>
    </div>
  )
}
