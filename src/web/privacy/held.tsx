import type { Child } from "hono/jsx"
import type { Store } from "../../../db/store.ts"
import { shiftOf } from "../../base/clock.ts"
import type { Instant } from "../../base/day.ts"
import { dayIn } from "../../base/time.ts"
import { allServices } from "../../domain/catalogue/reads.ts"
import { allOffices } from "../../domain/offices/reads.ts"
import type { OwnData } from "../../domain/people/own-data.ts"
import { toldOf } from "../../domain/requests/requests.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { dayText, momentText } from "../../i18n/dates.ts"
import { factText } from "../../i18n/facts.ts"
import { householdWords } from "../../i18n/household.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { privacyWords, readText } from "../../i18n/privacy.ts"
import { frozenText, requestWords } from "../../i18n/requests.ts"
import { staffWords } from "../../i18n/staff.ts"
import { told } from "../../i18n/telling.ts"
import { documentKinds, verifyWords } from "../../i18n/verify.ts"
import type { Context } from "../house.ts"
import { Card } from "../shell/cards.tsx"
import { DocumentCode } from "../verification.tsx"

/** The house's own time, for what happens at no office. */
export const homeZone = "Asia/Riyadh"

/** So many of a long list stand on the page; the file has all of them. */
const rowsMax = 100

