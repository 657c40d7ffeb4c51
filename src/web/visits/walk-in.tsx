import { Refusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import { nearestAlternatives } from "../../domain/availability/reads.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import { lineFor, office as officeOf } from "../../domain/offices/reads.ts"
import { boardView } from "../../domain/queue/reads.ts"
import { dayText, minuteRange, timeText } from "../../i18n/dates.ts"
import { inLang } from "../../i18n/lang.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { visitWords } from "../../i18n/visits.ts"
import { wishWords } from "../../i18n/wishes.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { Ready } from "../joining.tsx"
import { paths } from "../paths.ts"
import { Card, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm } from "../shell/controls.tsx"
import { backText, nextStaffed } from "./staffed.ts"

interface Asked {
  office: string
  service: string
}

/** Waiting for a video office without an appointment: how long it is now, what to have ready, and "I am here". */
export function walkInPage(c: Context): Promise<Response> {
  return walkInAnswer(c, { office: c.req.query("office") ?? "", service: c.req.query("service") ?? "" }, null)
}

/** `there`: the visit for which the person waits already, for another service. */
export async function walkInAnswer(
  c: Context,
  asked: Asked,
  refused: Refusal | null,
  there: { id: string; service: string } | null = null,
): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = visitWords[lang]
  const { store, clock } = house
  const [office, service] = [await officeOf(store, asked.office), await serviceOf(store, asked.service)]
  const line = lineFor(office, service)
  if (!office.video || !line) throw new Refusal("not_found", { what: "visit" })
  const now = clock.office()
  const closed = await nextStaffed(store, office, now)
  const wait = closed
    ? null
    : (await boardView(store, office.code, now)).lines.find((one) => one.line === line.code)?.wait
  const waitsFor = there && (await serviceOf(store, there.service))
  const told = refused && refusalWords(refused.code, lang)
  const canWait = closed === null && !service.bookingOnly && refused === null
  const times = canWait ? [] : await nearestAlternatives(store, { ...asked, around: now, now })
  return show(
    c,
    { title: words.walkIn, status: refused?.status, styles: ["visit"] },
    <div class="column visit-column" data-zone={office.zone}>
      {told && (
        <Notice tone="late" icon="warning">
          <p class="strong">{told.title}</p>
          {waitsFor ? (
            <>
              <p>{words.waitsForOther(inLang(waitsFor.name, lang))}</p>
              <p>
                <a href={paths.visit(there?.id ?? "")}>{words.toThatVisit}</a>
              </p>
            </>
          ) : (
            <p>{told.help}</p>
          )}
        </Notice>
      )}
      <h1>{words.walkIn}</h1>
      <Card class="stack">
        <p class="strong">{inLang(service.name, lang)}</p>
        <p>{words.walkInLead(inLang(office.name, lang))}</p>
        {closed ? (
          <p class="strong">
            {closed.opensAt === null
              ? words.walkInClosedPlain
              : words.walkInClosed(backText(closed.opensAt, now, office.zone, lang))}
          </p>
        ) : (
          <p class="strong">
            {wait ? words.walkInWait(minuteRange(wait.lowMinutes, wait.highMinutes, lang)) : words.walkInUnknown}
          </p>
        )}
        <Ready documents={service.documents} lang={lang} />
        {canWait && (
          <PostForm action={paths.visits} token={formToken}>
            <input type="hidden" name="office" value={office.code} />
            <input type="hidden" name="service" value={service.code} />
            <label class="choice">
              <input type="checkbox" name="wants" value="female" />
              <span>{wishWords[lang].wishAtDoor}</span>
            </label>
            <Button weight="main" wide>
              {words.here}
            </Button>
          </PostForm>
        )}
      </Card>
      {times.length > 0 && (
        <Card class="stack">
          <h2>{words.firstFree}</h2>
          <ul>
            {times.map(({ startsAt }) => (
              <li>
                {dayText(dayIn(startsAt, office.zone), lang)}{" "}
                <strong class="nowrap">{timeText(startsAt, office.zone, lang)}</strong>
              </li>
            ))}
          </ul>
        </Card>
      )}
      <ButtonLink weight={canWait ? "second" : "main"} wide href={paths.slots(office.code, service.code)}>
        {words.book}
      </ButtonLink>
    </div>,
  )
}
