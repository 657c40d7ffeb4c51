import { OpenAPIHono } from "@hono/zod-openapi"
import { machineTimers } from "./base/clock.ts"
import { Refusal } from "./base/refusal.ts"
import { openAdmission } from "./web/admission.ts"
import { asRefusal, bugProblem, problem } from "./web/answers.ts"
import { mountApi } from "./web/api/mount.ts"
import { atOurHost, gates, open, passing, pathOf } from "./web/gate.ts"
import { bareAnswer } from "./web/headers.ts"
import { type AppEnv, type Context, type House, takesOf } from "./web/house.ts"
import { openKeptAnswers } from "./web/kept-answers.ts"
import { openBudget } from "./web/limit.ts"
import { bugPage, refusalPage } from "./web/refused.tsx"
import { rememberingRouter } from "./web/router.ts"
import { pages } from "./web/routes.ts"
import { asset, health, metrics, ready } from "./web/station.ts"

/** The whole web: gates first, then what stands in `web/routes.ts`, then one answer for whatever was refused. */
export function createApp(house: House): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>({ getPath: pathOf, router: rememberingRouter() })
  const admission = openAdmission(house.env.requestsAtOnce, machineTimers.soon, house.chance)
  const { anonymousPerMinute, keyPerMinute } = house.env
  const budgets = { strangers: openBudget(anonymousPerMinute), keys: openBudget(keyPerMinute) }

  const kept = openKeptAnswers(house, budgets.strangers, machineTimers.soon)

  app.use(open(house, kept))
  app.use(atOurHost)

  // What a load balancer or a page's stylesheet asks needs no session and gets none of the gates' work.
  app.get("/healthz", health)
  app.get("/readyz", ready(house))
  app.get("/metrics", metrics(house, admission))
  app.get("/assets/*", asset(house))
  app.get("/theme.css", asset(house))
  app.get("/favicon.ico", asset(house))

  const takes = takesOf(pages)
  app.use(gates({ takes, budgets, admission, kept }))

  const methods = new Map<string, string[]>()
  for (const route of pages) {
    methods.set(route.path, [...(methods.get(route.path) ?? []), route.method])
    app.on(route.method, route.path, passing(route.gate), (c) => route.handle(c))
  }
  for (const [path, allowed] of methods) {
    app.all(path, (c) => {
      c.header("Allow", allowed.join(", "))
      throw new Refusal("method_not_allowed", { allowed })
    })
  }
  mountApi(app, house)

  app.notFound((c) => refuse(c, new Refusal("not_found")))
  app.onError(async (thrown, c) => {
    const refusal = asRefusal(thrown)
    const said = { requestId: c.var.requestId, method: c.req.method, path: c.req.path }
    try {
      if (refusal) {
        if (telling.has(refusal.code)) {
          house.log.warn("refused", { ...said, path: roomOf(said.path), code: refusal.code, detail: whoAsks(c) })
        }
        return await refuse(c, refusal)
      }
      house.log.error("bug", { ...said, cause: thrown })
      return await (wantsJson(c) ? bugProblem(c) : bugPage(c))
    } catch (cause) {
      house.log.error("bug", { ...said, detail: "the page that says so", cause })
      return bareAnswer(500)
    }
  })
  return app
}

/** What nobody meets by our own pages: somebody tries what is not theirs, or another site does it with their browser. */
const telling: ReadonlySet<string> = new Set([
  "forbidden",
  "forged_request",
  "key_in_address",
  "own_rights",
  "second_person",
])

/** The first part of a path, where it is a word of ours: behind it may stand what somebody has typed. */
function roomOf(path: string): string {
  return /^\/(api\/v1\/)?[a-z-]{0,20}(?=\/|$)/.exec(path)?.[0] ?? "/…"
}

/** By id alone. */
function whoAsks(c: Context): string {
  const { subject } = c.var
  return subject ? `${subject.role} ${subject.id}` : "nobody"
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
