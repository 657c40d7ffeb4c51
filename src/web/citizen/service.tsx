import { Refusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import type { OfferedSlot } from "../../domain/availability/reads.ts"
import { allSectors, allServices, type Service, service as serviceOf } from "../../domain/catalogue/reads.ts"
import { allOffices, lineFor, type Office } from "../../domain/offices/reads.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { common } from "../../i18n/common.ts"
import { dayText, moneyText, relativeDay, timeText } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { visitWords } from "../../i18n/visits.ts"
import { show } from "../frame.tsx"
import type { Context, House } from "../house.ts"
import { paths } from "../paths.ts"
import { Card, Empty, IconLine, LinkList, Notice } from "../shell/cards.tsx"
import { ButtonLink } from "../shell/controls.tsx"
import { offerFor } from "./choice.ts"
import { serviceItem } from "./search.tsx"
import { type OfficeNow, officeNow, openText, WaitNow } from "./waits.tsx"

/** All services of a sector. */
export async function sectorPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const code = c.req.param("code") ?? ""
  const sector = (await allSectors(house.store)).find((one) => one.code === code)
  if (!sector) throw new Refusal("not_found", { what: "sector" })
  const own = (await allServices(house.store)).filter((service) => service.sector === code)
  return show(
    c,
    { title: inLang(sector.name, lang), styles: ["citizen"] },
    <div class="column">
      <h1>{inLang(sector.name, lang)}</h1>
      <LinkList items={own.map((service) => serviceItem(service, lang))} />
    </div>,
  )
}

interface Place {
  office: Office
  state: OfficeNow
  first: OfferedSlot | null
}

/** What a service needs and costs, what can be done without a visit, and where a visit can be booked soonest. */
export async function servicePage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = citizenWords[lang]
  const service = await serviceOf(house.store, c.req.param("code") ?? "")
  const { name, audience, channels, minutes, feeHalalas, feeNote } = service
  const places = await placesOf(house, service)
  const ways = [channels.includes("office") && words.inOffice, channels.includes("video") && words.byVideo].filter(
    (way) => way !== false,
  )
  const onlineOnly = ways.length === 0
  const isUnproven = c.var.subject?.role === "citizen" && c.var.subject.level === "unproven"
  const sector = (await allSectors(house.store)).find(({ code }) => code === service.sector)
  return show(
    c,
    { title: inLang(name, lang), styles: ["citizen"] },
    <div class={onlineOnly ? "column" : "column column-wide service"}>
      <header>
        {sector && (
          <p class="small">
            <a href={paths.sector(sector.code)}>{inLang(sector.name, lang)}</a>
          </p>
        )}
        <h1>{inLang(name, lang)}</h1>
      </header>
      <div class="service-about">
        {channels.includes("online") && <Online service={service} lang={lang} onlineOnly={onlineOnly} />}
        <Card class="stack">
          <IconLine icon="people" title={words.who}>
            {inLang(audience, lang)}
          </IconLine>
          {!onlineOnly && (
            <>
              <IconLine icon="pin" title={words.where}>
                {ways.join(" · ")}
              </IconLine>
              <IconLine icon="document" title={words.papers}>
                <Papers service={service} lang={lang} />
              </IconLine>
              {minutes !== null && (
                <IconLine icon="clock" title={words.duration}>
                  {words.minutes(minutes)}
                </IconLine>
              )}
            </>
          )}
          <IconLine icon="money" title={words.fee}>
            {feeHalalas === null ? words.feeUnknown : moneyText(feeHalalas, lang)}
            {feeNote && ` · ${inLang(feeNote, lang)}`}
          </IconLine>
        </Card>
      </div>
      {!onlineOnly && (
        <section class="stack" id="visit">
          <h2>{words.visit}</h2>
          {service.bookingOnly && (
            <Notice icon="calendar">
              <p>{words.bookingOnly}</p>
            </Notice>
          )}
          {places.length === 0 ? (
            <Empty title={words.noOffice}>
              <p>{words.noOfficeHelp}</p>
            </Empty>
          ) : (
            <>
              <p class="quiet">{words.visitLead}</p>
              {places.map((place, index) => (
                <PlaceCard
                  {...{ place, service, lang }}
                  now={house.clock.office()}
                  isFirst={index === 0}
                  isUnproven={isUnproven}
                />
              ))}
            </>
          )}
        </section>
      )}
    </div>,
  )
}

