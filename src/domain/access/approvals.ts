import { and, eq, isNotNull, isNull, ne, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { staff } from "../../../db/schema/access.ts"
import { people } from "../../../db/schema/people.ts"
import { accessRequests, type IdentityDocument } from "../../../db/schema/staff-requests.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import { inGroups } from "./codes.ts"
import { dropEnrolments, firstHalf, halvesOf, makeEnrolment, unusedEnrolment } from "./enrolment.ts"
import { staffOf } from "./keys.ts"
import { holdSensitive, type Owner } from "./owner.ts"
import { dropPasskeys } from "./passkeys.ts"
import { placesIn } from "./places.ts"
import { dropPreSessionsOf } from "./pre-sessions.ts"
import { dropCodes } from "./recovery.ts"
import { type AccessRequest, request, staffRow } from "./request-reads.ts"
import { decidesOver, type Grant, isLess, isSound, sameGrant } from "./roles.ts"
import { endAll } from "./sessions.ts"
import { addStaff } from "./staff.ts"
import { approveRequest, nameSubject } from "./staff-requests.ts"
import type { Staff } from "./subject.ts"
import { spendTry } from "./throttle.ts"

/*
 * What becomes of people's rights and factors: after two have said so, or at once where something is only taken away. Every way to a code
 * with which an account gets new passkeys is here, and in the command line of the host.
 */

/** What an approval has brought about. */
export interface Approved {
  row: AccessRequest
  /** Whose account it is about. */
  owner: Owner
  /** Sessions that ended, whose sockets are to be closed. */
  ended: string[]
  /** The second half of a code, shown once, to whoever approved; the first is with whoever asked (`halfFor`). */
  enrolment: { code: string; until: Instant } | null
  /** Until when a citizen's sensitive actions are on hold. */
  heldUntil: Instant | null
}

const p = sql.placeholder
const setGrant = statement((db) =>
  db
    .update(staff)
    .set({ role: sql`${p("role")}`, scopeKind: sql`${p("scopeKind")}`, scope: sql`${p("scope")}` })
    .where(and(eq(staff.id, p("id")), ne(staff.id, p("by")), isNull(staff.disabledAt)))
    .returning(),
)
const disable = statement((db) =>
  db
    .update(staff)
    .set({ disabledAt: sql`${p("now")}` })
    .where(and(eq(staff.id, p("id")), ne(staff.id, p("by")), isNull(staff.disabledAt)))
    .returning(),
)
const enable = statement((db) =>
  db
    .update(staff)
    .set({ disabledAt: null })
    .where(and(eq(staff.id, p("id")), ne(staff.id, p("by")), isNotNull(staff.disabledAt)))
    .returning(),
)
/**
 * Changes nothing; it finds the person only where there never was a way into the account, and holds the row for the rest of the turn. An
 * account whose factors were made void keeps the mark of that. A password alone opens nothing: whoever did not get further begins again.
 */
const neverHadAccount = and(
  eq(people.id, p("id")),
  isNull(people.erasedAt),
  sql`NOT EXISTS (SELECT 1 FROM passkey WHERE kind = 'citizen' AND owner = person.id)`,
  sql`NOT EXISTS (SELECT 1 FROM recovery_code WHERE kind = 'citizen' AND owner = person.id)`,
  sql`NOT EXISTS (SELECT 1 FROM passkey_owner WHERE kind = 'citizen' AND owner = person.id AND held_until IS NOT NULL)`,
)
const withoutAccount = statement((db) =>
  db
    .update(people)
    .set({ createdAt: sql`${people.createdAt}` })
    .where(neverHadAccount)
    .returning({ id: people.id }),
)
const isWithoutAccount = statement((db) => db.select({ id: people.id }).from(people).where(neverHadAccount))
const stop = statement((db) =>
  db
    .update(accessRequests)
    .set({ state: sql`'stopped'` })
    .where(
      and(
        eq(accessRequests.id, p("id")),
        sql`(access_request.state = 'open' OR (access_request.state = 'approved' AND access_request.decided_at > ${p("since")}))`,
      ),
    )
    .returning(),
)

/** The second word, and in the same turn what was asked for. Refuses as `approveRequest`, and `login_taken`. */
export async function approveAndDo(
  tx: Tx,
  keys: Keys,
  by: Staff,
  id: string,
  confirmation: string | null,
  now: Instant,
): Promise<Approved> {
  const row = await approveRequest(tx, by, id, confirmation, now)
  const grant = { role: row.role, scopeKind: row.scopeKind, scope: row.scope }
  const nothing = { row, ended: [], enrolment: null, heldUntil: null }
  if (row.kind === "invite") {
    const invited = await invite(tx, row, grant, by.id)
    const owner = { kind: "staff" as const, id: invited }
    const enrolment = await inHalves(tx, keys, owner, { row, channel: "letter", by: by.id }, now)
    return { ...nothing, owner, enrolment }
  }
  const owner: Owner = { kind: row.kind === "citizen_reset" ? "citizen" : "staff", id: row.subject ?? "" }
  switch (row.kind) {
    case "grant":
      return { ...nothing, owner, ended: await regrant(tx, owner.id, grant, by.id, now) }
    case "enable": {
      const [back] = await enable(tx).execute({ id: owner.id, by: by.id })
      if (!back) throw new Refusal("request_over")
      await tx.say(accountsStream, "staff.enabled", { staff: owner.id, by: by.id, subject: owner.id })
      return { ...nothing, owner }
    }
    case "reset":
    case "citizen_reset": {
      const ended = await voidFactors(tx, owner, row.id, by.id, now)
      const isCitizen = owner.kind === "citizen"
      const heldUntil = isCitizen ? await holdSensitive(tx, owner, now) : null
      const channel = isCitizen ? ("counter" as const) : ("letter" as const)
      const enrolment = await inHalves(tx, keys, owner, { row, channel, by: by.id }, now)
      return { ...nothing, owner, ended, enrolment, heldUntil }
    }
  }
}

/**
 * A code of which whoever asked has one half and whoever approves has the other: with all of it in one hand, one person could be two and
 * from then on approve what they ask themselves.
 */
async function inHalves(
  tx: Tx,
  keys: Keys,
  owner: Owner,
  { row, channel, by }: { row: AccessRequest; channel: "letter" | "counter"; by: string },
  now: Instant,
): Promise<{ code: string; until: Instant }> {
  const { code, until } = await makeEnrolment(tx, keys, owner, { channel, by, first: firstHalf(keys, row.id) }, now)
  return { code: halvesOf(code)[1], until }
}

/**
 * Until when the code that came of this request is good, or was where it ran out unused; `null` where none came of it, somebody has used it,
 * or another one has taken its place.
 */
export async function unusedUntil(store: Store, row: AccessRequest): Promise<Instant | null> {
  const hasCode = row.kind === "invite" || row.kind === "reset" || row.kind === "citizen_reset"
  if (!hasCode || row.state !== "approved" || row.subject === null) return null
  const kind = row.kind === "citizen_reset" ? "citizen" : "staff"
  const unused = await unusedEnrolment(store, { kind, id: row.subject })
  // One that was made since has halves of its own.
  return unused?.madeBy === row.decidedBy && unused?.madeAt === row.decidedAt ? (unused?.until ?? null) : null
}

/** The first half of a code, for whoever asked for it, as long as the code is good; `null` for anybody else and for nothing of the kind. */
export async function halfFor(
  store: Store,
  keys: Keys,
  by: Pick<Staff, "id">,
  row: AccessRequest,
  now: Instant,
): Promise<{ code: string; until: Instant } | null> {
  const until = row.askedBy === by.id ? await unusedUntil(store, row) : null
  if (until === null || until <= now) return null
  return { code: inGroups(firstHalf(keys, row.id), 4), until }
}

async function invite(tx: Tx, { id, login, name }: AccessRequest, grant: Grant, by: string): Promise<string> {
  if (login === null || name === null) throw new Error("an invitation names nobody")
  const [taken] = await tx.db.select({ id: staff.id }).from(staff).where(eq(staff.login, login))
  if (taken) throw new Refusal("login_taken")
  const made = await addStaff(tx, { login, name, ...grant }, by)
  await nameSubject(tx, id, made)
  return made
}

async function voidFactors(tx: Tx, owner: Owner, request: string, by: string, now: Instant): Promise<string[]> {
  await dropPasskeys(tx, owner, { by })
  await dropCodes(tx, owner)
  await dropEnrolments(tx, owner)
  await dropPreSessionsOf(tx, owner)
  await tx.say(accountsStream, "factors.reset", { request, by, subject: owner.id })
  return endAll(tx, owner, "factors_reset", now)
}

async function regrant(tx: Tx, id: string, grant: Grant, by: string, now: Instant): Promise<string[]> {
  const [changed] = await setGrant(tx).execute({ id, by, ...grant })
  if (!changed) throw new Refusal("request_over")
  await tx.say(accountsStream, "staff.changed", { staff: id, ...grant, by, subject: id })
  return endAll(tx, { kind: "staff", id }, "rights_changed", now)
}

/** Somebody over whom this person decides. Refuses `own_rights` about oneself and `forbidden`. */
async function theirs(tx: Tx, who: Staff, id: string) {
  if (who.id === id) throw new Refusal("own_rights")
  const [by, row, places] = [await staffOf(tx, who.id), await staffRow(tx, id), await placesIn(tx)]
  if (!by || !decidesOver(by, row, places)) throw new Refusal("forbidden")
  return { row, places }
}

/** Whether this change only takes something away, so that one person may make it. */
export async function isTaking(tx: Tx, id: string, grant: Grant): Promise<boolean> {
  return isLess(await staffRow(tx, id), grant, await placesIn(tx))
}

/** Takes rights away, at once; answers the sessions that ended. Refuses `own_rights`, `forbidden`, `wrong_state`, `invalid_field`. */
export async function takeAway(tx: Tx, by: Staff, id: string, grant: Grant, now: Instant): Promise<string[]> {
  const { row, places } = await theirs(tx, by, id)
  if (!isSound(grant, places)) throw new Refusal("invalid_field", { field: "area" })
  if (!isLess(row, grant, places)) throw new Refusal("second_person")
  if (row.disabledAt !== null || sameGrant(row, grant)) throw new Refusal("wrong_state")
  return regrant(tx, id, grant, by.id, now)
}

/**
 * Shuts somebody out, at once, with everything that would let them in; answers the sessions that ended. The passkeys stay for the day on
 * which two let them in again. Refuses `own_rights`, `forbidden`, `wrong_state`.
 */
export async function disableStaff(tx: Tx, by: Staff, id: string, now: Instant): Promise<string[]> {
  await theirs(tx, by, id)
  const [gone] = await disable(tx).execute({ id, by: by.id, now })
  if (!gone) throw new Refusal("wrong_state")
  const owner = { kind: "staff" as const, id }
  await dropEnrolments(tx, owner)
  await dropPreSessionsOf(tx, owner)
  await tx.say(accountsStream, "staff.disabled", { staff: id, by: by.id, subject: id })
  return endAll(tx, owner, "disabled", now)
}

/** As many first codes as one agent hands out in an hour; a counter serves twenty people. */
const firstCodes = { most: 20, window: hour }

/**
 * A code for somebody who stands at the counter and has no account yet. One agent is enough for that: there is nothing to take over. Whoever
 * can prove nothing of an account that they have goes another way, with two. Refuses `has_account`, `too_many_requests`.
 */
export async function firstEnrolment(
  tx: Tx,
  keys: Keys,
  by: Staff,
  { person, office, document }: { person: string; office: string; document: IdentityDocument },
  now: Instant,
): Promise<{ code: string; until: Instant }> {
  await spendTry(tx, `first-codes:${by.id}`, firstCodes, now)
  const [found] = await withoutAccount(tx).execute({ id: person })
  if (!found) throw new Refusal("has_account")
  await tx.say(accountsStream, "identity.seen", { office, document, by: by.id, subject: person })
  return makeEnrolment(tx, keys, { kind: "citizen", id: person }, { channel: "counter", by: by.id }, now)
}

/** Whether `firstEnrolment` would take this person, for pages that say beforehand what can be done. */
export async function mayEnrolFirst(store: Store, person: string): Promise<boolean> {
  return (await isWithoutAccount(store).execute({ id: person })).length > 0
}

/** So long after a reset its owner can stop it: as long as sensitive actions are on hold. */
const stoppableFor = 24 * hour

/** What the owner can stop at this moment: a request that waits, or what came of it; null where nothing is. */
export async function canStop(store: Store, id: string, now: Instant): Promise<"open" | "approved" | null> {
  const { kind, state, until, decidedAt } = await request(store, id)
  if (kind !== "reset" && kind !== "citizen_reset") return null
  if (state === "open") return until > now ? state : null
  return state === "approved" && (decidedAt ?? 0) > now - stoppableFor ? state : null
}

/**
 * The owner says that it was not they: what was asked is called off, and what was done since is void with every way into the account, until
 * two have seen the person. Answers the sessions that ended. Refuses `request_over`.
 */
export async function stopReset(tx: Tx, id: string, now: Instant): Promise<{ owner: Owner; ended: string[] }> {
  const before = await request(tx, id)
  if ((await canStop(tx, id, now)) === null) throw new Refusal("request_over")
  const [stopped] = await stop(tx).execute({ id, since: now - stoppableFor })
  if (!stopped) throw new Refusal("request_over")
  const owner: Owner = { kind: before.kind === "citizen_reset" ? "citizen" : "staff", id: before.subject ?? "" }
  await tx.say(accountsStream, "reset.stopped", { request: id, subject: owner.id })
  const ended = before.state === "approved" ? await voidFactors(tx, owner, id, "owner", now) : []
  return { owner, ended }
}
