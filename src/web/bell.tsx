import { raw } from "hono/html"
import { may } from "../domain/access/authorize.ts"
import type { Subject } from "../domain/access/subject.ts"
import { unreadOf } from "../domain/notifications/inbox.ts"
import { inboxWords } from "../i18n/inbox.ts"
import type { Lang } from "../i18n/lang.ts"
import { headOf } from "./heads.ts"
import type { Context } from "./house.ts"
import { paths } from "./paths.ts"
import type { Rendering } from "./rendering.ts"
import { Icon } from "./shell/icons.tsx"

/** Whether this one has an inbox: people have, devices and programs do not, nor whoever is here without an account. */
export function hasInbox(subject: Subject | null): subject is Subject {
  return may(subject, "inbox.read")
}

/** The way to one's messages, with how many are new: in the head of every page, and live. */
export async function Bell({ c }: { c: Context }) {
  const { house, subject, lang } = c.var
  if (!hasInbox(subject)) return null
  const { seq } = await headOf(house, { kind: "inbox", person: subject.id })
  return (
    <div class="bell-region" data-live="inbox" data-view="bell" data-seq={seq}>
      {raw(await bellFragment(house, subject.id, lang))}
    </div>
  )
}

export async function bellFragment({ store }: Rendering, owner: string, lang: Lang): Promise<string> {
  const unread = await unreadOf(store, owner)
  const words = inboxWords[lang]
  return String(
    <a class="bell" href={paths.inbox}>
      <Icon name="bell" size={20} />
      <span>{words.title}</span>
      {unread > 0 && (
        <>
          <span class="bell-count" aria-hidden="true">
            {unread > 99 ? "99+" : unread}
          </span>
          <span class="spoken">{words.unread(unread)}</span>
        </>
      )}
    </a>,
  )
}
