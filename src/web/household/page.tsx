import type { Instant } from "../../base/day.ts"
import { dayIn } from "../../base/time.ts"
import { allSectors, allServices } from "../../domain/catalogue/reads.ts"
import { familyOf, type OfFamily } from "../../domain/people/family.ts"
import { type GivenProxy, proxiesGiven, proxiesHeld } from "../../domain/people/proxies.ts"
import { civilZone } from "../../domain/people/rules.ts"
import { dayText } from "../../i18n/dates.ts"
import { householdWords } from "../../i18n/household.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { requestWords } from "../../i18n/requests.ts"
import { show } from "../frame.tsx"
import type { Context, House } from "../house.ts"
import { paths } from "../paths.ts"
import { askRegistry } from "../registry.ts"
import { Card, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm } from "../shell/controls.tsx"
import { mustBeCitizen } from "./who.ts"

/** The family as the registry says it, for whom one acts by a proxy, and whom one has named. */
export async function householdPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = householdWords[lang]
  const { id } = mustBeCitizen(c)
  await askRegistry(house, id)
  const { store, keys, clock } = house
  const now = clock.office()
  const [family, held, given] = [
    await familyOf(store, keys, id, now),
    await proxiesHeld(store, keys, id, now),
    await proxiesGiven(store, keys, id, now),
  ]
  const named = await namesOfServices(house, lang)
  const done = c.req.query("done")
  const said = done === "given" || done === "ended" ? words.done[done] : null
  return show(
    c,
    { title: words.title, styles: ["citizen"] },
    <div class="column">
      <h1>{words.title}</h1>
      <p class="quiet">{words.lead}</p>
      {said && (
        <Notice tone="good" icon="check">
          <p role="status">{said}</p>
        </Notice>
      )}
      <section class="stack">
        <h2>{words.family}</h2>
        <p class="quiet small">{words.familyLead}</p>
        {family.length === 0 && <p class="quiet">{words.familyNone}</p>}
        {family.map((member) => (
          <MemberCard member={member} now={now} lang={lang} />
        ))}
        <p>
          <a href={paths.permits}>{requestWords[lang].permitsTitle}</a>
        </p>
      </section>
      <section class="stack">
        <h2>{words.held}</h2>
        {held.length === 0 ? <p class="quiet">{words.heldNone}</p> : <p class="quiet small">{words.heldLead}</p>}
        {held.map((proxy) => (
          <Card class="stack">
            <p class="strong">
              <bdi>{inLang(proxy.name, lang)}</bdi>
            </p>
            <Scope proxy={proxy} named={named} lang={lang} />
            <EndForm c={c} id={proxy.id} label={words.giveBack} />
          </Card>
        ))}
      </section>
      <section class="stack">
        <h2>{words.given}</h2>
        <p class="quiet small">{words.givenLead}</p>
        {given.length === 0 && <p class="quiet">{words.givenNone}</p>}
        {given.map((proxy) => (
          <GivenCard c={c} proxy={proxy} named={named} />
        ))}
        {given.length > 0 && <p class="quiet small">{words.maybe}</p>}
        <ButtonLink wide icon="person" href={paths.newProxy}>
          {words.name}
        </ButtonLink>
      </section>
    </div>,
  )
}

function MemberCard({ member, now, lang }: { member: OfFamily; now: Instant; lang: Lang }) {
  const words = householdWords[lang]
  const { id, name, relation, until, deed, mayAct } = member
  const isOver = until !== null && until <= now
  const day = until === null ? null : dayOf(isOver ? until : until - 1, lang)
  return (
    <Card class="stack">
      <p class="strong">
        <bdi>{inLang(name, lang)}</bdi>
      </p>
      <p class="quiet small">
        {words.rights[relation]}
        {day && <> · {isOver ? words.ended(day) : words.until(day)}</>}
        {deed && (
          <>
            {" "}
            · {words.deed} <bdi dir="ltr">{deed}</bdi>
          </>
        )}
      </p>
      {relation === "spouse" && !mayAct && !isOver && <p class="small">{words.mayNot}</p>}
      {mayAct && relation !== "spouse" && (
        <p>
          <a href={paths.memberData(id)}>{words.data}</a>
        </p>
      )}
    </Card>
  )
}

function GivenCard({ c, proxy, named }: { c: Context; proxy: GivenProxy; named: Map<string, string> }) {
  const { lang } = c.var
  const { name, lastFour } = proxy.named
  return (
    <Card class="stack">
      <p class="strong">
        <bdi>{name}</bdi> · <bdi dir="ltr">…{lastFour}</bdi>
      </p>
      <Scope proxy={proxy} named={named} lang={lang} />
      <EndForm c={c} id={proxy.id} label={householdWords[lang].end} />
    </Card>
  )
}

type Scoped = Pick<GivenProxy, "acts" | "services" | "until">

function Scope({ proxy, named, lang }: { proxy: Scoped; named: Map<string, string>; lang: Lang }) {
  const { acts, services, until } = scopeText(proxy, named, lang)
  return (
    <p class="quiet small">
      {acts}
      <br />
      {services}
      <br />
      {householdWords[lang].until(until)}
    </p>
  )
}

/** What a proxy may do, in which services and until which day. */
export function scopeText({ acts, services, until }: Scoped, named: Map<string, string>, lang: Lang) {
  const words = householdWords[lang]
  return {
    acts: acts.map((act) => words.acts[act]).join(words.betweenActs),
    services: services.map((code) => named.get(code) ?? code).join(words.comma) || words.allServices,
    until: dayOf(until - 1, lang),
  }
}

export async function namesOfServices({ store }: House, lang: Lang): Promise<Map<string, string>> {
  const all = [...(await allSectors(store)), ...(await allServices(store))]
  return new Map(all.map(({ code, name }) => [code, inLang(name, lang)]))
}

const dayOf = (at: Instant, lang: Lang) => dayText(dayIn(at, civilZone), lang, { year: true, weekday: false })

function EndForm({ c, id, label }: { c: Context; id: string; label: string }) {
  return (
    <PostForm action={paths.proxyEnd(id)} token={c.var.formToken}>
      <Button weight="quiet">{label}</Button>
    </PostForm>
  )
}
