import { Refusal } from "../../base/refusal.ts"
import { may } from "../../domain/access/authorize.ts"
import { staffOf } from "../../domain/access/keys.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { type RequestView, receiptsBefore, requestView, servicesIn } from "../../domain/requests/reads.ts"
import { isOpen, unconfirmedOf } from "../../domain/requests/requests.ts"
import type { Decision, Field, Option } from "../../domain/requests/service.ts"
import { arab, countries, countryName, gulf } from "../../domain/requests/services/countries.ts"
import { type Hindrance, hindrance } from "../../domain/requests/standing.ts"
import { visit } from "../../domain/visits/visits.ts"
import { timeText } from "../../i18n/dates.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { requestWords } from "../../i18n/requests.ts"
import { rulesOf } from "../media-keys.ts"
import { paths } from "../paths.ts"
import type { Rendering } from "../rendering.ts"
import { Before, isOver, Lines, Receipt, Why } from "../request-lines.tsx"
import { Icon } from "../shell/icons.tsx"
import { State } from "../shell/marks.tsx"

/** The form of the services; it stands outside the live region. */
export const serviceForm = "service-form"

/** What a field is named in the form. */
export const fieldName = (name: string) => `f.${name}`

/** The service that is carried out in the visit in hand: chosen, filled in, decided, asked to be confirmed. Refuses `not_found` to others. */
export async function serviceFragment(house: Rendering, id: string, lang: Lang, reader: string): Promise<string> {
  const { store, keys, clock } = house
  const { row: of, phase } = await visit(store, id)
  const office = await officeOf(store, of.office)
  if (!may(await staffOf(store, reader), "request.prepare", office)) throw new Refusal("not_found", { what: "view" })
  const now = clock.office()
  const view = await requestView(store, keys, id, now)
  const isRunning = view !== null && isOpen(view.row)
  const before = await receiptsBefore(store, keys, id, view?.row.id ?? null)
  const talks = phase === "call" || phase === "hold" || phase === "private"
  if (!isRunning && !talks && view === null) return ""
  const asked = { visit: id, person: of.person, agent: reader, now }
  const hinders = isRunning ? await hindrance(store, view.file, asked, rulesOf(house)) : null
  const words = requestWords[lang]
  return String(
    <section class="request card stack" aria-labelledby="request-title">
      <h2 id="request-title" class="h3">
        {isRunning ? inLang(view.name, lang) : words.title}
      </h2>
      {isRunning && <Filling view={view} hinders={hinders} zone={office.zone} now={now} lang={lang} />}
      {!isRunning && view && <Receipt view={view} zone={office.zone} lang={lang} />}
      {!isRunning && talks && (
        <Choosing visit={id} services={await servicesIn(store, of.office)} view={view} lang={lang} />
      )}
      <Before receipts={before} zone={office.zone} lang={lang} />
    </section>,
  )
}

type Listed = Awaited<ReturnType<typeof servicesIn>>[number]

function Choosing({
  visit: id,
  services,
  view,
  lang,
}: {
  visit: string
  services: Listed[]
  view: RequestView | null
  lang: Lang
}) {
  const words = requestWords[lang]
  if (services.length === 0) return <p class="quiet">{words.none}</p>
  return (
    <div class="request-start">
      <label class="field grow">
        <span class="label">{view ? words.another : words.choose}</span>
        <select class="input" name="service" id={`service-${id}`} form={serviceForm}>
          {services.map((one) => (
            <option value={one.code}>{inLang(one.name, lang)}</option>
          ))}
        </select>
      </label>
      <Press verb={`begin ${id}`}>{words.start}</Press>
    </div>
  )
}

interface FillingProps {
  view: RequestView
  hinders: Hindrance | null
  zone: string
  now: number
  lang: Lang
}

function Filling({ view, hinders, zone, now, lang }: FillingProps) {
  const words = requestWords[lang]
  const { row, file, decision } = view
  const isAsked = row.state === "asked" && !isOver(row.askedUntil, now)
  const unconfirmed = unconfirmedOf(row, now)
  return (
    <>
      <p class="quiet small">{words.watching}</p>
      <input type="hidden" name="request" value={row.id} form={serviceForm} />
      <div class="request-fields">
        {file.fields.map((field) => (
          <FieldOf field={field} view={view} lang={lang} />
        ))}
      </div>
      <div class="request-decision" aria-live="polite">
        {decision === null && file.fields.length > 0 && <p class="quiet">{words.fill}</p>}
        {decision && <Decided decision={decision} lang={lang} />}
      </div>
      <div aria-live="polite">
        {unconfirmed !== null && (
          <div class="notice notice-late">
            <Icon name="warning" />
            <div>
              <p class="strong">{words.notConfirmed[unconfirmed]}</p>
              <p>{words.notConfirmedHelp}</p>
            </div>
          </div>
        )}
      </div>
      {isAsked && row.askedUntil !== null && (
        <div class="notice notice-hold">
          <Icon name="key" />
          <div>
            <p class="strong">{words.waiting}</p>
            <p>{words.waitingUntil(timeText(row.askedUntil, zone, lang))}</p>
          </div>
        </div>
      )}
      {hinders !== null && <p class="request-hindrance">{words.hindrances[hinders]}</p>}
      {hinders === "recording" && (
        <p>
          {words.unrecorded} <a href={paths.service(row.service)}>{words.otherWays}</a> ·{" "}
          <a href={paths.deskPerson}>{words.bookForThem}</a>
        </p>
      )}
      <div class="actions">
        {decision?.is === "yes" && hinders === null && !isAsked && (
          <Press verb={`${file.identity >= 2 ? "ask" : "carry"} ${row.id}`} class="button-main" icon="key">
            {file.identity >= 2 ? words.ask : words.carryOut}
          </Press>
        )}
        {decision?.is === "no" && decision.offer && (
          <Press verb={`offer ${row.id}`} class="button-main">
            {inLang(decision.offer.label, lang)}
          </Press>
        )}
        {decision?.is === "no" && <Press verb={`close ${row.id}`}>{words.refuse}</Press>}
        <Press verb={`withdraw ${row.id}`} class="button-quiet">
          {words.giveUp}
        </Press>
      </div>
      {decision?.is === "yes" && hinders === null && !isAsked && file.identity >= 2 && (
        <p class="quiet small">{words.askHelp}</p>
      )}
    </>
  )
}

