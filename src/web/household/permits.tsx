import { dayIn } from "../../base/time.ts"
import { civilZone } from "../../domain/people/rules.ts"
import { type Permit, permitsOf } from "../../domain/requests/permits.ts"
import { countryNames } from "../../domain/requests/services/countries.ts"
import { dayText } from "../../i18n/dates.ts"
import { inLang } from "../../i18n/lang.ts"
import { requestWords, valueText } from "../../i18n/requests.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Card } from "../shell/cards.tsx"
import { ButtonLink } from "../shell/controls.tsx"
import { State } from "../shell/marks.tsx"
import { VerificationMark } from "../verification.tsx"
import { mustBeCitizen } from "./who.ts"

/** The permits to travel that somebody gave to the family, and those in the own name; as they stand now, and on paper. */
export async function permitsPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = requestWords[lang]
  const { id } = mustBeCitizen(c)
  const permits = await permitsOf(house.store, house.keys, id, house.clock.office())
  return show(
    c,
    { title: words.permitsTitle, styles: ["citizen", "verify"] },
    <div class="column">
      <h1>{words.permitsTitle}</h1>
      <p class="quiet">{words.permitsLead}</p>
      {permits.length === 0 && <p class="quiet">{words.permitsNone}</p>}
      {permits.map((permit) => (
        <PermitCard c={c} permit={permit} />
      ))}
      <p class="quiet small no-print">
        {words.permitsHow} {permits.length > 0 && words.print}
      </p>
      <ButtonLink wide icon="video" href={paths.service("PAS-05")} class="no-print">
        {words.permitsBook}
      </ButtonLink>
    </div>,
  )
}

const signs = { valid: "good", cancelled: "missed", expired: "parked" } as const

function PermitCard({ c, permit }: { c: Context; permit: Permit }) {
  const { lang } = c.var
  const words = requestWords[lang]
  const { name, number, kind, paper, state, issuedAt, until, endedAt, detail, isGuardian, code } = permit
  const lastDay = valueText({ is: "day", day: dayIn(until - 1, civilZone) }, lang)
  const dayOf = (at: number) => dayText(dayIn(at, civilZone), lang, { year: true, weekday: false })
  return (
    <Card class="stack permit">
      <p>
        <State sign={signs[state]}>{words.permitStates[state]}</State>{" "}
        <span class="quiet small">{isGuardian ? words.permitByYou : words.permitYours}</span>
      </p>
      <h2 class="h3">
        <bdi>{inLang(name, lang)}</bdi>
      </h2>
      <p>
        {words.permitKinds[kind]}
        {lang === "ar" ? "، " : ", "}
        {words.permitPapers[paper]}
      </p>
      <dl class="facts">
        <dt>{words.permitNumber}</dt>
        <dd>
          <bdi class="number" dir="ltr">
            {number}
          </bdi>
        </dd>
        {detail && (
          <>
            <dt>{words.permitTo}</dt>
            <dd>{inLang(countryNames(detail.countries), lang)}</dd>
          </>
        )}
        <dt>{words.permitIssued}</dt>
        <dd>{dayOf(issuedAt)}</dd>
        <dt>{words.permitUntil}</dt>
        <dd>{lastDay}</dd>
      </dl>
      {state === "cancelled" && endedAt !== null && <p>{words.permitCancelled(dayOf(endedAt))}</p>}
      {code && (
        <p class="no-print">
          <a href={paths.verified(code)}>{words.permitCheck}</a>{" "}
          <bdi class="small quiet permit-code" dir="ltr">
            {code}
          </bdi>
        </p>
      )}
      {code && (
        <div class="print-only">
          <VerificationMark c={c} code={code} />
        </div>
      )}
    </Card>
  )
}
