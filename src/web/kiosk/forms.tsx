import { raw } from "hono/html"
import QRCode from "qrcode"
import { z } from "zod"
import type { Need } from "../../../db/schema/queue.ts"
import type { Tx } from "../../../db/write.ts"
import { type Instant, minute } from "../../base/day.ts"
import { token } from "../../base/id.ts"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { sha256 } from "../../base/seal.ts"
import { asciiDigits, readMobile, readNumber } from "../../base/text.ts"
import { dayIn } from "../../base/time.ts"
import { answerBefore, keepAnswer } from "../../domain/access/answers.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import type { Office } from "../../domain/offices/reads.ts"
import { checkIn, issueTicket } from "../../domain/queue/arrivals.ts"
import { promisedBy } from "../../domain/queue/promise.ts"
import { ticketView } from "../../domain/queue/reads.ts"
import { sessionsNear } from "../../domain/queue/sessions.ts"
import { ticketByNumber } from "../../domain/queue/tickets.ts"
import { dayText, momentText, timeParts, timeText } from "../../i18n/dates.ts"
import { kioskWords } from "../../i18n/kiosk.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { readForm } from "../form.ts"
import type { Context } from "../house.ts"
import { bookingCodeOf, holderOf } from "../numbers.ts"
import { paths } from "../paths.ts"
import { Button, PostForm } from "../shell/controls.tsx"
import { Icon } from "../shell/icons.tsx"
import { deviceOf, Keypad, kioskOffice, kioskScreen } from "./frame.tsx"

/** How long the screen with a number can be opened: long enough to print, too short for the next person in line. */
const shownMinutes = 2
const wipeAfterSeconds = 20

/** What was asked and refused, shown on the screen where it was asked. */
interface Refused {
  refusal: Refusal
}

