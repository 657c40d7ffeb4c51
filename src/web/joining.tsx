import type { Words } from "../../db/schema/catalogue.ts"
import { minute } from "../base/day.ts"
import type { Booking } from "../domain/bookings/reads.ts"
import type { Service } from "../domain/catalogue/reads.ts"
import type { Office } from "../domain/offices/reads.ts"
import { visitTimes } from "../domain/visits/times.ts"
import { timeText } from "../i18n/dates.ts"
import { inLang, type Lang } from "../i18n/lang.ts"
import { visitWords } from "../i18n/visits.ts"
import { readerZone, theirTime } from "./clocks.tsx"
import type { Context } from "./house.ts"
import { paths } from "./paths.ts"
import { Card } from "./shell/cards.tsx"
import { Button, ButtonLink, PostForm } from "./shell/controls.tsx"
import { Icon } from "./shell/icons.tsx"

/** On the page of a booking by video: from when, by both clocks, with what; and from then on the button itself. */
export function Joining({ c, booking, office, service }: JoiningProps) {
  const { house, lang, formToken, session } = c.var
  const words = visitWords[lang]
  const from = booking.startsAt - visitTimes.arriveMinutes * minute
  const yours = theirTime(from, office.zone, readerZone(c), lang)
  const isTime = house.clock.office() >= from
  return (
    <Card class="stack">
      <h2>{words.joinTitle}</h2>
      <p>{words.joinFrom(timeText(from, office.zone, lang))}</p>
      {yours !== null && <p class="quiet small">{words.joinYours(yours)}</p>}
      <p class="quiet">{words.joinHow}</p>
      <Ready documents={service.documents} lang={lang} />
      {session?.level === "unproven" ? (
        <p class="strong">{words.needsAccount}</p>
      ) : (
        isTime && (
          <PostForm action={paths.bookingArrival(booking.id)} token={formToken}>
            <Button weight="main" wide icon="video">
              {words.here}
            </Button>
          </PostForm>
        )
      )}
    </Card>
  )
}

interface JoiningProps {
  c: Context
  booking: Booking
  office: Office
  service: Service
}

/** What to have ready before a call, and the way to try it at once. */
export function Ready({ documents, lang }: { documents: Words[]; lang: Lang }) {
  const words = visitWords[lang]
  return (
    <div class="icon-line">
      <span class="list-icon">
        <Icon name="video" />
      </span>
      <div class="grow stack">
        <p class="strong">{words.have}</p>
        <ul>
          <li>{words.haveDevice}</li>
          <li>{words.havePlace}</li>
          {documents.map((paper) => (
            <li>{inLang(paper, lang)}</li>
          ))}
        </ul>
        <ButtonLink href={paths.visitTest}>{words.tryNow}</ButtonLink>
      </div>
    </div>
  )
}
