import type { OpenAPIHono } from "@hono/zod-openapi"
import { Refusal } from "../../base/refusal.ts"
import { passing } from "../gate.ts"
import type { AppEnv, House } from "../house.ts"
import { paths } from "../paths.ts"
import { type ApiDocument, description } from "./description.ts"
import { docsPage } from "./docs.tsx"
import type { Endpoint } from "./endpoint.ts"
import { endpoints } from "./endpoints.ts"

/** Puts every call behind its gate, and beside them the document that describes them and the page that shows it. */
export function mountApi(app: OpenAPIHono<AppEnv>, house: House, calls: Endpoint[] = endpoints): void {
  const methods = new Map<string, string[]>()
  for (const call of calls) {
    const path = routePath(call.form.path)
    const method = call.form.method.toUpperCase()
    methods.set(path, [...(methods.get(path) ?? []), method, ...(method === "GET" ? ["HEAD"] : [])])
    app.on(method, path, passing(call.gate), (c) => call.handle(c))
  }
  for (const [path, allowed] of methods) {
    app.all(path, (c) => {
      c.header("Allow", allowed.join(", "))
      throw new Refusal("method_not_allowed", { allowed })
    })
  }
  let made: ApiDocument | null = null
  // Not before it is asked for: where the port is the system's choice, our own address is known only once the doors are open.
  const document = () => (made ??= description(calls, house.env.origin))
  let text: string | null = null
  const written = () => (text ??= JSON.stringify(document()))
  app.get("/openapi.json", passing("anyone"), (c) => c.body(written(), 200, { "Content-Type": "application/json" }))
  app.get(paths.docs, passing("anyone"), (c) => docsPage(c, document()))
}

/** `/tickets/{id}` as the router writes it. */
function routePath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1")
}
