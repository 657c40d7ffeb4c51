import { raw } from "hono/html"
import { z } from "zod"
import { Refusal } from "../../base/refusal.ts"
import { countDead } from "../../domain/notifications/deliveries.ts"
import { markAllRead, markRead } from "../../domain/notifications/inbox.ts"
import { inboxWords } from "../../i18n/inbox.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import { headOf } from "../heads.ts"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { PostForm } from "../shell/controls.tsx"
import { mayMend, mendable } from "./dead.tsx"
import { inboxForm, inboxFragment, olderPage, targetOf } from "./list.tsx"
import { ownerOf } from "./who.ts"

/** One's messages, the latest first; what comes meanwhile comes by itself. */
export async function inboxPage(c: Context): Promise<Response> {
  const { house, lang, formToken } = c.var
  const { id } = ownerOf(c)
  const words = inboxWords[lang]
  const before = c.req.query("before")
  const { seq } = await headOf(house, { kind: "inbox", person: id })
  return show(
    c,
    { title: words.title, styles: ["citizen", "inbox"], scripts: ["live"] },
    <div class="column">
      <div class="row row-apart">
        <h1>{words.title}</h1>
        <a href={paths.messageSettings}>{words.settings}</a>
      </div>
      <Undelivered c={c} />
      <p class="inbox-offline" role="status" data-live-since={words.offline} />
      <PostForm action={paths.inbox} token={formToken} id={inboxForm} />
      {before ? (
        <>
          <div class="stack">{raw(await olderPage(house, id, lang, before))}</div>
          <a href={paths.inbox}>{words.newest}</a>
        </>
      ) : (
        <div class="stack" data-live="inbox" data-view="list" data-seq={seq}>
          {raw(await inboxFragment(house, id, lang))}
        </div>
      )}
    </div>,
  )
}

async function Undelivered({ c }: { c: Context }) {
  const { house, subject, lang } = c.var
  if (!mayMend(subject)) return null
  const dead = await countDead(house.store, await mendable(c))
  return dead === 0 ? null : (
    <p>
      <a href={paths.deadMessages}>{inboxWords[lang].deadLink(dead)}</a>
    </p>
  )
}

const fields = z.object({
  read: z.string().max(64).optional(),
  open: z.string().max(64).optional(),
  all: z.string().max(10).optional(),
})

/** Marks one as read, or all; `open` goes on to what it speaks of. */
export async function readMessages(c: Context): Promise<Response> {
  const { writer } = c.var.house
  const { id: owner } = ownerOf(c)
  const { read, open, all } = await readForm(c, fields)
  const one = open ?? read
  if (one === undefined && all === undefined) throw new Refusal("malformed")
  const accounts = { scopes: ["accounts" as const] }
  if (one === undefined) await writer.write((tx) => markAllRead(tx, owner), accounts)
  const row = one === undefined ? null : await writer.write((tx) => markRead(tx, owner, one), accounts)
  const target = open !== undefined && row ? targetOf(row) : null
  return c.redirect(target ?? paths.inbox, 303)
}
