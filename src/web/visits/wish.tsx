import { Refusal } from "../../base/refusal.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { isLeftWaiting, womenAtWork } from "../../domain/queue/wishes.ts"
import { visit } from "../../domain/visits/visits.ts"
import { timeText } from "../../i18n/dates.ts"
import type { Lang } from "../../i18n/lang.ts"
import { wishWords } from "../../i18n/wishes.ts"
import { paths } from "../paths.ts"
import type { Rendering } from "../rendering.ts"
import { Card } from "../shell/cards.tsx"
import { ButtonLink } from "../shell/controls.tsx"

/** The form to which the buttons of the wish belong; it stands outside the live region. */
export const wishForm = "visit-wish"

/** By whom the person wants to be called, as long as nobody has called. Refuses `not_found` to everybody else. */
export async function wishFragment(
  { store, clock }: Rendering,
  id: string,
  lang: Lang,
  reader: string,
): Promise<string> {
  const { row, ticket, phase } = await visit(store, id)
  if (row.person !== reader) throw new Refusal("not_found", { what: "view" })
  if (phase !== "lobby") return ""
  const words = wishWords[lang]
  const now = clock.office()
  const { zone } = await officeOf(store, row.office)
  const { atWork, freeAt } = await womenAtWork(store, row.office, ticket.line, now)
  const isWaiting = ticket.wants !== null
  // Whoever has booked has a time that stands; another one is theirs once it has come in vain.
  const { booking } = ticket
  const other =
    booking === null
      ? paths.slots(row.office, ticket.service)
      : (await isLeftWaiting(store, ticket, now))
        ? paths.bookingAgain(booking)
        : null
  const when =
    freeAt === null
      ? other === null
        ? words.noneYet
        : words.none
      : freeAt <= now
        ? words.free
        : words.freeAt(timeText(freeAt, zone, lang))
  return String(
    <Card class="stack">
      <h2>{words.title}</h2>
      <p>{isWaiting ? words.asked : words.anybody}</p>
      {isWaiting && <p class="quiet">{when}</p>}
      <div class="actions">
        <button
          type="submit"
          form={wishForm}
          name="wants"
          value={isWaiting ? "" : "female"}
          class="button button-second"
        >
          {isWaiting ? words.drop : words.ask}
        </button>
        {isWaiting && atWork === 0 && other !== null && <ButtonLink href={other}>{words.book}</ButtonLink>}
      </div>
    </Card>,
  )
}
