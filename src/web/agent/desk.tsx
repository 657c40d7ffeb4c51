import { raw } from "hono/html"
import type { CounterRow } from "../../../db/schema/queue.ts"
import { token } from "../../base/id.ts"
import type { Refusal } from "../../base/refusal.ts"
import { authorize } from "../../domain/access/authorize.ts"
import type { Staff } from "../../domain/access/subject.ts"
import { allServices } from "../../domain/catalogue/reads.ts"
import { lineFor, type Office, office as officeOf } from "../../domain/offices/reads.ts"
import { counterOf, countersOf } from "../../domain/queue/tickets.ts"
import { common } from "../../i18n/common.ts"
import { deskWords } from "../../i18n/desk.ts"
import { paperWords } from "../../i18n/identity.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { staffWords } from "../../i18n/staff.ts"
import { visitorWords } from "../../i18n/visitor.ts"
import { CallRoom } from "../call-room.tsx"
import { show } from "../frame.tsx"
import { GiveFile } from "../give-file.tsx"
import { headOf } from "../heads.ts"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Empty, Notice } from "../shell/cards.tsx"
import { Button, Field, PostForm, Select } from "../shell/controls.tsx"
import { Icon } from "../shell/icons.tsx"
import { Plate } from "../shell/marks.tsx"
import type { Choice, Question } from "./asking.ts"
import { deskForm, handFragment } from "./hand.tsx"
import { listFragment } from "./list.tsx"
import { panelFragment } from "./panel.tsx"
import { serviceForm } from "./service.tsx"

/** What is told above the desk after an action: a refusal, or good news. */
export interface Told {
  refusal?: Refusal
  good?: string
  /** The last counter was asked to close while people wait: ask again. */
  confirmClose?: string
  /** Something is asked before it is done. */
  asks?: Question
}

export function agentOf(c: Context): Staff {
  return c.var.subject as Staff
}

/** The desk of whoever sits at a counter; a choice of counters for whoever does not yet. */
export async function deskPage(c: Context, told: Told = {}): Promise<Response> {
  const { house } = c.var
  const agent = agentOf(c)
  const seat = await counterOf(house.store, agent.id)
  const code = seat?.office ?? (agent.scopeKind === "office" ? agent.scope : (c.req.query("office") ?? ""))
  if (code === "") return c.redirect(paths.days, 303)
  const here = await officeOf(house.store, code)
  authorize(agent, "desk.work", here)
  return seat && seat.state !== "closed" ? desk(c, here, seat, told) : pick(c, here, told)
}

async function pick(c: Context, here: Office, told: Told): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = deskWords[lang]
  const agent = agentOf(c)
  const all = await countersOf(house.store, here.code)
  return show(
    c,
    {
      title: words.pickTitle,
      head: "deep",
      styles: ["desk"],
      homeHref: paths.desk,
      headBeside: <span class="head-office">{inLang(here.name, lang)}</span>,
      headLinks: <HeadLinks c={c} here={here} />,
      status: told.refusal?.status,
    },
    <div class="column column-wide">
      <h1>{words.pickTitle}</h1>
      <p class="quiet">{words.pickLead}</p>
      <Telling told={told} lang={lang} />
      <PostForm action={paths.deskAct} token={formToken} class="counters">
        {all.map((one) => {
          const taken = one.staff !== null && one.staff !== agent.id
          return (
            <button type="submit" name="do" value={`open ${one.id}`} class="counter-choice" disabled={taken}>
              <Plate value={one.number} label={words.sit(one.number)} tone={taken ? "closed" : "deep"} />
              <span>
                <strong>{taken ? words.takenBy : words.free}</strong>
                <br />
                <span class="quiet small">{profileText(one, here, lang)}</span>
              </span>
            </button>
          )
        })}
      </PostForm>
      {all.length === 0 && <Empty title={words.pickTitle} />}
    </div>,
  )
}

export function profileText({ profile }: Pick<CounterRow, "profile">, here: Office, lang: Lang): string {
  const words = deskWords[lang]
  const nameOf = (code: string) =>
    inLang(here.lines.find((line) => line.code === code)?.name ?? { ar: code, en: code }, lang)
  const [own, ...help] = profile
  const first = own ? words.first(nameOf(own.line)) : ""
  return help.length > 0
    ? `${first}${lang === "ar" ? "، " : ", "}${words.thenHelps(help.map(({ line }) => nameOf(line)).join(lang === "ar" ? " و" : " and "))}`
    : first
}

