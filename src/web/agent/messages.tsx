import { raw } from "hono/html"
import { z } from "zod"
import { Refusal } from "../../base/refusal.ts"
import { staffOf } from "../../domain/access/keys.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { ticket } from "../../domain/queue/tickets.ts"
import { type Message, messagesOf, unreadIn, write } from "../../domain/visits/chat.ts"
import { visitLimits } from "../../domain/visits/times.ts"
import { mayLookIn, mustWatch, visit } from "../../domain/visits/visits.ts"
import { timeText } from "../../i18n/dates.ts"
import { deskWords } from "../../i18n/desk.ts"
import { paperWords } from "../../i18n/identity.ts"
import type { Lang } from "../../i18n/lang.ts"
import { agentVisitWords, callWords } from "../../i18n/visits-agent.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import { GiveFile } from "../give-file.tsx"
import { headOf } from "../heads.ts"
import { type Context, get, type PageRoute, post } from "../house.ts"
import { noteReads } from "../noting.ts"
import { papersFragment } from "../papers.tsx"
import { paths } from "../paths.ts"
import type { Rendering } from "../rendering.ts"
import { Card, Empty } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm, TextArea } from "../shell/controls.tsx"
import { agentOf } from "./desk.tsx"

/** What is written with somebody who still waits: for the staff of their office. */
export const deskVisitRoutes: PageRoute[] = [
  get(paths.deskVisit(":id"), "visit.serve", messagesPage),
  post(paths.deskVisit(":id"), "visit.serve", writeNow),
]

const fields = z.object({ text: z.string().max(visitLimits.textLength) })

/** The visit of this address, where the asker may look in. Refuses `not_found`. */
async function served(c: Context) {
  const { store } = c.var.house
  const id = c.req.param("id") ?? ""
  const { office: code } = await ticket(store, id)
  const here = await officeOf(store, code)
  const found = await visit(store, id)
  if (!(await mayLookIn(store, found, agentOf(c)))) throw new Refusal("not_found", { what: "visit" })
  return { ...found, here }
}

async function messagesPage(c: Context): Promise<Response> {
  const { house, lang, formToken } = c.var
  const { row, ticket: of, phase, here } = await served(c)
  const words = callWords[lang]
  const reader = agentOf(c).id
  const { seq } = await headOf(house, { kind: "visit", id: row.id, reader })
  await noteReads(c, [{ person: row.person, what: "visit", office: here.code, about: row.id }])
  const papers = await papersFragment(house, row.id, lang, reader)
  const chat = await chatFor(house, row.id, reader)
  const topic = (await isHeard(c, row.id)) ? `visit:${row.id}` : undefined
  return show(
    c,
    {
      title: `${words.chat} · ${of.number}`,
      head: "deep",
      styles: ["desk", "call"],
      scripts: ["desk-messages"],
      homeHref: paths.desk,
    },
    <div class="column stack" data-zone={here.zone}>
      <h1>
        {words.chat} · <span class="number">{of.number}</span>
      </h1>
      <Card class="stack">
        <p class="desk-offline" role="status" data-live-since={deskWords[lang].offline} />
        <div
          data-live={topic}
          data-view="desk"
          data-seq={seq}
          data-messages-of={row.id}
          role="log"
          aria-live="polite"
          aria-label={words.chat}
        >
          <Messages {...chat} lang={lang} />
        </div>
        {chat.isUnread && (
          <noscript>
            <PostForm action={paths.deskAct} token={formToken}>
              <Button name="do" value={`visit-read ${row.id} ${chat.said.at(-1)?.id}`}>
                {agentVisitWords[lang].markRead}
              </Button>
            </PostForm>
          </noscript>
        )}
        {phase !== "over" && (
          <PostForm action={paths.deskVisit(row.id)} token={formToken} class="stack">
            <TextArea name="text" label={words.message} maxlength={visitLimits.textLength} required />
            <Button>{words.send}</Button>
          </PostForm>
        )}
      </Card>
      <Card class="stack">
        <h2 id="files">{paperWords[lang].title}</h2>
        <div data-live={topic} data-view="papers" data-seq={seq}>
          {raw(papers)}
        </div>
        {phase !== "over" && phase !== "lobby" && (
          <GiveFile action={paths.deskFiles(row.id)} token={formToken} lang={lang} />
        )}
      </Card>
      <ButtonLink href={paths.desk}>{agentVisitWords[lang].toDesk}</ButtonLink>
    </div>,
  )
}

/** Whether this one hears of what comes: of a call that is somebody else's one reads what was written, and no more. */
async function isHeard(c: Context, id: string): Promise<boolean> {
  return mustWatch(c.var.house.store, agentOf(c), id).then(
    () => true,
    () => false,
  )
}

/** What was written, for the staff who may look in. The field stands outside, so that no message takes it away. Refuses `not_found`. */
export async function deskMessagesFragment(house: Rendering, id: string, lang: Lang, reader: string): Promise<string> {
  return String(<Messages {...(await chatFor(house, id, reader))} lang={lang} />)
}

interface Chat {
  said: Message[]
  /** Something of it nobody of the office has had before their eyes; the page says when it is seen. */
  isUnread: boolean
  zone: string
}

async function chatFor({ store, keys }: Rendering, id: string, reader: string): Promise<Chat> {
  const staff = await staffOf(store, reader)
  const found = await visit(store, id)
  if (!staff || !(await mayLookIn(store, found, staff))) throw new Refusal("not_found", { what: "view" })
  const { row } = found
  const said = await messagesOf(store, keys, row, { reader, until: row.overAt })
  const { zone } = await officeOf(store, row.office)
  return { said, zone, isUnread: said.length > 0 && (await unreadIn(store, row.office, reader)).has(id) }
}

function Messages({ said, isUnread, zone, lang }: Chat & { lang: Lang }) {
  if (said.length === 0) return <Empty title={agentVisitWords[lang].noMessages} />
  const { people } = callWords[lang]
  return (
    <ol class="call-messages" data-last={said.at(-1)?.id} data-unread={isUnread ? "" : undefined}>
      {said.map(({ wroteAs, text, at }) => (
        <li>
          <strong>{people[wroteAs]}</strong>
          <span class="quiet small">{timeText(at, zone, lang)}</span>
          <br />
          <span dir="auto">{text}</span>
        </li>
      ))}
    </ol>
  )
}

async function writeNow(c: Context): Promise<Response> {
  const { house } = c.var
  const { row, here } = await served(c)
  const { text } = await readForm(c, fields)
  if (text.trim() === "") throw new Refusal("invalid_field", { field: "text" })
  const scopes = [`office:${here.code}` as const]
  await house.writer.write((tx) => write(tx, house.keys, agentOf(c), row.id, text), { scopes })
  return c.redirect(paths.deskVisit(row.id), 303)
}
