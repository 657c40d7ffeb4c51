import { z } from "zod"
import { isRefusal, type Refusal } from "../../base/refusal.ts"
import { waitFor } from "../../domain/availability/earlier.ts"
import { slotId } from "../../domain/availability/grid.ts"
import { type Booking, bookingFor } from "../../domain/bookings/reads.ts"
import { acceptProposal } from "../../domain/bookings/requests.ts"
import { aheadStates } from "../../domain/bookings/rules.ts"
import { wishAhead } from "../../domain/bookings/wishes.ts"
import { cancel, move } from "../../domain/bookings/writes.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { momentText } from "../../i18n/dates.ts"
import { inLang } from "../../i18n/lang.ts"
import { waitlistWords } from "../../i18n/waitlist.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context, House } from "../house.ts"
import { paths } from "../paths.ts"
import { Card } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm, TextArea } from "../shell/controls.tsx"
import { bookingAnswer } from "./booking.tsx"
import { choiceIn } from "./choice.ts"
import { Names, namesOf } from "./people.tsx"
import { slotsAnswer } from "./slots.tsx"
import { mustBeCitizen } from "./who.ts"

/**
 * One turn on the caller's own booking. What it refuses is said on the booking's page, which shows how it stands now; where it stands as
 * was asked for, it was asked for twice.
 */
async function onOwn(
  c: Context,
  turn: Parameters<House["writer"]["write"]>[0],
  { to, isDone }: { to: string; isDone: (booking: Booking) => boolean },
): Promise<Response> {
  const { house } = c.var
  const citizen = mustBeCitizen(c)
  const id = c.req.param("id") ?? ""
  const { office } = await bookingFor(house.store, citizen, id, house.clock.office())
  try {
    await house.writer.write(turn, { scopes: [`office:${office}`, `person:${citizen.id}`] })
    return c.redirect(to, 303)
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code !== "wrong_state") throw thrown
    return isDone(await bookingFor(house.store, citizen, id, house.clock.office()))
      ? c.redirect(to, 303)
      : bookingAnswer(c, thrown)
  }
}

/** The person takes the time that the office has named. */
export function takeProposal(c: Context): Promise<Response> {
  const id = c.req.param("id") ?? ""
  return onOwn(c, (tx) => acceptProposal(tx, mustBeCitizen(c), id), {
    to: `${paths.booking(id)}?done=made`,
    isDone: ({ state }) => state === "confirmed",
  })
}

const wishFields = z.object({ wants: z.enum(["female", ""]).default("") })

/** By whom the person wants to be called when the day has come. */
export async function wishNow(c: Context): Promise<Response> {
  const citizen = mustBeCitizen(c)
  const id = c.req.param("id") ?? ""
  const given = await readForm(c, wishFields)
  const wants = given.wants === "" ? null : given.wants
  return onOwn(c, (tx) => wishAhead(tx, citizen, id, wants), {
    to: paths.booking(id),
    isDone: (booking) => booking.wants === wants,
  })
}

export function cancelPage(c: Context): Promise<Response> {
  return cancelForm(c, null)
}

async function cancelForm(c: Context, wrong: { typed: string } | null): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = citizenWords[lang]
  const citizen = mustBeCitizen(c)
  const booking = await bookingFor(house.store, citizen, c.req.param("id") ?? "", house.clock.office())
  const waits = booking.person === citizen.id && (await waitFor(house.store, booking, booking.who)) !== null
  const { zone, name } = await officeOf(house.store, booking.office)
  const service = await serviceOf(house.store, booking.service)
  const canChange = aheadStates.includes(booking.state) && booking.startsAt > house.clock.office()
  if (!canChange) return c.redirect(paths.booking(booking.id), 303)
  return show(
    c,
    { title: words.cancelTitle, status: wrong ? 400 : 200, styles: ["citizen"] },
    <div class="column">
      <h1>{words.cancelTitle}</h1>
      <Card class="stack">
        <p class="strong">{inLang(service.name, lang)}</p>
        <p>{momentText(booking.startsAt, zone, lang)}</p>
        <p class="quiet">{inLang(name, lang)}</p>
        <Names names={await namesOf(house, booking.who)} label={words.people} lang={lang} />
      </Card>
      <p>{words.cancelHelp}</p>
      {waits && <p>{waitlistWords[lang].leavesToo}</p>}
      <PostForm action={paths.bookingCancellation(booking.id)} token={formToken} class="stack">
        <TextArea
          name="reason"
          label={words.cancelReason}
          hint={words.cancelReasonHint}
          error={wrong ? words.reasonLong : undefined}
          value={wrong?.typed}
          maxlength={500}
        />
        <div class="actions">
          <Button weight="danger">{words.cancelYes}</Button>
          <ButtonLink href={paths.booking(booking.id)}>{words.cancelNo}</ButtonLink>
        </div>
      </PostForm>
      <p>
        <a href={paths.bookingMove(booking.id)}>{words.moveBooking}</a>
      </p>
    </div>,
  )
}

const cancelFields = z.object({ reason: z.string().max(20_000).default("") })

export async function cancelNow(c: Context): Promise<Response> {
  const id = c.req.param("id") ?? ""
  const citizen = mustBeCitizen(c)
  const { reason } = await readForm(c, cancelFields)
  try {
    return await onOwn(c, (tx) => cancel(tx, citizen, id, reason), {
      to: paths.booking(id),
      isDone: ({ state, endedBy }) => state === "cancelled" && endedBy === "citizen",
    })
  } catch (thrown) {
    if (isRefusal(thrown) && thrown.code === "invalid_field") return cancelForm(c, { typed: reason })
    throw thrown
  }
}

/** The times of the same office and service; the old time stays until a new one is taken. */
export async function movePage(c: Context): Promise<Response> {
  const booking = await bookingFor(
    c.var.house.store,
    mustBeCitizen(c),
    c.req.param("id") ?? "",
    c.var.house.clock.office(),
  )
  const canChange = aheadStates.includes(booking.state) && booking.startsAt > c.var.house.clock.office()
  return canChange ? movingAnswer(c, booking) : c.redirect(paths.booking(booking.id), 303)
}

const moveFields = z.object({ slot: z.string().max(80).default("") })

export async function moveNow(c: Context): Promise<Response> {
  const { house } = c.var
  const citizen = mustBeCitizen(c)
  const booking = await bookingFor(house.store, citizen, c.req.param("id") ?? "", house.clock.office())
  const { slot } = await readForm(c, moveFields)
  try {
    const moved = await house.writer.write((tx) => move(tx, citizen, booking.id, slot), {
      scopes: [`office:${booking.office}`, `person:${citizen.id}`],
    })
    return c.redirect(`${paths.booking(booking.id)}?done=${moved.state === "requested" ? "asked" : "moved"}`, 303)
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code === "not_found") throw thrown
    // Its own time, chosen again or sent twice: there it is.
    if (thrown.code === "same_slot") return c.redirect(paths.booking(booking.id), 303)
    return thrown.code === "wrong_state" ? bookingAnswer(c, thrown) : movingAnswer(c, booking, thrown, slot)
  }
}

/** The times for an appointment that is to have another one. */
export async function movingAnswer(c: Context, booking: Booking, refused?: Refusal, tried?: string): Promise<Response> {
  const { office, service, line, startsAt, who } = booking
  const wished = c.req.query("slot") ?? tried ?? null
  const choice = { ...choiceIn(c, office, service), slot: wished === slotId(office, line, startsAt) ? null : wished }
  return slotsAnswer(c, choice, { refused, moving: { booking: booking.id, places: booking, people: who.length } })
}
