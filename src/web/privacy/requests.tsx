import { z } from "zod"
import { shiftOf } from "../../base/clock.ts"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { readNumber } from "../../base/text.ts"
import { authorize, may } from "../../domain/access/authorize.ts"
import { erase, type Obstacle } from "../../domain/people/erasure.ts"
import { ownData } from "../../domain/people/own-data.ts"
import { person, personByNumber } from "../../domain/people/reads.ts"
import {
  allRequests,
  endRequest,
  noteOf,
  type PrivacyRequest,
  privacyRequest,
  prolongRequest,
  takeRequest,
} from "../../domain/people/requests.ts"
import { sayExported } from "../../domain/people/writes.ts"
import { momentText } from "../../i18n/dates.ts"
import { inLang } from "../../i18n/lang.ts"
import { privacyWords } from "../../i18n/privacy.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { noteReads } from "../noting.ts"
import { paths } from "../paths.ts"
import { Card, Empty, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, Field, PostForm, Select, TextArea } from "../shell/controls.tsx"
import { Against } from "./erasing.tsx"
import { staffHead, staffOf } from "./head.tsx"
import { HeldData, homeZone } from "./held.tsx"

/* What people ask at a counter or by letter about their data, and how it is answered. */

export async function requestsPage(
  c: Context,
  told: { error?: string; typed?: { number: string; note: string; kind: string }; status?: number } = {},
): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = privacyWords[lang]
  const { open, ended } = await allRequests(house.store)
  const kinds = Object.entries(words.kinds).map(([value, label]) => ({ value, label }))
  return show(
    c,
    { title: words.requestsTitle, styles: ["privacy"], status: told.status, ...staffHead(c) },
    <div class="column">
      <h1>{words.requestsTitle}</h1>
      <p class="quiet">{words.requestsLead}</p>
      {open.length === 0 ? (
        <Empty title={words.requestsNone} />
      ) : (
        <ul class="card card-flush list">{await Promise.all(open.map((row) => Row({ c, row })))}</ul>
      )}
      <Card class="stack">
        <h2>{words.take}</h2>
        <PostForm action={paths.privacyRequests} token={formToken} class="stack">
          <Select name="kind" label={words.kind} options={kinds} value={told.typed?.kind} />
          <Field
            name="number"
            label={words.askedNumber}
            error={told.error}
            value={told.typed?.number}
            digits
            required
            maxlength={20}
            autocomplete="off"
          />
          <TextArea
            name="note"
            label={words.requestNote}
            hint={words.requestNoteHelp}
            value={told.typed?.note}
            maxlength={1000}
          />
          <Button weight="main">{words.take}</Button>
        </PostForm>
      </Card>
      {ended.length > 0 && (
        <section class="stack">
          <h2>{words.ended}</h2>
          <ul class="card card-flush list">{await Promise.all(ended.map((row) => Row({ c, row })))}</ul>
        </section>
      )}
    </div>,
  )
}

/** Without the name: who it is shows the request itself, and that is noted. */
async function Row({ c, row }: { c: Context; row: PrivacyRequest }) {
  const { house, lang } = c.var
  const words = privacyWords[lang]
  const shift = shiftOf(house.clock)
  const moment = (at: number) => momentText(at + shift, homeZone, lang)
  const isLate = row.state === "open" && row.dueAt <= house.clock.real()
  return (
    <li class="list-row">
      <span class="grow">
        <a href={paths.privacyRequest(row.id)}>{words.kinds[row.kind]}</a>
        <br />
        <span class="quiet small">
          {words.asked} {moment(row.askedAt)} ·{" "}
          {row.state === "open" ? words.due(moment(row.dueAt)) : words.states[row.state]}
        </span>
      </span>
      {isLate && <strong class="error">{words.overdue}</strong>}
    </li>
  )
}

const taking = z.object({
  kind: z.enum(["access", "erasure", "correction"]),
  number: z.string().max(40),
  note: z.string().max(1000).default(""),
})

export async function take(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const given = await readForm(c, taking)
  const words = privacyWords[lang]
  const number = readNumber(given.number)
  const who = number && (await personByNumber(house.store, house.keys.index("number", number)))
  if (!who) return requestsPage(c, { error: words.unknownNumber, typed: given, status: 422 })
  const asked = { kind: given.kind, person: who.id, note: given.note, by: staffOf(c).id }
  const id = await house.writer.write((tx) => takeRequest(tx, house.keys, asked, house.clock.real()), {
    scopes: ["accounts"],
  })
  return c.redirect(paths.privacyRequest(id), 303)
}

