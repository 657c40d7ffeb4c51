import { type Booking, bookingsOf } from "../../domain/bookings/reads.ts"
import { openStates } from "../../domain/bookings/rules.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { momentText } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { show } from "../frame.tsx"
import type { Context, House } from "../house.ts"
import { paths } from "../paths.ts"
import { Empty, LinkList } from "../shell/cards.tsx"
import { ButtonLink } from "../shell/controls.tsx"
import { sectorIcon } from "../shell/icons.tsx"
import { namesOf } from "./people.tsx"
import { StatePill } from "./standing.tsx"
import { mustBeCitizen } from "./who.ts"

/** Everything that the person has booked, for whomever: what comes first, then what has been. */
export async function bookingsPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = citizenWords[lang]
  const { store } = house
  const all = await bookingsOf(store, mustBeCitizen(c).id)
  const isOpen = ({ state }: Booking) => openStates.includes(state)
  const parts = [
    { title: words.ahead, own: all.filter(isOpen) },
    { title: words.past, own: all.filter((booking) => !isOpen(booking)).slice(0, 30) },
  ].filter(({ own }) => own.length > 0)
  const rows = new Map(await Promise.all(all.map(async (one) => [one.id, await rowOf(house, one, lang)] as const)))
  return show(
    c,
    { title: words.bookings, styles: ["citizen"] },
    <div class="column">
      <h1>{words.bookings}</h1>
      {parts.length === 0 && (
        <Empty title={words.noBookings}>
          <p>{words.noBookingsHelp}</p>
          <ButtonLink weight="main" href={paths.home}>
            {words.find}
          </ButtonLink>
        </Empty>
      )}
      {parts.map(({ title, own }) => (
        <section class="stack">
          <h2>{title}</h2>
          <LinkList items={own.flatMap(({ id }) => rows.get(id) ?? [])} />
        </section>
      ))}
    </div>,
  )
}

async function rowOf(house: House, booking: Booking, lang: Lang) {
  const [office, service] = [await officeOf(house.store, booking.office), await serviceOf(house.store, booking.service)]
  const names = await namesOf(house, booking.who)
  return {
    href: paths.booking(booking.id),
    icon: sectorIcon(service.sector),
    title: momentText(booking.startsAt, office.zone, lang),
    line: (
      <>
        {inLang(service.name, lang)} · {inLang(office.name, lang)}
        <br />
        {names.map((name, index) => (
          <>
            {index > 0 && (lang === "ar" ? "، " : ", ")}
            <bdi>{inLang(name, lang)}</bdi>
          </>
        ))}
        <br />
        <StatePill booking={booking} lang={lang} />
      </>
    ),
  }
}
