import type { ProfileLine } from "../../../db/schema/queue.ts"
import { type Instant, minute } from "../../base/day.ts"
import { sexOf } from "../../domain/access/staff.ts"
import { allServices, type Service, service as serviceOf } from "../../domain/catalogue/reads.ts"
import { lineFor, office as officeOf } from "../../domain/offices/reads.ts"
import { person as personOf } from "../../domain/people/reads.ts"
import { type CounterView, counterView, queueView } from "../../domain/queue/reads.ts"
import { undoSeconds } from "../../domain/queue/undo.ts"
import { lastTouched } from "../../domain/queue/undoable.ts"
import { wishesIn } from "../../domain/queue/wishes.ts"
import { visit } from "../../domain/visits/visits.ts"
import { moneyText, timeText } from "../../i18n/dates.ts"
import { deskWords } from "../../i18n/desk.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { counted } from "../../i18n/plural.ts"
import type { Rendering } from "../rendering.ts"
import { Keys } from "../shell/controls.tsx"
import { Icon, type IconName } from "../shell/icons.tsx"
import { State } from "../shell/marks.tsx"
import { kindOf } from "./words.ts"

/** The one form to which every button of the desk belongs; it stands outside the live regions. */
export const deskForm = "desk-form"

/** Keys by their place on the keyboard, so that they work in either layout. */
const keys = {
  next: ["N", "ى"],
  recall: ["R", "ق"],
  finish: ["F", "ب"],
  absent: ["A", "ش"],
  park: ["P", "ح"],
  transfer: ["T", "ف"],
  undo: ["Z", "ئ"],
} as const

type Held = NonNullable<CounterView["ticket"]>

/** The person in hand at a counter, with everything that can be done now. */
export async function handFragment(
  { store, clock, keys: opening }: Rendering,
  counterId: string,
  lang: Lang,
): Promise<string> {
  const now = clock.office()
  const view = await counterView(store, counterId)
  const here = await officeOf(store, view.office)
  const queue = await queueView(store, view.office, now)
  const words = deskWords[lang]
  const held = view.ticket
  const service = held ? await serviceOf(store, held.service) : null
  const who = held?.person ? await personOf(store, opening, held.person) : null
  const undoable = held ?? (await lastTouched(store, counterId, now))
  const wishing = await wishesIn(store, view.office)
  const isWoman = wishing.size > 0 && view.staff !== null && (await sexOf(store, view.staff)) === "female"
  const next = nextFor(
    view.profile,
    queue.waiting.filter(({ id }) => isWoman || !wishing.has(id)),
  )
  // Of a ticket of nobody known there is no visit, also in a video office: what is done with it stands here as everywhere.
  const isVisit = here.video && held !== null && held.person !== null
  const isTalking = isVisit && held.state === "serving" && (await visit(store, held.id)).phase !== "wrapUp"
  const services = held ? (await allServices(store)).filter((one) => lineFor(here, one) !== null) : []

  return String(
    <div class="hand" data-next={next?.id} data-visit={isVisit ? held.id : undefined}>
      <div class="hand-body">
        {view.state === "paused" && (
          <div class="notice notice-hold">
            <Icon name="pause" />
            <div>
              <p class="strong">{words.paused}</p>
              <p>{words.pausedHelp}</p>
            </div>
          </div>
        )}
        {held && service ? (
          <InHand
            held={held}
            service={service}
            name={who ? inLang(who.name, lang) : null}
            now={now}
            zone={here.zone}
            lang={lang}
            services={services}
            isVisit={isVisit}
          />
        ) : (
          <div class="hand-idle">
            <p class="hand-idle-title">{words.idle}</p>
            <p class="quiet">{words.idleHelp}</p>
          </div>
        )}
      </div>
      <div class="hand-foot">
        {held?.state === "called" && !isVisit && (
          <Do verb="serve" ticket={held.id} class="button-finish" icon="check">
            {words.serve}
          </Do>
        )}
        {held?.state === "serving" && !isVisit && (
          <Do verb="finish" ticket={held.id} class="button-finish" icon="check" keyed={keys.finish}>
            {words.finish}
          </Do>
        )}
        <button
          type="submit"
          form={deskForm}
          id="do-next"
          name="do"
          value="next"
          class="hand-next"
          data-key="KeyN"
          disabled={view.state !== "open" || held?.state === "called" || isTalking}
        >
          <span class="grow">
            <span class="hand-next-word">{words.next}</span>
            <span class="hand-next-what">
              {isTalking
                ? words.nextTalking
                : held?.state === "called"
                  ? (isVisit ? words.nextRinging : words.nextBusy)(held.number)
                  : next
                    ? words.nextWho(next.number, kindOf(next, here.zone, lang))
                    : words.nextNobody}
              {held?.state === "serving" && !isTalking && ` · ${words.nextFinishes(held.number)}`}
            </span>
          </span>
          <Keys keys={keys.next} />
        </button>
        <p class="hand-undo quiet small">
          {undoable?.undo && now - undoable.undo.at <= undoSeconds * 1000 ? (
            <button type="submit" form={deskForm} name="do" value={`undo ${undoable.id}`} class="link" data-key="KeyZ">
              {words.lastStep(undoable.number)}
            </button>
          ) : (
            <span>{words.undoHelp}</span>
          )}
          <Keys keys={keys.undo} />
        </p>
      </div>
    </div>,
  )
}

