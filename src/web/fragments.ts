import type { Lang } from "../i18n/lang.ts"
import type { Topic } from "../realtime/topics.ts"
import { handFragment } from "./agent/hand.tsx"
import { listFragment } from "./agent/list.tsx"
import { boardFragment } from "./board/board.tsx"
import type { House } from "./house.ts"
import { ticketFragment } from "./ticket/ticket.tsx"

/** What a fragment is rendered from: the house as it stands, without the wire itself. */
export type Rendering = Pick<House, "store" | "clock" | "keys" | "env" | "look">

/** One live region of a page: the same function makes it for the first answer and for every change. */
export type Fragment = (house: Rendering, of: string, lang: Lang) => Promise<string>

/**
 * The live regions in HTML, by topic and view (`default` where a topic has one). `of` is the office, ticket, counter or person.
 * Rooms fill it; a topic or view that does not stand here cannot be asked for as HTML.
 */
export const fragments: Partial<Record<Topic["kind"], Record<string, Fragment>>> = {
  counter: { hand: handFragment },
  queue: { desk: listFragment },
  board: { default: boardFragment },
  ticket: { default: ticketFragment },
}
