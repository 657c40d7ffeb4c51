import { raw } from "hono/html"
import { z } from "zod"
import { shiftOf } from "../../base/clock.ts"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { dayIn } from "../../base/time.ts"
import { may } from "../../domain/access/authorize.ts"
import { allOffices } from "../../domain/offices/reads.ts"
import { closeCounter, openCounter } from "../../domain/queue/counters.ts"
import { counterOf, countersOf } from "../../domain/queue/tickets.ts"
import { dayText, hijriText, timeText } from "../../i18n/dates.ts"
import { dayWords } from "../../i18n/day.ts"
import { inLang } from "../../i18n/lang.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import { headOf } from "../heads.ts"
import { type Context, get, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import { LinkList } from "../shell/cards.tsx"
import { staffHead } from "../staff-head.tsx"
import { dayForm, dayFragment } from "./day.tsx"
import { leadOf, managed, supervisorHead } from "./head.tsx"
import { changeDay, hoursPage, Refused } from "./hours.tsx"
import { reportFile, reportPage } from "./report.tsx"
import { answerRequest, requestsPage } from "./requests.tsx"
import { actOnRoom, roomPage, roomsPage } from "./rooms-page.tsx"

/** The supervisor's pages: the day, its hours, what waits for an answer. An auditor reads them and changes nothing. */
export const supervisorRoutes: PageRoute[] = [
  get(paths.days, "office.choose", officesPage),
  get(paths.day(":office"), "day.read", (c) => dayPage(c)),
  post(paths.day(":office"), "counter.run", act),
  get(paths.dayHours(":office"), "day.read", (c) => hoursPage(c)),
  post(paths.dayHours(":office"), "day.change", changeDay),
  get(paths.dayRequests(":office"), "day.read", (c) => requestsPage(c)),
  post(paths.dayRequests(":office"), "day.change", answerRequest),
  get(paths.dayRooms(":office"), "room.watch", (c) => roomsPage(c)),
  post(paths.dayRooms(":office"), "room.end", actOnRoom),
  get(paths.dayRoom(":office", ":id"), "room.join", roomPage),
  get(paths.dayReport(":office"), "visit.report", reportPage),
  get(paths.dayReportFile(":office"), "visit.report", reportFile),
]

function withQuery(path: string, query: Record<string, string>): string {
  const more = new URLSearchParams(query).toString()
  return more === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${more}`
}

/** The offices within a person's responsibility; with one alone, that one. */
async function officesPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const lead = leadOf(c)
  const mine = (await allOffices(house.store)).filter((one) => may(lead, "office.choose", one))
  const href = (code: string) => (lead.role === "agent" ? `${paths.desk}?office=${code}` : paths.day(code))
  const [only] = mine
  // With what the address says beside: after a sign-in it may be a reminder.
  if (only && mine.length === 1) return c.redirect(withQuery(href(only.code), c.req.query()), 303)
  return show(
    c,
    { title: dayWords[lang].officesTitle, ...staffHead(c), homeHref: paths.days },
    <div class="column">
      <h1>{dayWords[lang].officesTitle}</h1>
      <LinkList
        items={mine.map((one) => ({
          href: href(one.code),
          icon: "building" as const,
          title: inLang(one.name, lang),
          line: inLang(one.address, lang),
        }))}
      />
    </div>,
  )
}

async function dayPage(c: Context, refusal?: Refusal): Promise<Response> {
  const { house, lang, formToken } = c.var
  const here = await managed(c, "day.read")
  const words = dayWords[lang]
  const now = house.clock.office()
  const today = dayIn(now, here.zone)
  const { seq } = await headOf(house, { kind: "queue", office: here.code })
  const region = await dayFragment(house, here.code, lang)
  return show(
    c,
    {
      title: words.title,
      head: "deep",
      styles: ["desk", "supervisor"],
      scripts: ["live"],
      status: refusal?.status,
      ...supervisorHead(c, here),
    },
    <div class="column day-column" data-zone={here.zone}>
      <h1 class="spoken">{words.title}</h1>
      <p class="row row-apart quiet">
        <span>
          {dayText(today, lang, { year: true })} · {hijriText(today, lang, { year: true })}
        </span>
        <span class="row">
          <Boards c={c} office={here.code} zone={here.zone} />
          <span class="live">{words.live}</span>
        </span>
      </p>
      <p class="desk-offline" role="status" data-live-since={words.offline} />
      {refusal && <Refused refusal={refusal} lang={lang} />}
      <form id={dayForm} method="post" action={paths.day(here.code)}>
        {formToken !== "" && <input type="hidden" name="_form" value={formToken} />}
      </form>
      <div
        class={may(leadOf(c), "counter.run", here) ? undefined : "day-read-only"}
        data-live={`queue:${here.code}`}
        data-view="day"
        data-seq={seq}
      >
        {raw(region)}
      </div>
    </div>,
  )
}

/** Whether the hall's boards show what they should: each says which change it has painted. */
function Boards({ c, office, zone }: { c: Context; office: string; zone: string }) {
  const { house, lang } = c.var
  const words = dayWords[lang]
  // Kiosks listen too, to be told when they are none any more.
  const screens = house.hub.shown({ kind: "board", office }).filter(({ subject }) => subject?.role !== "kiosk")
  const last = screens.reduce((latest, { shown }) => Math.max(latest, shown?.at ?? 0), 0)
  if (screens.length === 0) return <span class="day-board-away">{words.boardAway}</span>
  // What a board acknowledges is dated by the real clock; a demo's office may live in another hour.
  const shift = shiftOf(house.clock)
  return <span>{last > 0 ? words.boardShown(timeText(last + shift, zone, lang)) : words.boardsOn(screens.length)}</span>
}

const fields = z.object({ do: z.string().max(60) })

/** Opens a counter, which the supervisor then sits at, or closes one that was left behind. */
async function act(c: Context): Promise<Response> {
  const { house } = c.var
  const here = await managed(c, "counter.run")
  const lead = leadOf(c)
  const [verb = "", id = ""] = (await readForm(c, fields)).do.split(" ")
  if (verb !== "open" && verb !== "close") throw new Refusal("malformed")
  if (!(await countersOf(house.store, here.code)).some((one) => one.id === id)) throw new Refusal("not_found")
  try {
    await house.writer.write(
      (tx) => (verb === "open" ? openCounter(tx, lead, id) : closeCounter(tx, lead, id, { confirmed: true })),
      {
        scopes: [`office:${here.code}`, "accounts"],
      },
    )
  } catch (thrown) {
    if (isRefusal(thrown)) return dayPage(c, thrown)
    throw thrown
  }
  const sits = await counterOf(house.store, lead.id)
  return c.redirect(verb === "open" && sits ? paths.desk : paths.day(here.code), 303)
}
