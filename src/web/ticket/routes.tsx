import { raw } from "hono/html"
import type { TicketRow } from "../../../db/schema/queue.ts"
import type { Tx } from "../../../db/write.ts"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { authorize } from "../../domain/access/authorize.ts"
import { service as serviceOf } from "../../domain/catalogue/reads.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { ticketOfWhom } from "../../domain/queue/desk.ts"
import { away, leave, ready } from "../../domain/queue/holder.ts"
import { bookedStart, ticket } from "../../domain/queue/tickets.ts"
import { timeText } from "../../i18n/dates.ts"
import { inLang } from "../../i18n/lang.ts"
import { ticketWords } from "../../i18n/ticket.ts"
import { visitorWords } from "../../i18n/visitor.ts"
import { show } from "../frame.tsx"
import { headOf } from "../heads.ts"
import { type Context, get, type PageRoute, post } from "../house.ts"
import { NoticeOffer } from "../notices.tsx"
import { paths } from "../paths.ts"
import { Card } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm } from "../shell/controls.tsx"
import { arrive, hallPage, scan } from "./hall.tsx"
import { ticketFragment } from "./ticket.tsx"

const awayMinutes = 10

/** The live ticket, and arriving by phone. Whoever has a ticket's link may see it and speak for its holder; nobody else may. */
export const ticketRoutes: PageRoute[] = [
  get(paths.ticket(":id"), "ticket.follow", own),
  get(paths.ticket(":id", ":capability"), "anyone", ticketPage),
  post(
    `${paths.ticket(":id", ":capability")}/ready`,
    "anyone",
    speak((tx, id) => ready(tx, "bearer", id)),
  ),
  post(
    `${paths.ticket(":id", ":capability")}/away`,
    "anyone",
    speak((tx, id) => away(tx, "bearer", id, awayMinutes)),
  ),
  post(
    `${paths.ticket(":id", ":capability")}/leave`,
    "anyone",
    speak((tx, id) => leave(tx, "bearer", id)),
  ),
  get(`${paths.hall(":office")}/:code`, "anyone", scan),
  get(paths.hall(":office"), "ticket.follow", hallPage),
  post(paths.hall(":office"), "ticket.follow", arrive),
]

/** A signed-in holder goes on by the ticket's own link, which outlives the session. */
async function own(c: Context): Promise<Response> {
  const { house, subject } = c.var
  const id = c.req.param("id") ?? ""
  const row = await ticket(house.store, id)
  authorize(subject, "ticket.follow", row)
  if ((await officeOf(house.store, row.office)).video) return c.redirect(paths.visit(id), 303)
  const isOpen = subject?.role === "citizen" && (await ticketOfWhom(house.store, subject, row)).person !== null
  return isOpen ? c.redirect(paths.ticket(id, house.keys.capability("ticket", id)), 303) : brief(c, row)
}

/** What came of the account's own booking, to whoever is here without it: the number, where and when, and nothing that leads on. */
async function brief(c: Context, row: TicketRow): Promise<Response> {
  const { house, lang } = c.var
  const words = ticketWords[lang]
  const here = await officeOf(house.store, row.office)
  const at = (await bookedStart(house.store, row.booking)) ?? row.arrivedAt
  return show(
    c,
    { title: `${row.number} · ${words.title}`, styles: ["citizen"] },
    <div class="column">
      <Card class="stack">
        <h1>{words.title}</h1>
        <p class="big-hour">
          <span class="number">{row.number}</span>
        </p>
        <p class="quiet">
          {inLang(here.name, lang)} · {timeText(at, here.zone, lang)}
        </p>
        <p>{visitorWords[lang].brief}</p>
      </Card>
    </div>,
  )
}

/** The ticket that the address opens. Refuses `not_found`, whether the ticket or its secret is wrong. */
async function opened(c: Context) {
  const { house } = c.var
  const [id, capability] = [c.req.param("id") ?? "", c.req.param("capability") ?? ""]
  const fits = capability.length === 32 && house.keys.isCapability("ticket", id, capability)
  if (!fits) throw new Refusal("not_found", { what: "ticket" })
  return { row: await ticket(house.store, id), capability }
}

async function ticketPage(c: Context): Promise<Response> {
  const { house, lang, formToken } = c.var
  const { row, capability } = await opened(c)
  const words = ticketWords[lang]
  const here = await officeOf(house.store, row.office)
  // Who waits for a call waits where it rings.
  if (here.video && row.person !== null) return c.redirect(paths.visit(row.id), 303)
  const service = await serviceOf(house.store, row.service)
  const { seq } = await headOf(house, { kind: "ticket", id: row.id })
  const region = await ticketFragment(house, row.id, lang)
  const base = paths.ticket(row.id, capability)
  return show(
    c,
    {
      title: `${row.number} · ${words.title}`,
      styles: ["ticket"],
      scripts: ["ticket"],
      bodyClass: "ticket-page",
      outlivesSession: true,
    },
    <div class="column ticket-column" data-zone={here.zone}>
      <p class="ticket-offline" role="status" data-live-since={words.offline} />
      <div
        data-live={`ticket:${row.id}`}
        data-seq={seq}
        data-capability={`${row.id}.${capability}`}
        data-sounds="/assets/sounds"
      >
        {raw(region)}
      </div>
      <NoticeOffer lang={lang} />
      <p class="faint small">
        {service.sensitive ? "" : `${inLang(service.name, lang)} · `}
        {inLang(here.name, lang)}
      </p>
      <p class="faint small">
        <span class="live">{words.live}</span>
      </p>
      <PostForm action={`${base}/ready`} token={formToken} id="ticket-ready" />
      <PostForm action={`${base}/away`} token={formToken} id="ticket-away" />
      <section class="ticket-leave card stack" id="leave">
        <h2>{words.leaveSure}</h2>
        <p class="quiet">{words.leaveHelp}</p>
        <PostForm action={`${base}/leave`} token={formToken} class="actions">
          <ButtonLink href="#main">{words.stay}</ButtonLink>
          <Button weight="danger">{words.leaveYes}</Button>
        </PostForm>
      </section>
      <noscript>
        <ButtonLink href={base}>{words.refresh}</ButtonLink>
      </noscript>
    </div>,
  )
}

/** What the holder says: one turn in the ticket's office, and back to the ticket, which shows what came of it. */
function speak(turn: (tx: Tx, id: string) => Promise<unknown>) {
  return async (c: Context): Promise<Response> => {
    const { row, capability } = await opened(c)
    try {
      await c.var.house.writer.write((tx) => turn(tx, row.id), { scopes: [`office:${row.office}`, "accounts"] })
    } catch (thrown) {
      // Pressed twice, or called in the same moment: the ticket shows how it stands now.
      if (!isRefusal(thrown) || thrown.code !== "wrong_state") throw thrown
    }
    return c.redirect(paths.ticket(row.id, capability), 303)
  }
}