async function desk(c: Context, here: Office, seat: CounterRow, told: Told): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = deskWords[lang]
  const head = await headOf(house, { kind: "queue", office: here.code })
  const hand = await handFragment(house, seat.id, lang)
  const list = here.video
    ? await panelFragment(house, here.code, lang, agentOf(c).id, house.hub.watch)
    : await listFragment(house, here.code, lang)
  const services = (await allServices(house.store)).filter((one) => lineFor(here, one) !== null)
  return show(
    c,
    {
      title: `${words.sit(seat.number)} · ${words.title}`,
      head: "deep",
      styles: here.video ? ["desk", "call", "desk-visit", "record"] : ["desk"],
      scripts: here.video ? ["desk", "desk-visit"] : ["desk"],
      bodyClass: "desk",
      homeHref: paths.desk,
      status: told.refusal?.status,
      headBeside: (
        <span class="head-office">
          <Plate value={seat.number} label={words.sit(seat.number)} tone="closed" />
          <span>
            {inLang(here.name, lang)} · <span class="head-profile">{profileText(seat, here, lang)}</span>
          </span>
        </span>
      ),
      headLinks: (
        <>
          <span class="live">{words.live}</span>
          <button type="submit" form={deskForm} name="do" value={seat.state === "paused" ? `open ${seat.id}` : "pause"}>
            {seat.state === "paused" ? words.resume : words.pause}
          </button>
          <button type="submit" form={deskForm} name="do" value="close">
            {words.close}
          </button>
          <HeadLinks c={c} here={here} />
        </>
      ),
    },
    <div class="desk-whole" data-zone={here.zone}>
      <form id={deskForm} method="post" action={paths.deskAct}>
        {formToken !== "" && <input type="hidden" name="_form" value={formToken} />}
        <input type="hidden" name="counter" value={seat.id} />
      </form>
      <div class="desk-body">
        <section class="desk-hand" aria-label={words.sit(seat.number)}>
          <h1 class="spoken">{words.sit(seat.number)}</h1>
          <p class="desk-offline" role="status" data-live-since={words.offline} />
          <div data-told aria-live="polite">
            <Telling told={told} lang={lang} />
          </div>
          <dialog class="card asking" data-asking aria-labelledby="asking-title">
            <p class="h3" id="asking-title" data-asking-title />
            <div data-asking-lines />
            <p class="row">
              <button type="submit" form={deskForm} name="do" class="button" data-asking-yes />
              <button type="submit" form={deskForm} name="do" class="button button-second" data-asking-no autofocus />
            </p>
          </dialog>
          <div class="desk-hand-live" data-live={`counter:${seat.id}`} data-view="hand" data-seq={head.seq}>
            {raw(hand)}
          </div>
        </section>
        <section class="desk-list">
          <div class="desk-tools">
            <form method="get" action={paths.desk} class="desk-find">
              <label class="spoken" for="q">
                {words.find}
              </label>
              <input
                class="input input-digits"
                id="q"
                name="q"
                inputmode="numeric"
                maxlength={10}
                placeholder={words.find}
                value={c.req.query("q") ?? ""}
                data-key="Slash"
              />
              <Button icon="search">{words.findButton}</Button>
            </form>
            <details class="fold">
              <summary class="button button-second">
                <Icon name="ticket" size={20} /> {words.issueTitle}
              </summary>
              <div class="fold-body stack">
                <PostForm action={paths.deskAct} token={formToken} class="stack">
                  <input type="hidden" name="once" value={token(house.chance, 12)} />
                  <Select
                    name="service"
                    label={words.service}
                    options={services.map((one) => ({ value: one.code, label: inLang(one.name, lang) }))}
                  />
                  <Field name="holder" label={words.issueNumber} digits maxlength={20} autocomplete="off" />
                  <button type="submit" name="do" value={`issue ${here.code}`} class="button button-second">
                    {words.issue}
                  </button>
                </PostForm>
                <PostForm action={paths.deskAct} token={formToken} class="stack">
                  <Field name="code" label={words.checkInCode} digits maxlength={20} autocomplete="off" />
                  <button type="submit" name="do" value={`checkin ${here.code}`} class="button button-second">
                    {words.checkIn}
                  </button>
                </PostForm>
              </div>
            </details>
          </div>
          <FoundTicket c={c} here={here} />
          {here.video && (
            <div class="call-desk">
              <CallRoom lang={lang} isCountKept />
              <div class="call-service">
                <PostForm action={paths.deskService} token={formToken} id={serviceForm} />
                <p role="status" data-service-told />
                <div data-visit-service />
              </div>
              <div class="call-side">
                <div class="call-cards" data-visit-actions data-owner={agentOf(c).id} />
                <section class="card stack" aria-labelledby="visit-files">
                  <h2 class="h3" id="visit-files">
                    {paperWords[lang].title}
                  </h2>
                  <div data-visit-papers />
                  <GiveFile action={paths.desk} token={formToken} lang={lang} isHidden />
                </section>
              </div>
            </div>
          )}
          <div data-live={`queue:${here.code}`} data-view={here.video ? "panel" : "desk"} data-seq={head.seq}>
            {raw(list)}
          </div>
          <p class="desk-keys small">
            <button
              type="button"
              class="link"
              data-keys-toggle
              data-on={words.shortcutsOn}
              data-off={words.shortcutsOff}
              hidden
            >
              {words.shortcutsOff}
            </button>
          </p>
        </section>
      </div>
    </div>,
  )
}

