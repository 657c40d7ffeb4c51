import { z } from "zod"
import type { Capability, DeviceKind } from "../../../db/schema/devices.ts"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { authorize } from "../../domain/access/authorize.ts"
import { capabilitiesOf } from "../../domain/access/devices.ts"
import { approve, type Pairing, pairingWith, readCode, refusedCode } from "../../domain/access/pairings.ts"
import { begin, succeeded } from "../../domain/access/throttle.ts"
import { type Office, office as officeOf } from "../../domain/offices/reads.ts"
import { timeText } from "../../i18n/dates.ts"
import { deviceWords } from "../../i18n/devices.ts"
import { inLang } from "../../i18n/lang.ts"
import { waitText } from "../../i18n/plural.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { addressOf } from "../address.ts"
import { browserOf } from "../browser.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import { freshly } from "../fresh.ts"
import type { Context } from "../house.ts"
import { spacedCode } from "../pairing.tsx"
import { paths } from "../paths.ts"
import { Card, Notice } from "../shell/cards.tsx"
import { Button, ButtonLink, Choices, Field, FieldError, PostForm, Select } from "../shell/controls.tsx"
import { deviceHead, leadOf, ownOffices } from "./head.tsx"
import { nameField, nameLengthMax } from "./one.tsx"
import { onTheWall } from "./state.tsx"

/*
 * A member of staff says which screen belongs to which office. What asks is shown before anything is granted: somebody else's screen may
 * show a code too, and send it to a supervisor with a friendly word.
 */

const accounts = { scopes: ["accounts" as const] }

/** A code typed or scanned, or the place to type one. Who asks is shown only to somebody who has just shown a passkey. */
export function pairingPage(c: Context): Response | Promise<Response> {
  return c.req.query("code") === undefined ? codeForm(c, {}) : freshly(shownPage)(c)
}

async function shownPage(c: Context): Promise<Response> {
  const typed = c.req.query("code") ?? ""
  const found = await screenWith(c, typed)
  return "error" in found ? codeForm(c, { typed, ...found }) : approvalForm(c, found, {})
}

/**
 * The screen that shows this code. Every try counts before it is looked up, for whoever tries and for the address; the right one takes
 * that back.
 */
async function screenWith(c: Context, typed: string): Promise<Pairing | { error: string; status: number }> {
  const { house, lang } = c.var
  const lead = leadOf(c)
  const now = house.clock.real()
  const tried = {
    account: `pairing:${lead.id}`,
    address: `pairing:${house.keys.capability("address", addressOf(c))}`,
  }
  try {
    await house.writer.write((tx) => begin(tx, tried, now), accounts)
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code !== "too_many_requests") throw thrown
    const seconds = Number(thrown.details["retryAfterSeconds"] ?? 1)
    c.header("Retry-After", String(seconds))
    return { error: deviceWords[lang].wait(waitText(seconds, lang)), status: 429 }
  }
  const code = readCode(typed)
  const found = code ? await pairingWith(house.store, code, now) : null
  await house.writer.write((tx) => (found ? succeeded(tx, tried) : refusedCode(tx, lead)), accounts)
  if (found) return found
  const { title, help } = refusalWords("pairing_unknown", lang)
  return { error: `${title}. ${help}`, status: 404 }
}

function codeForm(c: Context, told: { typed?: string; error?: string; status?: number }): Response | Promise<Response> {
  const { lang } = c.var
  const words = deviceWords[lang]
  return show(
    c,
    { title: words.pairTitle, styles: ["devices"], status: told.status, ...deviceHead(c) },
    <div class="column">
      <h1>{words.pairTitle}</h1>
      <p class="quiet">{words.pairLead}</p>
      <form method="get" action={paths.devicePairing} class="stack code-form">
        <Field
          {...{ name: "code", label: words.codeLabel, hint: words.codeHint, error: told.error, value: told.typed }}
          {...{ required: true, maxlength: 40, autocomplete: "off", autofocus: true, latin: true }}
        />
        <Button weight="main" wide>
          {words.find}
        </Button>
      </form>
      <ButtonLink weight="quiet" href={paths.devices}>
        {words.back}
      </ButtonLink>
    </div>,
  )
}

/** What there is to choose; how its hall is doing every device shows. */
function choicesOf(kind: DeviceKind): Capability[] {
  return capabilitiesOf[kind].filter((one) => one !== "board:read")
}

interface Typed {
  name?: string
  office?: string
  capabilities?: string[]
  nameError?: string
  mayError?: string
  status?: number
}