/** What is held about somebody, for reading and for paper. */
export async function HeldData({ c, data }: { c: Context; data: OwnData }) {
  const { house, lang } = c.var
  const words = privacyWords[lang]
  const places = await placesOf(house.store, lang)
  const moment = (at: Instant, office: string | null = null) => momentText(at, places.zone(office), lang)
  const civilDay = (at: Instant) => dayText(dayIn(at, homeZone), lang, { year: true, weekday: false })
  const now = house.clock.office()
  // What was dated by the real clock, as the house's own clock shows it.
  const realMoment = (at: Instant, office: string | null = null) => moment(at + shiftOf(house.clock), office)
  const { profile } = data
  const messages = await Promise.all(
    data.messages
      .slice(0, rowsMax)
      .map(async (row) => ({ at: row.at, ...(await messageText(house.store, row, lang)) })),
  )
  return (
    <>
      <Part title={words.profile}>
        <dl class="facts">
          <Fact name={words.name}>{profile.name && <bdi>{inLang(profile.name, lang)}</bdi>}</Fact>
          <Fact name={words.number}>{profile.nationalId && <bdi dir="ltr">{profile.nationalId}</bdi>}</Fact>
          <Fact name={words.mobile}>{profile.mobile && <bdi dir="ltr">{profile.mobile}</bdi>}</Fact>
          <Fact name={words.email}>{profile.email && <span dir="ltr">{profile.email}</span>}</Fact>
          {profile.birthDay ? (
            <Fact name={words.birth}>{dayText(profile.birthDay, lang, { year: true, weekday: false })}</Fact>
          ) : (
            <Fact name={words.birthYear}>{profile.birthYear}</Fact>
          )}
          <Fact name={words.language}>
            {profile.language === null ? null : profile.language === "ar" ? "العربية" : "English"}
          </Fact>
          <Fact name={words.since}>{moment(profile.createdAt)}</Fact>
          <Fact name={words.id}>
            <span dir="ltr" class="small">
              {profile.id}
            </span>
          </Fact>
        </dl>
      </Part>
      <Rows
        title={words.family}
        rows={data.family.map(({ name, kind, isGuardian, until, mayAct, actsForYou }) => [
          <bdi>{name ? inLang(name, lang) : "—"}</bdi>,
          isGuardian || kind === "spouse" ? householdWords[lang].rights[kind] : words.guardian,
          mayAct && words.mayAct,
          actsForYou && words.actsForYou,
          until !== null && until <= now && householdWords[lang].ended(civilDay(until)),
        ])}
      />
      <Rows
        title={words.bookings}
        rows={data.bookings.map((row) => [
          `${moment(row.startsAt, row.office)} · ${places.service(row.service)}`,
          `${places.office(row.office)} · ${citizenWords[lang].state[row.state]}`,
          row.reason && `${words.reason}: ${row.reason}`,
        ])}
      />
      <Rows
        title={words.tickets}
        rows={data.tickets.map((row) => [
          `${words.ticketNumber(row.number)} · ${places.service(row.service)}`,
          `${moment(row.arrivedAt, row.office)} · ${places.office(row.office)} · ${words.ticketStates[row.state]}`,
          row.note && `${words.note}: ${row.note}`,
        ])}
      />
      <Rows
        title={requestWords[lang].heldTitle}
        rows={data.services.map(({ service, office, state, number, startedAt, outcome }) => [
          `${places.service(service)} · ${requestWords[lang].requestStates[state]}`,
          `${moment(startedAt, office)} · ${places.office(office)}${number ? ` · ${number}` : ""}`,
          outcome && frozenText(toldOf(outcome))[lang].join(" · "),
        ])}
      />
      <Rows
        title={requestWords[lang].permitsTitle}
        rows={data.permits.map(({ number, kind, state, until, issuedAt }) => [
          `${requestWords[lang].permitKinds[kind]} · ${requestWords[lang].permitStates[state]}`,
          `${requestWords[lang].permitNumber} ${number} · ${moment(issuedAt)} – ${moment(until)}`,
        ])}
      />
      <Rows
        title={verifyWords[lang].heldTitle}
        rows={data.documents.map(({ kind, office, issuedAt, code }) => [
          documentKinds[lang][kind],
          `${moment(issuedAt, office)} · ${places.office(office)}`,
          code && <DocumentCode code={code} />,
        ])}
      />
      <Rows
        title={words.waiting}
        rows={data.waitingList.map((row) => [
          `${places.service(row.service)} · ${places.office(row.office)}`,
          `${dayText(row.firstDay, lang)} – ${dayText(row.lastDay, lang)}`,
        ])}
      />
      <Rows
        title={words.kept}
        rows={data.heldPlaces.map((row) => [
          `${moment(row.startsAt, row.office)} · ${places.service(row.service)}`,
          places.office(row.office),
        ])}
      />
      <Rows title={words.messages} rows={messages.map(({ at, title, line }) => [title, moment(at), line])} />
      <Rows
        title={words.sessions}
        rows={data.sessions.map(({ createdAt, seenAt, userAgent }) => [
          `${realMoment(createdAt)} – ${realMoment(seenAt)}`,
          <span dir="ltr">{userAgent}</span>,
        ])}
      />
      <Rows
        title={words.passkeys}
        note={`${words.passkeysHelp} ${words.codesLeft(data.recoveryCodesLeft)}`}
        rows={data.passkeys.map(({ name, createdAt }) => [<bdi>{name}</bdi>, realMoment(createdAt)])}
      />
      <Rows
        title={words.programs}
        rows={data.programKeys.map(({ name, createdAt }) => [<bdi>{name}</bdi>, realMoment(createdAt)])}
      />
      <Rows
        title={words.confirmed}
        rows={data.confirmations.map(({ text, usedAt }) => [
          (text?.[lang] ?? []).join(" · "),
          usedAt === null ? "" : realMoment(usedAt),
        ])}
      />
      {data.resets.length > 0 && (
        <Rows
          title={staffWords[lang].ownResets}
          rows={data.resets.map(({ office, document, documentEnd, state, askedAt }) => [
            [
              ...[staffWords[lang].states[state], places.office(office)],
              ...[document && staffWords[lang].documents[document], staffWords[lang].endsWith(documentEnd ?? "")],
            ].join(" · "),
            realMoment(askedAt),
          ])}
        />
      )}
      <Rows
        title={words.reads}
        note={data.reads.length === 0 ? words.readsNone : words.readsHelp}
        rows={data.reads.map(({ role, what, office, at }) => [
          readText(role, what, office === null ? null : places.office(office), lang),
          realMoment(at, office),
        ])}
      />
      <Rows
        title={words.requests}
        rows={data.requests.map(({ kind, state, askedAt, note }) => [
          words.kinds[kind],
          `${realMoment(askedAt)} · ${words.states[state]}`,
          note,
        ])}
      />
      <Rows
        title={words.holds}
        rows={data.legalHolds.map(({ until, liftedAt }) => [
          words.holdUntil(realMoment(until)),
          liftedAt === null ? "" : words.lifted,
        ])}
      />
      <Rows
        title={words.facts}
        note={words.factsHelp}
        rows={data.facts.map(({ kind, at, stream }) => [
          factText(kind, lang),
          `${moment(at, stream)}${places.has(stream) ? ` · ${places.office(stream)}` : ""}`,
        ])}
      />
    </>
  )

  function Rows({ title, note, rows }: { title: string; note?: string; rows: Child[][] }) {
    return (
      <Part title={title} note={note}>
        {rows.length === 0 ? (
          <p class="quiet">{words.none}</p>
        ) : (
          <ul class="list held-list">
            {rows.slice(0, rowsMax).map(([first, ...lines]) => (
              <li>
                <p>{first}</p>
                {lines.map((line) => line && <p class="quiet small">{line}</p>)}
              </li>
            ))}
          </ul>
        )}
        {rows.length > rowsMax && <p class="quiet small">{words.earlier(rows.length - rowsMax)}</p>}
      </Part>
    )
  }
}

