import { z } from "zod"
import type { Instant } from "../../base/day.ts"
import { readBirth } from "../../base/hijri.ts"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { cleanText, readMobile, readNumber } from "../../base/text.ts"
import { dayIn } from "../../base/time.ts"
import { firstEnrolment, mayEnrolFirst } from "../../domain/access/approvals.ts"
import { authorize, may } from "../../domain/access/authorize.ts"
import { allOffices, type Office } from "../../domain/offices/reads.ts"
import { person, personByNumber } from "../../domain/people/reads.ts"
import { civilZone } from "../../domain/people/rules.ts"
import { enrol } from "../../domain/people/writes.ts"
import { inLang } from "../../i18n/lang.ts"
import { refusalWords } from "../../i18n/refusals.ts"
import { staffWords } from "../../i18n/staff.ts"
import { visitorWords } from "../../i18n/visitor.ts"
import { BirthField, birthFields } from "../birth.tsx"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { noteReads } from "../noting.ts"
import { withDigitHint } from "../numbers.ts"
import { paths } from "../paths.ts"
import { Card } from "../shell/cards.tsx"
import { Button, Choices, Field, PostForm, Select } from "../shell/controls.tsx"
import { staffHead, staffHere } from "../staff-head.tsx"
import { firstCodePage } from "./code.tsx"
import { beginAsking } from "./confirming.tsx"
import { accounts, Problem } from "./head.tsx"

/*
 * Whoever stands at the counter with a paper of identity: a first account by one agent, or a reset for somebody who has lost every way in,
 * by two. The number is sent and never stands in an address.
 */

const documents = ["national_id", "resident_id", "passport", "family_record"] as const

const fields = z.object({
  do: z.enum(["find", "enrol", "reset"]),
  office: z.string().max(40).default(""),
  number: z.string().max(100).default(""),
  document: z.enum(documents).default("national_id"),
  documentEnd: z.string().max(40).default(""),
  seen: z.literal("yes").optional(),
  ar: z.string().max(500).default(""),
  en: z.string().max(500).default(""),
  ...birthFields,
  mobile: z.string().max(60).default(""),
})

type Typed = z.infer<typeof fields>

/** Who stands there, as far as the number says. */
type Standing = { kind: "new" | "waiting" | "account"; id: string | null; name: string | null }

interface Told {
  typed?: Typed
  found?: Standing
  /** The field that is wrong, and how. */
  wrong?: { field: string; text: string }
  error?: string
  status?: number
}

/** The offices whose counters one may sit at. */
async function officesHere(c: Context): Promise<Office[]> {
  return (await allOffices(c.var.house.store)).filter((one) => may(staffHere(c), "visitor.enrol", one))
}

export const deskAccountsPage = (c: Context) => page(c, {})

async function page(c: Context, told: Told): Promise<Response> {
  const { lang, formToken } = c.var
  const words = staffWords[lang]
  const { typed, found, wrong } = told
  const offices = await officesHere(c)
  const error = (field: string) => (wrong?.field === field ? wrong.text : undefined)
  return show(
    c,
    { title: words.deskTitle, status: told.status, ...staffHead(c) },
    <div class="column">
      <h1>{words.deskTitle}</h1>
      <p class="quiet">{words.deskLead}</p>
      <Problem text={told.error} />
      <PostForm action={paths.deskAccounts} token={formToken} class="stack">
        <Field
          {...{ name: "number", label: words.number, error: error("number"), value: typed?.number }}
          {...{ digits: true, required: true, maxlength: 20, autocomplete: "off", autofocus: !found }}
        />
        {offices.length > 1 ? (
          <Select
            name="office"
            label={words.office}
            value={typed?.office}
            options={offices.map(({ code, name }) => ({ value: code, label: inLang(name, lang) }))}
          />
        ) : (
          <input type="hidden" name="office" value={offices[0]?.code ?? ""} />
        )}
        <Button weight={found ? "second" : "main"} name="do" value="find">
          {words.find}
        </Button>
      </PostForm>
      {found && typed && <Next c={c} found={found} typed={typed} error={error} />}
    </div>,
  ) as Promise<Response>
}

function Next({
  c,
  found,
  typed,
  error,
}: {
  c: Context
  found: Standing
  typed: Typed
  error: (field: string) => string | undefined
}) {
  const { lang, formToken } = c.var
  const words = staffWords[lang]
  const isAccount = found.kind === "account"
  const title = { new: words.newTitle, waiting: words.waitingTitle, account: words.hasTitle }[found.kind]
  const lead = { new: words.newLead, waiting: words.waitingLead, account: words.hasLead }[found.kind]
  return (
    <Card class="stack">
      <h2>{title}</h2>
      {found.name && (
        <p class="strong">
          <bdi>{found.name}</bdi>
        </p>
      )}
      <p>{found.kind === "new" ? withDigitHint(lead, typed.number, lang) : lead}</p>
      <PostForm action={paths.deskAccounts} token={formToken} class="stack">
        <input type="hidden" name="number" value={typed.number} />
        <input type="hidden" name="office" value={typed.office} />
        {found.kind === "new" && <NewPerson c={c} typed={typed} error={error} />}
        <Select
          name="document"
          label={words.document}
          value={typed.document}
          options={documents.map((value) => ({ value, label: words.documents[value] }))}
        />
        {isAccount && (
          <Field
            {...{ name: "documentEnd", label: words.documentEnd, error: error("documentEnd") }}
            {...{ value: typed.documentEnd, required: true, latin: true, maxlength: 4, autocomplete: "off" }}
          />
        )}
        {error("seen") && (
          <p class="error" role="alert">
            {error("seen")}
          </p>
        )}
        <Choices
          name="seen"
          legend={words.identity}
          type="checkbox"
          options={[{ value: "yes", label: words.seen, checked: typed.seen === "yes" }]}
        />
        <Button weight="main" name="do" value={isAccount ? "reset" : "enrol"}>
          {isAccount ? words.start : words.giveCode}
        </Button>
      </PostForm>
    </Card>
  )
}

