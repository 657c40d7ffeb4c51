import type { Context as HonoContext } from "hono"
import { Counter, Gauge, Registry } from "prom-client"
import { facts } from "../../db/schema/facts.ts"
import { Refusal } from "../base/refusal.ts"
import { sameText } from "../base/seal.ts"
import { waitingByOffice } from "../domain/queue/agenda.ts"
import type { Admission } from "./admission.ts"
import { problem } from "./answers.ts"
import type { Context, House } from "./house.ts"

/** What machines around us ask: alive, ready, how it goes; and the files that pages are made of. */
export function health(c: HonoContext): Response {
  return c.json({ status: "alive" })
}

/** May take traffic: the store answers. */
export function ready(house: House) {
  return async (c: HonoContext): Promise<Response> => {
    try {
      await house.store.db.select({ seq: facts.seq }).from(facts).limit(1)
      return c.json({ status: "ready" })
    } catch {
      return c.json({ status: "not_ready" }, 503)
    }
  }
}

export function asset(house: House) {
  return (c: HonoContext): Promise<Response> | Response => house.assets.serve(c.req.raw)
}

/** Prometheus text (prometheus.io exposition format 0.0.4), for whoever has the token. Without a token configured there is none. */
export function metrics(house: House, admission: Admission) {
  const registry = new Registry()
  // Counted here and told when somebody asks: finding a label takes the counter longer than all else that follows a fact.
  const said = new Map<string, number>()
  house.writer.onFacts((all) => {
    for (const { kind } of all) said.set(kind, (said.get(kind) ?? 0) + 1)
  })
  new Counter({
    name: "dawr_facts_total",
    help: "Facts said since this process began, by kind",
    labelNames: ["kind"],
    registers: [registry],
    collect() {
      this.reset()
      for (const [kind, count] of said) this.inc({ kind }, count)
    },
  })
  const memory = new Gauge({ name: "dawr_memory_bytes", help: "Resident memory", registers: [registry] })
  const live = new Gauge({ name: "dawr_live", help: "The live wire", labelNames: ["what"], registers: [registry] })
  const inside = new Gauge({
    name: "dawr_requests",
    help: "Requests that are being answered, those that wait to be begun among them",
    labelNames: ["what"],
    registers: [registry],
  })
  const away = new Gauge({
    name: "dawr_sent_away",
    help: "Requests sent away since this process began because there were too many at once",
    labelNames: ["standing"],
    registers: [registry],
  })
  const waiting = new Gauge({
    name: "dawr_waiting",
    help: "Tickets that may be called",
    labelNames: ["office"],
    registers: [registry],
  })
  return async (c: Context): Promise<Response> => {
    const wanted = house.env.metricsToken
    const given = /^Bearer (.+)$/.exec(c.req.header("Authorization") ?? "")?.[1] ?? ""
    if (!wanted) return problem(c, new Refusal("not_found"))
    if (!sameText(wanted, given)) return problem(c, new Refusal("bad_token"))
    memory.set(process.memoryUsage.rss())
    for (const [what, value] of Object.entries(house.hub.numbers())) live.set({ what }, value)
    const { sentAway, ...now } = admission.numbers()
    for (const [what, value] of Object.entries(now)) inside.set({ what }, value)
    for (const [standing, value] of Object.entries(sentAway)) away.set({ standing }, value)
    waiting.reset()
    const rows = await waitingByOffice(house.store)
    for (const { office, n } of rows) waiting.set({ office }, n)
    return c.body(await registry.metrics(), 200, { "Content-Type": registry.contentType })
  }
}