function Part({ title, note, children }: { title: string; note?: string; children: Child }) {
  return (
    <section class="stack held-part">
      <h2>{title}</h2>
      {note && <p class="quiet small">{note}</p>}
      <Card>{children as never}</Card>
    </section>
  )
}

/** What is not known is left out. */
function Fact({ name, children }: { name: string; children: Child }) {
  if (children === null || children === undefined || children === "") return null
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

/** Names of offices and services, and the time that an office goes by. */
async function placesOf(store: Store, lang: Lang) {
  const offices = new Map((await allOffices(store)).map((one) => [one.code, one]))
  const services = new Map((await allServices(store)).map((one) => [one.code, inLang(one.name, lang)]))
  return {
    has: (code: string) => offices.has(code),
    office(code: string): string {
      const one = offices.get(code)
      return one ? inLang(one.name, lang) : code
    },
    service: (code: string) => services.get(code) ?? code,
    zone: (code: string | null) => (code === null ? undefined : offices.get(code)?.zone) ?? homeZone,
  }
}

type MessageRow = OwnData["messages"][number]

/** A message as its inbox shows it. */
async function messageText(store: Store, row: MessageRow, lang: Lang): Promise<{ title: string; line: string }> {
  const { title, text } = await told(store, row, lang, "own")
  return { title, line: text.join(" ") }
}

/** The file: the same, with every time as text and every word in both languages. */
export async function fileOf(store: Store, data: OwnData, asOf: Instant): Promise<string> {
  const [ar, en] = [await placesOf(store, "ar"), await placesOf(store, "en")]
  const both = (text: (lang: Lang) => string) => ({ ar: text("ar"), en: text("en") })
  const named = <T extends { office: string; service: string }>(row: T) => ({
    ...row,
    officeName: { ar: ar.office(row.office), en: en.office(row.office) },
    serviceName: { ar: ar.service(row.service), en: en.service(row.service) },
  })
  const whole = {
    asOf: new Date(asOf).toISOString(),
    ...data,
    bookings: data.bookings.map(named),
    tickets: data.tickets.map(named),
    heldPlaces: data.heldPlaces.map(named),
    waitingList: data.waitingList.map(named),
    messages: await Promise.all(
      data.messages.map(async (row) => {
        const [arabic, english] = [await messageText(store, row, "ar"), await messageText(store, row, "en")]
        return { kind: row.kind, at: row.at, readAt: row.readAt, text: { ar: arabic, en: english } }
      }),
    ),
    reads: data.reads.map((row) => ({
      ...row,
      text: both((lang) => readText(row.role, row.what, row.office && { ar, en }[lang].office(row.office), lang)),
    })),
    facts: data.facts.map((fact) => ({ ...fact, text: both((lang) => factText(fact.kind, lang)) })),
  }
  const isTime = /^(at|until|due)$|(At|Until)$/
  const written = (name: string, value: unknown) =>
    isTime.test(name) && typeof value === "number" ? new Date(value).toISOString() : value
  return `${JSON.stringify(whole, written, 2)}\n`
}
