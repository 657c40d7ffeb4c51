import type { Child } from "hono/jsx"
import { z } from "zod"
import type { Refusal, RefusalCode } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { common } from "../../i18n/common.ts"
import { dayText, timeText } from "../../i18n/dates.ts"
import type { Lang } from "../../i18n/lang.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { paths } from "../paths.ts"
import { Card } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm } from "../shell/controls.tsx"
import { Shape } from "../shell/marks.tsx"

interface Refused {
  refusal: Refusal
  lang: Lang
  /** The office's. */
  zone: string
  reference: string
  /** Something was chosen, and stands as it was beside the refusal. */
  isKept: boolean
  /** How an alternative is taken: where its form posts to, and what it carries beside the slot. */
  take?: { action: string; token: string; fields: [name: string, value: string][] }
  /** Where all the times are. */
  allTimes?: string
}

const alternative = z.object({ id: z.string(), startsAt: z.number() })
const details = z.object({
  alternatives: z.array(alternative).catch([]),
  booking: z.string().nullable().catch(null),
  again: z.number().nullable().catch(null),
  now: z.object({ hold: z.string() }).nullable().catch(null),
})

/** What is settled where one's own appointments stand. */
const toOwn = new Set<RefusalCode>(["limit_reached", "waiting_limit", "waiting_already"])

/** What happened, that nothing is lost where something was chosen, and every way on: other times, the booking in the way, the reference. */
export function RefusedCard({ refusal, lang, zone, reference, isKept, take, allTimes }: Refused) {
  const words = citizenWords[lang]
  const told = refusalWords(refusal.code, lang)
  const { alternatives, booking, again, now } = details.parse({
    alternatives: [],
    booking: null,
    again: null,
    now: null,
    ...refusal.details,
  })
  const ways: Child[] = []
  if (refusal.code === "already_booked" && booking) {
    ways.push(
      <ButtonLink href={paths.booking(booking)}>{words.seeBooking}</ButtonLink>,
      <ButtonLink href={paths.bookingMove(booking)}>{words.moveBooking}</ButtonLink>,
    )
  }
  if (toOwn.has(refusal.code) || (refusal.code === "already_booked" && !booking)) {
    ways.push(<ButtonLink href={paths.bookings}>{words.seeBookings}</ButtonLink>)
  }
  if (now) ways.push(<ButtonLink href={paths.hold(now.hold)}>{words.holdNow}</ButtonLink>)
  return (
    <Card class="refusal stack">
      <div role="alert">
        {isKept && (
          <p class="refusal-mark">
            <Shape sign="missed" />
            <span>{words.kept}</span>
          </p>
        )}
        <h2>{told.title}</h2>
        <p class="quiet">{told.help}</p>
      </div>
      {again !== null && <p>{words.againAt(timeText(again, zone, lang))}</p>}
      {take && alternatives.length > 0 && (
        <>
          <h3>{words.insteadTake}</h3>
          <div class="alternatives">
            {alternatives.map(({ id, startsAt }) => (
              <PostForm action={take.action} token={take.token}>
                {take.fields.map(([name, value]) => (
                  <input type="hidden" name={name} value={value} />
                ))}
                <Button name="slot" value={id} wide>
                  <span class="nowrap">{dayText(dayIn(startsAt, zone), lang)}</span>{" "}
                  <strong class="nowrap">{timeText(startsAt, zone, lang)}</strong>
                </Button>
              </PostForm>
            ))}
          </div>
        </>
      )}
      {ways.length > 0 && <div class="actions">{ways}</div>}
      {allTimes && (
        <p>
          <a href={allTimes}>{common[lang].allTimes}</a>
        </p>
      )}
      <p class="faint tiny">
        {common[lang].reference}: <bdi dir="ltr">{reference}</bdi>
      </p>
    </Card>
  )
}
