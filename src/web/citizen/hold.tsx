import { z } from "zod"
import type { HoldRow } from "../../../db/schema/availability.ts"
import { isRefusal } from "../../base/refusal.ts"
import { slotId } from "../../domain/availability/grid.ts"
import { liveHold, ownHold, releaseHold } from "../../domain/availability/holds.ts"
import { book } from "../../domain/bookings/writes.ts"
import { type Service, service as serviceOf } from "../../domain/catalogue/reads.ts"
import { type Office, office as officeOf } from "../../domain/offices/reads.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { timeText } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { OtherClock, readerZone } from "../clocks.tsx"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Card, Empty, IconLine, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm } from "../shell/controls.tsx"
import { type Choice, slotsHref } from "./choice.ts"
import { BigHour, BothCalendars } from "./moments.tsx"
import { Names, namesOf } from "./people.tsx"
import { slotsAnswer } from "./slots.tsx"
import { mustBeCitizen } from "./who.ts"

/** A place that is kept for ten minutes: what it is, until when, one button. */
export async function holdPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const held = await ownHold(house.store, mustBeCitizen(c), c.req.param("id") ?? "")
  if (held.state === "used" && held.booking) return c.redirect(paths.booking(held.booking), 303)
  // What was offered from the waiting list is taken where it stands, by moving the appointment there may be.
  if (held.waiting && held.state === "live") return c.redirect(paths.bookings, 303)
  const [office, service] = [await officeOf(house.store, held.office), await serviceOf(house.store, held.service)]
  const gone = held.state === "moved" || held.state === "released"
  return gone ? gonePage(c, held) : confirmPage(c, { held, office, service, lang })
}

interface Kept {
  held: HoldRow
  office: Office
  service: Service
  lang: Lang
}

async function confirmPage(c: Context, { held, office, service, lang }: Kept): Promise<Response> {
  const { house, formToken } = c.var
  const words = citizenWords[lang]
  const now = house.clock.office()
  const { zone } = office
  const { startsAt, until } = held
  const asks = office.bookingMode === "request"
  const over = until <= now || held.state !== "live"
  const title = asks ? words.confirmRequest : words.confirmTitle
  const names = await namesOf(house, held.people)
  return show(
    c,
    { title, styles: ["citizen"], scripts: ["hold"] },
    <div class="column" data-zone={zone}>
      <h1>{title}</h1>
      {over ? (
        <Notice tone="late" icon="clock">
          <p>{words.heldOver}</p>
        </Notice>
      ) : (
        <Notice tone="good" icon="clock">
          <p class="strong" data-held>
            {words.held}
          </p>
          <p>
            <span>{words.heldUntil(timeText(until, zone, lang))}</span>
            <span class="held-left" data-until={until} data-words={words.left} data-over={words.heldOver} />
          </p>
        </Notice>
      )}
      <Card class="visit stack">
        <BothCalendars at={startsAt} zone={zone} lang={lang} />
        <BigHour at={startsAt} zone={zone} lang={lang} />
        <OtherClock at={startsAt} zone={zone} reader={readerZone(c)} lang={lang} words={words} />
        <hr />
        <p class="strong">{inLang(service.name, lang)}</p>
        <p class="quiet">
          {inLang(office.name, lang)}
          <br />
          {inLang(office.address, lang)}
        </p>
        <Names names={names} label={words.people} lang={lang} />
      </Card>
      {asks && <p class="quiet">{words.requestHow}</p>}
      <IconLine icon="people" title={words.who}>
        {inLang(service.audience, lang)}
      </IconLine>
      {service.documents.length > 0 && (
        <IconLine icon="document" title={words.papers}>
          <ul class="papers">
            {service.documents.map((paper) => (
              <li>{inLang(paper, lang)}</li>
            ))}
          </ul>
        </IconLine>
      )}
      <PostForm action={paths.bookings} token={formToken} class="foot-bar">
        <input type="hidden" name="hold" value={held.id} />
        <Button weight="main" wide>
          {asks ? words.sendRequest : words.confirm}
        </Button>
      </PostForm>
      <div class="actions">
        <ButtonLink href={slotsHref(choiceOf(held))}>{words.otherTime}</ButtonLink>
        <PostForm action={paths.holdRelease(held.id)} token={formToken}>
          <Button weight="quiet" wide>
            {words.giveUp}
          </Button>
        </PostForm>
      </div>
    </div>,
  )
}

/** Chosen anew by another page, or given up: where to go on from here. */
async function gonePage(c: Context, held: HoldRow): Promise<Response> {
  const { house, lang } = c.var
  const words = citizenWords[lang]
  const standing = await liveHold(house.store, held.person, held.service, house.clock.office())
  return show(
    c,
    { title: words.holdGone, status: 409, styles: ["citizen"] },
    <div class="column">
      <h1>{words.holdGone}</h1>
      <Empty title={words.holdGoneHelp}>
        {standing ? (
          <ButtonLink weight="main" href={paths.hold(standing.id)}>
            {words.holdNow}
          </ButtonLink>
        ) : (
          <ButtonLink weight="main" href={slotsHref(choiceOf(held))}>
            {words.otherTime}
          </ButtonLink>
        )}
      </Empty>
    </div>,
  )
}

const bookFields = z.object({ hold: z.string().max(60) })

/** Makes the booking. Pressing twice is answered with the same booking; what is no longer to be had, with the times and the way on. */
export async function confirm(c: Context): Promise<Response> {
  const { house } = c.var
  const citizen = mustBeCitizen(c)
  const given = await readForm(c, bookFields)
  const held = await ownHold(house.store, citizen, given.hold)
  try {
    const made = await house.writer.write((tx) => book(tx, citizen, { hold: held.id }), {
      scopes: [`office:${held.office}`, `person:${citizen.id}`],
    })
    return c.redirect(`${paths.booking(made.id)}?done=${made.state === "requested" ? "asked" : "made"}`, 303)
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code === "not_found") throw thrown
    if (thrown.code === "hold_gone") return gonePage(c, held)
    return slotsAnswer(c, choiceOf(held), { refused: thrown })
  }
}

/** Gives the place up; it is free for others at once. */
export async function release(c: Context): Promise<Response> {
  const { house } = c.var
  const citizen = mustBeCitizen(c)
  const held = await ownHold(house.store, citizen, c.req.param("id") ?? "")
  if (held.state === "used" && held.booking) return c.redirect(paths.booking(held.booking), 303)
  await house.writer.write((tx) => releaseHold(tx, citizen, held.id), {
    scopes: [`office:${held.office}`, `person:${citizen.id}`],
  })
  return c.redirect(paths.service(held.service), 303)
}

/** What was chosen when the place was kept. */
function choiceOf({ office, service, line, startsAt, people }: HoldRow): Choice {
  return { office, service, slot: slotId(office, line, startsAt), day: null, for: people, people: people.length }
}
