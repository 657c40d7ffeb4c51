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
import { isShown, Offers, scriptsFor, WaitList, waitsHere } from "./waiting.tsx"
import { mustBeCitizen } from "./who.ts"

/** Everything that the person has booked, for whomever: what comes first, then what has been. */
export async function bookingsPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = citizenWords[lang]
  const { store } = house
  const all = await bookingsOf(store, mustBeCitizen(c).id)
  const waits = await waitsHere(c)
  const isOpen = ({ state }: Booking) => openStates.includes(state)
  const part = async (title: string, own: Booking[]) => ({
    title,
    items: await Promise.all(own.map((one) => rowOf(house, one, lang))),
  })
  const ahead = await part(words.ahead, all.filter(isOpen))
  const past = await part(words.past, all.filter((booking) => !isOpen(booking)).slice(0, 30))
  const nothing = all.length === 0 && !waits.some(isShown)
  return show(
    c,
    { title: words.bookings, styles: ["citizen"], scripts: scriptsFor(waits) },
    <div class="column">
      <h1>{words.bookings}</h1>
      {await Offers({ c, of: waits })}
      {nothing && (
        <Empty title={words.noBookings}>
          <p>{words.noBookingsHelp}</p>
          <ButtonLink weight="main" href={paths.home}>
            {words.find}
          </ButtonLink>
        </Empty>
      )}
      <Part {...ahead} />
      {await WaitList({ c, of: waits, bookings: all })}
      <Part {...past} />
    </div>,
  )
}

function Part({ title, items }: { title: string; items: Awaited<ReturnType<typeof rowOf>>[] }) {
  if (items.length === 0) return null
  return (
    <section class="stack">
      <h2>{title}</h2>
      <LinkList items={items} />
    </section>
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