/** Whom "next" would call as things stand: the smallest due plus the line's handicap. */
export function nextFor<T extends { line: string; due: Instant }>(
  profile: readonly ProfileLine[],
  waiting: readonly T[],
): T | null {
  let best: { row: T; at: number } | null = null
  for (const row of waiting) {
    const handicap = profile.find(({ line }) => line === row.line)?.handicap
    if (handicap === undefined) continue
    const at = row.due + handicap * minute
    if (!best || at < best.at) best = { row, at }
  }
  return best?.row ?? null
}

interface InHandProps {
  held: Held
  service: Service
  name: string | null
  now: Instant
  zone: string
  lang: Lang
  services: Service[]
  /** What is done with the person stands in the room of the visit. */
  isVisit: boolean
}

function InHand({ held, service, name, zone, lang, services, isVisit }: InHandProps) {
  const words = deskWords[lang]
  const since = held.state === "serving" ? held.servingAt : held.calledAt
  return (
    <>
      <p class="hand-state">
        <State sign={held.state === "serving" ? "serving" : "called"}>
          {held.state === "serving" ? words.serving : words.calledTimes(held.calls)}
        </State>
        <span class="quiet">
          {words.since} <span data-since={since ?? undefined}>{since === null ? "" : timeText(since, zone, lang)}</span>
          {service.minutes !== null && ` · ${words.usual(counted("minutes", service.minutes, lang))}`}
        </span>
      </p>
      <p class="hand-number number">{held.number}</p>
      {name && <p class="hand-name">{name}</p>}
      <p class="quiet">{inLang(service.name, lang)}</p>
      <dl class="facts hand-facts">
        {held.bookedAt !== null && (
          <>
            <dt>{words.booked}</dt>
            <dd>
              {timeText(held.bookedAt, zone, lang)} · {words.arrived} {timeText(held.arrivedAt, zone, lang)}
            </dd>
          </>
        )}
        {held.bookedAt === null && (
          <>
            <dt>{words.arrived}</dt>
            <dd>{timeText(held.arrivedAt, zone, lang)}</dd>
          </>
        )}
        {held.calledAt !== null && (
          <>
            <dt>{words.calledAt}</dt>
            <dd>
              {timeText(held.calledAt, zone, lang)}
              {held.servingAt !== null && ` · ${words.servingAt} ${timeText(held.servingAt, zone, lang)}`}
            </dd>
          </>
        )}
        {held.people > 1 && (
          <>
            <dt>{words.people}</dt>
            <dd>{counted("people", held.people, lang)}</dd>
          </>
        )}
        {held.need && (
          <>
            <dt>{words.kindNeed}</dt>
            <dd>{words.needs[held.need]}</dd>
          </>
        )}
      </dl>
      {service.documents.length > 0 && (
        <fieldset class="hand-papers" id={`papers-${held.id}`} data-live-keep>
          <legend class="spoken">{words.papers}</legend>
          {service.documents.map((name) => (
            <label>
              <input type="checkbox" /> {inLang(name, lang)}
            </label>
          ))}
          {service.feeHalalas !== null && service.feeHalalas > 0 && (
            <label>
              <input type="checkbox" /> {words.fee} {moneyText(service.feeHalalas, lang)}
            </label>
          )}
        </fieldset>
      )}
      {!isVisit && <Acts held={held} lang={lang} services={services} />}
    </>
  )
}

