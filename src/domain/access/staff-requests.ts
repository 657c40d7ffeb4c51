import { and, eq, isNull, lt, lte, ne, or, sql } from "drizzle-orm"
import { clear } from "../../../db/clearing.ts"
import { accountsStream } from "../../../db/facts.ts"
import { staff } from "../../../db/schema/access.ts"
import type { Words } from "../../../db/schema/catalogue.ts"
import { people } from "../../../db/schema/people.ts"
import { accessRequests, type IdentityDocument } from "../../../db/schema/staff-requests.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { asciiDigits, cleanText } from "../../base/text.ts"
import { staffOf } from "./keys.ts"
import { placesIn } from "./places.ts"
import { type AccessRequest, grantOf, isOpen, mayDecide, request, staffRow } from "./request-reads.ts"
import { decidesOver, type Grant, isSound, sameGrant } from "./roles.ts"
import type { MayGo } from "./sessions.ts"
import type { Staff } from "./subject.ts"
import { spendTry } from "./throttle.ts"

/*
 * What takes two. One asks, a second one with authority over the same area decides; neither of them is whom it is about (OWASP ASVS 5.0
 * 2.3.5). The statement that decides holds that, and so does the table. What follows from a decision is done by `approvals.ts`.
 */

const day = 24 * hour
/** So long somebody may take to approve. With a person at the counter it is today or not at all. */
const openFor = { invite: 7 * day, grant: 7 * day, enable: 7 * day, reset: 7 * day, citizen_reset: 12 * hour } as const
const keptFor = 400 * day
/** As many as one person may ask for at a counter in an hour: each is told to the owner of an account. */
const resets = { most: 20, window: hour }

export type Wish =
  | { kind: "invite"; login: string; name: Words; grant: Grant }
  | { kind: "grant"; staff: string; grant: Grant }
  | { kind: "enable" | "reset"; staff: string }
  | { kind: "citizen_reset"; person: string; office: string; document: IdentityDocument; documentEnd: string }

export const loginForm = /^[a-z0-9._-]{2,40}$/
export const nameMax = 120
export const reasonMax = 300

const p = sql.placeholder
const insertRequest = statement((db) => db.insert(accessRequests).values(placeholders(accessRequests)))
const openOne = and(eq(accessRequests.id, p("id")), isOpen)
/** Whoever decides is a second person, and one who is here at this moment; so was whoever asked, and still is. */
const bySecond = and(
  openOne,
  ne(accessRequests.askedBy, p("by")),
  or(isNull(accessRequests.subject), ne(accessRequests.subject, p("by"))),
  sql`EXISTS (SELECT 1 FROM staff decider WHERE decider.id = ${p("by")} AND decider.disabled_at IS NULL)`,
)
const approve = statement((db) =>
  db
    .update(accessRequests)
    .set({
      state: sql`'approved'`,
      decidedBy: sql`${p("by")}`,
      decidedAt: sql`${p("now")}`,
      decidedWith: sql`${p("with")}`,
    })
    .where(
      and(
        bySecond,
        sql`EXISTS (SELECT 1 FROM staff asker WHERE asker.id = access_request.asked_by AND asker.disabled_at IS NULL)`,
      ),
    )
    .returning(),
)
const refuse = statement((db) =>
  db
    .update(accessRequests)
    .set({
      state: sql`'refused'`,
      decidedBy: sql`${p("by")}`,
      decidedAt: sql`${p("now")}`,
      reason: sql`${p("reason")}`,
    })
    .where(bySecond)
    .returning(),
)
const withdraw = statement((db) =>
  db
    .update(accessRequests)
    .set({ state: sql`'withdrawn'`, decidedBy: sql`${p("by")}`, decidedAt: sql`${p("now")}` })
    .where(and(openOne, eq(accessRequests.askedBy, p("by"))))
    .returning(),
)
const setSubject = statement((db) =>
  db
    .update(accessRequests)
    .set({ subject: sql`${p("subject")}` })
    .where(eq(accessRequests.id, p("id"))),
)
const expire = statement((db) =>
  db
    .update(accessRequests)
    .set({ state: sql`'expired'` })
    .where(and(eq(accessRequests.state, sql`'open'`), lte(accessRequests.until, p("now")))),
)
const loginOf = statement((db) =>
  db
    .select({ id: staff.id })
    .from(staff)
    .where(eq(staff.login, p("login"))),
)
const citizenById = statement((db) =>
  db
    .select({ id: people.id })
    .from(people)
    .where(and(eq(people.id, p("id")), isNull(people.erasedAt))),
)

type Content = Pick<
  AccessRequest,
  "subject" | "login" | "name" | "role" | "scopeKind" | "scope" | "was" | "document" | "documentEnd"
