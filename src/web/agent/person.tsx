import { z } from "zod"
import type { Scope } from "../../../db/write.ts"
import { hour, minute } from "../../base/day.ts"
import { readBirth } from "../../base/hijri.ts"
import { token } from "../../base/id.ts"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { sameText } from "../../base/seal.ts"
import { readNumber } from "../../base/text.ts"
import { dayIn } from "../../base/time.ts"
import { authorize } from "../../domain/access/authorize.ts"
import { citizenOf } from "../../domain/access/keys.ts"
import { spendTry } from "../../domain/access/throttle.ts"
import { type OfferAsked, slotsShown } from "../../domain/availability/reads.ts"
import { type Booking, bookingFor, bookingsOf } from "../../domain/bookings/reads.ts"
import { aheadStates } from "../../domain/bookings/rules.ts"
import { book, cancel, move } from "../../domain/bookings/writes.ts"
import { allServices } from "../../domain/catalogue/reads.ts"
import { lineFor, type Office, office as officeOf } from "../../domain/offices/reads.ts"
import { noteRead } from "../../domain/people/read-log.ts"
import { person as personOf } from "../../domain/people/reads.ts"
import { attended, type SeenDocument, saySeen, seenDocuments } from "../../domain/people/visitor.ts"
import { counterOf } from "../../domain/queue/tickets.ts"
import { signInWords } from "../../i18n/common.ts"
import { momentText } from "../../i18n/dates.ts"
import { inLang } from "../../i18n/lang.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { visitorWords } from "../../i18n/visitor.ts"
import { BirthField, birthFields, type TypedBirth } from "../birth.tsx"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { withDigitHint } from "../numbers.ts"
import { doOnce, onceLengthMax } from "../once.ts"
import { paths } from "../paths.ts"
import { Card, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, Choices, Field, PostForm, Select } from "../shell/controls.tsx"
import { agentOf } from "./desk.tsx"

/*
 * Somebody without account and telephone stands at the desk. The agent sees a document of theirs, writes its number and the date of birth,
 * and then books, moves and cancels for the person, for a quarter of an hour. Every fact names the agent who did it and whom it is for.
 */

/** How long an agent goes on for somebody whose document was seen. */
const attendedFor = 15 * minute
/** Numbers and dates that one agent may get wrong. */
const tries = { most: 20, window: hour }
const daysShown = 30
const timesShown = 60

/** The office at whose desk the agent is. */
async function deskOf(c: Context): Promise<Office> {
  const { store } = c.var.house
  const agent = agentOf(c)
  const seat = await counterOf(store, agent.id)
  const here = await officeOf(store, seat?.office ?? (agent.scopeKind === "office" ? agent.scope : ""))
  authorize(agent, "person.attend", here)
  return here
}

interface Told {
  number?: string
  birth?: TypedBirth
  document?: SeenDocument
  numberError?: string
  birthError?: string
  error?: string
  status?: number
}

export async function attendPage(c: Context): Promise<Response> {
  await deskOf(c)
  const isOver = c.req.query("over") !== undefined
  return form(c, isOver ? { error: visitorWords[c.var.lang].over } : {})
}

function form(c: Context, told: Told): Promise<Response> {
  const { lang, formToken } = c.var
  const words = visitorWords[lang]
  return show(
    c,
    { title: words.deskTitle, status: told.status, head: "deep", homeHref: paths.desk, styles: ["citizen"] },
    <div class="column">
      <h1>{words.deskTitle}</h1>
      <p class="quiet">{words.deskLead}</p>
      <Trouble text={told.error} />
      <PostForm action={paths.deskPerson} token={formToken} class="stack">
        <Choices
          name="document"
          legend={words.document}
          options={seenDocuments.map((one, index) => ({
            ...{ value: one, label: words.documents[one] },
            checked: told.document ? one === told.document : index === 0,
          }))}
        />
        <Field
          {...{ name: "number", label: signInWords[lang].number, error: told.numberError, value: told.number }}
          {...{ digits: true, required: true, maxlength: 20, autocomplete: "off" }}
        />
        <BirthField lang={lang} typed={told.birth} error={told.birthError} isOthers />
        <Button weight="main" wide>
          {words.find}
        </Button>
      </PostForm>
      <ButtonLink weight="quiet" wide href={paths.desk}>
        {words.toDesk}
      </ButtonLink>
    </div>,
  ) as Promise<Response>
}

function Trouble({ text }: { text: string | undefined }) {
  if (!text) return null
  return (
    <Notice tone="late" icon="warning">
      <p role="alert">{text}</p>
    </Notice>
  )
}

const fields = z.object({
  document: z.enum(seenDocuments).default("national_id"),
  number: z.string().max(100).default(""),
  ...birthFields,
})

