import { z } from "@hono/zod-openapi"
import { allSectors, allServices, service } from "../../domain/catalogue/reads.ts"
import { servicesFor } from "../../domain/catalogue/search.ts"
import { allOffices, lineFor, office } from "../../domain/offices/reads.ts"
import { paged, presentService } from "../present.ts"
import { call } from "./endpoint.ts"
import { cursor, officeCode, serviceCode } from "./forms.ts"
import { list, sector, service as serviceShape } from "./shapes.ts"

/** What there is to be done, for anybody who asks. */
export const catalogueCalls = [
  call({
    method: "get",
    path: "/api/v1/sectors",
    tag: "Catalogue",
    summary: "The sectors",
    gate: "anyone",
    query: z.object({ cursor }),
    answers: { 200: list(sector) },
    async handle(c, { query }) {
      const all = await allSectors(c.var.house.store)
      return {
        status: 200,
        body: paged(
          all,
          query.cursor,
          ({ code }) => code,
          ({ code, name }) => ({ code, name }),
        ),
      }
    },
  }),

  call({
    method: "get",
    path: "/api/v1/services",
    tag: "Catalogue",
    summary: "The services, all or as narrowed down",
    gate: "anyone",
    query: z.object({
      sector: z.string().max(40).optional().openapi({ example: "PAS" }),
      office: officeCode.optional(),
      channel: z.enum(["online", "office", "video"]).optional(),
      q: z.string().max(200).optional().openapi({
        description: "Words in Arabic or English. Spellings that people mix up (أ إ ا, ة ه, ى ي) are the same.",
        example: "جواز",
      }),
      cursor,
    }),
    answers: { 200: list(serviceShape) },
    refusals: ["not_found"],
    async handle(c, { query }) {
      const { store } = c.var.house
      const { sector, channel, q } = query
      const here = query.office === undefined ? null : await office(store, query.office)
      const wanted = (q === undefined ? await allServices(store) : await servicesFor(store, q)).filter(
        (row) =>
          (sector === undefined || row.sector === sector) &&
          (channel === undefined || row.channels.includes(channel)) &&
          (here === null || lineFor(here, row) !== null),
      )
      return { status: 200, body: paged(wanted, query.cursor, ({ code }) => code, presentService) }
    },
  }),

  call({
    method: "get",
    path: "/api/v1/services/{code}",
    tag: "Catalogue",
    summary: "One service, and the offices that serve it",
    gate: "anyone",
    params: z.object({ code: serviceCode }),
    answers: { 200: serviceShape.extend({ offices: z.array(z.string()) }).openapi("ServiceWithOffices") },
    async handle(c, { params }) {
      const { store } = c.var.house
      const row = await service(store, params.code)
      const offices = (await allOffices(store)).filter((here) => lineFor(here, row) !== null).map(({ code }) => code)
      return { status: 200, body: { ...presentService(row), offices } }
    },
  }),
]
