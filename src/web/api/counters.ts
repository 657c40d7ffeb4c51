import { z } from "@hono/zod-openapi"
import type { CounterRow } from "../../../db/schema/queue.ts"
import type { Tx } from "../../../db/write.ts"
import type { RefusalCode } from "../../base/refusal.ts"
import type { Staff } from "../../domain/access/subject.ts"
import { office } from "../../domain/offices/reads.ts"
import { next } from "../../domain/queue/calling.ts"
import { closeCounter, openCounter, pauseCounter } from "../../domain/queue/counters.ts"
import { counter as counterWith } from "../../domain/queue/tickets.ts"
import type { Context } from "../house.ts"
import { notingCall } from "../noting.ts"
import { presentCounter, presentTicket } from "../present.ts"
import { type Answer, call } from "./endpoint.ts"
import { counterPath, lineCode } from "./forms.ts"
import { change } from "./idempotency.ts"
import { counter, ticket } from "./shapes.ts"
import { staff } from "./subjects.ts"

const ofCounters: RefusalCode[] = [
  "counter_busy",
  "counter_taken",
  "counter_closed",
  "not_your_counter",
  "last_counter",
]

/** A line by its code, or with how many minutes later than the counter's own work its people are taken. */
const profileLine = z.union([
  lineCode.transform((line) => ({ line, handicap: 0 })),
  z.object({ line: lineCode, handicap: z.int().min(0).max(480).default(0) }),
])

export const counterCalls = [
  call({
    method: "post",
    path: "/api/v1/counters/{id}/opening",
    tag: "Serving",
    summary: "Sit down at a counter, or come back from a pause",
    gate: "counter.run",
    params: counterPath,
    body: z.object({
      lines: z.array(profileLine).min(1).max(8).optional().openapi({
        description:
          "Whom it serves: lines, each with its handicap in minutes. The counter's own profile where it is left out.",
      }),
    }),
    example: {
      lines: [
        { line: "PAS", handicap: 0 },
        { line: "RES", handicap: 20 },
      ],
    },
    answers: { 200: counter },
    refusals: ofCounters,
    handle: (c, { params, body, given }) =>
      onCounter(c, params.id, given, (tx, agent) => openCounter(tx, agent, params.id, body.lines ?? null)),
  }),
  call({
    method: "post",
    path: "/api/v1/counters/{id}/pause",
    tag: "Serving",
    summary: "Nobody is called to the counter, and it stays the agent's",
    gate: "counter.run",
    params: counterPath,
    answers: { 200: counter },
    refusals: ofCounters,
    handle: (c, { params, given }) => onCounter(c, params.id, given, (tx, agent) => pauseCounter(tx, agent, params.id)),
  }),
  call({
    method: "post",
    path: "/api/v1/counters/{id}/closing",
    tag: "Serving",
    summary: "Leave the counter",
    gate: "counter.run",
    params: counterPath,
    body: z.object({
      confirmed: z.boolean().optional().openapi({ description: "Also where people wait whom nobody else serves." }),
    }),
    example: {},
    answers: { 200: counter },
    refusals: ofCounters,
    handle: (c, { params, body, given }) =>
      onCounter(c, params.id, given, (tx, agent) => closeCounter(tx, agent, params.id, body)),
  }),
  call({
    method: "post",
    path: "/api/v1/counters/{id}/next",
    tag: "Serving",
    summary: "Call the next person",
    description: "Of two counters that ask in the same instant each gets another person.",
    gate: "counter.run",
    params: counterPath,
    answers: { 200: ticket, 204: "Nobody may be called." },
    refusals: ofCounters,
    async handle(c, { params, given }) {
      const { office: code } = await counterWith(c.var.house.store, params.id)
      return change(c, given, [`office:${code}`], async (tx) => {
        const called = await notingCall(c, tx, next(tx, staff(c), params.id))
        return called ? { status: 200, body: await presentTicket(tx, called.id, tx.now) } : { status: 204 }
      })
    },
  }),
]

async function onCounter(
  c: Context,
  id: string,
  given: unknown,
  turn: (tx: Tx, agent: Staff) => Promise<CounterRow>,
): Promise<Answer> {
  const { office: code } = await counterWith(c.var.house.store, id)
  return change(c, given, [`office:${code}`], async (tx) => {
    const after = await turn(tx, staff(c))
    const { zone } = await office(tx, after.office)
    return { status: 200, body: presentCounter(after, zone) }
  })
}
