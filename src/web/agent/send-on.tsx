import type { Words } from "../../../db/schema/catalogue.ts"
import type { Store } from "../../../db/store.ts"
import { staffNames } from "../../domain/access/names.ts"
import { allServices, type Service } from "../../domain/catalogue/reads.ts"
import { allOffices, lineFor, type Office } from "../../domain/offices/reads.ts"
import { countersOf } from "../../domain/queue/tickets.ts"
import type { VisitView } from "../../domain/visits/reads.ts"
import { deskWords } from "../../i18n/desk.ts"
import { inLang, type Lang } from "../../i18n/lang.ts"
import { agentVisitWords } from "../../i18n/visits-agent.ts"
import { Do, deskForm } from "./hand.tsx"

/** Where a person can be sent on to. */
export interface Targets {
  here: Service[]
  /** Other video offices, each with what it serves. */
  offices: { office: Office; services: Service[] }[]
  /** Who else sits at a counter of this office. */
  agents: { id: string; name: Words }[]
}

export async function targetsOf(store: Store, { office }: Pick<VisitView, "office">, self: string): Promise<Targets> {
  const services = await allServices(store)
  const served = (by: Office) => services.filter((one) => lineFor(by, one) !== null)
  const all = await allOffices(store)
  const here = all.find(({ code }) => code === office)
  const counters = await countersOf(store, office)
  const sitting = counters.flatMap(({ state, staff }) => (state !== "closed" && staff && staff !== self ? [staff] : []))
  const names = await staffNames(store, sitting)
  return {
    here: here ? served(here) : [],
    offices: all
      .filter(({ code, video }) => video && code !== office)
      .map((one) => ({ office: one, services: served(one) }))
      .filter((one) => one.services.length > 0),
    agents: sitting.flatMap((id) => {
      const name = names.get(id)
      return name ? [{ id, name }] : []
    }),
  }
}

/** Sends the person on: to another service or agent of this office, or to another office, with a note for who is next. */
export function SendOn({ view, targets, lang }: { view: VisitView; targets: Targets; lang: Lang }) {
  const words = agentVisitWords[lang]
  const { id } = view
  return (
    <details class="fold" id={`send-${id}`} data-live-keep>
      <summary class="button button-second">{words.sendOn}</summary>
      <div class="fold-body stack">
        <label class="field">
          <span class="label">{deskWords[lang].service}</span>
          <select class="input" name="to" form={deskForm}>
            <optgroup label={words.sendHere}>
              {targets.here.map((one) => (
                <option value={one.code} selected={one.code === view.service}>
                  {inLang(one.name, lang)}
                </option>
              ))}
            </optgroup>
            {targets.offices.map(({ office, services }) => (
              <optgroup label={inLang(office.name, lang)}>
                {services.map((one) => (
                  <option value={`${office.code}/${one.code}`}>{inLang(one.name, lang)}</option>
                ))}
              </optgroup>
            ))}
          </select>
        </label>
        {targets.agents.length > 0 && (
          <label class="field">
            <span class="label">{words.sendAgent}</span>
            <span class="hint">{words.sendAgentHint}</span>
            <select class="input" name="forAgent" form={deskForm}>
              <option value="">{words.sendAnyone}</option>
              {targets.agents.map(({ id: agent, name }) => (
                <option value={agent}>{inLang(name, lang)}</option>
              ))}
            </select>
          </label>
        )}
        <label class="field">
          <span class="label">{words.sendOnNote}</span>
          <textarea class="input" name="sendNote" form={deskForm} maxlength={2000} dir="auto" />
        </label>
        <Do verb="visit-send" ticket={id}>
          {words.doSendOn}
        </Do>
      </div>
    </details>
  )
}

/** What the select says: `SERVICE` of this office, or `OFFICE/SERVICE`. */
export function readTarget(to = ""): { office: string | undefined; service: string } {
  const [first = "", second] = to.split("/")
  return second === undefined ? { office: undefined, service: first } : { office: first, service: second }
}