async function FoundTicket({ c, here }: { c: Context; here: Office }) {
  const asked = c.req.query("q")
  if (!asked) return null
  const { found } = await import("./find.tsx")
  return found(c, here, asked)
}

function HeadLinks({ c, here }: { c: Context; here: Office }) {
  const { lang, formToken } = c.var
  const agent = agentOf(c)
  return (
    <>
      {agent.role !== "agent" && <a href={paths.day(here.code)}>{deskWords[lang].toDay}</a>}
      <a href={paths.deskPerson}>{visitorWords[lang].deskTitle}</a>
      <a href={paths.deskAccounts}>{staffWords[lang].deskTitle}</a>
      <a class="head-person" href={paths.security}>
        {inLang(agent.name, lang)}
      </a>
      <PostForm action={paths.signOut} token={formToken}>
        <button type="submit">{common[lang].signOut}</button>
      </PostForm>
    </>
  )
}

/** For a browser without scripts; the others get it as a dialog. */
function Asking({ asks: { title, lines, yes, no } }: { asks: Question }) {
  return (
    <Notice tone="late" icon="warning">
      <p class="strong">{title}</p>
      {lines.map((line) => (
        <p dir="auto">{line}</p>
      ))}
      <p class="row">
        <Press {...yes} class={yes.isGrave ? "button-danger" : "button-main"} />
        {no.verb === null ? (
          <a class="button button-second" href={paths.desk}>
            {no.label}
          </a>
        ) : (
          <Press {...no} class="button-second" />
        )}
      </p>
    </Notice>
  )
}

function Press({ verb, label, class: more }: Choice & { class: string }) {
  return (
    <button type="submit" form={deskForm} name="do" value={verb ?? ""} class={`button ${more}`}>
      {label}
    </button>
  )
}

function Telling({ told, lang }: { told: Told; lang: Lang }) {
  if (told.confirmClose) {
    return (
      <Notice tone="late" icon="warning">
        <p class="strong">{told.confirmClose}</p>
        <button type="submit" form={deskForm} name="do" value="close-anyway" class="button button-danger">
          {deskWords[lang].closeAnyway}
        </button>
      </Notice>
    )
  }
  if (told.asks) return <Asking asks={told.asks} />
  if (told.refusal) {
    const { title, help } = refusalWords(told.refusal.code, lang)
    return (
      <Notice tone="late" icon="warning">
        <p class="strong">{title}</p>
        <p>{help}</p>
      </Notice>
    )
  }
  return told.good ? (
    <Notice tone="good" icon="check">
      <p class="strong">{told.good}</p>
    </Notice>
  ) : null
}
