import { z } from "@hono/zod-openapi"
import { inboxOf, markRead, unreadOf } from "../../domain/notifications/inbox.ts"
import { presentMessage } from "../present.ts"
import { call } from "./endpoint.ts"
import { cursor, idPath } from "./forms.ts"
import { change } from "./idempotency.ts"
import { instant, words } from "./shapes.ts"
import { citizenOrStaff } from "./subjects.ts"

const pageLength = 50

const message = z
  .object({
    id: z.string(),
    kind: z.string().openapi({ description: "What it tells, e.g. `booking_confirmed`.", example: "reminder" }),
    title: words,
    text: words,
    data: z.looseObject({}).openapi({ description: "What its words are made of: ids, codes, numbers, instants." }),
    at: instant,
    readAt: instant.nullable(),
  })
  .openapi("Message")

/** What somebody has been told. */
export const inboxCalls = [
  call({
    method: "get",
    path: "/api/v1/inbox",
    tag: "Messages",
    summary: "The caller's messages, the latest first",
    description: "Live under the topic `inbox`.",
    gate: "inbox.read",
    query: z.object({ cursor }),
    answers: {
      200: z.object({
        unread: z.int(),
        items: z.array(message),
        next: z
          .string()
          .nullable()
          .openapi({ description: "Hand it back as `cursor` for what follows; null at the end." }),
      }),
    },
    async handle(c, { query }) {
      const { store } = c.var.house
      const { id } = citizenOrStaff(c)
      const before = query.cursor === undefined ? undefined : Buffer.from(query.cursor, "base64url").toString()
      const rows = await inboxOf(store, id, pageLength + 1, before)
      const page = rows.slice(0, pageLength)
      const items = []
      for (const row of page) items.push(await presentMessage(store, row))
      const last = rows.length > page.length ? page.at(-1) : undefined
      const next = last ? Buffer.from(last.id).toString("base64url") : null
      return { status: 200, body: { unread: await unreadOf(store, id), items, next } }
    },
  }),

  call({
    method: "post",
    path: "/api/v1/inbox/{id}/read",
    tag: "Messages",
    summary: "The caller has read a message",
    gate: "inbox.read",
    params: idPath,
    answers: { 200: message },
    handle: (c, { params, given }) =>
      change(c, given, ["accounts"], async (tx) => {
        const row = await markRead(tx, citizenOrStaff(c).id, params.id)
        return { status: 200, body: await presentMessage(tx, row) }
      }),
  }),
]