>

/**
 * What would stand in the request, where this person may ask for it; ask before the confirmation is frozen, too. Refuses `forbidden` where
 * the area or the role is beyond them, `own_rights` about oneself, `login_taken`, `invalid_field`, `not_found` and `wrong_state`.
 */
export async function contentOf(store: Store, by: Staff, wish: Wish): Promise<Content> {
  const places = await placesIn(store)
  const nothing = { subject: null, login: null, name: null, was: null, document: null, documentEnd: null }
  const mustDecide = (over: Grant) => {
    if (!decidesOver(by, over, places)) throw new Refusal("forbidden")
  }
  switch (wish.kind) {
    case "invite": {
      const login = wish.login.trim().toLowerCase()
      if (!loginForm.test(login)) throw new Refusal("invalid_field", { field: "login" })
      const name = { ar: cleanText(wish.name.ar, "ar", nameMax), en: cleanText(wish.name.en, "en", nameMax) }
      if (name.ar === "") throw new Refusal("invalid_field", { field: "ar" })
      if (name.en === "") throw new Refusal("invalid_field", { field: "en" })
      if (!isSound(wish.grant, places)) throw new Refusal("invalid_field", { field: "area" })
      mustDecide(wish.grant)
      if ((await loginOf(store).execute({ login })).length > 0) throw new Refusal("login_taken")
      return { ...nothing, ...grantOf(wish.grant), login, name }
    }
    case "grant": {
      const row = await staffRow(store, wish.staff)
      if (row.id === by.id) throw new Refusal("own_rights")
      if (!isSound(wish.grant, places)) throw new Refusal("invalid_field", { field: "area" })
      mustDecide(row)
      mustDecide(wish.grant)
      if (row.disabledAt !== null || sameGrant(row, wish.grant)) throw new Refusal("wrong_state")
      return { ...nothing, ...grantOf(wish.grant), subject: row.id, was: grantOf(row) }
    }
    case "enable":
    case "reset": {
      const row = await staffRow(store, wish.staff)
      if (row.id === by.id) throw new Refusal("own_rights")
      mustDecide(row)
      if ((wish.kind === "enable") !== (row.disabledAt !== null)) throw new Refusal("wrong_state")
      return { ...nothing, ...grantOf(row), subject: row.id, was: grantOf(row) }
    }
    case "citizen_reset": {
      const here = { role: "agent" as const, scopeKind: "office" as const, scope: wish.office }
      const worksHere = by.role === "agent" && by.scopeKind === "office" && by.scope === wish.office
      if (!worksHere) mustDecide(here)
      if ((await citizenById(store).execute({ id: wish.person })).length === 0) throw new Refusal("not_found")
      const documentEnd = readEnd(wish.documentEnd)
      return { ...nothing, ...here, subject: wish.person, document: wish.document, documentEnd }
    }
  }
}

/** The last four characters of a paper, as it was read aloud or typed. Refuses `invalid_field`. */
export function readEnd(text: string): string {
  const end = asciiDigits(text).replace(/\s/g, "").toUpperCase()
  if (!/^[0-9A-Z]{4}$/.test(end)) throw new Refusal("invalid_field", { field: "documentEnd" })
  return end
}

/**
 * Asks. `confirmation` is with what it was confirmed; null in a demonstration alone. Refuses as `contentOf`, and `request_open` where one
 * about the same person or under the same login waits already, and
 * `too_many_requests` after twenty resets at a counter in an hour.
 */
export async function ask(
  tx: Tx,
  who: Staff,
  wish: Wish,
  confirmation: string | null,
  now: Instant,
): Promise<AccessRequest> {
  const by = await here(tx, who)
  if (wish.kind === "citizen_reset") await spendTry(tx, `resets:${by.id}`, resets, now)
  await expire(tx).execute({ now })
  const content = await contentOf(tx, by, wish)
  const row: AccessRequest = {
    ...content,
    ...{ id: tx.id(), kind: wish.kind, state: "open", reason: null },
    ...{ askedBy: by.id, askedAt: now, askedWith: confirmation, until: now + openFor[wish.kind] },
    ...{ decidedBy: null, decidedAt: null, decidedWith: null },
  }
  try {
    await insertRequest(tx).execute({ ...row })
  } catch (thrown) {
    if (isTwice(thrown)) throw new Refusal("request_open")
    throw thrown
  }
  const { id, kind, role, scopeKind, scope, subject } = row
  if (wish.kind === "citizen_reset") {
    const told = { request: id, office: wish.office, document: wish.document, by: by.id }
    await tx.say(accountsStream, "reset.requested", { ...told, subject })
  } else {
    await tx.say(accountsStream, "staff.requested", { request: id, kind, role, scopeKind, scope, by: by.id, subject })
  }
  return row
}

