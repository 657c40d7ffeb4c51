import type { Topic } from "../realtime/topics.ts"
import { handFragment } from "./agent/hand.tsx"
import { identityFragment } from "./agent/identity.tsx"
import { listFragment } from "./agent/list.tsx"
import { deskMessagesFragment } from "./agent/messages.tsx"
import { panelFragment } from "./agent/panel.tsx"
import { recorderFragment } from "./agent/record.tsx"
import { serviceFragment } from "./agent/service.tsx"
import { agentVisitFragment } from "./agent/visit.tsx"
import { bellFragment } from "./bell.tsx"
import { boardFragment } from "./board/board.tsx"
import { inboxFragment } from "./inbox/list.tsx"
import { papersFragment } from "./papers.tsx"
import type { Fragment } from "./rendering.ts"
import { dayFragment } from "./supervisor/day.tsx"
import { roomsFragment } from "./supervisor/rooms.tsx"
import { ticketFragment } from "./ticket/ticket.tsx"
import { askedFragment } from "./visits/asked.tsx"
import { messagesFragment } from "./visits/messages.tsx"
import { recordFragment } from "./visits/record.tsx"
import { visitFragment } from "./visits/region.tsx"
import { requestFragment } from "./visits/request.tsx"
import { wishFragment } from "./visits/wish.tsx"

/**
 * The live regions in HTML, by topic and view (`default` where a topic has one). `of` is the office, ticket, counter or person.
 * Rooms fill it; a topic or view that does not stand here cannot be asked for as HTML.
 */
export const fragments: Partial<Record<Topic["kind"], Record<string, Fragment>>> = {
  counter: { hand: handFragment },
  queue: { desk: listFragment, panel: panelFragment, day: dayFragment, rooms: roomsFragment },
  board: { default: boardFragment },
  ticket: { default: ticketFragment },
  visit: {
    default: visitFragment,
    messages: messagesFragment,
    desk: deskMessagesFragment,
    agent: agentVisitFragment,
    record: recordFragment,
    recorder: recorderFragment,
    service: serviceFragment,
    request: requestFragment,
    identity: identityFragment,
    asked: askedFragment,
    papers: papersFragment,
    wish: wishFragment,
  },
  inbox: { bell: bellFragment, list: inboxFragment },
}