function Decided({ decision, lang }: { decision: Decision; lang: Lang }) {
  const words = requestWords[lang]
  return (
    <>
      <p>
        <State sign={decision.is === "yes" ? "good" : "missed"}>{decision.is === "yes" ? words.yes : words.no}</State>
      </p>
      <Why reason={decision.reason} wayOut={decision.is === "no" ? decision.wayOut : undefined} lang={lang} />
      {decision.is === "yes" && <Lines lines={decision.lines} lang={lang} />}
    </>
  )
}

function FieldOf({ field, view, lang }: { field: Field; view: RequestView; lang: Lang }) {
  const value = view.fields[field.name] ?? ""
  const id = `${fieldName(field.name)}-${view.row.id}`
  const name = fieldName(field.name)
  const options = view.options.get(field.name) ?? []
  // What there is nothing to choose from is not asked.
  if (field.kind === "choice" && field.isOptional && options.length === 0 && value === "") return null
  return (
    <div class="field">
      <label class="label" for={id}>
        {inLang(field.label, lang)}
      </label>
      {field.kind === "choice" && <Choice field={field} {...{ id, name, value, options, lang }} />}
      {field.kind === "countries" && <Countries {...{ id, value, request: view.row.id, lang }} />}
      {field.kind === "day" && (
        <input class="input" type="date" {...{ id, name, value }} form={serviceForm} dir="ltr" />
      )}
      {field.kind === "text" && (
        <input
          class="input"
          {...{ id, name, value }}
          type={field.input}
          form={serviceForm}
          maxlength={field.max}
          dir="ltr"
          autocomplete="off"
        />
      )}
      {field.hint && <p class="hint">{inLang(field.hint, lang)}</p>}
    </div>
  )
}

interface ChoiceProps {
  field: Field
  id: string
  name: string
  value: string
  options: readonly Option[]
  lang: Lang
}

function Choice({ field, id, name, value, options, lang }: ChoiceProps) {
  const words = requestWords[lang]
  return (
    <select class="input" id={id} name={name} form={serviceForm}>
      <option value="">{field.isOptional ? words.noneChosen : words.choosePlease}</option>
      {options.map((one) => (
        <option value={one.value} selected={one.value === value}>
          {inLang(one.label, lang)}
        </option>
      ))}
    </select>
  )
}

/** The countries that are chosen, each with a way to take it out, and a list to add one from. */
function Countries({
  id,
  value,
  request,
  lang,
}: Omit<ChoiceProps, "field" | "options" | "name"> & { request: string }) {
  const words = requestWords[lang]
  const chosen = value.split(",").filter(Boolean)
  const groups: [label: string, codes: readonly string[]][] = [
    [words.gulf, countries.filter((code) => gulf.has(code))],
    [words.arab, countries.filter((code) => arab.has(code) && !gulf.has(code))],
    [words.others, countries.filter((code) => !arab.has(code))],
  ]
  const nameOf = (code: string) => inLang(countryName(code), lang)
  const { compare } = new Intl.Collator(lang)
  return (
    <>
      {chosen.length > 0 && (
        <ul class="request-countries">
          {chosen.map((code) => (
            <li>
              <Press verb={`drop ${request} ${code}`} class="button-quiet" label={words.removeCountry(nameOf(code))}>
                {`${nameOf(code)} ×`}
              </Press>
            </li>
          ))}
        </ul>
      )}
      <select class="input" id={id} name="add" form={serviceForm} data-add>
        <option value="">{words.addCountry}</option>
        {groups.map(([label, codes]) => (
          <optgroup label={label}>
            {[...codes]
              .sort((one, other) => compare(nameOf(one), nameOf(other)))
              .map((code) => (
                <option value={code}>{nameOf(code)}</option>
              ))}
          </optgroup>
        ))}
      </select>
    </>
  )
}

function Press({
  verb,
  class: more = "button-second",
  icon,
  label,
  children,
}: {
  verb: string
  class?: string
  icon?: "key"
  label?: string
  children: string
}) {
  return (
    <button
      type="submit"
      form={serviceForm}
      id={`press-${verb.replaceAll(" ", "-")}`}
      name="do"
      value={verb}
      class={`button ${more}`}
      aria-label={label}
    >
      {icon && <Icon name={icon} size={20} />}
      <span>{children}</span>
    </button>
  )
}