function isTwice(thrown: unknown): boolean {
  for (let one = thrown; one instanceof Error; one = one.cause) if (/UNIQUE constraint/.test(one.message)) return true
  return false
}

/** As somebody stands at this moment: authority that was taken away since the page was opened is none. Refuses `forbidden`. */
async function here(tx: Tx, { id }: Pick<Staff, "id">): Promise<Staff> {
  const now = await staffOf(tx, id)
  if (!now) throw new Refusal("forbidden")
  return now
}

/**
 * The second word. Refuses `second_person` to whoever asked and to whom it is about, `forbidden` to those without authority, and
 * `request_over` where it is decided, has run out, or whoever asked may not ask for it any more.
 */
export async function approveRequest(
  tx: Tx,
  who: Staff,
  id: string,
  confirmation: string | null,
  now: Instant,
): Promise<AccessRequest> {
  const [by, row] = [await here(tx, who), await request(tx, id)]
  await mustBeSecond(tx, by, row)
  await mustStand(tx, row)
  const [approved] = await approve(tx).execute({ id, by: by.id, with: confirmation, now })
  if (!approved) throw new Refusal("request_over")
  await sayOf(tx, approved, "approved", by.id)
  return approved
}

/** Says no, with a reason. Refuses as `approveRequest`. */
export async function refuseRequest(
  tx: Tx,
  who: Staff,
  id: string,
  reason: string,
  now: Instant,
): Promise<AccessRequest> {
  const [by, row] = [await here(tx, who), await request(tx, id)]
  await mustBeSecond(tx, by, row)
  const clean = cleanText(reason, "reason", reasonMax)
  if (clean === "") throw new Refusal("invalid_field", { field: "reason" })
  const [refused] = await refuse(tx).execute({ id, by: by.id, reason: clean, now })
  if (!refused) throw new Refusal("request_over")
  await sayOf(tx, refused, "refused", by.id)
  return refused
}

/** By whoever asked. Refuses `forbidden` and `request_over`. */
export async function withdrawRequest(tx: Tx, { id: by }: Pick<Staff, "id">, id: string, now: Instant): Promise<void> {
  const row = await request(tx, id)
  if (row.askedBy !== by) throw new Refusal("forbidden")
  const [gone] = await withdraw(tx).execute({ id, by, now })
  if (!gone) throw new Refusal("request_over")
  await sayOf(tx, gone, "withdrawn", by)
}

async function mustBeSecond(tx: Tx, by: Staff, row: AccessRequest): Promise<void> {
  if (row.askedBy === by.id || row.subject === by.id) throw new Refusal("second_person")
  if (!(await mayDecide(tx, by, row))) throw new Refusal("forbidden")
}

/** What it was based on is still so: who asked has the authority, and whom it is about has the rights of then. Refuses `request_over`. */
async function mustStand(tx: Tx, row: AccessRequest): Promise<void> {
  const over = new Refusal("request_over")
  const asker = await staffOf(tx, row.askedBy)
  if (!asker) throw over
  if (row.was !== null && row.subject !== null) {
    const person = await staffRow(tx, row.subject)
    if (!sameGrant(person, row.was) || (row.kind === "enable") !== (person.disabledAt !== null)) throw over
  }
  const places = await placesIn(tx)
  const works = row.kind === "citizen_reset" && asker.role === "agent" && sameGrant(asker, row)
  if (!works && !decidesOver(asker, row, places)) throw over
}

async function sayOf(tx: Tx, row: AccessRequest, what: "approved" | "refused" | "withdrawn", by: string) {
  const { id: request, kind, subject } = row
  if (kind === "citizen_reset") await tx.say(accountsStream, `reset.${what}`, { request, by, subject })
  else if (what === "approved") await tx.say(accountsStream, "staff.approved", { request, kind, by, subject })
  else await tx.say(accountsStream, `staff.${what}`, { request, by, subject })
}

/** Of an invitation, once there is somebody. */
export async function nameSubject(tx: Tx, id: string, subject: string): Promise<void> {
  await setSubject(tx).execute({ id, subject })
}

/** Closes what has run out, and forgets what has been closed for more than a year; answers how many, see `clear`. */
export async function forgetRequests(tx: Tx, mayGo: MayGo, now: Instant): Promise<number> {
  await expire(tx).execute({ now })
  const { id, state, until, subject } = accessRequests
  const over = and(ne(state, "open"), lt(until, now - keptFor), or(isNull(subject), mayGo(subject, now)))
  return clear(tx, accessRequests, [id], over)
}
