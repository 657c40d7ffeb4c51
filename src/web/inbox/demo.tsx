import { Refusal } from "../../base/refusal.ts"
import { addressOf, langOf, openSecret } from "../../domain/notifications/contact.ts"
import { lastSent, type Taken } from "../../domain/notifications/deliveries.ts"
import { momentText } from "../../i18n/dates.ts"
import { inboxWords } from "../../i18n/inbox.ts"
import { direction } from "../../i18n/lang.ts"
import { told } from "../../i18n/telling.ts"
import { show } from "../frame.tsx"
import type { Context, House } from "../house.ts"
import { paths } from "../paths.ts"
import { Empty } from "../shell/cards.tsx"

/**
 * The phone and mailbox of a demonstration: what would have gone out, with its codes, so that a newcomer who has neither can go on. There
 * is no such page anywhere else.
 */
export async function demoPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  if (!house.demo) throw new Refusal("not_found")
  const words = inboxWords[lang]
  const sent = await Promise.all((await lastSent(house.store, 30)).map((one) => letterOf(house, one)))
  return show(
    c,
    { title: words.demoTitle, styles: ["citizen", "inbox"] },
    <div class="column">
      <h1>{words.demoTitle}</h1>
      <p class="quiet">{words.demoLead}</p>
      {sent.length === 0 ? (
        <Empty title={words.demoEmpty}>
          <p>{words.demoEmptyHelp}</p>
        </Empty>
      ) : (
        <ul class="card card-flush list">
          {sent.map((one) => (
            <li class="message">
              <p class="quiet small">
                {words.channels[one.channel]} · <bdi dir="ltr">{one.to}</bdi> ·{" "}
                {momentText(one.at, "Asia/Riyadh", lang)}
              </p>
              <div lang={one.lang} dir={direction[one.lang]}>
                {one.subject && <p class="strong">{one.subject}</p>}
                {one.text.map((paragraph) => (
                  <p>{/^https?:\/\/\S+$/.test(paragraph) ? <a href={paragraph}>{paragraph}</a> : paragraph}</p>
                ))}
              </div>
            </li>
          ))}
        </ul>
      )}
    </div>,
  )
}

async function letterOf({ store, keys, env }: House, { delivery, message }: Taken) {
  const owner = { kind: message.ownerKind, id: message.owner }
  const { channel } = delivery
  const lang = await langOf(store, owner)
  const secret = await openSecret(store, keys, owner, delivery.secretSealed)
  const { title, text, sms } = await told(
    store,
    message,
    lang,
    channel,
    secret,
    (visit) => env.origin + paths.visit(visit),
  )
  const to = (await addressOf(store, keys, owner, channel, delivery.addressSealed)) ?? ""
  const letter = channel === "sms" ? { subject: null, text: [sms] } : { subject: title, text }
  return { ...letter, channel, lang, to, at: delivery.endedAt ?? message.at }
}
