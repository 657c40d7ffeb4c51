import { z } from "zod"
import type { BookingRow } from "../../../db/schema/bookings.ts"
import { isRefusal, type Refusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import { slotsShown } from "../../domain/availability/reads.ts"
import { bookingById, requestsOf, struckBookings } from "../../domain/bookings/reads.ts"
import { accept, decline, propose } from "../../domain/bookings/requests.ts"
import { move } from "../../domain/bookings/writes.ts"
import { allServices } from "../../domain/catalogue/reads.ts"
import type { Office } from "../../domain/offices/reads.ts"
import { person } from "../../domain/people/reads.ts"
import { momentText } from "../../i18n/dates.ts"
import { dayWords } from "../../i18n/day.ts"
import { inLang } from "../../i18n/lang.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { noteReads } from "../noting.ts"
import { paths } from "../paths.ts"
import { Card, Empty, Notice } from "../shell/cards.tsx"
import { Button, PostForm, Select } from "../shell/controls.tsx"
import { leadOf, managed, supervisorHead } from "./head.tsx"
import { Refused } from "./hours.tsx"

const daysOffered = 14
const timesOffered = 60

/** Requests for appointments that wait for the office's answer, and a struck booking that is to be moved. */
export async function requestsPage(c: Context, told: { refusal?: Refusal; good?: string } = {}): Promise<Response> {
  const { house, lang } = c.var
  const here = await managed(c, "day.read")
  const words = dayWords[lang]
  const rows = await requestsOf(house.store, here.code)
  const moving = c.req.query("move")
  const struck = (await struckBookings(house.store, here.code)).find(({ id }) => id === moving)
  return show(
    c,
    {
      title: words.requests,
      head: "deep",
      styles: ["desk", "supervisor"],
      status: told.refusal?.status,
      ...supervisorHead(c, here),
    },
    <div class="column column-wide">
      <h1>{struck ? words.settleMove : words.requestsTitle}</h1>
      {told.refusal && <Refused refusal={told.refusal} lang={lang} />}
      {told.good && (
        <Notice tone="good" icon="check">
          <p class="strong">{told.good}</p>
        </Notice>
      )}
      {struck ? (
        <Request c={c} here={here} row={struck} />
      ) : rows.length === 0 ? (
        <Empty title={words.requestsNone}>
          <p>{words.requestsNoneHelp}</p>
        </Empty>
      ) : (
        rows.map((row) => <Request c={c} here={here} row={row} />)
      )}
    </div>,
  )
}

async function Request({ c, here, row }: { c: Context; here: Office; row: BookingRow }) {
  const { house, lang, formToken } = c.var
  const words = dayWords[lang]
  const now = house.clock.office()
  const service = (await allServices(house.store)).find(({ code }) => code === row.service)
  await noteReads(c, [{ person: row.person, what: "booking", office: here.code, about: row.id }])
  const who = await person(house.store, house.keys, row.person)
  const offer = await slotsShown(house.store, {
    office: here.code,
    service: row.service,
    from: dayIn(now, here.zone),
    days: daysOffered,
    people: row.people,
    now,
    forStaff: true,
  })
  const times = offer.days
    .flatMap(({ slots }) => slots)
    .filter(({ free }) => free > 0)
    .slice(0, timesOffered)
    .map(({ id, startsAt }) => ({ value: id, label: momentText(startsAt, here.zone, lang) }))
  const requested = row.state === "requested"
  return (
    <Card class="stack">
      <p>
        <strong>{momentText(row.startsAt, here.zone, lang)}</strong> · {service && inLang(service.name, lang)} ·{" "}
        <bdi>{who && inLang(who.name, lang)}</bdi>
      </p>
      {row.proposed ? (
        <p class="quiet">{words.awaiting}</p>
      ) : (
        <PostForm action={paths.dayRequests(here.code)} token={formToken} class="stack">
          <input type="hidden" name="booking" value={row.id} />
          {requested && (
            <div class="row">
              <Button weight="main" name="do" value="accept">
                {words.accept}
              </Button>
            </div>
          )}
          <div class="row">
            <div class="grow">
              <Select name="slot" label={words.proposeHelp} options={times} />
            </div>
            <Button name="do" value={requested ? "propose" : "move"}>
              {requested ? words.propose : words.settleMove}
            </Button>
          </div>
          {requested && (
            <div class="row">
              <label class="field grow">
                <span class="label">{words.declineReason}</span>
                <input class="input" name="reason" maxlength={300} dir="auto" />
              </label>
              <Button name="do" value="decline" weight="danger">
                {words.decline}
              </Button>
            </div>
          )}
        </PostForm>
      )}
    </Card>
  )
}

const fields = z.object({
  do: z.enum(["accept", "decline", "propose", "move"]),
  booking: z.string().max(60),
  slot: z.string().max(60).default(""),
  reason: z.string().max(1000).default(""),
})

export async function answerRequest(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const here = await managed(c, "day.change")
  const lead = leadOf(c)
  try {
    const given = await readForm(c, fields)
    const row = await bookingById(house.store, given.booking)
    const scopes = [`office:${here.code}` as const, "accounts" as const, `person:${row?.person ?? ""}` as const]
    await house.writer.write(
      async (tx) => {
        if (given.do === "accept") await accept(tx, lead, given.booking)
        else if (given.do === "decline") await decline(tx, lead, given.booking, given.reason)
        else if (given.do === "propose") await propose(tx, lead, given.booking, given.slot)
        else await move(tx, lead, given.booking, given.slot)
      },
      { scopes },
    )
    return requestsPage(c, { good: dayWords[lang].saved })
  } catch (thrown) {
    if (isRefusal(thrown)) return requestsPage(c, { refusal: thrown })
    throw thrown
  }
}
