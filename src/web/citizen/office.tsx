import { addDays, type Day, daysFrom } from "../../base/day.ts"
import { dayIn } from "../../base/time.ts"
import { allServices, type Service } from "../../domain/catalogue/reads.ts"
import { type Session, sessionsBetween } from "../../domain/offices/hours.ts"
import {
  allHolidays,
  allSeasons,
  lineFor,
  type Office,
  officeHours,
  office as officeOf,
} from "../../domain/offices/reads.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { dayText, hijriText, timeRange, weekdayText, zoneName } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { show } from "../frame.tsx"
import type { Context, House } from "../house.ts"
import { paths } from "../paths.ts"
import { Remembered } from "../remembered.tsx"
import { Card, IconLine, LinkList } from "../shell/cards.tsx"
import { serviceItem } from "./search.tsx"
import { officeNow, openText, WaitNow } from "./waits.tsx"

const daysAhead = 14

/** An office: how it stands now, when it is open, and what it does. */
export async function officePage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = citizenWords[lang]
  const office = await officeOf(house.store, c.req.param("code") ?? "")
  const now = house.clock.office()
  const shown = { office, state: await officeNow(house, office), now, lang }
  const today = dayIn(now, office.zone)
  const services = (await allServices(house.store)).filter((service) => lineFor(office, service) !== null)
  const name = inLang(office.name, lang)
  return show(
    c,
    { title: name, styles: ["citizen"] },
    <div class="column">
      <h1>{name}</h1>
      <Card class="stack">
        {!office.video && (
          <IconLine icon="clock" title={words.busy}>
            <WaitNow {...shown} />
          </IconLine>
        )}
        <IconLine icon="building" title={words.hours}>
          {openText(shown)}
        </IconLine>
        <IconLine icon={office.video ? "video" : "pin"} title={words.address}>
          {inLang(office.address, lang)}
        </IconLine>
      </Card>
      <section class="stack">
        <h2>{words.servicesHere}</h2>
        <p class="quiet">{words.chooseService}</p>
        <Remembered of={office} as={`services ${lang}`} make={() => <ServicesHere {...{ services, office, lang }} />} />
      </section>
      <section class="stack">
        <h2>{words.hours}</h2>
        <p class="quiet small">
          {words.hoursLead} {words.zonePlain(zoneName(office.zone, lang))}
        </p>
        <Card class="card-flush">
          <Remembered
            of={office}
            as={`hours ${lang} ${today}`}
            make={() => <Hours {...{ house, office, lang, today }} />}
          />
        </Card>
      </section>
    </div>,
  )
}

function ServicesHere({ services, office, lang }: { services: Service[]; office: Office; lang: Lang }) {
  const words = citizenWords[lang]
  return (
    <LinkList
      items={services.map((service) => ({
        ...serviceItem(service, lang),
        href: paths.slots(office.code, service.code),
        line: service.bookingOnly ? words.onlyBooked : words.minutes(service.minutes ?? 0),
      }))}
    />
  )
}

interface HoursProps {
  house: House
  office: Office
  lang: Lang
  today: Day
}

async function Hours({ house, office, lang, today }: HoursProps) {
  const days = await daysOf(house, office, today)
  return (
    <table class="hours">
      <tbody>
        {days.map((row) => (
          <HoursRow {...{ row, office, lang }} isToday={row.day === today} />
        ))}
      </tbody>
    </table>
  )
}

interface OpenDay {
  day: Day
  sessions: Session[]
  /** A holiday's or a season's name, where the day lies in one. */
  name: { ar: string; en: string } | null
  changed: boolean
}

async function daysOf({ store }: House, office: Office, first: Day): Promise<OpenDay[]> {
  const hours = await officeHours(store, office)
  const last = addDays(first, daysAhead)
  const sessions = sessionsBetween(hours, first, last)
  const named = [...(await allHolidays(store)), ...(await allSeasons(store))]
  return daysFrom(first, last).map((day) => ({
    day,
    sessions: sessions.filter((session) => session.day === day),
    name: named.find((one) => one.first <= day && day <= one.last)?.name ?? null,
    changed: hours.changes.some((change) => change.day === day),
  }))
}

interface HoursRowProps {
  row: OpenDay
  office: Office
  lang: Lang
  isToday: boolean
}

function HoursRow({ row: { day, sessions, name, changed }, office: { zone }, lang, isToday }: HoursRowProps) {
  const words = citizenWords[lang]
  return (
    <tr class={isToday ? "hours-today" : undefined}>
      <th scope="row">
        <time datetime={day}>
          {isToday ? words.today : weekdayText(day, lang)} {dayText(day, lang, { weekday: false })}
        </time>
        <br />
        <span class="tiny quiet">{hijriText(day, lang)}</span>
      </th>
      <td>
        {sessions.length === 0 && <span class="quiet">{words.closed}</span>}
        {sessions.map(({ startsAt, endsAt, bookingOnly }) => (
          <p>
            {timeRange(startsAt, endsAt, zone, lang)}
            {bookingOnly && <span class="tiny quiet"> {words.onlyBooked}</span>}
          </p>
        ))}
        {name && <p class="tiny quiet">{inLang(name, lang)}</p>}
        {changed && <p class="tiny strong">{words.changed}</p>}
      </td>
    </tr>
  )
}
