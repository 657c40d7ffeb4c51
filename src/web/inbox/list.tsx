import type { MessageRow } from "../../../db/schema/messages.ts"
import { inboxOf, unreadOf } from "../../domain/notifications/inbox.ts"
import { isMessageKind, manners } from "../../domain/notifications/rules.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { momentText } from "../../i18n/dates.ts"
import { inboxWords } from "../../i18n/inbox.ts"
import type { Lang } from "../../i18n/lang.ts"
import type { Words } from "../../i18n/messages.ts"
import { told } from "../../i18n/telling.ts"
import { paths } from "../paths.ts"
import type { Rendering } from "../rendering.ts"
import { Empty } from "../shell/cards.tsx"
import { Button, ButtonLink } from "../shell/controls.tsx"

export const pageLength = 20

/** The form of the page to which the list's buttons belong: it stands outside, so that no change takes away what is being pressed. */
export const inboxForm = "inbox-form"

interface Shown {
  row: MessageRow
  words: Words
  when: string
}

/** The first page of somebody's messages; the live region of the inbox. */
export async function inboxFragment(house: Rendering, owner: string, lang: Lang): Promise<string> {
  const { store } = house
  const rows = await inboxOf(store, owner, pageLength + 1)
  const unread = await unreadOf(store, owner)
  const words = inboxWords[lang]
  if (rows.length === 0) {
    return String(
      <Empty title={words.empty}>
        <p>{words.emptyHelp}</p>
      </Empty>,
    )
  }
  return String(
    <>
      <div class="row row-apart">
        <p class="strong">{words.unread(unread)}</p>
        {unread > 0 && (
          <Button form={inboxForm} name="all" value="read">
            {words.markAllRead}
          </Button>
        )}
      </div>
      <Page shown={await shownOf(house, rows, lang)} lang={lang} />
    </>,
  )
}

/** What came before the message `before`. */
export async function olderPage(house: Rendering, owner: string, lang: Lang, before: string): Promise<string> {
  const rows = await inboxOf(house.store, owner, pageLength + 1, before)
  if (rows.length === 0) return String(<Empty title={inboxWords[lang].nothingOlder} />)
  return String(<Page shown={await shownOf(house, rows, lang)} lang={lang} />)
}

/** One more than a page was asked for: if it is there, more follows. */
function Page({ shown, lang }: { shown: Shown[]; lang: Lang }) {
  const page = shown.slice(0, pageLength)
  const last = page.at(-1)
  return (
    <>
      <ul class="card card-flush list">
        {page.map((one) => (
          <One {...one} lang={lang} />
        ))}
      </ul>
      {shown.length > page.length && last && (
        <ButtonLink href={`${paths.inbox}?before=${last.row.id}`}>{inboxWords[lang].older}</ButtonLink>
      )}
    </>
  )
}

function One({ row, words, when, lang }: Shown & { lang: Lang }) {
  const { open, markRead, isNew } = inboxWords[lang]
  const unread = row.readAt === null
  return (
    <li class={unread ? "message message-unread" : "message"}>
      <p class="row">
        <strong>{words.title}</strong>
        {unread && <span class="pill">{isNew}</span>}
      </p>
      {words.text.map((paragraph) => (
        <p>{paragraph}</p>
      ))}
      <p class="faint small">
        <time datetime={new Date(row.at).toISOString()}>{when}</time>
      </p>
      <div class="row">
        {targetOf(row) !== null && (
          <Button form={inboxForm} name="open" value={row.id}>
            {open}
            <span class="spoken"> {words.title}</span>
          </Button>
        )}
        {unread && (
          <Button form={inboxForm} weight="quiet" name="read" value={row.id}>
            {markRead}
            <span class="spoken"> {words.title}</span>
          </Button>
        )}
      </div>
    </li>
  )
}

function shownOf({ store }: Rendering, rows: MessageRow[], lang: Lang): Promise<Shown[]> {
  return Promise.all(
    rows.map(async (row) => {
      const zone = row.office === null ? "Asia/Riyadh" : (await officeOf(store, row.office)).zone
      return {
        row,
        words: await told(store, row, lang, "own"),
        when: momentText(row.at, zone, lang),
      }
    }),
  )
}

/** The page of what a message speaks of; `null` where there is none. */
export function targetOf({ kind, data }: Pick<MessageRow, "kind" | "data">): string | null {
  if (kind === "proxy_changed") return paths.household
  const { request } = data
  if ((kind === "approval_asked" || kind === "request_decided") && typeof request === "string") {
    return paths.staffRequest(request)
  }
  if (kind === "permit_issued" || kind === "permit_cancelled") return paths.permits
  if (isMessageKind(kind) && manners[kind].theme === "security") return paths.security
  // What came free stands on top of one's appointments.
  if (kind === "place_offered") return paths.bookings
  const { booking, ticket } = data
  if (kind === "visit_minutes" && typeof ticket === "string") return paths.visitMinutes(ticket)
  const isOfVisit = kind === "visit_late" || kind === "visit_interrupted" || kind === "service_refused"
  const isRing = kind === "your_turn" && data["video"] === 1
  if ((isOfVisit || isRing) && typeof ticket === "string") return paths.visit(ticket)
  if (typeof ticket === "string") return paths.ticket(ticket)
  return typeof booking === "string" ? paths.booking(booking) : null
}
