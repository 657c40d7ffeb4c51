import { z } from "zod"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { halfFor, unusedUntil } from "../../domain/access/approvals.ts"
import {
  type AccessRequest,
  deciders,
  mayDecide,
  mayRead,
  request,
  stateOf,
} from "../../domain/access/request-reads.ts"
import { refuseRequest, withdrawRequest } from "../../domain/access/staff-requests.ts"
import { person } from "../../domain/people/reads.ts"
import { inLang } from "../../i18n/lang.ts"
import { staffWords } from "../../i18n/staff.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { noteReads } from "../noting.ts"
import { paths } from "../paths.ts"
import { Card, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, Field, PostForm } from "../shell/controls.tsx"
import { staffHead, staffHere } from "../staff-head.tsx"
import { FirstHalf } from "./code.tsx"
import { accounts, Good, grantNames, moment, nameOf } from "./head.tsx"
import { tellDecided } from "./telling.ts"

/** The request of this page. Refuses `not_found`, also for one that is not the reader's to see. */
async function shown(c: Context): Promise<AccessRequest> {
  const { store } = c.var.house
  const row = await request(store, c.req.param("id") ?? "")
  if (!(await mayRead(store, staffHere(c), row))) throw new Refusal("not_found", { what: "request" })
  return row
}

export async function requestPage(c: Context): Promise<Response> {
  return page(c, await shown(c), {})
}

async function page(c: Context, row: AccessRequest, told: { reason?: string; error?: string; status?: number }) {
  const { house, lang } = c.var
  const words = staffWords[lang]
  const done = c.req.query("done")
  const state = stateOf(row, house.clock.real())
  const isOpen = state === "open"
  const by = staffHere(c)
  const isOwn = row.askedBy === by.id
  const half = await halfFor(house.store, house.keys, by, row, house.clock.real())
  const isUnused = (await unusedUntil(house.store, row)) !== null
  const mayAct = isOpen && (await mayDecide(house.store, by, row))
  return show(
    c,
    { title: words.kinds[row.kind], status: told.status, ...staffHead(c) },
    <div class="column">
      <h1>{words.kinds[row.kind]}</h1>
      <Good text={done === "sent" && isOpen ? words.sent : done === "saved" ? words.saved : null} />
      {await Facts({ c, row, state })}
      {isOpen && (isOwn || row.subject === by.id) && (
        <Notice icon="people">
          <p>{isOwn ? words.ownWaits : words.aboutYou}</p>
        </Notice>
      )}
      {isOpen && isOwn && (await Deciders({ c, row }))}
      {half && <FirstHalf c={c} half={half} isStaff={row.kind !== "citizen_reset"} />}
      {isUnused && <LostHalf c={c} row={row} />}
      {mayAct && <Deciding c={c} row={row} told={told} />}
      {isOpen && isOwn && (
        <PostForm action={paths.staffWithdrawal(row.id)} token={c.var.formToken}>
          <Button weight="quiet">{words.withdraw}</Button>
        </PostForm>
      )}
      <ButtonLink weight="quiet" href={by.role === "agent" ? paths.deskAccounts : paths.staffPeople}>
        {by.role === "agent" ? words.deskTitle : words.backToPeople}
      </ButtonLink>
    </div>,
  )
}

async function Facts({ c, row, state }: { c: Context; row: AccessRequest; state: AccessRequest["state"] }) {
  const { house, lang } = c.var
  const words = staffWords[lang]
  const grant = await grantNames(house)
  const isCitizen = row.kind === "citizen_reset"
  const by = async (id: string) => inLang(await nameOf(house, id), lang)
  return (
    <Card>
      <dl class="facts">
        <dt>{words.state}</dt>
        <dd class="strong">{words.states[state]}</dd>
        <dt>{words.about}</dt>
        <dd>
          <bdi>{await nameOfSubject(c, row)}</bdi>
          {row.login !== null && (
            <>
              {" · "}
              <bdi>{row.login}</bdi>
            </>
          )}
        </dd>
        {row.kind === "grant" && row.was && (
          <>
            <dt>{words.was}</dt>
            <dd dir="auto">{grant(row.was, lang)}</dd>
          </>
        )}
        {!isCitizen && (
          <>
            <dt>{row.kind === "grant" || row.kind === "invite" ? words.wanted : words.was}</dt>
            <dd dir="auto">{grant(row, lang)}</dd>
          </>
        )}
        {row.document !== null && (
          <>
            <dt>{words.identity}</dt>
            <dd>
              {words.documents[row.document]} · <bdi>{words.endsWith(row.documentEnd ?? "")}</bdi>
            </dd>
          </>
        )}
        <dt>{words.askedBy}</dt>
        <dd>
          <bdi>{await by(row.askedBy)}</bdi>
        </dd>
        <dt>{words.askedAt}</dt>
        <dd>{moment(c, row.askedAt)}</dd>
        {state === "open" || state === "expired" ? (
          <>
            <dt>{words.until}</dt>
            <dd>{moment(c, row.until)}</dd>
          </>
        ) : (
          row.decidedBy !== null && (
            <>
              <dt>{words.decidedBy}</dt>
              <dd>
                <bdi>{await by(row.decidedBy)}</bdi>
              </dd>
              <dt>{words.decidedAt}</dt>
              <dd>{moment(c, row.decidedAt ?? row.askedAt)}</dd>
            </>
          )
        )}
        {row.reason !== null && (
          <>
            <dt>{words.reason}</dt>
            <dd class="staff-reason" dir="auto">
              {row.reason}
            </dd>
          </>
        )}
      </dl>
    </Card>
  )
}

