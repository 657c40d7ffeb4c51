import type { Scope, Tx } from "../../../db/write.ts"
import { isRefusal, Refusal } from "../../base/refusal.ts"
import { type Approved, approveAndDo } from "../../domain/access/approvals.ts"
import { type Frozen, freeze, frozenFor, givenBefore } from "../../domain/access/confirmation.ts"
import { type AccessRequest, mayDecide, request, staffRow } from "../../domain/access/request-reads.ts"
import type { Grant } from "../../domain/access/roles.ts"
import { ask, contentOf, type Wish } from "../../domain/access/staff-requests.ts"
import { accountWords } from "../../i18n/account.ts"
import type { Lang } from "../../i18n/lang.ts"
import { staffWords } from "../../i18n/staff.ts"
import { confirmBy, confirmFields, stepUpFirst } from "../confirming.ts"
import { hangUp } from "../entering.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import type { Context } from "../house.ts"
import { ConfirmForm, ownerOf } from "../passkey-form.tsx"
import { paths } from "../paths.ts"
import { Card } from "../shell/cards.tsx"
import { ButtonLink } from "../shell/controls.tsx"
import { staffHead, staffHere } from "../staff-head.tsx"
import { codePage } from "./code.tsx"
import { areaNames, grantNames, nameOf, Problem } from "./head.tsx"
import { leaveCounter, officesOf } from "./leaving.ts"
import { tellAsked, tellDone } from "./telling.ts"

/*
 * Asking and approving, each confirmed with a passkey over the very lines that the page shows. In a demonstration somebody without a
 * passkey may do without it, having said a moment ago that it is still they.
 */

const asking = "staff.ask"
const approving = "staff.approve"

type Lines = Record<Lang, string[]>
const inBothLangs = (lines: (lang: Lang) => string[]): Lines => ({ ar: lines("ar"), en: lines("en") })

/** Freezes what shall be asked for and leads to its confirmation. Refuses as `contentOf`. */
export async function beginAsking(c: Context, wish: Wish): Promise<Response> {
  const { house } = c.var
  const by = staffHere(c)
  const content = await contentOf(house.store, by, wish)
  const text = await linesOf(c, { ...content, kind: wish.kind })
  const lines = inBothLangs((lang) => [...text[lang], staffWords[lang].lineRequest])
  return begin(c, { action: asking, object: content.subject ?? content.login ?? "", text: lines, data: { wish } })
}

/** As `beginAsking`, for the second word. Refuses `second_person` and `forbidden`. */
export async function beginApproval(c: Context): Promise<Response> {
  const { house } = c.var
  const by = staffHere(c)
  const row = await request(house.store, c.req.param("id") ?? "")
  if (row.askedBy === by.id || row.subject === by.id) throw new Refusal("second_person")
  if (!(await mayDecide(house.store, by, row))) throw new Refusal("forbidden")
  if (row.state !== "open" || row.until <= house.clock.real()) throw new Refusal("request_over")
  const [text, asker] = [await linesOf(c, row), await nameOf(house, row.askedBy)]
  const lines = inBothLangs((lang) => {
    const words = staffWords[lang]
    return [...text[lang], words.lineAskedBy(asker[lang]), words.lineApprove]
  })
  return begin(c, { action: approving, object: row.id, text: lines })
}

async function begin(c: Context, asked: Parameters<typeof freeze>[2]): Promise<Response> {
  const { house } = c.var
  const now = house.clock.real()
  const { id } = await house.writer.write((tx) => freeze(tx, ownerOf(c), asked, now), { scopes: ["accounts"] })
  return c.redirect(paths.staffConfirmation(id), 303)
}

type Told = Pick<AccessRequest, "kind" | "subject" | "name" | "login" | "was" | "document" | "documentEnd"> & Grant

/** What it is about, line by line; of a citizen without a name, because what is confirmed is kept beyond the account. */
async function linesOf({ var: { house } }: Context, row: Told): Promise<Lines> {
  const [area, grant] = [await areaNames(house), await grantNames(house)]
  if (row.kind === "citizen_reset") {
    return inBothLangs((lang) => {
      const words = staffWords[lang]
      const document = words.documents[row.document ?? "national_id"]
      return [words.lineAsk.citizen_reset(area(row, lang)), words.lineIdentity(document, row.documentEnd ?? "")]
    })
  }
  const { kind } = row
  const person = row.subject === null ? row : await staffRow(house.store, row.subject)
  return inBothLangs((lang) => {
    const words = staffWords[lang]
    const what = words.lineAsk[kind](person.name?.[lang] ?? "", person.login ?? "")
    const was = kind === "grant" && row.was ? [words.lineWas(grant(row.was, lang))] : []
    return [what, ...was, grant(row, lang)]
  })
}

