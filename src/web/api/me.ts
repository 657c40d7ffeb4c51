import { z } from "@hono/zod-openapi"
import { rolesFor } from "../../domain/access/authorize.ts"
import { isStaff } from "../../domain/access/subject.ts"
import { dependants, person } from "../../domain/people/reads.ts"
import { call } from "./endpoint.ts"
import { words } from "./shapes.ts"
import { anybody } from "./subjects.ts"

const me = z
  .object({
    role: z.enum(rolesFor("self.read")),
    id: z.string(),
    name: words.optional(),
    office: z.string().nullable().optional().openapi({ description: "Where it belongs; null: to no office alone." }),
    scopes: z.array(z.string()).optional().openapi({ description: "Of an integrator: what its key opens." }),
    dependants: z
      .array(z.object({ id: z.string(), name: words, kind: z.string() }))
      .optional()
      .openapi({ description: "Of a citizen: for whom it may act. The ids go into `for`." }),
  })
  .openapi("Me")

/** Whom a key acts as. */
export const meCalls = [
  call({
    method: "get",
    path: "/api/v1/me",
    tag: "Catalogue",
    summary: "Whom this key acts as, and for whom",
    gate: "self.read",
    answers: { 200: me },
    async handle(c) {
      const { store, clock, keys } = c.var.house
      const by = anybody(c)
      const { role, id } = by
      if (by.role === "citizen") {
        const own = await person(store, keys, id)
        const others = await dependants(store, keys, id, clock.office())
        const shown = others.map(({ person: { id, name }, kind }) => ({ id, name, kind }))
        return { status: 200, body: { role, id, name: own?.name, dependants: shown } }
      }
      if (isStaff(by)) {
        return { status: 200, body: { role, id, name: by.name, office: by.scopeKind === "office" ? by.scope : null } }
      }
      if (by.role === "integrator")
        return { status: 200, body: { role, id, office: by.office, scopes: [...by.scopes] } }
      return { status: 200, body: { role, id, office: by.office } }
    },
  }),
]
