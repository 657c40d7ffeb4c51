import type { Words } from "../../db/schema/catalogue.ts"
import type { Instant } from "../base/day.ts"
import type { Ended, RequestView } from "../domain/requests/reads.ts"
import { toldOf } from "../domain/requests/requests.ts"
import type { Line, Reason, Value } from "../domain/requests/service.ts"
import { countryName } from "../domain/requests/services/countries.ts"
import { momentText } from "../i18n/dates.ts"
import { inLang, type Lang } from "../i18n/lang.ts"
import { requestWords, valueText } from "../i18n/requests.ts"
import { paths } from "./paths.ts"

/* What the agent's desk and the person's page both show of a service that is carried out in a visit. */

export function Lines({ lines, lang }: { lines: readonly Line[]; lang: Lang }) {
  return (
    <ul class="request-lines">
      {lines.map(({ label, value }) => (
        <li>
          {value.is === "said" ? (
            inLang(label, lang)
          ) : (
            <>
              <span class="quiet">{inLang(label, lang)}</span> <ValueText value={value} lang={lang} />
            </>
          )}
        </li>
      ))}
    </ul>
  )
}

function ValueText({ value, lang }: { value: Value; lang: Lang }) {
  if (value.is === "document") {
    // In a page of its own: the call goes on in this one.
    return (
      <a href={paths.verified(value.code)} target="_blank" rel="noopener">
        <bdi class="strong" dir="ltr">
          {value.code}
        </bdi>
      </a>
    )
  }
  return (
    <bdi class="strong" dir={value.is === "typed" ? "ltr" : undefined}>
      {valueText(value, lang)}
    </bdi>
  )
}

/** Why, with the facts. */
export function Why({ reason, wayOut, lang }: { reason: Reason; wayOut?: Words | undefined; lang: Lang }) {
  const words = requestWords[lang]
  return (
    <>
      <p>{inLang(reason.words, lang)}</p>
      {reason.facts.length > 0 && <Lines lines={reason.facts} lang={lang} />}
      {wayOut && (
        <p>
          <span class="quiet">{words.wayOut}:</span> {inLang(wayOut, lang)}
        </p>
      )}
    </>
  )
}

/** What came of it, the same for both sides: number, text, time. */
export function Receipt({ view, zone, lang }: { view: Ended; zone: string; lang: Lang }) {
  const words = requestWords[lang]
  const { row, name, outcome } = view
  return (
    <div class="request-receipt stack">
      <p class="strong">{row.state === "done" ? words.done : words.failed}</p>
      <p>{inLang(name, lang)}</p>
      {outcome && row.state === "failed" && <Why reason={outcome.reason} wayOut={outcome.wayOut} lang={lang} />}
      {outcome && row.state === "done" && <Lines lines={toldOf(outcome)} lang={lang} />}
      <p class="small">
        <span class="quiet">{words.number}</span>{" "}
        <bdi class="number" dir="ltr">
          {row.number}
        </bdi>{" "}
        <span class="quiet">· {row.endedAt === null ? "" : momentText(row.endedAt, zone, lang)}</span>
      </p>
    </div>
  )
}

/** What was done in the same visit before, folded. */
export function Before({ receipts, zone, lang }: { receipts: Ended[]; zone: string; lang: Lang }) {
  if (receipts.length === 0) return null
  return (
    <div class="stack request-before">
      {receipts.map((view) => (
        <details class="fold" id={`receipt-${view.row.id}`}>
          <summary class="button button-second">
            {requestWords[lang].before}: {inLang(view.name, lang)}
          </summary>
          <div class="fold-body">
            <Receipt view={view} zone={zone} lang={lang} />
          </div>
        </details>
      ))}
    </div>
  )
}

/** What is filled in, as lines; what is missing says so. */
export function filledLines(
  { file, fields, options }: RequestView,
  lang: Lang,
): { label: Words; text: string | null }[] {
  return file.fields.flatMap((field): { label: Words; text: string | null }[] => {
    const given = fields[field.name] ?? ""
    if (given === "") return field.isOptional ? [] : [{ label: field.label, text: null }]
    return [{ label: field.label, text: textOf(field, given) }]
  })

  function textOf(field: (typeof file.fields)[number], given: string): string {
    switch (field.kind) {
      case "choice": {
        const found = options.get(field.name)?.find(({ value }) => value === given)
        return found ? inLang(found.label, lang) : "—"
      }
      case "countries":
        return given
          .split(",")
          .map((code) => inLang(countryName(code), lang))
          .join(lang === "ar" ? "، " : ", ")
      case "day":
        return valueText({ is: "day", day: given as never }, lang)
      case "text":
        return given
    }
  }
}

export const isOver = (until: Instant | null, now: Instant) => until === null || until <= now
