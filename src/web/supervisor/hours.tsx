import { z } from "zod"
import type { BookingRow } from "../../../db/schema/bookings.ts"
import { addDays, type Day, readDay } from "../../base/day.ts"
import { isRefusal, type Refusal } from "../../base/refusal.ts"
import { asciiDigits, cleanText } from "../../base/text.ts"
import { dayIn } from "../../base/time.ts"
import { changeHours, closeDay, restoreDay, struckBy, type WantedDay } from "../../domain/bookings/day-changes.ts"
import { struckBookings } from "../../domain/bookings/reads.ts"
import { cancel } from "../../domain/bookings/writes.ts"
import { allServices } from "../../domain/catalogue/reads.ts"
import { sessionsBetween } from "../../domain/offices/hours.ts"
import { type Office, officeHours } from "../../domain/offices/reads.ts"
import { person } from "../../domain/people/reads.ts"
import { dayText, hijriText, momentText, relativeDay, timeRange } from "../../i18n/dates.ts"
import { dayWords } from "../../i18n/day.ts"
import { inLang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { noteReads } from "../noting.ts"
import { paths } from "../paths.ts"
import { Card, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm } from "../shell/controls.tsx"
import { State } from "../shell/marks.tsx"
import { leadOf, managed, supervisorHead } from "./head.tsx"

const daysShown = 21

interface Told {
  refusal?: Refusal
  good?: string
  /** A change that has been asked for and not yet saved, with what it touches. */
  preview?: { day: Day; struck: BookingRow[]; fields: [string, string][] }
}

/** Days and their hours: what is usual, what was changed, and what a change would touch before it is saved. */
export async function hoursPage(c: Context, told: Told = {}): Promise<Response> {
  const { house, lang, formToken } = c.var
  const here = await managed(c, "day.read")
  const words = dayWords[lang]
  const now = house.clock.office()
  const today = dayIn(now, here.zone)
  const hours = await officeHours(house.store, here)
  const sessions = sessionsBetween(hours, today, addDays(today, daysShown - 1))
  const open = readDay(c.req.query("day") ?? "")
  const struck = await struckBookings(house.store, here.code)
  return show(
    c,
    {
      title: words.hours,
      head: "deep",
      styles: ["desk", "supervisor"],
      status: told.refusal?.status,
      ...supervisorHead(c, here),
    },
    <div class="column column-wide">
      <h1>{words.hours}</h1>
      <p class="quiet">{words.hoursLead}</p>
      {told.refusal && <Refused refusal={told.refusal} lang={lang} />}
      {told.good && (
        <Notice tone="good" icon="check">
          <p class="strong">{told.good}</p>
        </Notice>
      )}
      {told.preview && <Preview c={c} here={here} preview={told.preview} />}
      {struck.length > 0 && <Struck c={c} here={here} rows={struck} />}
      <ul class="card card-flush list">
        {Array.from({ length: daysShown }, (_, ahead) => addDays(today, ahead)).map((day) => {
          const ofDay = sessions.filter((one) => one.day === day)
          const change = hours.changes.find((one) => one.day === day)
          return (
            <li>
              <details class="day-row" open={day === open}>
                <summary class="list-row">
                  <span class="grow">
                    <span class="strong">{dayText(day, lang)}</span>{" "}
                    <span class="quiet small">
                      {hijriText(day, lang)} · {relativeDay(day, today, lang)}
                    </span>
                  </span>
                  <span>
                    {ofDay.length === 0
                      ? words.closedDay
                      : ofDay.map((one) => timeRange(one.startsAt, one.endsAt, here.zone, lang)).join(" · ")}
                  </span>
                  {change && <State sign="next">{words.changed}</State>}
                </summary>
                <div class="day-change stack">
                  {change ? (
                    <PostForm action={paths.dayHours(here.code)} token={formToken}>
                      <input type="hidden" name="day" value={day} />
                      <Button name="do" value="restore">
                        {words.restore}
                      </Button>
                    </PostForm>
                  ) : null}
                  <ChangeForm
                    c={c}
                    here={here}
                    day={day}
                    holiday={hours.holidays.some((one) => one.first <= day && day <= one.last)}
                  />
                </div>
              </details>
            </li>
          )
        })}
      </ul>
    </div>,
  )
}

function ChangeForm({ c, here, day, holiday }: { c: Context; here: Office; day: Day; holiday: boolean }) {
  const { lang, formToken } = c.var
  const words = dayWords[lang]
  return (
    <PostForm action={paths.dayHours(here.code)} token={formToken} class="stack">
      <input type="hidden" name="day" value={day} />
      <label class="choice">
        <input type="radio" name="kind" value="closed" checked />
        <span>{words.closeDay}</span>
      </label>
      <label class="choice">
        <input type="radio" name="kind" value="hours" />
        <span>{words.otherHours}</span>
      </label>
      <div class="day-sessions">
        {[0, 1].map((index) => (
          <fieldset class="row">
            <legend class="spoken">
              {words.sessions} {index + 1}
            </legend>
            <label class="field">
              <span class="label">{words.from}</span>
              <input class="input input-digits" name={`from${index}`} placeholder="07:30" maxlength={5} />
            </label>
            <label class="field">
              <span class="label">{words.until}</span>
              <input class="input input-digits" name={`until${index}`} placeholder="14:30" maxlength={5} />
            </label>
          </fieldset>
        ))}
      </div>
      {holiday && (
        <label class="choice">
          <input type="checkbox" name="holiday" value="1" />
          <span>{words.holidayTick}</span>
        </label>
      )}
      <label class="field">
        <span class="label">{words.reason}</span>
        <input class="input" name="reason" maxlength={200} dir="auto" />
      </label>
      <Button name="do" value="preview">
        {words.preview}
      </Button>
    </PostForm>
  )
}

async function Preview({ c, here, preview }: { c: Context; here: Office; preview: NonNullable<Told["preview"]> }) {
  const { lang, formToken } = c.var
  const words = dayWords[lang]
  return (
    <Card class="stack">
      <h2>{dayText(preview.day, lang, { year: true })}</h2>
      <p class="strong">
        {preview.struck.length === 0
          ? words.previewNone
          : words.previewSome(counted("bookings", preview.struck.length, lang))}
      </p>
      <BookingList c={c} here={here} rows={preview.struck} />
      <PostForm action={paths.dayHours(here.code)} token={formToken} class="actions">
        {preview.fields.map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <Button weight="main" name="do" value="save">
          {words.confirm}
        </Button>
        <ButtonLink href={paths.dayHours(here.code)}>{words.restore}</ButtonLink>
      </PostForm>
    </Card>
  )
}

async function BookingList({ c, here, rows }: { c: Context; here: Office; rows: BookingRow[] }) {
  const { house, lang } = c.var
  const names = new Map((await allServices(house.store)).map((one) => [one.code, inLang(one.name, lang)]))
  const people = await namesOf(c, here, rows)
  return (
    <ul class="list">
      {rows.map((row, index) => (
        <li class="list-row">
          <span class="grow">
            <strong>{momentText(row.startsAt, here.zone, lang)}</strong> · {names.get(row.service)}
          </span>
          <bdi>{people[index] ? inLang(people[index].name, lang) : ""}</bdi>
        </li>
      ))}
    </ul>
  )
}

/** The people of these bookings, in their order. That they are shown is noted. */
async function namesOf(c: Context, here: Office, rows: BookingRow[]) {
  const { store, keys } = c.var.house
  await noteReads(
    c,
    rows.map((row) => ({ person: row.person, what: "booking" as const, office: here.code, about: row.id })),
  )
  return Promise.all(rows.map((row) => person(store, keys, row.person)))
}

/** What a change has struck and nobody has settled. Nothing here goes away by itself. */
async function Struck({ c, here, rows }: { c: Context; here: Office; rows: BookingRow[] }) {
  const { house, lang, formToken } = c.var
  const words = dayWords[lang]
  const names = new Map((await allServices(house.store)).map((one) => [one.code, inLang(one.name, lang)]))
  const people = await namesOf(c, here, rows)
  return (
    <Card class="stack">
      <h2>{words.struckTitle}</h2>
      <p class="quiet">{words.struckHelp}</p>
      <ul class="list">
        {rows.map((row, index) => (
          <li class="stack day-struck">
            <p>
              <strong>{momentText(row.startsAt, here.zone, lang)}</strong> · {names.get(row.service)} ·{" "}
              <bdi>{people[index] ? inLang(people[index].name, lang) : ""}</bdi>
            </p>
            <PostForm action={paths.dayHours(here.code)} token={formToken} class="row">
              <input type="hidden" name="booking" value={row.id} />
              <label class="field grow">
                <span class="spoken">{words.reason}</span>
                <input class="input" name="reason" maxlength={200} dir="auto" placeholder={words.reason} />
              </label>
              <Button name="do" value="cancel" weight="danger">
                {words.settleCancel}
              </Button>
              <ButtonLink href={`${paths.dayRequests(here.code)}?move=${row.id}`}>{words.settleMove}</ButtonLink>
            </PostForm>
          </li>
        ))}
      </ul>
    </Card>
  )
}

export function Refused({ refusal, lang }: { refusal: Refusal; lang: "ar" | "en" }) {
  const { title, help } = refusalWords(refusal.code, lang)
  return (
    <Notice tone="late" icon="warning">
      <p class="strong">{title}</p>
      <p>{help}</p>
    </Notice>
  )
}

const fields = z.object({
  do: z.enum(["preview", "save", "restore", "cancel"]),
  day: z.string().max(10).default(""),
  kind: z.enum(["closed", "hours"]).default("closed"),
  from0: z.string().max(10).default(""),
  until0: z.string().max(10).default(""),
  from1: z.string().max(10).default(""),
  until1: z.string().max(10).default(""),
  holiday: z.string().max(1).default(""),
  reason: z.string().max(1000).default(""),
  booking: z.string().max(60).default(""),
})

type Given = z.infer<typeof fields>

export async function changeDay(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const here = await managed(c, "day.change")
  const lead = leadOf(c)
  const words = dayWords[lang]
  const scopes = [`office:${here.code}` as const, "accounts" as const]
  try {
    const given = await readForm(c, fields)
    const reason = given.reason === "" ? undefined : cleanText(given.reason, "reason", 200)
    if (given.do === "cancel") {
      await house.writer.write((tx) => cancel(tx, lead, given.booking, reason), { scopes })
      return hoursPage(c, { good: words.saved })
    }
    const day = readDay(asciiDigits(given.day))
    if (!day) return hoursPage(c)
    if (given.do === "restore") {
      await house.writer.write((tx) => restoreDay(tx, lead, { office: here.code, day }), { scopes })
      return hoursPage(c, { good: words.restored })
    }
    const wanted = wantedDay(given)
    if (given.do === "preview") {
      const { struck } = await struckBy(house.store, here.code, day, wanted, house.clock.office())
      const kept = Object.entries(given).filter(([name]) => name !== "do" && name !== "booking")
      return hoursPage(c, { preview: { day, struck, fields: kept } })
    }
    await house.writer.write(
      (tx) =>
        wanted.kind === "closed"
          ? closeDay(tx, lead, { office: here.code, day, reason })
          : changeHours(tx, lead, {
              office: here.code,
              day,
              sessions: wanted.sessions,
              openOnHoliday: wanted.openOnHoliday,
              reason,
            }),
      { scopes },
    )
    return hoursPage(c, { good: words.saved })
  } catch (thrown) {
    if (isRefusal(thrown)) return hoursPage(c, { refusal: thrown })
    throw thrown
  }
}

function wantedDay(given: Given): NonNullable<WantedDay> {
  if (given.kind === "closed") return { kind: "closed" }
  const sessions = [
    [given.from0, given.until0],
    [given.from1, given.until1],
  ].flatMap(([from = "", until = ""]) => {
    const [start, end] = [wall(from), wall(until)]
    if (from.trim() === "" && until.trim() === "") return []
    // A session that ends earlier than it starts runs past midnight.
    const minutes = start && end ? (minutesOf(end) - minutesOf(start) + 1440) % 1440 : 0
    return [{ start: start ?? from, minutes }]
  })
  return { kind: "hours", sessions, openOnHoliday: given.holiday === "1" }
}

function wall(text: string): string | null {
  const [, hours = "", minutes = ""] = /^(\d{1,2}):?(\d{2})$/.exec(asciiDigits(text).trim()) ?? []
  return hours === "" || Number(hours) > 23 || Number(minutes) > 59 ? null : `${hours.padStart(2, "0")}:${minutes}`
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number)
  return hours * 60 + minutes
}
