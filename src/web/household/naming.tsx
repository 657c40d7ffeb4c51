import { z } from "zod"
import type { ProxyAct } from "../../../db/schema/people.ts"
import type { Tx } from "../../../db/write.ts"
import { addDays, readDay } from "../../base/day.ts"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { asciiDigits, withoutMarks } from "../../base/text.ts"
import { dayIn } from "../../base/time.ts"
import { freeze, frozenFor } from "../../domain/access/confirmation.ts"
import { spendTry } from "../../domain/access/throttle.ts"
import { allSectors } from "../../domain/catalogue/reads.ts"
import { tellProxy } from "../../domain/notifications/security.ts"
import { askProxy, beginProxyNow, endProxy, namedIn } from "../../domain/people/proxies.ts"
import { civilZone } from "../../domain/people/rules.ts"
import { accountWords } from "../../i18n/account.ts"
import { householdWords } from "../../i18n/household.ts"
import { inLang } from "../../i18n/lang.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { confirmBy, confirmFields, stepUpFirst } from "../confirming.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { ConfirmForm } from "../passkey-form.tsx"
import { paths } from "../paths.ts"
import { Card, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, Choices, Field, PostForm } from "../shell/controls.tsx"
import { namesOfServices, scopeText } from "./page.tsx"
import { mustBeCitizen } from "./who.ts"

/*
 * Naming a proxy: number and name as on the other's identity card, what for, in which services and until when; then one confirmation that
 * is bound to just that. Nothing here tells whether anybody has the number or the name.
 */

const action = "proxy.give"
const acts = ["book", "change", "arrive"] as const satisfies ProxyAct[]
/** However many are named by mistake or to look around. */
const tries = { most: 20, window: 24 * 60 * 60_000 }
const accounts = { scopes: ["accounts" as const] }

interface Typed {
  number: string
  name: string
  acts: string[]
  services: string[]
  until: string
}

type Wrong = keyof (typeof householdWords)["ar"]["wrong"]

export function newProxyPage(c: Context): Promise<Response> {
  const until = addDays(dayIn(c.var.house.clock.office(), civilZone), 90)
  const [year, month, date] = until.split("-")
  return form(c, { number: "", name: "", acts: [...acts], services: [], until: `${date} / ${month} / ${year}` })
}

async function form(c: Context, typed: Typed, wrong?: Wrong | "young"): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = householdWords[lang]
  const sectors = await allSectors(house.store)
  const errorOf = (name: Wrong) => (name === wrong ? words.wrong[name] : undefined)
  return show(
    c,
    { title: words.newTitle, styles: ["citizen"], status: wrong === "young" ? 403 : wrong ? 400 : undefined },
    <div class="column">
      <h1>{words.newTitle}</h1>
      {wrong === "young" && (
        <Notice tone="late" icon="warning">
          <p role="alert">{words.young}</p>
        </Notice>
      )}
      <p class="quiet">{words.newLead}</p>
      <PostForm action={paths.proxies} token={formToken} class="stack">
        <Field
          {...{ name: "number", label: words.number, error: errorOf("number"), value: typed.number }}
          digits
          required
          maxlength={20}
        />
        <Field
          {...{ name: "name", label: words.fullName, hint: words.fullNameHint, error: errorOf("name") }}
          value={typed.name}
          required
          maxlength={120}
        />
        {wrong === "acts" && (
          <p class="error" role="alert">
            {words.wrong.acts}
          </p>
        )}
        <Choices
          name="acts[]"
          type="checkbox"
          legend={words.actsTitle}
          options={acts.map((act) => ({ value: act, label: words.acts[act], checked: typed.acts.includes(act) }))}
        />
        <Choices
          name="services[]"
          type="checkbox"
          legend={words.servicesTitle}
          hint={words.servicesHint}
          options={sectors.map(({ code, name }) => ({
            ...{ value: code, label: inLang(name, lang), checked: typed.services.includes(code) },
          }))}
        />
        <Field
          {...{ name: "until", label: words.untilTitle, hint: words.untilHint, error: errorOf("until") }}
          value={typed.until}
          digits
          required
          maxlength={20}
        />
        <Button weight="main" wide>
          {words.go}
        </Button>
      </PostForm>
      <ButtonLink weight="quiet" wide href={paths.household}>
        {words.back}
      </ButtonLink>
    </div>,
  ) as Promise<Response>
}

const several = z.array(z.string().max(20)).max(100).default([])
const fields = z.object({
  number: z.string().max(100),
  name: z.string().max(500),
  until: z.string().max(40),
  "acts[]": several,
  "services[]": several,
})

/** Day, month and year as people write them. */
function readUntil(text: string) {
  const typed = asciiDigits(withoutMarks(text)).trim()
  const [, date = "", month = "", year = ""] = /^(\d{1,2})\D+(\d{1,2})\D+(\d{4})$/.exec(typed) ?? []
  return readDay(`${year}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`)
}

