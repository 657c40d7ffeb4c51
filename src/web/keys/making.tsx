import { z } from "zod"
import { token } from "../../base/id.ts"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { sha256 } from "../../base/seal.ts"
import { answerBefore, keepAnswer } from "../../domain/access/answers.ts"
import { authorize, may } from "../../domain/access/authorize.ts"
import { type IntegratorScope, integratorScopes } from "../../domain/access/integrators.ts"
import { type KeyRow, makeKey } from "../../domain/access/keys.ts"
import { readNetworks } from "../../domain/access/networks.ts"
import { allOffices } from "../../domain/offices/reads.ts"
import { keyWords } from "../../i18n/keys.ts"
import { inLang } from "../../i18n/lang.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { paths } from "../paths.ts"
import { Card } from "../shell/cards.tsx"
import { Button, ButtonLink, Choices, Field, FieldError, PostForm, Select, TextArea } from "../shell/controls.tsx"
import { administratorOf, keyHead } from "./head.tsx"
import { keyOf } from "./list.tsx"

const lifetimes = ["30", "90", "365"] as const
type Lifetime = (typeof lifetimes)[number]
const nameLengthMax = 60

interface Typed {
  name: string
  scopes: readonly string[]
  office: string
  days: Lifetime
  addresses: string
}

type FieldName = keyof Typed

/** A new key, or one that takes the place of another and is the same system's. */
export async function newPage(c: Context): Promise<Response> {
  const after = c.req.query("after") ? await keyOf(c, c.req.query("after") ?? "") : null
  return form(c, after, after ? typedOf(after) : { name: "", scopes: [], office: "", days: "90", addresses: "" })
}

function typedOf({ name, scopes, office, addresses }: KeyRow): Typed {
  return { name, scopes, office: office ?? "", days: "90", addresses: addresses.join("\n") }
}

async function form(c: Context, after: KeyRow | null, typed: Typed, wrong?: FieldName): Promise<Response> {
  const { house, lang, formToken } = c.var
  const words = keyWords[lang]
  const administrator = administratorOf(c)
  const offices = (await allOffices(house.store)).filter((one) => may(administrator, "key.make", one))
  const everywhere = administrator.scopeKind === "all" ? [{ value: "", label: words.everyOffice }] : []
  return show(
    c,
    { title: words.newTitle, styles: ["devices"], status: wrong ? 422 : 200, ...keyHead(c) },
    <div class="column">
      <h1>{after ? words.successorTitle(after.name) : words.newTitle}</h1>
      {after && <p class="quiet">{words.successorHelp}</p>}
      <PostForm action={paths.keys} token={formToken} class="stack">
        <input type="hidden" name="once" value={token(house.chance, 12)} />
        <input type="hidden" name="after" value={after?.id ?? ""} />
        <Field
          {...{ name: "name", label: words.name, hint: words.nameHint, value: typed.name, maxlength: nameLengthMax }}
          {...{ required: true, autocomplete: "off", error: wrong === "name" ? words.nameMissing : undefined }}
        />
        {wrong === "scopes" && <FieldError id="scopes-error">{words.scopesMissing}</FieldError>}
        <Choices
          {...{ name: "scopes[]", legend: words.scopes, type: "checkbox" }}
          options={integratorScopes.map((scope) => ({
            value: scope,
            label: words.scope[scope],
            checked: typed.scopes.includes(scope),
          }))}
        />
        <Select
          name="office"
          label={words.office}
          options={[...everywhere, ...offices.map(({ code, name }) => ({ value: code, label: inLang(name, lang) }))]}
          value={typed.office}
        />
        <Choices
          {...{ name: "days", legend: words.days }}
          options={lifetimes.map((days) => ({
            value: days,
            label: words.daysChoice[days],
            checked: typed.days === days,
          }))}
        />
        <TextArea
          {...{ name: "addresses", label: words.addresses, hint: words.addressesHint, value: typed.addresses }}
          {...{ maxlength: 1_000, error: wrong === "addresses" ? words.addressesWrong : undefined }}
        />
        <Button weight="main" wide>
          {words.submit}
        </Button>
      </PostForm>
      <ButtonLink weight="quiet" href={paths.keys}>
        {words.back}
      </ButtonLink>
    </div>,
  )
}