export async function attend(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const { store, keys, writer, clock } = house
  const words = visitorWords[lang]
  const agent = agentOf(c)
  const here = await deskOf(c)
  const { document, number: typed, ...birth } = await readForm(c, fields)
  const [number, birthDay] = [readNumber(typed), readBirth(birth)]
  const again = { number: typed, birth, document }
  if (number === null || birthDay === null) {
    const numberError = number === null ? words.numberWrong : undefined
    return form(c, { ...again, numberError, birthError: birthDay === null ? words.birthWrong : undefined, status: 400 })
  }
  const now = clock.real()
  const found = await attended(store, keys, { number, birthDay })
  await writer.write(
    async (tx) => {
      // Whom an agent finds is counted too: nobody has a hundred people in front of them in an hour.
      await spendTry(tx, `attended:${agent.id}`, tries, now)
      if (!found) return
      await noteRead(tx, { staff: agent.id, person: found, what: "found", office: here.code }, now)
      await saySeen(tx, found, { office: here.code, document, by: agent.id })
    },
    { scopes: ["accounts"] },
  )
  if (!found) return form(c, { ...again, error: withDigitHint(words.unknown, typed, lang), status: 404 })
  return c.redirect(paths.attended(proofOf(c, found, here.code, now)), 303)
}

/** Whom the agent has before them, under our seal: good for this session, this office and a quarter of an hour. */
function proofOf(c: Context, person: string, office: string, at: number): string {
  const { house, session } = c.var
  const stem = `${person}.${Math.floor(at / minute)}`
  return `${stem}.${house.keys.capability("attended", `${session?.id}\n${office}\n${stem}`, 32)}`
}

/** The person of the proof; `null` where it is over, and of another session or office. */
function personIn(c: Context, here: Office): string | null {
  const proof = c.req.param("proof") ?? ""
  const [person = "", at = ""] = proof.split(".")
  const from = Number(at) * minute
  const age = c.var.house.clock.real() - from
  const isInTime = /^\d{1,12}$/.test(at) && age >= 0 && age < attendedFor
  return isInTime && sameText(proof, proofOf(c, person, here.code, from)) ? person : null
}

const toStart = (c: Context) => c.redirect(`${paths.deskPerson}?over`, 303)

export async function attendedPage(c: Context): Promise<Response> {
  const here = await deskOf(c)
  const person = personIn(c, here)
  return person === null ? toStart(c) : personPage(c, here, person)
}

async function personPage(c: Context, here: Office, person: string, refused?: Refusal): Promise<Response> {
  const { house, lang, formToken } = c.var
  const { store, keys } = house
  const words = visitorWords[lang]
  const proof = c.req.param("proof") ?? ""
  const who = await personOf(store, keys, person)
  if (!who) throw new Refusal("not_found", { what: "person" })
  const services = (await allServices(store)).filter((one) => lineFor(here, one) !== null)
  const named = new Map(services.map(({ code, name }) => [code, inLang(name, lang)]))
  const own = (await bookingsOf(store, person, house.clock.office())).filter(({ office, state, startsAt }) => {
    return office === here.code && aheadStates.includes(state) && startsAt > house.clock.office()
  })
  const wished = c.req.query("service") ?? ""
  const moving = own.find(({ id }) => id === c.req.query("move"))
  const service = moving?.service ?? (named.has(wished) ? wished : null)
  const times = service === null ? [] : await timesOf(c, here, service, moving)
  const done = c.req.query("done")
  const made = done === "booked" ? own.find(({ id }) => id === c.req.query("booking")) : undefined
  return show(
    c,
    {
      ...{ title: inLang(who.name, lang), head: "deep", homeHref: paths.desk, styles: ["citizen"] },
      status: refused?.status,
    },
    <div class="column">
      <h1>
        <bdi>{inLang(who.name, lang)}</bdi>
      </h1>
      <Trouble text={refused && refusalWords(refused.code, lang).title} />
      {(made || done === "moved" || done === "cancelled") && (
        <Notice tone="good" icon="check">
          <p role="status">
            {made ? words.booked : done === "moved" ? words.moved : words.cancelled}{" "}
            {made && <bdi dir="ltr">{made.code}</bdi>}
          </p>
        </Notice>
      )}
      <section class="stack">
        <h2>{words.his}</h2>
        {own.length === 0 && <p class="quiet">{words.none}</p>}
        {own.map((booking) => (
          <Card class="stack">
            <p class="strong">{momentText(booking.startsAt, here.zone, lang)}</p>
            <p class="quiet">
              {named.get(booking.service) ?? ""} · <bdi dir="ltr">{booking.code}</bdi>
            </p>
            <div class="actions">
              <ButtonLink href={`${paths.attended(proof)}?move=${booking.id}`}>{words.move}</ButtonLink>
              <PostForm action={paths.attendedBooking(proof, booking.id)} token={formToken}>
                <Button weight="danger" name="do" value="cancel">
                  {words.cancel}
                </Button>
              </PostForm>
            </div>
          </Card>
        ))}
      </section>
      <section class="stack">
        <h2>{moving ? words.move : words.bookFor}</h2>
        {!moving && (
          <form method="get" action={paths.attended(proof)} class="stack">
            <Select
              name="service"
              label={words.service}
              value={service ?? undefined}
              options={[...named].map(([value, label]) => ({ value, label }))}
            />
            <Button weight={service ? "second" : "main"}>{words.showTimes}</Button>
          </form>
        )}
        {service !== null && times.length === 0 && <p class="quiet">{words.noTimes}</p>}
        {service !== null && times.length > 0 && (
          <PostForm
            action={moving ? paths.attendedBooking(proof, moving.id) : paths.attended(proof)}
            token={formToken}
            class="stack"
          >
            <input type="hidden" name="service" value={service} />
            <input type="hidden" name="once" value={token(house.chance, 12)} />
            <Select name="slot" label={moving ? (named.get(service) ?? "") : words.showTimes} options={times} />
            <Button weight="main" wide name="do" value={moving ? "move" : "book"}>
              {moving ? words.take : words.book}
            </Button>
          </PostForm>
        )}
      </section>
      <div class="actions">
        <ButtonLink href={paths.deskPerson}>{words.toStart}</ButtonLink>
        <ButtonLink weight="quiet" href={paths.desk}>
          {words.toDesk}
        </ButtonLink>
      </div>
    </div>,
  ) as Promise<Response>
}

