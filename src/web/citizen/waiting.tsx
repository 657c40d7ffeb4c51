import { minute } from "../../base/day.ts"
import { dayIn } from "../../base/time.ts"
import { timesBefore } from "../../domain/availability/earlier.ts"
import { comeBackMinutes } from "../../domain/availability/rules.ts"
import { type Waiting, waitsOf } from "../../domain/availability/waitlist.ts"
import { type Booking, bookingsOf } from "../../domain/bookings/reads.ts"
import { aheadStates } from "../../domain/bookings/rules.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { dayText, momentText, timeText } from "../../i18n/dates.ts"
import { inLang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import { waitlistWords } from "../../i18n/waitlist.ts"
import { OtherClock, readerZone } from "../clocks.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Card, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm, Select } from "../shell/controls.tsx"
import { Shape } from "../shell/marks.tsx"
import type { Times } from "./choice.ts"
import { BigHour, BothCalendars } from "./moments.tsx"
import { citizenOf } from "./who.ts"

/* Waiting for a place that comes free, as the person who waits sees it. */

/** What somebody waits for and has been offered; nothing for strangers. */
export async function waitsHere(c: Context): Promise<Waiting[]> {
  const citizen = citizenOf(c)
  // Whoever is here without an account waits in no list.
  return citizen?.level === "full" ? waitsOf(c.var.house.store, citizen.id, c.var.house.clock.office()) : []
}

const isOpen = ({ state }: Waiting) => state === "waiting" || state === "offered"

/** What stands on the page of one's own appointments. */
export const isShown = (wait: Waiting) => isOpen(wait) || wait.state === "lapsed"

/** A wish that ended before its days did ended with the appointment for which it stood. */
function whyEnded({ hold, endedAt, lastDay }: Waiting, zone: string, words: (typeof waitlistWords)["en"]): string {
  if (hold !== null) return words.lapsed
  return endedAt !== null && dayIn(endedAt, zone) <= lastDay ? words.endedWith : words.ended
}

/** The appointment that an offer would move, as far as the page that shows it knows. */
const movedBy = (wait: Waiting, bookings: Booking[]) =>
  bookings.find(
    ({ state, office, service }) => aheadStates.includes(state) && office === wait.office && service === wait.service,
  )

/** What counts the minutes down, where there are some. */
export const scriptsFor = (of: Waiting[]) => (of.some(({ offer }) => offer !== null) ? (["hold"] as const) : [])

/** The places that are held for whoever looks, each with its time and one button. They come before everything else. */
export async function Offers({ c, of }: { c: Context; of: Waiting[] }) {
  const { house, lang, formToken } = c.var
  const offered = of.filter(({ offer }) => offer !== null)
  const words = waitlistWords[lang]
  const bookings = offered[0] ? await bookingsOf(house.store, offered[0].person, house.clock.office()) : []
  const shown = []
  for (const wait of offered) {
    const office = await officeOf(house.store, wait.office)
    shown.push({ wait, office, service: await serviceOf(house.store, wait.service), instead: movedBy(wait, bookings) })
  }
  return (
    <>
      {shown.map(({ wait, office: { zone, name }, service, instead }) =>
        wait.offer ? (
          <Card class="visit stack offered">
            <div class="row row-apart">
              <h2 class="visit-title">{words.offered}</h2>
              <span class="pill pill-next">
                <Shape sign="next" size={16} />
                <span data-held>{citizenWords[lang].heldUntil(timeText(wait.offer.until, zone, lang))}</span>
              </span>
            </div>
            <BothCalendars at={wait.offer.startsAt} zone={zone} lang={lang} />
            <BigHour at={wait.offer.startsAt} zone={zone} lang={lang} />
            <OtherClock
              at={wait.offer.startsAt}
              zone={zone}
              reader={readerZone(c)}
              lang={lang}
              words={citizenWords[lang]}
            />
            <hr />
            <p class="strong">{inLang(service.name, lang)}</p>
            <p class="quiet">{inLang(name, lang)}</p>
            {instead && <p>{words.moves(momentText(instead.startsAt, zone, lang))}</p>}
            <p
              class="held-left quiet small"
              data-until={wait.offer.until}
              data-words={citizenWords[lang].left}
              data-over={words.over}
            />
            <div class="actions">
              <PostForm action={paths.waitAcceptance(wait.id)} token={formToken}>
                <Button weight="main" wide>
                  {instead ? words.move : words.take}
                </Button>
              </PostForm>
              <PostForm action={paths.waitLeave(wait.id)} token={formToken}>
                <Button weight="quiet" wide>
                  {words.pass}
                </Button>
              </PostForm>
            </div>
          </Card>
        ) : null,
      )}
    </>
  )
}

/** What is waited for, what came to nothing, and the way back to what was left a moment ago. */
export async function WaitList({ c, of, bookings }: { c: Context; of: Waiting[]; bookings: Booking[] }) {
  const { house, lang, formToken } = c.var
  const words = waitlistWords[lang]
  const now = house.clock.office()
  const left = of.find(
    ({ id, state, endedAt }) =>
      id === c.req.query("left") && state === "left" && (endedAt ?? 0) > now - comeBackMinutes * minute,
  )
  const listed = of.filter((wait) => isShown(wait) && !wait.offer)
  const rows = []
  for (const wait of listed) {
    const { zone, name } = await officeOf(house.store, wait.office)
    const { name: service } = await serviceOf(house.store, wait.service)
    rows.push({ wait, zone, office: name, service, instead: isOpen(wait) ? movedBy(wait, bookings) : undefined })
  }
  return (
    <>
      {left && (
        <Notice icon="check">
          <p role="status">{words.left}</p>
          <PostForm action={paths.waitReturn(left.id)} token={formToken}>
            <Button weight="quiet">{words.undo}</Button>
          </PostForm>
        </Notice>
      )}
      {listed.some(({ id }) => id === c.req.query("joined")) && (
        <Notice tone="good" icon="check">
          <p role="status">{words.joined}</p>
        </Notice>
      )}
      {rows.length > 0 && (
        <section class="stack" id="waiting">
          <h2>{words.title}</h2>
          {rows.map(({ wait, zone, office, service, instead }) => (
            <Card class="stack">
              <p class="strong">{inLang(service, lang)}</p>
              <p class="quiet">{inLang(office, lang)}</p>
              <p class="small">
                {instead
                  ? words.earlierThan(momentText(instead.startsAt, zone, lang))
                  : words.days(dayText(wait.firstDay, lang), dayText(wait.lastDay, lang))}
                {wait.people.length > 1 && <> · {counted("people", wait.people.length, lang)}</>}
              </p>
              {isOpen(wait) ? (
                <PostForm action={paths.waitLeave(wait.id)} token={formToken}>
                  <Button weight="quiet">{words.leave}</Button>
                </PostForm>
              ) : (
                <>
                  <p>{whyEnded(wait, zone, words)}</p>
                  <div class="actions">
                    <ButtonLink href={paths.slots(wait.office, wait.service)}>{words.again}</ButtonLink>
                  </div>
                </>
              )}
            </Card>
          ))}
        </section>
      )}
    </>
  )
}

/** Under the times of a day, or of all days, that has none left: for which days a place would do. */
export function JoinWaitlist({
  c,
  times,
  of,
  here,
  whole,
}: {
  c: Context
  times: Times
  of: Waiting[]
  /** The address of these times, for coming back from signing in. */
  here: string
  /** There is nothing on any day. */
  whole: boolean
}) {
  const { lang, formToken } = c.var
  const words = waitlistWords[lang]
  const { office, service, days, shown, who } = times
  const isListed = of.some((wait) => isOpen(wait) && wait.office === office.code && wait.service === service.code)
  if (isListed) {
    return (
      <Notice icon="clock">
        <p>{words.here}</p>
        <p>
          <a href={`${paths.bookings}#waiting`}>{words.see}</a>
        </p>
      </Notice>
    )
  }
  const options = days.map(({ day }) => ({ value: day, label: dayText(day, lang) }))
  const [first, last] = whole ? [options[0]?.value, options.at(-1)?.value] : [shown, shown]
  return (
    <Card class="stack wait-card">
      <h2>{words.wait}</h2>
      <p class="quiet">{words.how}</p>
      {citizenOf(c) ? (
        <PostForm action={paths.waitlist} token={formToken} class="stack">
          <input type="hidden" name="office" value={office.code} />
          <input type="hidden" name="service" value={service.code} />
          {who.map((id) => (
            <input type="hidden" name="for" value={id} />
          ))}
          <div class="row wait-days">
            <Select name="first" label={words.first} options={options} value={first} />
            <Select name="last" label={words.last} options={options} value={last} />
          </div>
          <Button wide>{words.join}</Button>
        </PostForm>
      ) : (
        <ButtonLink href={`${paths.signIn}?next=${encodeURIComponent(here)}`}>{words.signIn}</ButtonLink>
      )}
    </Card>
  )
}

/**
 * On the page of an appointment: the earlier times where some are free, else the wish for one, or that one waits for it. Nothing where none
 * could still come free.
 */
export async function EarlierWish({ c, booking, of }: { c: Context; booking: Booking; of: Waiting[] }) {
  const { house, lang, formToken } = c.var
  const words = waitlistWords[lang]
  const wait = of.find((one) => isOpen(one) && one.office === booking.office && one.service === booking.service)
  if (wait?.offer) return null
  if (wait) {
    return (
      <Notice icon="clock">
        <p>{words.earlierHere}</p>
        <PostForm action={paths.waitLeave(wait.id)} token={formToken}>
          <Button weight="quiet">{words.leave}</Button>
        </PostForm>
      </Notice>
    )
  }
  const { free, canCome } = await timesBefore(house.store, booking, booking.who, house.clock.office())
  if (!canCome) return null
  const [first] = free
  if (first) {
    const { zone } = await officeOf(house.store, booking.office)
    return (
      <Card class="stack">
        <h2 class="visit-title">{words.earlierFree}</h2>
        <ul class="papers">
          {free.slice(0, 3).map(({ startsAt }) => (
            <li>{momentText(startsAt, zone, lang)}</li>
          ))}
        </ul>
        <ButtonLink href={`${paths.bookingMove(booking.id)}?day=${dayIn(first.startsAt, zone)}`}>
          {words.earlierMove}
        </ButtonLink>
      </Card>
    )
  }
  return (
    <Card class="stack">
      <h2 class="visit-title">{words.earlierWish}</h2>
      <p class="quiet">{words.earlierHow}</p>
      <PostForm action={paths.waitlist} token={formToken}>
        <input type="hidden" name="booking" value={booking.id} />
        <Button>{words.join}</Button>
      </PostForm>
    </Card>
  )
}