const fields = z.object({
  once: z.string().min(8).max(40),
  after: z.string().max(20).default(""),
  name: z.string().max(500),
  "scopes[]": z.array(z.enum(integratorScopes)).max(10).default([]),
  office: z.string().max(60),
  days: z.enum(lifetimes),
  addresses: z.string().max(1_000).default(""),
})

/** Makes the key and shows it, this once. The proof of a moment ago is the gate's; see the route. */
export async function make(c: Context): Promise<Response> {
  const { house } = c.var
  const given = await readForm(c, fields)
  const after = given.after ? await keyOf(c, given.after) : null
  const { name, office, days, addresses } = given
  const typed: Typed = { name, scopes: given["scopes[]"], office, days, addresses }
  const read = check(typed)
  if ("wrong" in read) return form(c, after, typed, read.wrong)
  await mustCover(c, office)

  const administrator = administratorOf(c)
  const now = house.clock.real()
  // A page that is sent again, by a second press or by "reload", makes no second key; nor can it show the first again.
  const asked = { caller: `keys:${administrator.id}`, key: given.once, requestHash: sha256(JSON.stringify(typed)) }
  const made = await house.writer.write(
    async (tx) => {
      if (await answerBefore(tx, asked)) return null
      const subject = after?.subject ?? tx.id()
      const wanted = { kind: "integrator" as const, subject, office: office || null, demo: house.demo }
      const key = await makeKey(tx, { ...wanted, ...read }, administrator.id, now)
      await keepAnswer(tx, asked, { status: 201, answer: "" })
      return key
    },
    { scopes: ["accounts"] },
  )
  return made ? madePage(c, made) : c.redirect(`${paths.keys}?done=shownBefore`, 303)
}

type Read = { name: string; scopes: IntegratorScope[]; addresses: string[]; days: number }

function check({ name, scopes, days, addresses }: Typed): Read | { wrong: FieldName } {
  const called = name.trim()
  if (called.length < 1 || called.length > nameLengthMax) return { wrong: "name" }
  const may = integratorScopes.filter((scope) => scopes.includes(scope))
  if (may.length === 0) return { wrong: "scopes" }
  try {
    return { name: called, scopes: may, addresses: readNetworks(addresses), days: Number(days) }
  } catch (thrown) {
    if (isRefusal(thrown)) return { wrong: "addresses" }
    throw thrown
  }
}

/** Nobody gives out more than they have. Refuses `forbidden`. */
async function mustCover(c: Context, code: string): Promise<void> {
  const administrator = administratorOf(c)
  const office = (await allOffices(c.var.house.store)).find((one) => one.code === code)
  if (code !== "" && !office) throw new Refusal("forbidden", { office: code })
  authorize(administrator, "key.make", office ?? "everywhere")
}

function madePage(c: Context, key: string): Response | Promise<Response> {
  const { lang } = c.var
  const words = keyWords[lang]
  return show(
    c,
    { title: words.madeTitle, styles: ["devices"], scripts: ["copy"], ...keyHead(c) },
    <div class="column">
      <h1>{words.madeTitle}</h1>
      <p>{words.madeHelp}</p>
      <Card class="stack">
        <p class="made-key" dir="ltr">
          <code id="made-key">{key}</code>
        </p>
        <div class="row">
          <button type="button" class="button button-second" data-copy="#made-key" hidden>
            {words.copy}
          </button>
          <span role="status" data-copied={words.copied} />
        </div>
        <p class="quiet">{words.use}</p>
        <p class="made-key" dir="ltr">
          <code>Authorization: Bearer …</code>
        </p>
      </Card>
      <ButtonLink weight="main" href={paths.keys}>
        {words.done}
      </ButtonLink>
    </div>,
  )
}