async function approvalForm(c: Context, asks: Pairing, typed: Typed): Promise<Response> {
  const { lang, formToken } = c.var
  const words = deviceWords[lang]
  const offices = await ownOffices(c, "device.pair")
  const asked = offices.find(({ code }) => code === asks.office)
  const choices = choicesOf(asks.kind)
  return show(
    c,
    { title: words.pairTitle, styles: ["devices"], status: typed.status, ...deviceHead(c) },
    <div class="column">
      <h1>{words.pairTitle}</h1>
      <Card class="stack">
        <h2>{words.asks}</h2>
        <p class="pairing-code pairing-code-small" dir="ltr">
          {spacedCode(asks.code)}
        </p>
        <Asker c={c} asks={asks} zone={asked?.zone ?? offices[0]?.zone ?? "Asia/Riyadh"} />
      </Card>
      <Notice tone="late" icon="warning">
        <p>{words.compare(spacedCode(asks.code))}</p>
      </Notice>
      <PostForm action={`${paths.devicePairing}?code=${asks.code}`} token={formToken} class="stack">
        <Field
          {...{ name: "name", label: words.nameLabel, hint: words.nameHint, error: typed.nameError }}
          {...{ value: typed.name ?? words.usualName[asks.kind], maxlength: nameLengthMax }}
          {...{ required: true, autocomplete: "off" }}
        />
        <Select
          name="office"
          label={words.office}
          options={offices.map((one) => ({ value: one.code, label: inLang(one.name, lang) }))}
          value={typed.office ?? asked?.code}
        />
        {typed.mayError && <FieldError id="may-error">{typed.mayError}</FieldError>}
        {choices.length > 0 && (
          <Choices
            {...{ name: "capabilities[]", legend: words.may, type: "checkbox" }}
            options={choices.map((one) => ({
              value: one,
              label: words.capabilities[one],
              checked: typed.capabilities?.includes(one) ?? true,
            }))}
          />
        )}
        <Button weight="main" wide icon="check">
          {words.approve}
        </Button>
      </PostForm>
      <ButtonLink weight="quiet" href={paths.devicePairing}>
        {words.otherCode}
      </ButtonLink>
    </div>,
  )
}

function Asker({ c, asks, zone }: { c: Context; asks: Pairing; zone: string }) {
  const { lang } = c.var
  const words = deviceWords[lang]
  return (
    <dl class="facts">
      <dt>{words.kind}</dt>
      <dd>{words.kinds[asks.kind]}</dd>
      <dt>{words.browser}</dt>
      <dd>
        <bdi>{browserOf(asks.userAgent, lang)}</bdi>
      </dd>
      <dt>{words.from}</dt>
      <dd>
        <bdi dir="ltr">{asks.address}</bdi>
      </dd>
      <dt>{words.since}</dt>
      <dd>{timeText(onTheWall(c, asks.askedAt), zone, lang)}</dd>
      {asks.office !== null && (
        <>
          <dt>{words.asksOffice}</dt>
          <dd>
            <bdi>{asks.office}</bdi>
          </dd>
        </>
      )}
    </dl>
  )
}

const fields = z.object({
  name: z.string().max(500),
  office: z.string().max(60),
  "capabilities[]": z.array(z.string().max(40)).max(10).default([]),
})

/** Approves what the page showed. The proof of a moment ago is the gate's; see the route. */
export async function approveHere(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const words = deviceWords[lang]
  const lead = leadOf(c)
  const given = await readForm(c, fields)
  const typed = { name: given.name, office: given.office, capabilities: given["capabilities[]"] }
  const code = c.req.query("code") ?? ""
  const found = await screenWith(c, code)
  if ("error" in found) return codeForm(c, { typed: code, ...found })
  const name = nameField.safeParse(given.name)
  const choices = choicesOf(found.kind)
  const chosen = choices.filter((one) => typed.capabilities.includes(one))
  const isEnough = choices.length === 0 || chosen.length > 0
  if (!name.success || !isEnough) {
    const nameError = name.success ? undefined : words.nameMissing
    const mayError = isEnough ? undefined : words.mayNothing
    return approvalForm(c, found, { ...typed, nameError, mayError, status: 422 })
  }
  const here = await within(c, given.office)
  const capabilities: Capability[] = [...chosen, "board:read"]
  const approval = { code: found.code, name: name.data, office: here.code, capabilities }
  const now = house.clock.real()
  await house.writer.write((tx) => approve(tx, lead, approval, now), accounts)
  return c.redirect(`${paths.devices}?done=pairedNow`, 303)
}

async function within(c: Context, code: string): Promise<Office> {
  const here = await officeOf(c.var.house.store, code)
  authorize(leadOf(c), "device.pair", here)
  return here
}

/** Where a form that came too late begins anew: with the code that it was about. */
export function backToCode(c: Context): string {
  const code = readCode(c.req.query("code") ?? "")
  if (!code) throw new Refusal("pairing_unknown")
  return `${paths.devicePairing}?code=${code}`
}
