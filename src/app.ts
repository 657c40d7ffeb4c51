import { OpenAPIHono } from "@hono/zod-openapi"
import { bodyLimit } from "hono/body-limit"
import { Refusal } from "./base/refusal.ts"
import { asRefusal, bugProblem, problem } from "./web/answers.ts"
import { mountApi } from "./web/api/mount.ts"
import { fromOurPages, identify, onlyFor, open } from "./web/gate.ts"
import type { AppEnv, Context, House } from "./web/house.ts"
import { bugPage, refusalPage } from "./web/refused.tsx"
import { pages } from "./web/routes.ts"
import { asset, health, metrics, ready } from "./web/station.ts"

/** A form or a JSON body is small; documents get routes of their own when they come. */
const bodyMax = 256 * 1024

/** The whole web: gates first, then what stands in `web/routes.ts`, then one answer for whatever was refused. */
export function createApp(house: House): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>()

  // What a load balancer or a page's stylesheet asks needs no session and gets none of the gates' work.
  app.get("/healthz", health)
  app.get("/readyz", ready(house))
  app.get("/metrics", metrics(house))
  app.get("/assets/*", asset(house))
  app.get("/theme.css", asset(house))
  app.get("/favicon.ico", asset(house))

  app.use(open(house))
  app.use(limitAnonymous(house))
  app.use(
    bodyLimit({
      maxSize: bodyMax,
      onError: () => {
        throw new Refusal("too_large")
      },
    }),
  )
  app.use(identify)
  app.use(fromOurPages)

  for (const route of pages) {
    app.on(route.method, route.path, onlyFor(route.who), (c) => route.handle(c))
  }
  mountApi(app, house)

  app.notFound((c) => refuse(c, new Refusal("not_found")))
  app.onError((thrown, c) => {
    const refusal = asRefusal(thrown)
    if (refusal) return refuse(c, refusal)
    house.log.error("bug", { requestId: c.var.requestId, method: c.req.method, path: c.req.path, cause: thrown })
    return wantsJson(c) ? bugProblem(c) : bugPage(c)
  })
  return app
}

function refuse(c: Context, refusal: Refusal): Response | Promise<Response> {
  return wantsJson(c) ? problem(c, refusal) : refusalPage(c, refusal)
}

/** Programs get problem documents; a browser gets a page, unless its script asked for JSON. */
function wantsJson(c: Context): boolean {
  const path = c.req.path
  if (path.startsWith("/api/") || path === "/openapi.json") return true
  const accept = c.req.header("Accept") ?? ""
  return !accept.includes("text/html") && (accept.includes("json") || path.startsWith("/live"))
}

/** Strangers share a budget by address; whoever is known by a session, device or key has limits of their own. */
function limitAnonymous(house: House) {
  const seen = new Map<string, { since: number; count: number }>()
  return async (c: Context, next: () => Promise<void>) => {
    const known = c.req.header("Authorization") ?? c.req.header("Cookie")?.includes("sid=")
    if (!known) {
      const address = addressOf(c)
      const now = house.clock.real()
      let budget = seen.get(address)
      if (!budget || now - budget.since >= 60_000) {
        if (seen.size > 50_000) seen.clear()
        budget = { since: now, count: 0 }
        seen.set(address, budget)
      }
      budget.count++
      if (budget.count > house.env.anonymousPerMinute) {
        throw new Refusal("too_many_requests", { retryAfterSeconds: Math.ceil((budget.since + 60_000 - now) / 1000) })
      }
    }
    await next()
  }
}

/** The peer's address; behind a proxy that we were told to trust, what it says in X-Forwarded-For. IPv6 by its /64. */
function addressOf(c: Context): string {
  const server = c.env as { requestIP?: (request: Request) => { address: string } | null } | undefined
  const peer = server?.requestIP?.(c.req.raw)?.address ?? "unknown"
  const proxies = c.var.house.env.trustedProxies
  const forwarded = proxies.includes(peer) ? c.req.header("X-Forwarded-For")?.split(",").at(-1)?.trim() : undefined
  const address = forwarded || peer
  return address.includes(":") ? address.split(":").slice(0, 4).join(":") : address
}