/** Freezes what is to be confirmed. */
export async function beginProxy(c: Context): Promise<Response> {
  const { house } = c.var
  const { id } = mustBeCitizen(c)
  const { "acts[]": wished, "services[]": services, ...given } = await readForm(c, fields)
  const typed = { ...given, acts: wished, services }
  const now = house.clock.real()
  const until = readUntil(given.until)
  if (until === null) return form(c, typed, "until")
  const known = new Set((await allSectors(house.store)).map(({ code }) => code))
  const named = { ar: await namesOfServices(house, "ar"), en: await namesOfServices(house, "en") }
  const wanted = {
    ...{ number: given.number, name: given.name, until },
    acts: acts.filter((act) => wished.includes(act)),
    services: services.filter((code) => known.has(code)),
  }
  try {
    const frozen = await house.writer.write(async (tx) => {
      await spendTry(tx, `proxy:${id}`, tries, now)
      const { id: proxy, lastFour, until } = await askProxy(tx, house.keys, id, wanted)
      const lines = (lang: "ar" | "en") => {
        const text = scopeText({ ...wanted, until }, named[lang], lang)
        return householdWords[lang].lines(lastFour, text.acts, text.services, text.until)
      }
      const text = { ar: lines("ar"), en: lines("en") }
      return freeze(tx, { kind: "citizen", id }, { action, object: proxy, text }, now)
    }, accounts)
    return c.redirect(paths.proxyConfirmation(frozen.id), 303)
  } catch (thrown) {
    const field = isRefusal(thrown) && thrown.code === "invalid_field" ? thrown.details["field"] : null
    if (isRefusal(thrown) && thrown.code === "forbidden") return form(c, typed, "young")
    if (field === "number" || field === "name" || field === "acts" || field === "until") return form(c, typed, field)
    throw thrown
  }
}

export async function confirmProxyPage(c: Context, told: { error?: string; status?: number } = {}): Promise<Response> {
  const { house, lang } = c.var
  const words = householdWords[lang]
  const owner = { kind: "citizen" as const, id: mustBeCitizen(c).id }
  const frozen = await frozenFor(house.store, owner, c.req.param("id") ?? "", house.clock.real())
  if (frozen.action !== action) throw new Refusal("not_found")
  const here = paths.proxyConfirmation(frozen.id)
  return show(
    c,
    { title: words.confirmTitle, styles: ["citizen"], scripts: ["passkey"], status: told.status },
    <div class="column">
      <h1>{words.confirmTitle}</h1>
      {told.error && (
        <Notice tone="late" icon="warning">
          <p role="alert">{told.error}</p>
        </Notice>
      )}
      <Card class="stack">
        {frozen.text[lang].map((line) => (
          <p class="strong">{line}</p>
        ))}
        <p class="quiet small">
          {words.who}: <bdi>{await namedIn(house.store, house.keys, owner.id, frozen.object)}</bdi>
        </p>
      </Card>
      <ConfirmForm c={c} action={here} of={frozen.id} label={words.confirm} />
      <ButtonLink weight="quiet" wide href={paths.household}>
        {words.back}
      </ButtonLink>
    </div>,
  )
}

export async function proxyConfirmed(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const { id } = mustBeCitizen(c)
  const given = await readForm(c, confirmFields)
  const owner = { kind: "citizen" as const, id }
  const now = house.clock.real()
  const frozen = await frozenFor(house.store, owner, c.req.param("id") ?? "", now)
  if (frozen.action !== action) throw new Refusal("not_found")
  const aside = stepUpFirst(c, given, paths.proxyConfirmation(frozen.id))
  if (aside) return aside
  const change = async (tx: Tx) => {
    const begun = await beginProxyNow(tx, id, frozen.object)
    await tellProxy(tx, begun, "given")
  }
  try {
    await confirmBy(c, given, { id: frozen.id }, change)
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
    if (thrown.code === "passkey_refused") {
      return confirmProxyPage(c, { error: accountWords[lang].passkeyRefused, status: thrown.status })
    }
    if (thrown.code === "proxy_limit") {
      return confirmProxyPage(c, { error: refusalWords(thrown.code, lang).title, status: thrown.status })
    }
    throw thrown
  }
  return c.redirect(`${paths.household}?done=given`, 303)
}

/** Ends it at once, with nothing asked: whoever is afraid of a proxy must not look for a passkey first. */
export async function endProxyNow(c: Context): Promise<Response> {
  const { id } = mustBeCitizen(c)
  await c.var.house.writer.write(async (tx) => {
    const { row, isNews } = await endProxy(tx, id, c.req.param("id") ?? "")
    if (isNews) await tellProxy(tx, row, "ended")
  }, accounts)
  return c.redirect(`${paths.household}?done=ended`, 303)
}
