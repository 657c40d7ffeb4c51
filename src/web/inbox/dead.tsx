import { z } from "zod"
import { isRefusal } from "../../base/refusal.ts"
import { may } from "../../domain/access/authorize.ts"
import type { Staff, Subject } from "../../domain/access/subject.ts"
import { deadLetters, type Offices, type Taken, tryAgain } from "../../domain/notifications/deliveries.ts"
import { allOffices } from "../../domain/offices/reads.ts"
import { momentText } from "../../i18n/dates.ts"
import { inboxWords } from "../../i18n/inbox.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { told } from "../../i18n/telling.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Empty, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm } from "../shell/controls.tsx"

const pageLength = 30

/** Who sees what did not arrive, and has it sent again. */
export function mayMend(subject: Subject | null): boolean {
  return may(subject, "delivery.mend")
}

/** Whose dead letters this one may see: those of the offices within the person's responsibility; for whom that is everything, all. */
export async function mendable(c: Context): Promise<Offices> {
  const lead = c.var.subject as Staff
  if (lead.scopeKind === "all") return null
  return (await allOffices(c.var.house.store)).filter((one) => may(lead, "delivery.mend", one)).map(({ code }) => code)
}

/** What could not be sent: which message, over which way, how often it was tried and why it failed; never whose it is or what stands in it. */
export async function deadPage(c: Context, tooLate = false): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = inboxWords[lang]
  const found = await deadLetters(house.store, await mendable(c), pageLength + 1, c.req.query("before"))
  const page = found.slice(0, pageLength)
  const rows = await Promise.all(page.map((one) => rowOf(c, one)))
  const last = page.at(-1)
  return show(
    c,
    { title: words.deadTitle, styles: ["citizen", "inbox"], status: tooLate ? 409 : undefined },
    <div class="column">
      <h1>{words.deadTitle}</h1>
      {tooLate && (
        <Notice tone="late" icon="warning">
          <p>{words.tooLateNow}</p>
        </Notice>
      )}
      {rows.length === 0 ? (
        <Empty title={words.deadEmpty}>
          <p>{words.deadEmptyHelp}</p>
        </Empty>
      ) : (
        <>
          <p class="quiet">{words.deadLead}</p>
          <ul class="card card-flush list">
            {rows.map(({ id, title, office, line, isUseful }) => (
              <li class="message">
                <p class="strong">{words.deadOf(title)}</p>
                {office && <p>{office}</p>}
                <p class="quiet small">{line}</p>
                {isUseful ? (
                  <PostForm action={paths.deadMessages} token={formToken}>
                    <input type="hidden" name="again" value={id} />
                    <Button>
                      {words.again}
                      <span class="spoken"> {title}</span>
                    </Button>
                  </PostForm>
                ) : (
                  <p class="small">{words.tooLateNow}</p>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      {found.length > page.length && last && (
        <ButtonLink href={`${paths.deadMessages}?before=${last.delivery.id}`}>{words.older}</ButtonLink>
      )}
      <p>
        <a href={paths.inbox}>{words.title}</a>
      </p>
    </div>,
  )
}

async function rowOf(c: Context, { delivery, message }: Taken) {
  const { house, lang } = c.var
  const { store, clock } = house
  const words = inboxWords[lang]
  const { title } = await told(store, message, lang, "sms")
  const here = (await allOffices(store)).find(({ code }) => code === message.office)
  const when = momentText(delivery.endedAt ?? message.at, here?.zone ?? "Asia/Riyadh", lang)
  const parts = [
    words.channels[delivery.channel],
    when,
    words.tried(delivery.tries),
    whyText(delivery.lastError ?? "", lang),
  ]
  return {
    id: delivery.id,
    title,
    office: here ? inLang(here.name, lang) : null,
    line: parts.join(" · "),
    isUseful: message.until > clock.office(),
  }
}

/** Why it failed, as the staff reads it. What stands with the delivery is one of these, or the provider's number. */
function whyText(why: string, lang: Lang): string {
  const words = inboxWords[lang]
  const known: Record<string, string> = words.why
  const status = /^status (\d{3})$/.exec(why)?.[1]
  return status ? words.whyStatus(status) : (known[why] ?? why)
}

const fields = z.object({ again: z.string().max(64) })

/** Has one tried again from the beginning. */
export async function sendAgain(c: Context): Promise<Response> {
  const { again } = await readForm(c, fields)
  const offices = await mendable(c)
  const lead = c.var.subject as Staff
  try {
    await c.var.house.writer.write((tx) => tryAgain(tx, lead, offices, again), { scopes: ["accounts"] })
  } catch (thrown) {
    if (isRefusal(thrown) && thrown.code === "wrong_state") return deadPage(c, true)
    throw thrown
  }
  return c.redirect(paths.deadMessages, 303)
}
