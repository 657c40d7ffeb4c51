import { authorize, may } from "../../domain/access/authorize.ts"
import { staffNames } from "../../domain/access/names.ts"
import { allServices } from "../../domain/catalogue/reads.ts"
import { allOffices, office as officeOf } from "../../domain/offices/reads.ts"
import { type RecordingRow, recordingsOf } from "../../domain/visits/recording/review.ts"
import { momentText } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { recordingWords } from "../../i18n/recording.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Empty, LinkList } from "../shell/cards.tsx"
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
  const rows = await recordingsOf(house.store, here.code)
  const names = await staffNames(house.store, [...new Set(rows.map(({ by }) => by))])
  const services = new Map((await allServices(house.store)).map((one) => [one.code, inLang(one.name, lang)]))
  const line = (row: RecordingRow) => {
    const who = names.get(row.by)
    return [services.get(row.service) ?? row.service, who && inLang(who, lang), sizeText(row.bytes)]
      .filter(Boolean)
      .join(" · ")
  }
  return show(
    c,
    { title: words.reviewTitle, ...staffHead(c), styles: ["staff", "record"] },
    <div class="column record-list">
      <h1>{words.reviewTitle}</h1>
      <p class="quiet">{inLang(here.name, lang)}</p>
      {rows.length === 0 ? (
        <Empty title={words.none}>
          <p class="quiet">{words.noneHelp}</p>
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
    </div>,
  )
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