/** What the staff may still fill of the next weeks, the earliest first. */
async function timesOf(c: Context, here: Office, service: string, moving: Booking | undefined) {
  const { house, lang } = c.var
  const now = house.clock.office()
  const asked: OfferAsked = {
    ...{ office: here.code, service, from: dayIn(now, here.zone), days: daysShown, now, forStaff: true },
    ...(moving ? { moving, people: moving.people } : {}),
  }
  const offer = await slotsShown(house.store, asked)
  return offer.days
    .flatMap(({ slots }) => slots)
    .filter(({ free }) => free > 0)
    .slice(0, timesShown)
    .map(({ id, startsAt }) => ({ value: id, label: momentText(startsAt, here.zone, lang) }))
}

const scopesOf = (here: Office, person: string): Scope[] => [`office:${here.code}`, `person:${person}`, "accounts"]

const bookFields = z.object({
  do: z.literal("book"),
  service: z.string().max(20),
  slot: z.string().max(80).default(""),
  once: z.string().max(onceLengthMax).default(""),
})

export async function bookFor(c: Context): Promise<Response> {
  const here = await deskOf(c)
  const person = personIn(c, here)
  if (person === null) return toStart(c)
  const agent = agentOf(c)
  const { service, slot, once } = await readForm(c, bookFields)
  const wanted = { office: here.code, service, slot }
  const asked = { caller: `desk:${agent.id}`, key: once, asked: { person, ...wanted } }
  return answered(c, here, person, async () => {
    const made = await c.var.house.writer.write(
      (tx) =>
        doOnce(tx, asked, async () => {
          const citizen = await citizenOf(tx, person, "unproven")
          if (!citizen) throw new Refusal("not_found", { what: "person" })
          return (await book(tx, citizen, wanted, agent)).id
        }),
      { scopes: scopesOf(here, person) },
    )
    return `done=booked&booking=${made}`
  })
}

const changeFields = z.object({ do: z.enum(["move", "cancel"]), slot: z.string().max(80).default("") })

export async function changeFor(c: Context): Promise<Response> {
  const here = await deskOf(c)
  const person = personIn(c, here)
  if (person === null) return toStart(c)
  const { house } = c.var
  const agent = agentOf(c)
  const given = await readForm(c, changeFields)
  const id = c.req.param("id") ?? ""
  return answered(c, here, person, async () => {
    await house.writer.write(
      async (tx) => {
        // Theirs alone: what they booked for others is changed by them, or by those others.
        const citizen = await citizenOf(tx, person)
        const { who, office } = await bookingFor(tx, citizen ?? refuseNobody(), id, tx.now)
        if (office !== here.code || who.length !== 1 || who[0] !== person) throw new Refusal("not_found")
        if (given.do === "move") await move(tx, agent, id, given.slot)
        else await cancel(tx, agent, id, undefined, "citizen")
      },
      { scopes: scopesOf(here, person) },
    )
    return `done=${given.do === "move" ? "moved" : "cancelled"}`
  })
}

function refuseNobody(): never {
  throw new Refusal("not_found", { what: "person" })
}

/** Back to the person with what was done, or with why it could not be. */
async function answered(c: Context, here: Office, person: string, change: () => Promise<string>): Promise<Response> {
  try {
    return c.redirect(`${paths.attended(c.req.param("proof") ?? "")}?${await change()}`, 303)
  } catch (thrown) {
    if (!isRefusal(thrown) || ["forbidden", "not_found"].includes(thrown.code)) throw thrown
    return personPage(c, here, person, thrown)
  }
}
