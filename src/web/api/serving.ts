import { z } from "@hono/zod-openapi"
import type { Scope, Tx } from "../../../db/write.ts"
import type { RefusalCode } from "../../base/refusal.ts"
import type { Staff } from "../../domain/access/subject.ts"
import { callThis, recall } from "../../domain/queue/calling.ts"
import { absent, changeService, park, returnTicket, serve } from "../../domain/queue/serving.ts"
import { undoSeconds } from "../../domain/queue/undo.ts"
import { finish, transfer, undo } from "../../domain/requests/ending.ts"
import type { Context } from "../house.ts"
import { notingCall } from "../noting.ts"
import { type Answer, call } from "./endpoint.ts"
import { counterId, idPath, officeCode, serviceCode, shortText } from "./forms.ts"
import { ticket } from "./shapes.ts"
import { staff } from "./subjects.ts"
import { onOwnTicket } from "./tickets.ts"

const atCounter = {
  method: "post",
  tag: "Serving",
  gate: "ticket.serve",
  params: idPath,
  answers: { 200: ticket },
} as const
const givesUp = z
  .boolean()
  .optional()
  .openapi({ description: "Also where a request of a video visit is given up by it." })
const ofCounters: RefusalCode[] = ["not_your_counter", "no_counter", "counter_busy", "counter_closed"]

/** What is done with the ticket in hand. Each can be taken back for half a minute. */
export const servingCalls = [
  call({
    ...atCounter,
    path: "/api/v1/tickets/{id}/call",
    summary: "Call this person and nobody else",
    body: z.object({ counter: counterId.optional().openapi({ description: "The agent's own where it is left out." }) }),
    example: {},
    refusals: ofCounters,
    handle: (c, { params, body, given }) =>
      step(c, params.id, given, (tx, agent) => notingCall(c, tx, callThis(tx, agent, params.id, body.counter))),
  }),
  call({
    ...atCounter,
    path: "/api/v1/tickets/{id}/recall",
    summary: "Call again: boards ring again",
    refusals: ofCounters,
    handle: (c, { params, given }) => step(c, params.id, given, (tx, agent) => recall(tx, agent, params.id)),
  }),
  call({
    ...atCounter,
    path: "/api/v1/tickets/{id}/serve",
    summary: "The person stands at the counter",
    refusals: ofCounters,
    handle: (c, { params, given }) => step(c, params.id, given, (tx, agent) => serve(tx, agent, params.id)),
  }),
  call({
    ...atCounter,
    path: "/api/v1/tickets/{id}/finish",
    summary: "The visit is over",
    body: z.object({
      outcome: z.enum(["done", "referred", "not_possible"]),
      note: shortText.optional(),
      confirmed: givesUp,
    }),
    example: { outcome: "done" },
    refusals: [...ofCounters, "unfinished_request"],
    handle: (c, { params, body, given }) =>
      step(c, params.id, given, (tx, agent) => finish(tx, agent, params.id, body)),
  }),
  call({
    ...atCounter,
    path: "/api/v1/tickets/{id}/absent",
    summary: "Called, and did not come",
    refusals: ofCounters,
    handle: (c, { params, given }) => step(c, params.id, given, (tx, agent) => absent(tx, agent, params.id)),
  }),
  call({
    ...atCounter,
    path: "/api/v1/tickets/{id}/park",
    summary: "Set aside while the person fetches something",
    refusals: ofCounters,
    handle: (c, { params, given }) => step(c, params.id, given, (tx, agent) => park(tx, agent, params.id)),
  }),
  call({
    ...atCounter,
    path: "/api/v1/tickets/{id}/return",
    summary: "Wait again, after having been absent or set aside",
    refusals: ofCounters,
    handle: (c, { params, given }) => step(c, params.id, given, (tx, agent) => returnTicket(tx, agent, params.id)),
  }),
  call({
    ...atCounter,
    path: "/api/v1/tickets/{id}/transfer",
    summary: "Send on to another service",
    description:
      "`correction` keeps the due; `next_step` takes now and the line's target. To another office it becomes a new ticket, which is the answer; a video visit ends here by that, and with it a request that is not finished.",
    body: z.object({
      service: serviceCode,
      office: officeCode.optional(),
      reason: z.enum(["correction", "next_step"]),
      confirmed: givesUp,
    }),
    example: { service: "RES-04", reason: "next_step" },
    refusals: [
      ...ofCounters,
      ...(["target_closed", "booking_only", "service_not_here", "service_online_only", "unfinished_request"] as const),
    ],
    handle: (c, { params, body, given }) => {
      const there: Scope[] = body.office ? [`office:${body.office}`] : []
      return step(c, params.id, given, (tx, agent) => transfer(tx, agent, params.id, body), there)
    },
  }),
  call({
    ...atCounter,
    path: "/api/v1/tickets/{id}/service",
    summary: "Another service than asked for, at the same counter",
    body: z.object({ service: serviceCode }),
    example: { service: "PAS-10" },
    refusals: [...ofCounters, "service_not_here", "service_online_only"],
    handle: (c, { params, body, given }) =>
      step(c, params.id, given, (tx, agent) => changeService(tx, agent, params.id, body.service)),
  }),
  call({
    ...atCounter,
    path: "/api/v1/tickets/{id}/undo",
    summary: `Take the last step back, within ${undoSeconds} seconds`,
    refusals: [...ofCounters, "nothing_to_undo", "undo_too_late", "already_waiting"],
    handle: (c, { params, given }) => step(c, params.id, given, (tx, agent) => undo(tx, agent, params.id)),
  }),
]

function step(
  c: Context,
  id: string,
  given: unknown,
  turn: (tx: Tx, agent: Staff) => Promise<{ id: string }>,
  alsoScopes: Scope[] = [],
): Promise<Answer> {
  return onOwnTicket(c, id, given, (tx) => turn(tx, staff(c)), alsoScopes)
}
