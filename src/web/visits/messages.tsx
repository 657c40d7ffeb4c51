import { Refusal } from "../../base/refusal.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { type Message, messagesOf } from "../../domain/visits/chat.ts"
import { visit } from "../../domain/visits/visits.ts"
import { timeText } from "../../i18n/dates.ts"
import type { Lang } from "../../i18n/lang.ts"
import { visitWords } from "../../i18n/visits.ts"
import type { Rendering } from "../rendering.ts"

/** What was written between the person and the office, for that person. The field stands outside, so that no message takes it away. */
export async function messagesFragment(house: Rendering, id: string, lang: Lang, reader: string): Promise<string> {
  const { store, keys } = house
  const words = visitWords[lang]
  const { row } = await visit(store, id)
  if (row.person !== reader) throw new Refusal("not_found", { what: "view" })
  const { zone } = await officeOf(store, row.office)
  const messages = await messagesOf(store, keys, row, { reader })
  if (messages.length === 0) return String(<p class="quiet">{words.chatNone}</p>)
  const from = ({ sender, senderKind }: Message) =>
    sender === reader ? words.chatYou : senderKind === "staff" ? words.chatOffice : words.chatOther
  return String(
    <ol class="visit-messages">
      {messages.map((one) => (
        <li class={one.sender === reader ? "visit-message visit-message-own" : "visit-message"}>
          <p class="tiny quiet">
            {from(one)} · {timeText(one.at, zone, lang)}
          </p>
          <p class="visit-message-text" dir="auto">
            {one.text}
          </p>
        </li>
      ))}
    </ol>,
  )
}
