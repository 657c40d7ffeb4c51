import { shiftOf } from "../../base/clock.ts"
import { authorize, may, type Thing } from "../../domain/access/authorize.ts"
import { integratorKey, integratorKeys, isIntegratorScope, revokeKey } from "../../domain/access/integrators.ts"
import type { KeyRow } from "../../domain/access/keys.ts"
import { staffNames } from "../../domain/access/names.ts"
import { allOffices, type Office } from "../../domain/offices/reads.ts"
import { momentText } from "../../i18n/dates.ts"
import { keyWords } from "../../i18n/keys.ts"
import { inLang } from "../../i18n/lang.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Card, Empty, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, PostForm } from "../shell/controls.tsx"
import { State } from "../shell/marks.tsx"
import { administratorOf, keyHead } from "./head.tsx"

const day = 24 * 3_600_000
/** Those that are no longer in force are shown for so long: somebody may ask why a system has stopped. */
const formerShown = 30 * day
const soon = 14 * day
/** Keys belong to no office's wall: their moments are told in this zone. */
const zone = "Asia/Riyadh"

const done = ["revokedNow", "shownBefore"] as const

/** Whether this administrator answers for the key: one for all offices is the affair of whoever runs them all. */
export function answersFor(c: Context, key: KeyRow, offices: Office[]): boolean {
  return may(administratorOf(c), "key.manage", placeOf(key, offices))
}

function placeOf(key: KeyRow, offices: Office[]): Thing {
  return offices.find(({ code }) => code === key.office) ?? "everywhere"
}

/** The key of this page. Refuses `not_found`, also for one that is another administrator's affair. */
export async function keyOf(c: Context, id: string): Promise<KeyRow> {
  const { store } = c.var.house
  const key = await integratorKey(store, id)
  authorize(administratorOf(c), "key.manage", placeOf(key, await allOffices(store)))
  return key
}

export async function listPage(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = keyWords[lang]
  const now = house.clock.real()
  const offices = await allOffices(house.store)
  const all = (await integratorKeys(house.store, now - formerShown)).filter((key) => answersFor(c, key, offices))
  const names = await staffNames(
    house.store,
    all.map(({ madeBy }) => madeBy),
  )
  const cardOf = (key: KeyRow, rank: 2 | 3) => {
    const name = names.get(key.madeBy)
    const by = key.madeBy === "operator" ? words.byOperator : name ? inLang(name, lang) : words.bySetup
    const office = offices.find(({ code }) => code === key.office)
    return (
      <KeyCard c={c} row={key} by={by} rank={rank} office={office ? inLang(office.name, lang) : words.everyOffice} />
    )
  }
  const live = all.filter((key) => isLive(key, now))
  const former = all.filter((key) => !isLive(key, now))
  const said = done.find((one) => one === c.req.query("done"))
  return show(
    c,
    { title: words.title, styles: ["devices"], ...keyHead(c) },
    <div class="column">
      <h1>{words.title}</h1>
      <p class="quiet">
        {words.lead} <a href={paths.docs}>{words.docs}</a>
      </p>
      {said && (
        <Notice tone={said === "revokedNow" ? "good" : "info"} icon={said === "revokedNow" ? "check" : "info"}>
          <p class="strong" role="status">
            {words[said]}
          </p>
        </Notice>
      )}
      <ButtonLink weight="main" icon="key" href={paths.newKey}>
        {words.make}
      </ButtonLink>
      {live.length === 0 && (
        <Empty title={words.none}>
          <p>{words.noneHelp}</p>
        </Empty>
      )}
      {live.map((key) => cardOf(key, 2))}
      {former.length > 0 && <h2>{words.formerTitle}</h2>}
      {former.map((key) => cardOf(key, 3))}
    </div>,
  )
}

const isLive = ({ revokedAt, until }: KeyRow, now: number) => revokedAt === null && until > now

interface KeyCardProps {
  c: Context
  row: KeyRow
  by: string
  office: string
  rank: 2 | 3
}

function KeyCard({ c, row, by, office, rank }: KeyCardProps) {
  const { lang, house, formToken } = c.var
  const words = keyWords[lang]
  const { clock, demo } = house
  const now = clock.real()
  const moment = (at: number) => momentText(at + shiftOf(clock), zone, lang)
  const name = <bdi>{row.name}</bdi>
  return (
    <Card class="stack">
      {rank === 2 ? <h2>{name}</h2> : <h3>{name}</h3>}
      <dl class="facts">
        <dt>{words.key}</dt>
        <dd>
          <code dir="ltr">{`dawr_${demo ? "demo" : "live"}_${row.id}_…`}</code>
        </dd>
        <dt>{words.may}</dt>
        <dd>
          {row.scopes.filter(isIntegratorScope).map((scope) => (
            <p>{words.scope[scope]}</p>
          ))}
        </dd>
        <dt>{words.office}</dt>
        <dd>{office}</dd>
        <dt>{words.from}</dt>
        <dd>{row.addresses.length === 0 ? words.anywhere : <bdi dir="ltr">{row.addresses.join(", ")}</bdi>}</dd>
        <dt>{words.madeBy}</dt>
        <dd>
          <bdi>{by}</bdi>
        </dd>
        <dt>{words.madeAt}</dt>
        <dd>{moment(row.createdAt)}</dd>
        <dt>{words.used}</dt>
        <dd>{row.seenAt === null ? words.neverUsed : moment(row.seenAt)}</dd>
        <dt>{words.until}</dt>
        <dd>{moment(row.until)}</dd>
      </dl>
      {row.revokedAt !== null || row.until <= now ? (
        <State sign="missed">{row.revokedAt === null ? words.over : words.revokedWord}</State>
      ) : (
        <>
          {row.until - now < soon && <p class="strong">{words.endsSoon}</p>}
          <div class="row">
            <ButtonLink href={`${paths.newKey}?after=${row.id}`}>{words.successor}</ButtonLink>
            <PostForm action={paths.keyRevocation(row.id)} token={formToken}>
              <Button weight="danger">{words.revoke}</Button>
            </PostForm>
          </div>
          <p class="quiet small">{words.revokeSure}</p>
        </>
      )}
    </Card>
  )
}

/** Ends it at once, and the wires that were opened with it. */
export async function revoke(c: Context): Promise<Response> {
  const { house } = c.var
  const key = await keyOf(c, c.req.param("id") ?? "")
  const now = house.clock.real()
  await house.writer.write((tx) => revokeKey(tx, key.id, administratorOf(c).id, now), { scopes: ["accounts"] })
  house.hub.endSession(`key:${key.id}`)
  return c.redirect(`${paths.keys}?done=revokedNow`, 303)
}
