import { may } from "../../domain/access/authorize.ts"
import { placesIn } from "../../domain/access/places.ts"
import { type AccessRequest, deciders, requestsFor, stateOf } from "../../domain/access/request-reads.ts"
import { contains } from "../../domain/access/roles.ts"
import { type Member, staffWithin } from "../../domain/access/staff-list.ts"
import { allOffices } from "../../domain/offices/reads.ts"
import { inLang } from "../../i18n/lang.ts"
import { staffWords } from "../../i18n/staff.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Empty, LinkList, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, Select } from "../shell/controls.tsx"
import { State } from "../shell/marks.tsx"
import { staffHead, staffHere } from "../staff-head.tsx"
import { areaNames, Good, moment, nameOf } from "./head.tsx"

/** So many on a page. */
const pageOf = 100

/** Who works within somebody's area, and what waits there for a second person. */
export async function peoplePage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = staffWords[lang]
  const by = staffHere(c)
  const places = await placesIn(house.store)
  const offices = (await allOffices(house.store)).filter(({ code }) =>
    contains(by, { scopeKind: "office", scope: code }, places),
  )
  const office = offices.find(({ code }) => code === c.req.query("office"))?.code ?? null
  const members = await staffWithin(house.store, by, office)
  const pages = Math.max(1, Math.ceil(members.length / pageOf))
  const page = Math.min(pages, Math.max(1, Math.trunc(Number(c.req.query("page") ?? 1)) || 1))
  const { open, ended } = await requestsFor(house.store, by, house.clock.real())
  const mayChange = may(by, "staff.change")
  const here = (number: number) => `${paths.staffPeople}?page=${number}${office ? `&office=${office}` : ""}`
  return show(
    c,
    { title: words.title, ...staffHead(c) },
    <div class="column column-wide">
      <div class="row row-apart">
        <div>
          <h1>{words.title}</h1>
          <p class="quiet">{words.lead}</p>
        </div>
        <div class="row">
          {may(by, "passkey_rule.set") && <ButtonLink href={paths.staffPasskeyRule}>{words.rule}</ButtonLink>}
          {mayChange && (
            <ButtonLink weight="main" icon="person" href={paths.staffInvitation}>
              {words.invite}
            </ButtonLink>
          )}
        </div>
      </div>
      <Good text={c.req.query("done") === "saved" ? words.saved : null} />
      {mayChange && (await OnlyOne({ c }))}
      <section class="stack">
        <h2>{words.requestsTitle(open.length)}</h2>
        {open.length === 0 ? <p class="quiet">{words.requestsNone}</p> : await Requests({ c, rows: open })}
      </section>
      <section class="stack">
        <h2>{words.title}</h2>
        {offices.length > 1 && (
          <form method="get" action={paths.staffPeople} class="staff-filter">
            <Select
              name="office"
              label={words.office}
              value={office ?? ""}
              options={[
                { value: "", label: words.everyOffice },
                ...offices.map(({ code, name }) => ({ value: code, label: inLang(name, lang) })),
              ]}
            />
            <Button>{words.show}</Button>
          </form>
        )}
        {members.length === 0 ? (
          <Empty title={words.none}>
            <p>{words.noneHelp}</p>
          </Empty>
        ) : (
          await Members({ c, members: members.slice((page - 1) * pageOf, page * pageOf) })
        )}
        {pages > 1 && (
          <nav class="row staff-pages" aria-label={words.title}>
            {Array.from({ length: pages }, (_, index) => (
              <a href={here(index + 1)} aria-current={index + 1 === page ? "page" : undefined}>
                {index + 1}
              </a>
            ))}
          </nav>
        )}
      </section>
      {ended.length > 0 && (
        <section class="stack">
          <h2>{words.ended}</h2>
          {await Requests({ c, rows: ended })}
        </section>
      )}
    </div>,
  )
}

async function Members({ c, members }: { c: Context; members: Member[] }) {
  const { house, lang } = c.var
  const words = staffWords[lang]
  const area = await areaNames(house)
  return (
    <LinkList
      items={members.map((one) => ({
        href: paths.staffMember(one.id),
        icon: "person" as const,
        title: (
          <>
            <bdi>{inLang(one.name, lang)}</bdi>
            {one.id === staffHere(c).id && <span class="quiet"> · {words.you}</span>}
          </>
        ),
        line: (
          <>
            <bdi>{one.login}</bdi> · {words.roles[one.role]} · <bdi>{area(one, lang)}</bdi>
            <br />
            {Standing({ c, member: one })}
            {!isInvited(one) && <> · {KeysLine({ c, count: one.passkeys })}</>}
            {one.signedInAt !== null && (
              <>
                {" · "}
                {words.lastSeen} {moment(c, one.signedInAt)}
              </>
            )}
          </>
        ),
      }))}
    />
  )
}

type Entering = Pick<Member, "hasPassword" | "passkeys" | "signedInAt">

/** Nobody has come in by the code yet. */
const isInvited = ({ hasPassword, passkeys, signedInAt }: Entering) =>
  !hasPassword && passkeys === 0 && signedInAt === null

export function Standing({ c, member }: { c: Context; member: Entering & Pick<Member, "disabledAt"> }) {
  const words = staffWords[c.var.lang]
  if (member.disabledAt !== null) return <State sign="missed">{words.disabled}</State>
  if (isInvited(member)) return <State sign="early">{words.invited}</State>
  return <State sign="good">{words.active}</State>
}

export function KeysLine({ c, count }: { c: Context; count: number }) {
  const words = staffWords[c.var.lang]
  if (count === 0) return <strong>{words.noKey}</strong>
  return count === 1 ? <strong class="staff-one-key">{words.oneKey}</strong> : <span>{words.keys(count)}</span>
}

async function Requests({ c, rows }: { c: Context; rows: AccessRequest[] }) {
  const { house, lang } = c.var
  const words = staffWords[lang]
  const now = house.clock.real()
  const area = await areaNames(house)
  const items = await Promise.all(
    rows.map(async (row) => ({
      href: paths.staffRequest(row.id),
      icon: "key" as const,
      title: (
        <>
          {words.kinds[row.kind]}
          {row.kind !== "citizen_reset" && (
            <>
              {": "}
              <bdi>{inLang(row.name ?? (await nameOf(house, row.subject ?? "")), lang)}</bdi>
            </>
          )}
        </>
      ),
      line: (
        <>
          {words.states[stateOf(row, now)]} · <bdi>{area(row, lang)}</bdi> · {words.askedBy}{" "}
          <bdi>{inLang(await nameOf(house, row.askedBy), lang)}</bdi> · {moment(c, row.askedAt)}
        </>
      ),
    })),
  )
  return <LinkList items={items} />
}

/** Where there is but one administrator, what takes two stands still: who runs the host can help. */
async function OnlyOne({ c }: { c: Context }) {
  const words = staffWords[c.var.lang]
  const { role, scopeKind, scope, id } = staffHere(c)
  if (role !== "administrator") return null
  const others = await deciders(c.var.house.store, { role, scopeKind, scope, askedBy: id, subject: null, was: null })
  if (others.length > 0) return null
  return (
    <Notice tone="hold" icon="people">
      <p class="strong">{words.onlyOne}</p>
      <p>{words.onlyOneHelp}</p>
    </Notice>
  )
}
