import { bookingsOf } from "../../domain/bookings/reads.ts"
import { ofWhom, openStates } from "../../domain/bookings/rules.ts"
import {
  allSectors,
  allServices,
  type Sector,
  type Service,
  service as serviceOf,
} from "../../domain/catalogue/reads.ts"
import { allOffices, office as officeOf } from "../../domain/offices/reads.ts"
import { ticketView } from "../../domain/queue/reads.ts"
import { ticketsOf } from "../../domain/queue/tickets.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { common } from "../../i18n/common.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import { ticketWords } from "../../i18n/ticket.ts"
import { verifyWords } from "../../i18n/verify.ts"
import { OtherClock, readerZone } from "../clocks.tsx"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Remembered } from "../remembered.tsx"
import { Card, LinkList } from "../shell/cards.tsx"
import { ButtonLink } from "../shell/controls.tsx"
import { Icon, sectorIcon } from "../shell/icons.tsx"
import { BigHour, BothCalendars, howFar } from "./moments.tsx"
import { SearchForm } from "./search.tsx"
import { StatePill, standing } from "./standing.tsx"
import { Offers, scriptsFor, waitsHere } from "./waiting.tsx"
import { officeNow, openText, WaitNow } from "./waits.tsx"
import { citizenOf } from "./who.ts"

/** The first page: the question, what is next for whoever is signed in, what there is, and how long one waits where. */
export async function homePage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const { store } = house
  const words = citizenWords[lang]
  const now = house.clock.office()
  const [sectors, services, offices] = [await allSectors(store), await allServices(store), await allOffices(store)]
  const states = []
  for (const office of offices) states.push({ office, state: await officeNow(house, office), now, lang })
  const waits = await waitsHere(c)
  return show(
    c,
    { title: words.ask, styles: ["citizen"], scripts: scriptsFor(waits), head: "deep", bodyClass: "home" },
    <>
      <div class="hero">
        <div class="hero-inner">
          <h1>{words.ask}</h1>
          <SearchForm lang={lang} />
        </div>
      </div>
      <div class="column column-wide home-column">
        <div class="home-next stack">
          {await Offers({ c, of: waits })}
          {await Next({ c })}
        </div>
        <section class="stack">
          <h2>{words.sectors}</h2>
          <Remembered of={sectors} as={lang} make={() => <LinkList items={sectorItems(sectors, services, lang)} />} />
        </section>
        <section class="stack">
          <h2>{words.waitNow}</h2>
          <p class="quiet small">{words.waitBasis}</p>
          <LinkList
            items={states.map((shown) => ({
              href: paths.office(shown.office.code),
              title: inLang(shown.office.name, lang),
              line: (
                <span class="office-now">
                  <WaitNow {...shown} />
                  <span>{openText(shown)}</span>
                </span>
              ),
            }))}
          />
          <LinkList items={[{ href: paths.verify, icon: "qr", title: verifyWords[lang].title }]} />
        </section>
      </div>
    </>,
  )
}

/** Each sector with the first of what it holds, so that its name explains itself. */
export function sectorItems(sectors: Sector[], services: Service[], lang: Lang) {
  return sectors.flatMap(({ code, name }) => {
    const own = services.filter(({ sector }) => sector === code)
    if (own.length === 0) return []
    const some = own.slice(0, 2).map((service) => inLang(service.name, lang))
    return [
      {
        href: paths.sector(code),
        icon: sectorIcon(code),
        title: inLang(name, lang),
        line: `${some.join(lang === "ar" ? "، " : ", ")} · ${counted("services", own.length, lang)}`,
      },
    ]
  })
}

/** A ticket that lives comes before an appointment that is to come; a stranger is told what signing in is for. */
async function Next({ c }: { c: Context }) {
  const { house, lang } = c.var
  const words = citizenWords[lang]
  const citizen = citizenOf(c)
  if (!citizen) {
    return (
      <Card class="row row-apart">
        <p class="grow">{words.signInToSee}</p>
        <ButtonLink href={paths.signIn} icon="person">
          {common[lang].signIn}
        </ButtonLink>
      </Card>
    )
  }
  const { store, clock } = house
  const now = clock.office()
  const [live] = await ticketsOf(store, citizen.id)
  if (live) {
    const view = await ticketView(store, live.id, now)
    const office = await officeOf(store, live.office)
    return (
      <Card class="visit stack">
        <div class="row row-apart">
          <h2 class="visit-title">{view.state === "called" ? ticketWords[lang].called : words.yourTurn}</h2>
          {view.state === "waiting" && <span class="pill">{counted("ahead", view.ahead, lang)}</span>}
        </div>
        <p class="big-hour">
          <span class="number">{view.number}</span>
        </p>
        <p class="quiet">{inLang(office.name, lang)}</p>
        <ButtonLink weight="main" wide href={paths.ticket(live.id)}>
          {words.followTurn}
        </ButtonLink>
      </Card>
    )
  }
  const next = (await bookingsOf(store, citizen.id, now)).find(
    (one) =>
      openStates.includes(one.state) &&
      (one.startsAt > now || one.endsAt > now) &&
      ofWhom(citizen, one, one.who).person !== null,
  )
  if (!next) return null
  const [office, service] = [await officeOf(store, next.office), await serviceOf(store, next.service)]
  const { zone } = office
  const isStruck = standing(next) === "struck"
  return (
    <Card class="visit stack">
      <div class="row row-apart">
        <h2 class="visit-title">{words.nextVisit(howFar(next.startsAt, now, zone, lang))}</h2>
        <StatePill booking={next} lang={lang} />
      </div>
      <BothCalendars at={next.startsAt} zone={zone} lang={lang} />
      <BigHour at={next.startsAt} zone={zone} lang={lang} />
      <OtherClock at={next.startsAt} zone={zone} reader={readerZone(c)} lang={lang} words={words} />
      <hr />
      <p class="strong">
        <a href={paths.booking(next.id)}>{inLang(service.name, lang)}</a>
      </p>
      <p class="quiet visit-place">
        <Icon name="pin" size={20} />
        <span>
          {inLang(office.name, lang)} · {inLang(office.address, lang)}
        </span>
      </p>
      <div class="actions">
        {next.state === "confirmed" && !isStruck ? (
          <>
            <ButtonLink weight="main" href={paths.slip(next.id)}>
              {words.slip}
            </ButtonLink>
            <ButtonLink href={paths.bookingMove(next.id)}>{words.move}</ButtonLink>
          </>
        ) : (
          <ButtonLink weight="main" href={paths.booking(next.id)}>
            {words.details}
          </ButtonLink>
        )}
      </div>
    </Card>
  )
}