/** The page of an approval that was confirmed before, where this is one: whoever loads it again finds out there what came of it. */
async function approvedBefore(c: Context): Promise<string | null> {
  const given = await givenBefore(c.var.house.store, ownerOf(c), c.req.param("id") ?? "")
  return given?.action === approving ? paths.staffRequest(given.object) : null
}

export async function confirmationPage(c: Context, told: { error?: string; status?: number } = {}): Promise<Response> {
  const { house, lang } = c.var
  const words = staffWords[lang]
  const now = house.clock.real()
  const before = await approvedBefore(c)
  if (before) return c.redirect(before, 303)
  const { id, text, action, object } = await frozenFor(house.store, ownerOf(c), c.req.param("id") ?? "", now)
  if (action !== asking && action !== approving) throw new Refusal("not_found")
  const label = action === asking ? words.confirmAsk : words.confirmApprove
  return show(
    c,
    { title: words.confirmTitle, status: told.status, scripts: ["passkey"], ...staffHead(c) },
    <div class="column">
      <h1>{label}</h1>
      <p class="quiet">{words.confirmLead}</p>
      <Problem text={told.error} />
      <Card class="stack staff-lines">
        {text[lang].map((line) => (
          <p class="strong" dir="auto">
            {line}
          </p>
        ))}
      </Card>
      <ConfirmForm c={c} action={paths.staffConfirmation(id)} of={id} label={label} />
      <ButtonLink
        weight="quiet"
        wide
        href={action === approving ? paths.staffRequest(object) : (homeFor(c) ?? paths.deskAccounts)}
      >
        {words.backToPeople}
      </ButtonLink>
    </div>,
  )
}

const homeFor = (c: Context) => (staffHere(c).role === "agent" ? null : paths.staffPeople)

interface Done {
  request: string
  approved: Approved | null
}

/** Does what was frozen, in the turn that sees the signature. The code that may come of it is in this answer and nowhere else. */
export async function confirmGiven(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const given = await readForm(c, confirmFields)
  const [owner, now] = [ownerOf(c), house.clock.real()]
  const before = await approvedBefore(c)
  if (before) return c.redirect(before, 303)
  const frozen = await frozenFor(house.store, owner, c.req.param("id") ?? "", now)
  const scopes = await scopesFor(c, frozen)
  const aside = stepUpFirst(c, given, paths.staffConfirmation(frozen.id))
  if (aside) return aside
  let done: Done
  try {
    done = await confirmBy(c, given, { id: frozen.id, scopes }, (tx, what) =>
      // Of the press alone no evidence is kept to which the request could point.
      perform(c, tx, what, given.do === "demo" ? null : what.id, now),
    )
  } catch (thrown) {
    if (!isRefusal(thrown) || thrown.code !== "passkey_refused") throw thrown
    return confirmationPage(c, { error: accountWords[lang].passkeyRefused, status: thrown.status })
  }
  const { approved } = done
  if (approved) hangUp(c, approved.ended)
  if (approved?.enrolment) return codePage(c, approved, approved.enrolment)
  return c.redirect(`${paths.staffRequest(done.request)}?done=${approved ? "saved" : "sent"}`, 303)
}

async function perform(
  c: Context,
  tx: Tx,
  { action, object, data }: Frozen,
  confirmation: string | null,
  now: number,
): Promise<Done> {
  const { keys } = c.var.house
  const by = staffHere(c)
  if (action === asking) {
    const row = await ask(tx, by, data["wish"] as Wish, confirmation, now)
    await tellAsked(tx, c, row)
    return { request: row.id, approved: null }
  }
  if (action !== approving) throw new Refusal("not_found")
  const approved = await approveAndDo(tx, keys, by, object, confirmation, now)
  if (approved.row.kind === "grant" || approved.row.kind === "reset") await leaveCounter(tx, approved.owner.id, by.id)
  await tellDone(tx, c, approved)
  return { request: object, approved }
}

/** Whoever gets other rights leaves the counter, and that is said in its office. */
async function scopesFor(c: Context, { action, object }: Frozen): Promise<Scope[]> {
  if (action !== approving) return ["accounts"]
  const { was } = await request(c.var.house.store, object)
  return ["accounts", ...(was === null ? [] : await officesOf(c, was))]
}
