import { shiftOf } from "../../base/clock.ts"
import { addDays, type Day, day as dayOf, hour, type Instant, readDay } from "../../base/day.ts"
import { dayIn, wallToInstant } from "../../base/time.ts"
import { may } from "../../domain/access/authorize.ts"
import { allOffices } from "../../domain/offices/reads.ts"
import { alarmPeople, alarms, type Offices, readsBy, staffByLogin, staffNamed } from "../../domain/people/read-log.ts"
import { momentText } from "../../i18n/dates.ts"
import { inLang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import { privacyWords } from "../../i18n/privacy.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Card, Empty, Notice } from "../shell/cards.tsx"
import { Button, Field } from "../shell/controls.tsx"
import { staffHead, staffOf } from "./head.tsx"
import { homeZone } from "./held.tsx"

/** How far back alarms are shown. */
const alarmDays = 30

/** For auditors: who saw very many people, and what one of the staff saw. It names no citizen. */
export async function readsPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = privacyWords[lang]
  const now = house.clock.real()
  const shift = shiftOf(house.clock)
  const moment = (at: Instant) => momentText(at + shift, homeZone, lang)
  const mine = await officesOf(c)
  const found = await alarms(house.store, now - alarmDays * 24 * hour, now, mine)
  const named = await staffNamed(
    house.store,
    found.map(({ staff }) => staff),
  )
  return show(
    c,
    { title: words.readsTitle, styles: ["privacy"], ...staffHead(c) },
    <div class="column">
      <h1>{words.readsTitle}</h1>
      <section class="stack">
        <h2>{words.alarmsTitle}</h2>
        <p class="quiet">{words.alarmsLead(alarmPeople)}</p>
        {found.length === 0 ? (
          <Empty title={words.alarmsNone} />
        ) : (
          <ul class="card card-flush list">
            {found.map(({ staff, from, until, people }) => {
              const who = named.get(staff)
              return (
                <li class="list-row">
                  <span class="grow">
                    <strong>
                      <bdi>{who ? inLang(who.name, lang) : staff}</bdi>
                    </strong>{" "}
                    <span dir="ltr" class="quiet">
                      {who?.login}
                    </span>
                    <br />
                    <span class="quiet small">
                      {words.alarmLine(counted("people", people, lang), moment(from), moment(until))}
                    </span>
                  </span>
                </li>
              )
            })}
          </ul>
        )}
      </section>
      {await OneOfStaff({ c, mine })}
    </div>,
  )
}

async function OneOfStaff({ c, mine }: { c: Context; mine: Offices }) {
  const { house, lang } = c.var
  const words = privacyWords[lang]
  const today = dayIn(house.clock.office(), homeZone)
  const login = c.req.query("login")?.slice(0, 60) ?? ""
  const [from, until] = [c.req.query("from") ?? addDays(today, -7), c.req.query("until") ?? today]
  const [first, last] = [readDay(from), readDay(until)]
  const id = login === "" ? null : await staffByLogin(house.store, login)
  const error = login === "" ? null : !id ? words.staffUnknown : null
  const wrongDays = first === null || last === null || first > last
  return (
    <Card class="stack">
      <h2>{words.byStaff}</h2>
      <p class="quiet">{words.byStaffHelp}</p>
      <form method="get" action={paths.privacyReads} class="stack">
        <Field name="login" label={words.login} value={login} error={error ?? undefined} maxlength={60} required />
        <div class="row">
          <Field name="from" label={words.from} value={from} digits maxlength={10} />
          <Field name="until" label={words.until} value={until} digits maxlength={10} />
        </div>
        <Button>{words.look}</Button>
      </form>
      {wrongDays && (
        <Notice tone="late" icon="warning">
          <p role="alert">{words.datesWrong}</p>
        </Notice>
      )}
      {id && !wrongDays && (await Seen({ c, id, first: dayOf(first ?? ""), last: dayOf(last ?? ""), mine }))}
    </Card>
  )
}

async function Seen({ c, id, first, last, mine }: { c: Context; id: string; first: Day; last: Day; mine: Offices }) {
  const { house, lang } = c.var
  const words = privacyWords[lang]
  const shift = shiftOf(house.clock)
  const begin = wallToInstant(first, "00:00", homeZone) - shift
  const end = wallToInstant(addDays(last, 1), "00:00", homeZone) - shift
  const { rows, people } = await readsBy(house.store, id, begin, end, mine)
  const names = new Map((await allOffices(house.store)).map((one) => [one.code, inLang(one.name, lang)]))
  return (
    <>
      <p class="strong">{words.peopleSeen(counted("people", people, lang))}</p>
      {rows.length > 0 && (
        <table class="records">
          <thead>
            <tr>
              <th scope="col">{words.what}</th>
              <th scope="col">{words.peopleColumn}</th>
              <th scope="col">{words.looks}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr>
                <th scope="row">
                  {words.whatSeen[row.what]} ·{" "}
                  {row.office === null ? words.noOffice : (names.get(row.office) ?? row.office)}
                </th>
                <td>{row.people}</td>
                <td>{row.looks}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

async function officesOf(c: Context): Promise<Offices> {
  const reader = staffOf(c)
  if (reader.scopeKind === "all") return null
  return (await allOffices(c.var.house.store))
    .filter((one) => may(reader, "read_log.read", one))
    .map(({ code }) => code)
}