function Trouble({ c, here, refused }: { c: Context; here: Office; refused: Refused | null }) {
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
      <p>{help}</p>
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

function qr(address: string): Promise<string> {
  return QRCode.toString(address, { type: "svg", errorCorrectionLevel: "M", margin: 2 })
}

export function arrivePage(c: Context): Promise<Response> {
  return arriveForm(c, null)
}

async function arriveForm(c: Context, refused: Refused | null): Promise<Response> {
  const { lang, formToken } = c.var
  const here = await kioskOffice(c)
  const words = kioskWords[lang]
  const base = paths.kiosk(here.code)
  return kioskScreen(
    c,
    { here, title: words.haveBooking, back: `${base}/start`, status: refused?.refusal.status },
    <div class="kiosk-low">
      <Trouble c={c} here={here} refused={refused} />
      <PostForm action={`${base}/arrive`} token={formToken} class="kiosk-form">
        <Digits name="code" label={words.byCode} hint={words.byCodeHelp} maxlength={10} autofocus />
        <p class="kiosk-or">{words.or}</p>
        <div class="kiosk-pair">
          <Digits name="number" label={words.byNumber} hint={words.byNumberHelp} maxlength={10} />
          <Digits name="birthYear" label={words.birthYear} hint={words.birthYearHelp} maxlength={4} />
        </div>
        <Keypad lang={lang} />
        <Button weight="main" wide>
          {words.arrive}
        </Button>
      </PostForm>
    </div>,
  )
}

function Digits({
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

const arriveFields = z.object({ code: z.string().max(200), number: z.string().max(40), birthYear: z.string().max(10) })

export async function arrived(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const here = await kioskOffice(c)
  try {
    const given = await readForm(c, arriveFields)
    // A reader types what the code holds: the code alone, or an address that ends in it.
    const scanned = asciiDigits(given.code).match(/(\d{10})\D*$/)?.[1]
    const by = scanned
      ? { code: bookingCodeOf(scanned) }
      : {
          numberIndex: house.keys.index("number", readNumber(given.number) ?? wrongNumber()),
          birthYear: Number(asciiDigits(given.birthYear)) || 0,
        }
    const { ticket } = await house.writer.write((tx) => checkIn(tx, deviceOf(c), { office: here.code, by, lang }), {
      scopes: [`office:${here.code}`, "accounts"],
    })
    return toIssued(c, here, ticket.id)
  } catch (thrown) {
    if (isRefusal(thrown)) return arriveForm(c, { refusal: thrown })
    throw thrown
  }
}

function wrongNumber(): never {
  throw new Refusal("number_invalid")
}

export function numberPage(c: Context): Promise<Response> {
  return numberForm(c, c.req.query("service") ?? "", null)
}

async function numberForm(c: Context, code: string, refused: Refused | null): Promise<Response> {
  const { lang, formToken, house } = c.var
  const here = await kioskOffice(c)
  const service = await serviceOf(house.store, code)
  const words = kioskWords[lang]
  const base = paths.kiosk(here.code)
  const needs: Need[] = ["age", "disability", "pregnancy", "infant"]
  return kioskScreen(
    c,
    { here, title: inLang(service.name, lang), back: `${base}/services`, status: refused?.refusal.status },
    <div class="kiosk-low">
      <Trouble c={c} here={here} refused={refused} />
      <PostForm action={`${base}/number`} token={formToken} class="kiosk-form">
        <input type="hidden" name="service" value={code} />
        <input type="hidden" name="once" value={token(house.chance, 12)} />
        <Digits name="number" label={words.number} hint={words.enterNumberHelp} maxlength={14} autofocus />
        <Keypad lang={lang} />
        <fieldset class="kiosk-choices">
          <legend>{words.people}</legend>
          {[1, 2, 3, 4, 5, 6].map((count) => (
            <label class="choice">
              <input type="radio" name="people" value={count} checked={count === 1} />
              <span>{count}</span>
            </label>
          ))}
        </fieldset>
        <fieldset class="kiosk-choices">
          <legend>
            {words.need} <span class="quiet">{words.needHelp}</span>
          </legend>
          <label class="choice">
            <input type="radio" name="need" value="" checked />
            <span>{words.needNone}</span>
          </label>
          {needs.map((need) => (
            <label class="choice">
              <input type="radio" name="need" value={need} />
              <span>{words.needs[need]}</span>
            </label>
          ))}
        </fieldset>
        <Button weight="main" wide>
          {words.take}
        </Button>
      </PostForm>
    </div>,
  )
}

const takeFields = z.object({
  service: z.string().max(20),
  once: z.string().max(40),
  number: z.string().max(40),
  people: z.coerce.number().int().min(1).max(10).default(1),
  need: z.enum(["", "age", "disability", "pregnancy", "infant"]).default(""),
})

export async function take(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const here = await kioskOffice(c)
  const given = await readForm(c, takeFields)
  try {
    const [nationalId, mobile] = [readNumber(given.number), readMobile(given.number)]
    if (!nationalId && !mobile) throw new Refusal(given.number.trim() === "" ? "number_required" : "number_invalid")
    const bound = await holderOf(house.store, house.keys, { nationalId, mobile })
    const asked = {
      office: here.code,
      service: given.service,
      ...bound,
      people: given.people,
      need: given.need || null,
      lang,
    }
    // A finger that taps twice, or a page that is sent again, gets the number that it already has.
    const ticket = await house.writer.write(
      (tx) =>
        once(
          tx,
          c,
          given.once,
          sha256(JSON.stringify(asked)),
          async () => (await issueTicket(tx, deviceOf(c), asked)).id,
        ),
      { scopes: [`office:${here.code}`, "accounts"] },
    )
    return toIssued(c, here, ticket)
  } catch (thrown) {
    if (isRefusal(thrown)) return numberForm(c, given.service, { refusal: thrown })
    throw thrown
  }
}

async function once(tx: Tx, c: Context, key: string, requestHash: string, act: () => Promise<string>): Promise<string> {
  const repeatable = { caller: `kiosk:${deviceOf(c).id}`, key, requestHash }
  const before = await answerBefore(tx, repeatable)
  if (before) return before.answer
  const made = await act()
  await keepAnswer(tx, repeatable, { status: 201, answer: made })
  return made
}

export function reprintPage(c: Context): Promise<Response> {
  return reprintForm(c, false)
}

async function reprintForm(c: Context, failed: boolean): Promise<Response> {
  const { lang, formToken } = c.var
  const here = await kioskOffice(c)
  const words = kioskWords[lang]
  const base = paths.kiosk(here.code)
  return kioskScreen(
    c,
    { here, title: words.reprint, back: `${base}/start`, status: failed ? 404 : 200 },
    <div class="kiosk-low">
      {failed && (
        <section class="kiosk-card kiosk-trouble" role="alert">
          <h2>{words.notYours}</h2>
        </section>
      )}
      <PostForm action={`${base}/reprint`} token={formToken} class="kiosk-form">
        <Digits name="ticket" label={words.ticketNumber} hint={words.ticketNumberHelp} maxlength={6} autofocus />
        <Digits name="number" label={words.number} hint={words.enterNumberHelp} maxlength={14} />
        <Keypad lang={lang} />
        <Button weight="main" wide icon="printer">
          {words.print}
        </Button>
      </PostForm>
    </div>,
  )
}

const reprintFields = z.object({ ticket: z.string().max(20), number: z.string().max(40) })

/** Prints again for whoever knows both the number on the paper and the one that it was bound to; a stranger learns nothing. */
export async function reprint(c: Context): Promise<Response> {
  const { house } = c.var
  const here = await kioskOffice(c)
  const given = await readForm(c, reprintFields)
  const { nearestDay } = await sessionsNear(house.store, here, house.clock.office())
  const number = Number(asciiDigits(given.ticket))
  const row = Number.isInteger(number) ? await ticketByNumber(house.store, here.code, nearestDay, number) : null
  const bound = await holderOf(house.store, house.keys, {
    nationalId: readNumber(given.number),
    mobile: readMobile(given.number),
  })
  if (!row?.live || bound.holder === null || row.holder !== bound.holder) return reprintForm(c, true)
  return toIssued(c, here, row.id)
}

/** On to a page that opens for a moment only: neither "back" nor a reload shows it to the next person. */
function toIssued(c: Context, here: Office, ticket: string): Response {
  const at = Math.floor(c.var.house.clock.office() / minute)
  const proof = `${ticket}.${at}.${c.var.house.keys.capability("issued", `${ticket}.${at}`, 24)}`
  return c.redirect(`${paths.kiosk(here.code)}/issued/${proof}`, 303)
}

export async function issuedPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const here = await kioskOffice(c)
  const [id = "", at = "", secret = ""] = (c.req.param("proof") ?? "").split(".")
  const now = house.clock.office()
  const age = Math.floor(now / minute) - Number(at)
  const fits =
    /^\d{1,12}$/.test(at) &&
    age >= 0 &&
    age <= shownMinutes &&
    secret.length === 24 &&
    house.keys.isCapability("issued", `${id}.${at}`, secret, 24)
  if (!fits) return c.redirect(paths.kiosk(here.code), 303)

  const view = await ticketView(house.store, id, now)
  const words = kioskWords[lang]
  const line = inLang(here.lines.find(({ code }) => code === view.line)?.name ?? { ar: view.line, en: view.line }, lang)
  const kind = view.bookedAt === null ? words.walkin : words.booked(timeText(view.bookedAt, here.zone, lang))
  const by = promisedBy(view)
  const lateMinutes = view.bookedAt === null ? 0 : Math.floor((view.arrivedAt - view.bookedAt) / minute)
  const link = `${house.env.origin}${paths.ticket(id, house.keys.capability("ticket", id))}`
  const code = raw(await qr(link))
  return kioskScreen(
    c,
    { here, title: words.yourNumber, wipeIn: wipeAfterSeconds, small: true },
    <div class="issued">
      <p class="issued-number number">{view.number}</p>
      <p class="issued-kind">
        {line} · {kind}
      </p>
      {view.state === "early" && view.wakeAt !== null && (
        <p class="issued-note">{words.early(timeText(view.wakeAt, here.zone, lang))}</p>
      )}
      {lateMinutes > 0 && (
        <p class="issued-note">
          {words.late(counted("minutesAfter", lateMinutes, lang), timeText(by, here.zone, lang))}
        </p>
      )}
      <div class="kiosk-card issued-facts">
        <div>
          <p class="quiet">{words.by}</p>
          <p class="issued-big">{timeParts(by, here.zone, lang).figure}</p>
        </div>
        <div>
          <p class="quiet">{words.ahead}</p>
          <p class="issued-big">{counted("people", view.ahead, lang)}</p>
        </div>
      </div>
      <div class="kiosk-card kiosk-qr">
        <div aria-hidden="true">{code}</div>
        <p>
          <strong>{words.follow}</strong>
          <br />
          {words.followHelp}
        </p>
      </div>
      <p class="issued-paper">
        <Icon name="printer" size={48} /> {words.takePaper}
      </p>
      <div class="issued-end">
        <a class="button button-main" href={paths.kiosk(here.code)} data-done>
          {words.done}
        </a>
        <p data-countdown data-words={words.wipes("{n}")} />
      </div>
      <Slip
        here={here}
        lang={lang}
        number={view.number}
        kind={`${line} · ${kind}`}
        by={by}
        code={code}
        now={now}
        demo={house.demo}
      />
    </div>,
  )
}

/** The paper: 80 mm wide, black on white. */
function Slip({
  here,
  lang,
  number,
  kind,
  by,
  code,
  now,
  demo,
}: {
  here: Office
  lang: Lang
  number: number
  kind: string
  by: Instant
  code: unknown
  now: Instant
  demo: boolean
}) {
  const words = kioskWords[lang]
  return (
    <section class="slip80" aria-hidden="true">
      <p class="slip80-office">{inLang(here.name, lang)}</p>
      <p class="slip80-number number">{number}</p>
      <p>{kind}</p>
      <p class="slip80-by">
        {words.by} <strong>{timeParts(by, here.zone, lang).figure}</strong>
      </p>
      <div class="slip80-code">{code as never}</div>
      <p>{words.follow}</p>
      <p class="slip80-small">
        {dayText(dayIn(now, here.zone), lang)} · {timeText(now, here.zone, lang)}
        {demo && ` · ${words.demoData}`}
      </p>
    </section>
  )
}