function NewPerson({ c, typed, error }: { c: Context; typed: Typed; error: (field: string) => string | undefined }) {
  const words = staffWords[c.var.lang]
  return (
    <>
      <Field
        {...{ name: "ar", label: words.nameAr, error: error("ar"), value: typed.ar, required: true }}
        {...{ maxlength: 120, autocomplete: "off" }}
      />
      <Field
        {...{ name: "en", label: words.nameEn, error: error("en"), value: typed.en, required: true }}
        {...{ maxlength: 120, autocomplete: "off" }}
      />
      <BirthField lang={c.var.lang} typed={typed} error={error("birth")} isOthers />
      <Field
        {...{ name: "mobile", label: words.mobile, hint: words.mobileHint, error: error("mobile") }}
        {...{ value: typed.mobile, digits: true, type: "tel", maxlength: 20, autocomplete: "off" }}
      />
    </>
  )
}

export async function deskAccounts(c: Context): Promise<Response> {
  const { lang } = c.var
  const words = staffWords[lang]
  const typed = await readForm(c, fields)
  const office = (await officesHere(c)).find(({ code }) => code === typed.office)
  if (!office) throw new Refusal("forbidden")
  authorize(staffHere(c), "visitor.enrol", office)
  const number = readNumber(typed.number)
  if (!number) return page(c, { typed, wrong: { field: "number", text: words.numberWrong }, status: 422 })
  const found = await standingOf(c, number, office)
  if (typed.do === "find") return page(c, { typed, found })
  const wrongly = (field: string, text: string) => page(c, { typed, found, wrong: { field, text }, status: 422 })
  if (typed.seen !== "yes") return wrongly("seen", words.seenMissing)
  try {
    if (typed.do === "enrol") return await firstCode(c, typed, number, office)
    if (found.id === null) throw new Refusal("not_found", { what: "person" })
    const { document, documentEnd } = typed
    const wish = { kind: "citizen_reset" as const, person: found.id, office: office.code, document, documentEnd }
    return await beginAsking(c, wish)
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
    if (thrown.code === "invalid_field") {
      const field = String(thrown.details["field"])
      return wrongly(field, wrongWords(c, field))
    }
    if (thrown.code !== "has_account" && thrown.code !== "request_open") throw thrown
    const { title, help } = refusalWords(thrown.code, lang)
    return page(c, { typed, found: await standingOf(c, number, office), error: `${title}. ${help}`, status: 409 })
  }
}

function wrongWords(c: Context, field: string): string {
  const words = staffWords[c.var.lang]
  const texts: Record<string, string> = {
    documentEnd: words.documentEndWrong,
    birth: visitorWords[c.var.lang].birthWrong,
    mobile: words.mobileWrong,
  }
  return texts[field] ?? words.nameMissing
}

/** What stands behind a number; its owner's name is shown to the agent, and that is noted. */
async function standingOf(c: Context, number: string, office: Office): Promise<Standing> {
  const { house, lang } = c.var
  const row = await personByNumber(house.store, house.keys.index("number", number))
  if (!row) return { kind: "new", id: null, name: null }
  const who = await person(house.store, house.keys, row.id)
  await noteReads(c, [{ person: row.id, what: "found", office: office.code }])
  const isFree = await mayEnrolFirst(house.store, row.id)
  return { kind: isFree ? "waiting" : "account", id: row.id, name: who && inLang(who.name, lang) }
}

/** Whoever is not known yet is enrolled in the same turn; two agents with the same number make one person. */
async function firstCode(c: Context, typed: Typed, number: string, office: Office): Promise<Response> {
  const { house } = c.var
  const { keys, clock } = house
  const now = clock.real()
  const made = await house.writer.write(async (tx) => {
    const row = await personByNumber(tx, keys.index("number", number))
    const id = row?.id ?? (await enrol(tx, keys, newPerson(typed, number, now)))
    const seen = { person: id, office: office.code, document: typed.document }
    return firstEnrolment(tx, keys, staffHere(c), seen, now)
  }, accounts)
  return firstCodePage(c, made)
}

function newPerson(typed: Typed, number: string, now: Instant) {
  const name = { ar: cleanText(typed.ar, "ar", 120), en: cleanText(typed.en, "en", 120) }
  if (name.ar === "" || name.en === "") throw new Refusal("invalid_field", { field: name.ar === "" ? "ar" : "en" })
  const birthDay = readBirth(typed)
  if (birthDay === null || birthDay > dayIn(now, civilZone)) throw new Refusal("invalid_field", { field: "birth" })
  const mobile = typed.mobile.trim() === "" ? undefined : readMobile(typed.mobile)
  if (mobile === null) throw new Refusal("invalid_field", { field: "mobile" })
  const kind = number.startsWith("1") ? ("citizen" as const) : ("resident" as const)
  return { kind, name, nationalId: number, birthDay, mobile }
}
