import { addDays, readDay } from "../../base/day.ts"
import { asciiDigits } from "../../base/text.ts"
import { wallToInstant } from "../../base/time.ts"
import { authorize, may } from "../../domain/access/authorize.ts"
import { staffNames } from "../../domain/access/names.ts"
import { allServices } from "../../domain/catalogue/reads.ts"
import { allOffices, office as officeOf } from "../../domain/offices/reads.ts"
import {
  type RecordingPlace,
  type RecordingRow,
  type RecordingSearch,
  recordingsOf,
} from "../../domain/visits/recording/review.ts"
import { momentText } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { recordingWords } from "../../i18n/recording.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Empty, LinkList } from "../shell/cards.tsx"
import { Button } from "../shell/controls.tsx"
import { State } from "../shell/marks.tsx"
import { staffHead, staffHere } from "../staff-head.tsx"

/** The video offices that this one answers for; whoever answers for one goes there at once. */
export async function officesPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = recordingWords[lang]
  const staff = staffHere(c)
  const all = (await allOffices(house.store)).filter((one) => one.video && may(staff, "recording.review", one))
  const [only] = all
  if (only && all.length === 1) return c.redirect(paths.recordingsOf(only.code), 303)
  return show(
    c,
    { title: words.reviewTitle, ...staffHead(c), styles: ["staff", "record"] },
    <div class="column">
      <h1>{words.reviewTitle}</h1>
      {all.length === 0 ? (
        <Empty title={words.none}>
          <p class="quiet">{words.noneHelp}</p>
        </Empty>
      ) : (
        <>
          <p class="quiet">{words.offices}</p>
          <LinkList
            items={all.map((one) => ({
              href: paths.recordingsOf(one.code),
              icon: "building",
              title: inLang(one.name, lang),
            }))}
          />
        </>
      )}
    </div>,
  )
}

/** What was recorded in an office: numbers, times and sizes, nobody's name but the agent's. */
export async function listPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = recordingWords[lang]
  const here = await officeOf(house.store, c.req.param("office") ?? "")
  authorize(staffHere(c), "recording.review", here)
  const asked = askedIn(c)
  const search = searchFor(asked, here.zone)
  const { rows, next } = search ? await recordingsOf(house.store, here.code, search) : { rows: [], next: null }
  const names = await staffNames(house.store, [...new Set(rows.map(({ by }) => by))])
  const services = new Map((await allServices(house.store)).map((one) => [one.code, inLang(one.name, lang)]))
  const line = (row: RecordingRow) => {
    const who = names.get(row.by)
    return [services.get(row.service) ?? row.service, who && inLang(who, lang), sizeText(row.bytes)]
      .filter(Boolean)
      .join(" · ")
  }
  const isAsked = asked.q !== "" || asked.day !== "" || asked.after !== ""
  return show(
    c,
    { title: words.reviewTitle, ...staffHead(c), styles: ["staff", "record"] },
    <div class="column record-list">
      <h1>{words.reviewTitle}</h1>
      <p class="quiet">{inLang(here.name, lang)}</p>
      <form method="get" action={paths.recordingsOf(here.code)} class="record-search">
        <label class="field">
          <span class="label">{words.searchNumber}</span>
          <span class="hint">{words.searchHint}</span>
          <input class="input input-digits" name="q" inputmode="numeric" dir="ltr" maxlength={20} value={asked.q} />
        </label>
        <label class="field">
          <span class="label">{words.searchDay}</span>
          <input class="input" type="date" name="day" value={asked.day} />
        </label>
        <Button icon="search">{words.search}</Button>
      </form>
      {rows.length === 0 ? (
        <Empty title={isAsked ? words.notFound : words.none}>
          <p class="quiet">{isAsked ? words.notFoundHelp : words.noneHelp}</p>
        </Empty>
      ) : (
        <LinkList
          items={rows.map((row) => ({
            href: paths.recordingReviews(row.visit),
            icon: "video",
            title: (
              <>
                {words.number(row.number)} · {momentText(row.startedAt, here.zone, lang)}
              </>
            ),
            line: (
              <>
                {line(row)} <Completeness row={row} zone={here.zone} lang={lang} />
              </>
            ),
          }))}
        />
      )}
      <nav class="actions" aria-label={words.pages}>
        {isAsked && <a href={paths.recordingsOf(here.code)}>{words.newest}</a>}
        {next && (
          <a rel="next" href={`${paths.recordingsOf(here.code)}?${onward(asked, next)}`}>
            {words.older}
          </a>
        )}
      </nav>
    </div>,
  )
}

interface Asked {
  q: string
  day: string
  after: string
}

function askedIn(c: Context): Asked {
  const [q = "", day = "", after = ""] = ["q", "day", "after"].map((name) => c.req.query(name)?.trim().slice(0, 80))
  return { q, day, after }
}

/** What is looked for; `null` where nothing could be it. */
function searchFor({ q, day, after }: Asked, zone: string): RecordingSearch | null {
  const digits = asciiDigits(q).replace(/\D/g, "")
  const on = day === "" ? null : readDay(day)
  if ((q !== "" && digits === "") || digits.length > 10 || (day !== "" && on === null)) return null
  const [at = "", visit = ""] = after.split(".")
  return {
    ...(digits === "" ? {} : digits.length === 10 ? { reference: digits } : { number: Number(digits) }),
    ...(on ? { from: wallToInstant(on, "00:00", zone), before: wallToInstant(addDays(on, 1), "00:00", zone) } : {}),
    ...(/^\d{1,15}$/.test(at) ? { after: { startedAt: Number(at), visit } } : {}),
  }
}

function onward({ q, day }: Asked, { startedAt, visit }: RecordingPlace): URLSearchParams {
  const all = { q, day, after: `${startedAt}.${visit}` }
  return new URLSearchParams(Object.entries(all).filter(([, value]) => value !== ""))
}

function Completeness({ row, zone, lang }: { row: RecordingRow; zone: string; lang: Lang }) {
  const words = recordingWords[lang]
  if (row.heldUntil === null) return <State sign="missed">{words.nothing}</State>
  if (row.open > 0) return <State sign="waiting">{words.open}</State>
  if (row.incomplete === 0) return null
  return <State sign="late">{words.incompleteUntil(momentText(row.heldUntil, zone, lang))}</State>
}

/** "12.4 MB": the same in both languages, as on every device. */
export function sizeText(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