/** A citizen's name is opened here and nowhere in lists, and that is noted. Auditors read no name of a citizen. */
async function nameOfSubject(c: Context, row: AccessRequest): Promise<string> {
  const { house, lang } = c.var
  if (row.kind !== "citizen_reset") return inLang(row.name ?? (await nameOf(house, row.subject ?? "")), lang)
  const isOpened = staffHere(c).role !== "auditor"
  const who = isOpened ? await person(house.store, house.keys, row.subject ?? "") : null
  if (!who) return "—"
  await noteReads(c, [{ person: who.id, what: "found", office: row.scope }])
  return inLang(who.name, lang)
}

/** Whom to ask; or that there is nobody. */
async function Deciders({ c, row }: { c: Context; row: AccessRequest }) {
  const { house, lang } = c.var
  const words = staffWords[lang]
  const others = await deciders(house.store, row)
  if (others.length === 0) {
    return (
      <Notice tone="hold" icon="people">
        <p class="strong">{words.noDecider}</p>
        <p>{words.onlyOneHelp}</p>
      </Notice>
    )
  }
  return (
    <section class="stack">
      <h2>{words.deciders}</h2>
      <ul class="staff-names">
        {others.slice(0, 12).map(({ name }) => (
          <li>
            <bdi>{inLang(name, lang)}</bdi>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What is left to whoever no longer has the half that was shown once. */
function LostHalf({ c, row }: { c: Context; row: AccessRequest }) {
  const words = staffWords[c.var.lang]
  if (row.kind === "citizen_reset") return <p class="quiet">{words.codeLostCitizen}</p>
  return (
    <>
      <p class="quiet">{words.codeLost}</p>
      <ButtonLink weight="second" href={paths.staffMember(row.subject ?? "")}>
        {words.toMember}
      </ButtonLink>
    </>
  )
}

function Deciding({ c, row, told }: { c: Context; row: AccessRequest; told: { reason?: string; error?: string } }) {
  const { lang, formToken } = c.var
  const words = staffWords[lang]
  return (
    <>
      <PostForm action={paths.staffApproval(row.id)} token={formToken}>
        <Button weight="main" wide icon="key">
          {words.approve}
        </Button>
      </PostForm>
      <Card class="stack">
        <h2>{words.refuseTitle}</h2>
        <PostForm action={paths.staffRefusal(row.id)} token={formToken} class="stack">
          <Field
            {...{ name: "reason", label: words.reason, value: told.reason, error: told.error }}
            {...{ required: true, maxlength: 300, autocomplete: "off" }}
          />
          <Button weight="danger">{words.refuse}</Button>
        </PostForm>
      </Card>
    </>
  )
}

export async function refuse(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const row = await shown(c)
  const { reason } = await readForm(c, z.object({ reason: z.string().max(2000).default("") }))
  const now = house.clock.real()
  try {
    await house.writer.write(
      async (tx) => tellDecided(tx, await refuseRequest(tx, staffHere(c), row.id, reason, now)),
      accounts,
    )
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code !== "invalid_field") throw thrown
    return page(c, row, { reason, error: staffWords[lang].reasonMissing, status: 422 })
  }
  return c.redirect(`${paths.staffRequest(row.id)}?done=saved`, 303)
}

export async function withdraw(c: Context): Promise<Response> {
  const { house } = c.var
  const row = await shown(c)
  const now = house.clock.real()
  await house.writer.write((tx) => withdrawRequest(tx, staffHere(c), row.id, now), accounts)
  return c.redirect(`${paths.staffRequest(row.id)}?done=saved`, 303)
}