/** What needs no visit comes first. It is done with the agency itself; here one books what cannot be done there. */
function Online({ service, lang, onlineOnly }: { service: Service; lang: Lang; onlineOnly: boolean }) {
  const words = citizenWords[lang]
  return (
    <Notice tone="good" icon="globe">
      <h2>{words.onlineFirst}</h2>
      <p>{words.onlineHow}</p>
      <Papers service={service} lang={lang} none={words.onlineNothing} />
      <p>{onlineOnly ? words.onlineOnly : words.onlineVisit}</p>
    </Notice>
  )
}

function Papers({ service: { documents }, lang, none }: { service: Service; lang: Lang; none?: string }) {
  if (documents.length === 0) return <p>{none ?? citizenWords[lang].noPapers}</p>
  return (
    <ul class="papers">
      {documents.map((paper) => (
        <li>{inLang(paper, lang)}</li>
      ))}
    </ul>
  )
}

/** Offices that serve it, whoever has a time soonest first. */
async function placesOf(house: House, service: Service): Promise<Place[]> {
  const places: Place[] = []
  for (const office of await allOffices(house.store)) {
    const line = lineFor(office, service)
    if (!line) continue
    const { offer } = await offerFor(house, { office: office.code, service: service.code }, 1)
    const first = offer.days.flatMap(({ slots }) => slots).find(({ free }) => free > 0) ?? null
    places.push({ office, state: await officeNow(house, office, line.code), first })
  }
  const soon = ({ first }: Place) => first?.startsAt ?? Number.POSITIVE_INFINITY
  return places.sort((left, right) => (soon(left) === soon(right) ? 0 : soon(left) - soon(right)))
}

interface PlaceCardProps {
  place: Place
  service: Service
  lang: Lang
  now: number
  isFirst: boolean
  /** Whoever is here without an account sees no video visit through, so none is offered. */
  isUnproven: boolean
}

function PlaceCard({ place, service, lang, now, isFirst, isUnproven }: PlaceCardProps) {
  const words = citizenWords[lang]
  const { office, first, state } = place
  const shown = { office, state, now, lang }
  const name = inLang(office.name, lang)
  const day = first && dayIn(first.startsAt, office.zone)
  const today = dayIn(now, office.zone)
  const takesVideo = office.video && state.session?.bookingOnly === false && !service.bookingOnly
  return (
    <Card class="place stack">
      <div>
        <h3>
          <a href={paths.office(office.code)}>{name}</a>
        </h3>
        <p class="quiet small">{inLang(office.address, lang)}</p>
      </div>
      <p class="office-now small">
        {!office.video && <WaitNow {...shown} />}
        <span class="quiet">{openText(shown)}</span>
      </p>
      {office.video && isUnproven ? (
        <>
          <p>{visitWords[lang].needsAccount}</p>
          <ButtonLink wide href={paths.signIn}>
            {common[lang].signIn}
          </ButtonLink>
        </>
      ) : first && day ? (
        <>
          <p>
            <span class="quiet">{words.firstFree}: </span>
            <strong>
              {day === today ? relativeDay(day, today, lang) : dayText(day, lang)}{" "}
              <span class="nowrap">{timeText(first.startsAt, office.zone, lang)}</span>
            </strong>
          </p>
          <ButtonLink weight={isFirst ? "main" : "second"} wide href={paths.slots(office.code, service.code)}>
            {office.video ? words.bookVideo : words.bookAt(name)}
          </ButtonLink>
        </>
      ) : (
        <p class="quiet">{words.noneFree}</p>
      )}
      {takesVideo && !isUnproven && (
        <ButtonLink wide href={paths.newVisit(office.code, service.code)}>
          {visitWords[lang].walkIn}
        </ButtonLink>
      )}
    </Card>
  )
}
