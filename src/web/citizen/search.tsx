import { searchable } from "../../base/text.ts"
import { allSectors, allServices, type Service } from "../../domain/catalogue/reads.ts"
import { servicesFor } from "../../domain/catalogue/search.ts"
import { allOffices, type Office } from "../../domain/offices/reads.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Empty, LinkList } from "../shell/cards.tsx"
import { Icon, sectorIcon } from "../shell/icons.tsx"
import { sectorItems } from "./home.tsx"

const queryMost = 100

/** The field of the first page; it works as a plain form. */
export function SearchForm({ lang, value }: { lang: Lang; value?: string }) {
  const words = citizenWords[lang]
  return (
    <search>
      <form method="get" action={paths.search} class="search">
        <label class="spoken" for="q">
          {words.searchLabel}
        </label>
        <input
          class="input"
          id="q"
          name="q"
          type="search"
          maxlength={queryMost}
          placeholder={words.searchHint}
          value={value}
        />
        <button type="submit" class="button search-send">
          <Icon name="search" />
          <span class="spoken">{words.search}</span>
        </button>
      </form>
    </search>
  )
}

/** Services and offices by the words that people type for them. */
export async function searchPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const { store } = house
  const words = citizenWords[lang]
  const query = (c.req.query("q") ?? "").slice(0, queryMost).trim()
  const services = await servicesFor(store, query)
  const offices = query === "" ? [] : officesFor(await allOffices(store), query)
  const sectors = await allSectors(store)
  const isEmpty = services.length === 0 && offices.length === 0
  return show(
    c,
    { title: query === "" ? words.resultsAll : words.results(query), styles: ["citizen"] },
    <div class="column">
      <h1>{query === "" ? words.resultsAll : words.results(query)}</h1>
      <SearchForm lang={lang} value={query} />
      {isEmpty && (
        <>
          <Empty title={words.nothing(query)}>
            <p>{words.nothingHelp}</p>
          </Empty>
          <LinkList items={sectorItems(sectors, await allServices(store), lang)} />
        </>
      )}
      {services.length > 0 && (
        <section class="stack">
          <h2>
            {words.services} <span class="quiet small">{counted("services", services.length, lang)}</span>
          </h2>
          <LinkList items={services.map((service) => serviceItem(service, lang))} />
        </section>
      )}
      {offices.length > 0 && (
        <section class="stack">
          <h2>{words.offices}</h2>
          <LinkList
            items={offices.map(({ code, name, address }) => ({
              href: paths.office(code),
              icon: "pin" as const,
              title: inLang(name, lang),
              line: inLang(address, lang),
            }))}
          />
        </section>
      )}
    </div>,
  )
}

/** A service in a list: what it is and by which ways it is done. */
export function serviceItem({ code, sector, name, channels, bookingOnly }: Service, lang: Lang) {
  const words = citizenWords[lang]
  const ways = [
    channels.includes("online") && words.online,
    channels.includes("office") && words.inOffice,
    channels.includes("video") && words.byVideo,
    bookingOnly && words.onlyBooked,
  ].filter((way): way is string => way !== false)
  return { href: paths.service(code), icon: sectorIcon(sector), title: inLang(name, lang), line: ways.join(" · ") }
}

/** Offices whose name or place holds every word, in any spelling, with or without the article. */
export function officesFor(offices: Office[], query: string): Office[] {
  const terms = searchable(query)
    .split(/[^\p{L}\p{N}]+/u)
    .map((term) => term.replace(/^(وال|بال|لل|ال)(?=.{3})/, ""))
    .filter((term) => term !== "")
  if (terms.length === 0) return []
  return offices.filter(({ code, name, address, city, region }) => {
    const all = [code, name.ar, name.en, address.ar, address.en, city, region?.ar, region?.en].join(" ")
    return terms.every((term) => searchable(all).includes(term))
  })
}