function Acts({ held, lang, services }: Pick<InHandProps, "held" | "lang" | "services">) {
  const words = deskWords[lang]
  return (
    <div class="hand-actions">
      {held.state === "called" && (
        <>
          <Do verb="recall" ticket={held.id} icon="bell" keyed={keys.recall}>
            {words.recall}
          </Do>
          <Do verb="absent" ticket={held.id} icon="absent" keyed={keys.absent}>
            {words.absent}
          </Do>
        </>
      )}
      {held.state === "serving" && (
        <Do verb="park" ticket={held.id} icon="pause" keyed={keys.park}>
          {words.park}
        </Do>
      )}
      <Fold id={`transfer-${held.id}`} icon="transfer" title={words.transfer} keyed={keys.transfer}>
        <ServiceChoice name="to" services={services} value={held.service} lang={lang} />
        <Radio name="reason" value="next_step" checked>
          {words.nextStep}
        </Radio>
        <Radio name="reason" value="correction">
          {words.correction}
        </Radio>
        <Do verb="transfer" ticket={held.id}>
          {words.send}
        </Do>
      </Fold>
      {held.state === "serving" && (
        <>
          <Fold id={`service-${held.id}`} icon="document" title={words.changeService}>
            <ServiceChoice name="service" services={services} value={held.service} lang={lang} />
            <Do verb="service" ticket={held.id}>
              {words.change}
            </Do>
          </Fold>
          <Fold id={`outcome-${held.id}`} icon="check" title={words.outcome}>
            <Radio name="outcome" value="done" checked>
              {words.done}
            </Radio>
            <Radio name="outcome" value="referred">
              {words.referred}
            </Radio>
            <Radio name="outcome" value="not_possible">
              {words.notPossible}
            </Radio>
            <label class="field">
              <span class="label">{words.note}</span>
              <textarea class="input" name="note" form={deskForm} maxlength={500} dir="auto" />
            </label>
          </Fold>
        </>
      )}
    </div>
  )
}

function ServiceChoice({
  name,
  services,
  value,
  lang,
}: {
  name: string
  services: Service[]
  value: string
  lang: Lang
}) {
  return (
    <label class="field">
      <span class="label">{deskWords[lang].service}</span>
      <select class="input" name={name} form={deskForm}>
        {services.map((one) => (
          <option value={one.code} selected={one.code === value}>
            {inLang(one.name, lang)}
          </option>
        ))}
      </select>
    </label>
  )
}

function Radio({
  name,
  value,
  checked,
  children,
}: {
  name: string
  value: string
  checked?: boolean
  children: string
}) {
  return (
    <label class="choice">
      <input type="radio" name={name} value={value} checked={checked} form={deskForm} />
      <span>{children}</span>
    </label>
  )
}

function Fold({
  id,
  icon,
  title,
  keyed,
  children,
}: {
  id: string
  icon: IconName
  title: string
  keyed?: readonly string[]
  children: unknown
}) {
  return (
    <details class="fold" id={id} data-live-keep>
      <summary class="button button-second" data-key={keyed ? `Key${keyed[0]}` : undefined}>
        <Icon name={icon} size={20} />
        <span>{title}</span>
        {keyed && <Keys keys={keyed} />}
      </summary>
      <div class="fold-body stack">{children as never}</div>
    </details>
  )
}

/** A button that does something with a ticket. */
export function Do({
  verb,
  ticket,
  icon,
  keyed,
  class: more = "button-second",
  asks = false,
  children,
}: {
  verb: string
  ticket: string
  /** Says first whom it concerns, and is done when it is pressed once more. */
  asks?: boolean
  icon?: IconName
  keyed?: readonly string[]
  class?: string
  children: string
}) {
  return (
    <button
      type="submit"
      form={deskForm}
      id={`do-${verb}-${ticket.replace(" ", "-")}`}
      name="do"
      value={`${asks ? "ask " : ""}${verb} ${ticket}`}
      class={`button ${more}`}
      data-key={keyed ? `Key${keyed[0]}` : undefined}
    >
      {icon && <Icon name={icon} size={20} />}
      <span>{children}</span>
      {keyed && <Keys keys={keyed} />}
    </button>
  )
}
