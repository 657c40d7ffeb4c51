import { raw } from "hono/html"
import { z } from "zod"
import { Refusal } from "../../base/refusal.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { ticket } from "../../domain/queue/tickets.ts"
import { messagesOf, write } from "../../domain/visits/chat.ts"
import { visitLimits } from "../../domain/visits/times.ts"
import { mayLookIn, visit } from "../../domain/visits/visits.ts"
import { timeText } from "../../i18n/dates.ts"
import { paperWords } from "../../i18n/identity.ts"
import type { Lang } from "../../i18n/lang.ts"
import { agentVisitWords, callWords } from "../../i18n/visits-agent.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import { GiveFile } from "../give-file.tsx"
import { type Context, get, type PageRoute, post } from "../house.ts"
import { noteReads } from "../noting.ts"
import { papersFragment } from "../papers.tsx"
import { paths } from "../paths.ts"
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
  await noteReads(c, [{ person: row.person, what: "visit", office: here.code, about: row.id }])
  const papers = await papersFragment(house, row.id, lang, agentOf(c).id)
  const said = await messagesOf(house.store, house.keys, row, { reader: agentOf(c).id, until: row.overAt })
  return show(
    c,
    {
      title: `${words.chat} · ${of.number}`,
      head: "deep",
      styles: ["desk", "call"],
      homeHref: paths.desk,
    },
    <div class="column stack" data-zone={here.zone}>
      <h1>
        {words.chat} · <span class="number">{of.number}</span>
      </h1>
      <Card class="stack">
        {said.length === 0 ? (
          <Empty title={agentVisitWords[lang].noMessages} />
        ) : (
          <Messages said={said} zone={here.zone} lang={lang} />
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
        {raw(papers)}
        {phase !== "over" && phase !== "lobby" && (
          <GiveFile action={paths.deskFiles(row.id)} token={formToken} lang={lang} />
        )}
      </Card>
      <ButtonLink href={paths.desk}>{agentVisitWords[lang].toDesk}</ButtonLink>
    </div>,
  )
}

function Messages({ said, zone, lang }: { said: Awaited<ReturnType<typeof messagesOf>>; zone: string; lang: Lang }) {
  const { people } = callWords[lang]
  return (
    <ol class="call-messages">
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
