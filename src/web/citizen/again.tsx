import { z } from "zod"
import { isRefusal, type Refusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import { timesAgain } from "../../domain/bookings/again.ts"
import { bookingFor } from "../../domain/bookings/reads.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { mayTakeOther, takeOther } from "../../domain/visits/late.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { dayText, timeText } from "../../i18n/dates.ts"
import { inLang } from "../../i18n/lang.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Card, Notice } from "../shell/cards.tsx"
import { Button, PostForm } from "../shell/controls.tsx"
import { mustBeCitizen } from "./who.ts"

/** The times of which whoever the office was late for has the first choice. */
export function againPage(c: Context): Promise<Response> {
  return answer(c, null)
}

async function answer(c: Context, refused: Refusal | null): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = citizenWords[lang]
  const now = house.clock.office()
  const booking = await bookingFor(house.store, mustBeCitizen(c), c.req.param("id") ?? "", now)
  if (!(await mayTakeOther(house.store, booking, now))) return c.redirect(paths.booking(booking.id), 303)
  const [office, service] = [await officeOf(house.store, booking.office), await serviceOf(house.store, booking.service)]
  const times = await timesAgain(house.store, booking, now)
  const told = refused && refusalWords(refused.code, lang)
  return show(
    c,
    { title: words.againTitle, status: refused?.status, styles: ["citizen"] },
    <div class="column" data-zone={office.zone}>
      {told && (
        <Notice tone="late" icon="warning">
          <p class="strong">{told.title}</p>
          <p>{told.help}</p>
        </Notice>
      )}
      <h1>{words.againTitle}</h1>
      <Card class="stack">
        <p class="strong">{inLang(service.name, lang)}</p>
        <p class="quiet">{inLang(office.name, lang)}</p>
        <p>{times.length > 0 ? words.againHelp : words.againNone}</p>
        {times.length > 0 && (
          <PostForm action={paths.bookingAgain(booking.id)} token={formToken} class="alternatives">
            {times.map(({ id, startsAt }) => (
              <Button name="slot" value={id} wide>
                <span class="nowrap">{dayText(dayIn(startsAt, office.zone), lang)}</span>{" "}
                <strong class="nowrap">{timeText(startsAt, office.zone, lang)}</strong>
              </Button>
            ))}
          </PostForm>
        )}
      </Card>
      <p>
        <a href={paths.booking(booking.id)}>{words.booking}</a>
      </p>
    </div>,
  )
}

const fields = z.object({ slot: z.string().max(80).default("") })

export async function againNow(c: Context): Promise<Response> {
  const { house } = c.var
  const citizen = mustBeCitizen(c)
  const booking = await bookingFor(house.store, citizen, c.req.param("id") ?? "", house.clock.office())
  const { slot } = await readForm(c, fields)
  try {
    const made = await house.writer.write((tx) => takeOther(tx, citizen, booking.id, slot), {
      scopes: [`office:${booking.office}`, `person:${citizen.id}`, "accounts"],
    })
    return c.redirect(`${paths.booking(made.id)}?done=made`, 303)
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code === "not_found") throw thrown
    // Pressed twice, or the agent has just called: the booking and the visit show how it stands.
    return thrown.code === "wrong_state" ? c.redirect(paths.booking(booking.id), 303) : answer(c, thrown)
  }
}
