import { z } from "zod"
import type { TicketRow } from "../../../db/schema/queue.ts"
import { hour, minute } from "../../base/day.ts"
import { isRefusal, Refusal, type RefusalCode } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import type { Subject } from "../../domain/access/subject.ts"
import { type Booking, bookingsOf } from "../../domain/bookings/reads.ts"
import { ofWhom } from "../../domain/bookings/rules.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { checkIn } from "../../domain/queue/arrivals.ts"
import { ticketOfWhom } from "../../domain/queue/desk.ts"
import { isHallCode } from "../../domain/queue/hall-code.ts"
import { ticketsOf } from "../../domain/queue/tickets.ts"
import { timeText } from "../../i18n/dates.ts"
import { inLang } from "../../i18n/lang.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { ticketWords } from "../../i18n/ticket.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Card, Empty, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm } from "../shell/controls.tsx"

/** Whoever scanned in time may take a few minutes to sign in. */
const proofMinutes = 10

/**
 * The address in the hall's QR. The code is exchanged at once for a proof that lasts long enough to sign in: it names the office and the
 * minute, and nothing about the person.
 */
export async function scan(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const [code, given] = [c.req.param("office") ?? "", c.req.param("code") ?? ""]
  await officeOf(house.store, code)
  const now = house.clock.office()
  if (!isHallCode(house.keys, code, given, now)) {
    const words = ticketWords[lang]
    return show(
      c,
      { title: words.hallTitle, status: 422 },
      <div class="column">
        <Card class="refusal stack">
          <h1>{words.hallExpired}</h1>
          <p>{words.hallExpiredHelp}</p>
        </Card>
      </div>,
    )
  }
  const at = Math.floor(now / minute)
  return c.redirect(`${paths.hall(code)}?proof=${at}.${house.keys.capability("arrival", `${code}.${at}`, 24)}`, 303)
}

function isProof(c: Context, office: string, proof: string): boolean {
  const { keys, clock } = c.var.house
  const [at = "", secret = ""] = proof.split(".")
  const age = Math.floor(clock.office() / minute) - Number(at)
  return (
    /^\d{1,12}$/.test(at) &&
    age >= 0 &&
    age <= proofMinutes &&
    keys.isCapability("arrival", `${office}.${at}`, secret, 24)
  )
}

/** The person's bookings of today in this office, one tap from being checked in. */
export function hallPage(c: Context): Promise<Response> {
  return hall(c, c.req.query("proof") ?? "", null)
}

async function hall(c: Context, proof: string, refused: Refusal | null): Promise<Response> {
  const { house, lang, subject, formToken } = c.var
  const words = ticketWords[lang]
  const here = await officeOf(house.store, c.req.param("office") ?? "")
  const now = house.clock.office()
  const today = dayIn(now, here.zone)
  const near = (await bookingsOf(house.store, subject?.id ?? "", now)).filter(
    ({ office, state, startsAt }) =>
      office === here.code &&
      state === "confirmed" &&
      (dayIn(startsAt, here.zone) === today || Math.abs(startsAt - now) < 12 * hour),
  )
  const live = (await ticketsOf(house.store, subject?.id ?? "")).find(({ office }) => office === here.code)
  const services = await Promise.all(near.map(({ service }) => serviceOf(house.store, service)))
  const told = refused ? refusalWords(refused.code, lang) : null
  const comeAt = refused?.details["comeAt"]
  return show(
    c,
    { title: words.hallTitle, status: refused?.status },
    <div class="column">
      <h1>{words.hallTitle}</h1>
      {told && (
        <Notice tone="late" icon="warning">
          <p class="strong">{told.title}</p>
          <p>{told.help}</p>
          {typeof comeAt === "number" && <p class="strong">{timeText(comeAt, here.zone, lang)}</p>}
        </Notice>
      )}
      {live && (
        <ButtonLink weight="main" wide href={paths.ticket(live.id)}>
          {words.toTicket} · {String(live.number)}
        </ButtonLink>
      )}
      {!isProof(c, here.code, proof) ? (
        <Empty title={words.hallExpired}>
          <p>{words.hallExpiredHelp}</p>
        </Empty>
      ) : near.length === 0 ? (
        !live && (
          <Empty title={words.hallNone}>
            <p>{words.hallNoneHelp}</p>
          </Empty>
        )
      ) : (
        <>
          <p class="quiet">{words.hallLead(inLang(here.name, lang))}</p>
          {near.map((booking, index) => (
            <Card class="stack">
              <p class="strong">
                {timeText(booking.startsAt, here.zone, lang)} ·{" "}
                {services[index] && isOpened(subject, booking) ? inLang(services[index].name, lang) : ""}
              </p>
              <PostForm action={paths.hall(here.code)} token={formToken}>
                <input type="hidden" name="proof" value={proof} />
                <input type="hidden" name="code" value={booking.code} />
                <Button weight="main" wide>
                  {words.arrive}
                </Button>
              </PostForm>
            </Card>
          ))}
        </>
      )}
    </div>,
  )
}

/** Whoever is here without an account comes in with what the account booked, and is not told what it is about. */
function isOpened(subject: Subject | null, booking: Booking): boolean {
  return subject?.role === "citizen" && ofWhom(subject, booking, booking.who).person !== null
}

const fields = z.object({ proof: z.string().max(60), code: z.string().max(20) })

export async function arrive(c: Context): Promise<Response> {
  const { house, lang, subject } = c.var
  const code = c.req.param("office") ?? ""
  const given = await readForm(c, fields)
  if (!isProof(c, code, given.proof)) return hall(c, given.proof, new Refusal("hall_code_wrong"))
  if (subject?.role !== "citizen") throw new Refusal("not_signed_in")
  try {
    const { ticket } = await house.writer.write(
      (tx) => checkIn(tx, subject, { office: code, by: { code: given.code }, lang }),
      {
        scopes: [`office:${code}`, `person:${subject.id}`, "accounts"],
      },
    )
    return c.redirect(await pathOf(c, ticket), 303)
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
    const here = isHere.has(thrown.code) ? await ticketHere(c, code) : null
    return here ? c.redirect(here, 303) : hall(c, given.proof, thrown)
  }
}

/** Pressed twice, or at the kiosk and on the phone: whoever is here has a number, and that is what they want to see. */
const isHere = new Set<RefusalCode>(["already_arrived", "already_waiting"])

async function ticketHere(c: Context, office: string): Promise<string | null> {
  const { house, subject } = c.var
  const live = (await ticketsOf(house.store, subject?.id ?? "")).find((one) => one.office === office)
  return live ? pathOf(c, live) : null
}

/** The ticket's own link, to whom it is opened; else where whoever is signed in sees what there is to see of it. */
async function pathOf(c: Context, row: TicketRow): Promise<string> {
  const { house, subject } = c.var
  const isOpen = subject?.role === "citizen" && (await ticketOfWhom(house.store, subject, row)).person !== null
  return paths.ticket(row.id, isOpen ? house.keys.capability("ticket", row.id) : undefined)
}
