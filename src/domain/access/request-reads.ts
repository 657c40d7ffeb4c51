import { and, asc, desc, eq, gt, inArray, isNull, lte, ne, or, sql } from "drizzle-orm"
import { staff } from "../../../db/schema/access.ts"
import type { Words } from "../../../db/schema/catalogue.ts"
import { accessRequests } from "../../../db/schema/staff-requests.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Place } from "./authorize.ts"
import { placesIn } from "./places.ts"
import { decidesOver, type Grant } from "./roles.ts"
import type { Staff } from "./subject.ts"

/* What was asked for that takes two, as those see it who may decide or have asked. */

export type AccessRequest = typeof accessRequests.$inferSelect
export type StaffRow = typeof staff.$inferSelect

const p = sql.placeholder
export const isOpen = and(eq(accessRequests.state, sql`'open'`), gt(accessRequests.until, p("now")))
const byId = statement((db) =>
  db
    .select()
    .from(accessRequests)
    .where(eq(accessRequests.id, p("id"))),
)
const openAbout = statement((db) =>
  db
    .select()
    .from(accessRequests)
    .where(and(eq(accessRequests.subject, p("subject")), isOpen)),
)
const openOnes = statement((db) =>
  db.select().from(accessRequests).where(isOpen).orderBy(asc(accessRequests.askedAt), asc(accessRequests.id)),
)
const endedOnes = statement((db) =>
  db
    .select()
    .from(accessRequests)
    .where(or(ne(accessRequests.state, sql`'open'`), lte(accessRequests.until, p("now"))))
    .orderBy(desc(accessRequests.askedAt), desc(accessRequests.id))
    .limit(200),
)

export const grantOf = ({ role, scopeKind, scope }: Grant): Grant => ({ role, scopeKind, scope })

export async function staffRow(store: Store, id: string): Promise<StaffRow> {
  const [row] = await store.db.select().from(staff).where(eq(staff.id, id))
  if (!row) throw new Refusal("not_found", { what: "staff" })
  return row
}

/** Whether this person could decide: has the authority and is neither who asked nor whom it is about. */
export async function mayDecide(store: Store, by: Staff, row: AccessRequest): Promise<boolean> {
  const places = await placesIn(store)
  const was = row.was === null || decidesOver(by, row.was, places)
  return was && decidesOver(by, row, places) && row.askedBy !== by.id && row.subject !== by.id
}

/** Refuses `not_found`. One that has run out is `expired` from that moment on, whatever its row says. */
export async function request(store: Store, id: string): Promise<AccessRequest> {
  const [row] = await byId(store).execute({ id })
  if (!row) throw new Refusal("not_found", { what: "request" })
  return row
}

export function stateOf(
  { state, until }: Pick<AccessRequest, "state" | "until">,
  now: Instant,
): AccessRequest["state"] {
  return state === "open" && until <= now ? "expired" : state
}

/** The requests that somebody sees: what they asked for, and whatever lies within their area. The open ones first asked first. */
export async function requestsFor(
  store: Store,
  by: Staff,
  now: Instant,
): Promise<{ open: AccessRequest[]; ended: AccessRequest[] }> {
  const places = await placesIn(store)
  const isSeen = (row: AccessRequest) => row.askedBy === by.id || sees(by, row, places)
  const [open, ended] = [await openOnes(store).execute({ now }), await endedOnes(store).execute({ now })]
  return { open: open.filter(isSeen), ended: ended.filter(isSeen).slice(0, 20) }
}

function sees(by: Staff, row: AccessRequest, places: readonly Place[]): boolean {
  if (by.role === "agent") return false
  return decidesOver({ ...grantOf(by), role: "administrator" }, row, places)
}

/** The reset of this account that waits for a second person; the unique index lets it be one. */
export async function openResetOf(store: Store, subject: string, now: Instant): Promise<AccessRequest | null> {
  const [row] = await openAbout(store).execute({ subject, now })
  return row && (row.kind === "reset" || row.kind === "citizen_reset") ? row : null
}

/** Whether somebody may read this request at all. */
export async function mayRead(store: Store, by: Staff, row: AccessRequest): Promise<boolean> {
  return row.askedBy === by.id || sees(by, row, await placesIn(store))
}

/** Who else could decide: for "ask so and so", and for saying that there is nobody. */
export async function deciders(
  store: Store,
  over: { askedBy: string; subject: string | null; was: Grant | null } & Grant,
): Promise<{ id: string; name: Words }[]> {
  const places = await placesIn(store)
  const all = await store.db
    .select()
    .from(staff)
    .where(and(isNull(staff.disabledAt), inArray(staff.role, ["supervisor", "administrator"])))
    .orderBy(asc(staff.login))
  return all
    .filter(({ id }) => id !== over.askedBy && id !== over.subject)
    .filter((one) => decidesOver(one, over, places) && (over.was === null || decidesOver(one, over.was, places)))
    .map(({ id, name }) => ({ id, name }))
}
