import { raw } from "hono/html"
import type { Instant } from "../../base/day.ts"
import type { Refusal, RefusalCode } from "../../base/refusal.ts"
import type { Office } from "../../domain/offices/reads.ts"
import { momentText } from "../../i18n/dates.ts"
import { kioskWords } from "../../i18n/kiosk.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import type { Context } from "../house.ts"
import { withDigitHint } from "../numbers.ts"
import { paths } from "../paths.ts"
import { qrCode } from "../qr.ts"
import { ButtonLink } from "../shell/controls.tsx"

/** What was asked and refused, shown on the screen where it was asked. */
export interface Refused {
  refusal: Refusal
  /** The national or resident number by which nothing was found, as it was typed. */
  number?: string
}

/** What no other number or code would change today: the form would only be asked in vain. */
const final = new Set<RefusalCode>([
  ...(["booking_only", "day_full", "office_closed", "service_not_here", "service_online_only"] as const),
  ...(["too_early", "not_today", "already_arrived"] as const),
])

export function mayTryAgain({ refusal }: Refused): boolean {
  return !final.has(refusal.code)
}

export function Trouble({ c, here, refused }: { c: Context; here: Office; refused: Refused | null }) {
  if (!refused) return null
  const { lang, house } = c.var
  const words = kioskWords[lang]
  const { code, details } = refused.refusal
  const { title, help } = refusalWords(code, lang)
  const comeAt = details["comeAt"]
  const opensAt = details["opensAt"]
  const times = Array.isArray(details["alternatives"]) ? (details["alternatives"] as { startsAt: Instant }[]) : []
  const service = typeof details["service"] === "string" ? details["service"] : null
  return (
    <section class="kiosk-card kiosk-trouble" role="alert">
      <h2>{title}</h2>
      <p>{refused.number === undefined ? help : withDigitHint(help, refused.number, lang)}</p>
      {typeof comeAt === "number" && <p class="strong">{words.comeAt(momentText(comeAt, here.zone, lang))}</p>}
      {typeof opensAt === "number" && <p class="strong">{words.opensAt(momentText(opensAt, here.zone, lang))}</p>}
      {times.length > 0 && (
        <>
          <h3>{words.nextTimes}</h3>
          <ul>
            {times.map(({ startsAt }) => (
              <li class="strong">{momentText(startsAt, here.zone, lang)}</li>
            ))}
          </ul>
        </>
      )}
      {service && (
        <PhoneCode address={`${house.env.origin}${paths.slots(here.code, service)}`} words={words.bookByPhone} />
      )}
      {!mayTryAgain(refused) && (
        <ButtonLink weight="main" wide href={`${paths.kiosk(here.code)}/start`}>
          {words.startOver}
        </ButtonLink>
      )}
    </section>
  )
}

async function PhoneCode({ address, words }: { address: string; words: string }) {
  return (
    <div class="kiosk-qr">
      <div aria-hidden="true">{raw(await qr(address))}</div>
      <p>{words}</p>
    </div>
  )
}

export function qr(address: string): Promise<string> {
  return qrCode(address)
}

export function Digits({
  name,
  label,
  hint,
  maxlength,
  autofocus,
  value,
}: {
  name: string
  label: string
  hint: string
  maxlength: number
  autofocus?: boolean
  value?: string
}) {
  return (
    <label class="kiosk-field">
      <span class="strong">{label}</span>
      <input
        class="input input-digits"
        name={name}
        inputmode="numeric"
        dir="ltr"
        autocomplete="off"
        maxlength={maxlength}
        autofocus={autofocus}
        value={value}
        data-digits
      />
      <span class="quiet">{hint}</span>
    </label>
  )
}
