import MiniSearch from "minisearch"
import type { Store } from "../../../db/store.ts"
import { searchable } from "../../base/text.ts"
import { allSectors, allServices, type Service } from "./reads.ts"

/**
 * The services that somebody may mean by these words, the likeliest first; all of them where nothing was typed. Words may be Arabic or
 * English, begun and not finished, with or without the article, in any of the spellings that people mix up, and with a slip in a longer
 * word. Every word counts: a second word narrows the answer down.
 */
export async function servicesFor(store: Store, typed: string): Promise<Service[]> {
  const services = await allServices(store)
  const words = termsOf(typed)
  if (words.length === 0) return typed.trim() === "" ? services : []
  const sectors = new Map((await allSectors(store)).map(({ code, name }) => [code, name]))
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
  return index.search(typed).flatMap(({ id }) => byCode.get(String(id)) ?? [])
}

/** Words as they are compared: spellings made equal, and without the article, which is written to the word and means nothing here. */
function termsOf(text: string): string[] {
  return searchable(text)
    .split(/[^\p{L}\p{N}]+/u)
    .map((term) => term.replace(/^(وال|بال|لل|ال)(?=.{3})/, ""))
    .filter((term) => term !== "")
}
