import type { Citizen } from "../../domain/access/subject.ts"
import { type Booking, bookingsOf } from "../../domain/bookings/reads.ts"
import { ofWhom, openStates } from "../../domain/bookings/rules.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { momentText } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { visitorWords } from "../../i18n/visitor.ts"
import { show } from "../frame.tsx"
import type { Context, House } from "../house.ts"
import { paths } from "../paths.ts"
import { Card, Empty, LinkList } from "../shell/cards.tsx"
import { ButtonLink } from "../shell/controls.tsx"
import { sectorIcon } from "../shell/icons.tsx"
import { namesOf } from "./people.tsx"
import { Code, StatePill } from "./standing.tsx"
import { isShown, Offers, scriptsFor, WaitList, waitsHere } from "./waiting.tsx"
import { mustBeCitizen } from "./who.ts"

/** Everything that the person has booked, for whomever: what comes first, then what has been. */
export async function bookingsPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = citizenWords[lang]
  const { store } = house
  const citizen = mustBeCitizen(c)
  const all = await bookingsOf(store, citizen.id, house.clock.office())
  const waits = await waitsHere(c)
  const isOpen = ({ state }: Booking) => openStates.includes(state)
  const part = async (title: string, own: Booking[]) => ({
    title,
    items: await Promise.all(own.map((one) => rowOf(house, citizen, one, lang))),
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
  const [briefs, links] = [items.filter(isBrief), items.filter((item) => !isBrief(item))]
  return (
    <section class="stack">
      <h2>{title}</h2>
      {links.length > 0 && <LinkList items={links} />}
      {briefs.map(({ title, line }) => (
        <Card class="stack">
          <p class="strong">{title}</p>
          <p class="quiet small">{line}</p>
        </Card>
      ))}
    </section>
  )
}

const isBrief = ({ href }: { href: string }) => href === ""

/** What the account has booked, to whoever is here without it: where, when and by which number, and nothing that leads on. */
async function briefOf(house: House, { office: at, startsAt, code }: Booking, lang: Lang) {
  const office = await officeOf(house.store, at)
  return {
    href: "",
    title: momentText(startsAt, office.zone, lang),
    line: (
      <>
        {inLang(office.name, lang)}
        <br />
        {citizenWords[lang].code}: <Code code={code} />
        <br />
        {visitorWords[lang].brief}
      </>
    ),
  }
}

async function rowOf(house: House, citizen: Citizen, booking: Booking, lang: Lang) {
  if (ofWhom(citizen, booking, booking.who).person === null) return briefOf(house, booking, lang)
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
