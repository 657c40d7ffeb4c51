import MiniSearch from "minisearch"
import { kept } from "../../../db/kept.ts"
import type { Store } from "../../../db/store.ts"
import { searchable } from "../../base/text.ts"
import { allSectors, allServices, type Sector, type Service } from "./reads.ts"

/**
 * The services that somebody may mean by these words, the likeliest first; all of them where nothing was typed. Words may be Arabic or
 * English, begun and not finished, with or without the article, in any of the spellings that people mix up, and with a slip in a longer
 * word. Every word counts: a second word narrows the answer down.
 */
export async function servicesFor(store: Store, typed: string): Promise<Service[]> {
  const services = await allServices(store)
  const words = termsOf(typed)
  if (words.length === 0) return typed.trim() === "" ? services : []
  const find = await kept(store, "search", async () => openSearch(services, await allSectors(store)))
  return find(typed)
}

/** Made once for a catalogue: it takes a hundred times as long as to look something up. */
function openSearch(services: Service[], all: Sector[]): (typed: string) => Service[] {
  const sectors = new Map(all.map(({ code, name }) => [code, name]))
  const index = new MiniSearch<Record<string, string>>({
    idField: "code",
    fields: ["code", "name", "sector", "audience"],
    tokenize: termsOf,
    processTerm: (term) => term,
    searchOptions: {
      boost: { code: 4, name: 3 },
      prefix: true,
      fuzzy: (term) => (term.length > 4 ? 1 : false),
      combineWith: "AND",
      // A longer name is no worse answer; what fits alike stands in the order of the catalogue.
      bm25: { k: 1.2, b: 0, d: 0.5 },
    },
  })
  const both = (name: { ar: string; en: string } | undefined) => (name ? `${name.ar} ${name.en}` : "")
  index.addAll(
    services.map(({ code, name, sector, audience }) => ({
      code,
      name: both(name),
      sector: both(sectors.get(sector)),
      audience: both(audience),
    })),
  )
  const byCode = new Map(services.map((service) => [service.code, service]))
  const place = new Map(services.map(({ code }, index) => [code, index]))
  return (typed) =>
    index
      .search(typed)
      .toSorted((one, other) =>
        Math.abs(other.score - one.score) > 1e-6
          ? other.score - one.score
          : (place.get(one.id) ?? 0) - (place.get(other.id) ?? 0),
      )
      .flatMap(({ id }) => byCode.get(String(id)) ?? [])
}

/** Words as they are compared: spellings made equal, and without the article, which is written to the word and means nothing here. */
function termsOf(text: string): string[] {
  return searchable(text)
    .split(/[^\p{L}\p{N}]+/u)
    .map((term) => term.replace(/^(وال|بال|لل|ال)(?=.{3})/, ""))
    .filter((term) => term !== "")
}