export async function requestPage(
  c: Context,
  told: { error?: string; against?: Obstacle[]; status?: number } = {},
): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = privacyWords[lang]
  const row = await privacyRequest(house.store, c.req.param("id") ?? "")
  const who = await person(house.store, house.keys, row.person)
  if (who) await noteReads(c, [{ person: who.id, what: "found" }])
  const note = await noteOf(house.store, house.keys, row)
  const shift = shiftOf(house.clock)
  const moment = (at: number) => momentText(at + shift, homeZone, lang)
  const isOpen = row.state === "open"
  const isLate = isOpen && row.dueAt <= house.clock.real()
  const decides = may(staffOf(c), "privacy_request.erase")
  return show(
    c,
    { title: words.kinds[row.kind], styles: ["privacy"], status: told.status, ...staffHead(c) },
    <div class="column">
      <h1>{words.kinds[row.kind]}</h1>
      {told.error && (
        <Notice tone="late" icon="warning">
          <p role="alert">{told.error}</p>
        </Notice>
      )}
      {told.against && (await Against({ c, against: told.against }))}
      <Card>
        <dl class="facts">
          <dt>{words.name}</dt>
          <dd>{who ? <bdi>{inLang(who.name, lang)}</bdi> : words.goneName}</dd>
          <dt>{words.asked}</dt>
          <dd>{moment(row.askedAt)}</dd>
          <dt>{isOpen ? words.dueLabel : words.ended}</dt>
          <dd>
            {isOpen ? moment(row.dueAt) : `${words.states[row.state]} · ${moment(row.endedAt ?? row.dueAt)}`}
            {row.prolongedAt !== null && ` · ${words.prolonged}`}
            {isLate && <strong class="error"> {words.overdue}</strong>}
          </dd>
          {note !== "" && (
            <>
              <dt>{words.requestNote}</dt>
              <dd class="written" dir="auto">
                {note}
              </dd>
            </>
          )}
        </dl>
      </Card>
      {isOpen && who && row.kind === "access" && (
        <ButtonLink weight="main" href={paths.privacyRequestData(row.id)}>
          {words.showData}
        </ButtonLink>
      )}
      {isOpen && who && row.kind === "erasure" && decides && (
        <PostForm action={paths.privacyRequest(row.id)} token={formToken} class="card stack">
          <label class="choice">
            <input type="checkbox" name="sure" value="yes" />
            <span>{words.eraseSure}</span>
          </label>
          <Button weight="danger" name="do" value="erase">
            {words.eraseNow}
          </Button>
        </PostForm>
      )}
      {isOpen && (
        <PostForm action={paths.privacyRequest(row.id)} token={formToken} class="row">
          <Button name="do" value="done">
            {words.finish}
          </Button>
          <Button name="do" value="declined">
            {words.decline}
          </Button>
          {row.prolongedAt === null && !isLate && (
            <Button weight="quiet" name="do" value="prolong">
              {words.prolong}
            </Button>
          )}
        </PostForm>
      )}
      {isOpen && row.prolongedAt === null && !isLate && <p class="quiet small">{words.prolongHelp}</p>}
    </div>,
  )
}

const deciding = z.object({ do: z.enum(["done", "declined", "prolong", "erase"]), sure: z.literal("yes").optional() })

export async function decide(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const given = await readForm(c, deciding)
  const row = await privacyRequest(house.store, c.req.param("id") ?? "")
  const by = staffOf(c)
  const now = house.clock.real()
  const scopes = { scopes: ["accounts" as const] }
  if (given.do === "prolong") {
    await house.writer.write((tx) => prolongRequest(tx, row.id, by.id, now), scopes)
  } else if (given.do !== "erase") {
    const state = given.do
    await house.writer.write((tx) => endRequest(tx, row.id, state, by.id, now), scopes)
  } else {
    authorize(by, "privacy_request.erase")
    if (row.kind !== "erasure") throw new Refusal("forbidden")
    if (given.sure !== "yes") return requestPage(c, { error: privacyWords[lang].eraseUnsure, status: 422 })
    try {
      const ended = await house.writer.write(async (tx) => {
        await endRequest(tx, row.id, "done", by.id, now)
        return erase(tx, row.person, by.id, now)
      }, scopes)
      for (const one of ended) house.hub.endSession(one)
      await house.writer.emptyLog()
    } catch (thrown) {
      if (!isRefusal(thrown) || thrown.code !== "erasure_blocked") throw thrown
      const against = thrown.details["obstacles"] as Obstacle[]
      return requestPage(c, { error: refusalWords(thrown.code, lang).title, against, status: thrown.status })
    }
  }
  return c.redirect(given.do === "prolong" ? paths.privacyRequest(row.id) : paths.privacyRequests, 303)
}

/** Everything about the person, for the printer at the counter. Refuses `not_found` unless the person has asked and waits for it. */
export async function requestedData(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = privacyWords[lang]
  const row = await privacyRequest(house.store, c.req.param("id") ?? "")
  if (row.state !== "open" || row.kind !== "access") throw new Refusal("not_found")
  await noteReads(c, [{ person: row.person, what: "data" }])
  await house.writer.write((tx) => sayExported(tx, row.person, staffOf(c).id, "page"), { scopes: ["accounts"] })
  const data = await ownData(house.store, house.keys, row.person, house.clock.office())
  return show(
    c,
    { title: words.dataTitle, styles: ["privacy"], ...staffHead(c) },
    <div class="column">
      <h1>{data.profile.name ? <bdi>{inLang(data.profile.name, lang)}</bdi> : words.dataTitle}</h1>
      <p class="quiet small">{words.asOf(momentText(house.clock.office(), homeZone, lang))}</p>
      {await HeldData({ c, data })}
    </div>,
  )
}
