import { and, desc, eq, gt, gte, inArray, lt, sql } from "drizzle-orm"
import { type StaffRole, staff } from "../../../db/schema/access.ts"
import { type ReadWhat, readLog } from "../../../db/schema/privacy.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant, minute } from "../../base/day.ts"

/*
 * Who of the staff saw what of whom (PDPL IR 26; GDPR 32). Written where a name or a person's case is shown to somebody, before it is shown.
 * Lists that hold only ids are not in it: they tell nobody who somebody is.
 */

/** Looking again at the same thing within this time is the same look. */
const sameLook = 10 * minute

/** Whoever sees more different people than this within an hour is asked about it. A busy counter serves twenty. */
export const alarmPeople = 50
const alarmWindow = hour

export interface Look {
  staff: string
  person: string
  what: ReadWhat
  office?: string | null
  /** The booking or ticket that was looked at. */
  about?: string | null
}

const p = sql.placeholder
const sameBefore = and(
  eq(readLog.person, p("person")),
  eq(readLog.staff, p("staff")),
  eq(readLog.what, p("what")),
  gt(readLog.at, p("after")),
)
const seenBefore = statement((db) => db.select({ at: readLog.at }).from(readLog).where(sameBefore).limit(1))
// The condition stands in the statement that writes: two looks in the same turn are one row.
const write = statement((db) =>
  db.insert(readLog).select(
    db
      .select({
        person: sql`${p("person")}`.as("person"),
        staff: sql`${staff.id}`.as("staff"),
        what: sql`${p("what")}`.as("what"),
        at: sql`${p("at")}`.as("at"),
        office: sql`${p("office")}`.as("office"),
        about: sql`${p("about")}`.as("about"),
      })
      .from(staff)
      .where(and(eq(staff.id, p("staff")), sql`not exists (select 1 from ${readLog} where ${sameBefore})`)),
  ),
)

/** Notes that somebody saw something of a person. `now` is the real clock's. */
export async function noteRead(tx: Tx, look: Look, now: Instant): Promise<void> {
  const { staff, person, what, office = null, about = null } = look
  await write(tx).execute({ staff, person, what, office, about, at: now, after: now - sameLook })
}

/** Those of these looks that `noteRead` would still write down: where there are none, a page needs no turn. */
export async function unnoted(store: Store, looks: readonly Look[], now: Instant): Promise<Look[]> {
  const found = await Promise.all(
    looks.map(({ staff, person, what }) => seenBefore(store).execute({ staff, person, what, after: now - sameLook })),
  )
  return looks.filter((_, index) => found[index]?.length === 0)
}

export interface Seen {
  at: Instant
  what: ReadWhat
  office: string | null
  /** As what it was seen. The person is not told by whom: that is the auditor's to know. */
  role: StaffRole
}

/** Who saw something of this person, the last first. */
export async function readsOf(store: Store, person: string, limit = 500): Promise<Seen[]> {
  return store.db
    .select({ at: readLog.at, what: readLog.what, office: readLog.office, role: staff.role })
    .from(readLog)
    .innerJoin(staff, eq(staff.id, readLog.staff))
    .where(eq(readLog.person, person))
    .orderBy(desc(readLog.at))
    .limit(limit)
}

export interface Alarm {
  staff: string
  from: Instant
  until: Instant
  /** Different people in the fullest hour of it. */
  people: number
}

/** Which offices a reader of the log is responsible for; `null`: all, and what belongs to none. */
export type Offices = readonly string[] | null

/** Where somebody saw more than `alarmPeople` different people within an hour, between two instants. */
export async function alarms(store: Store, from: Instant, until: Instant, offices: Offices = null): Promise<Alarm[]> {
  const rows = await store.db
    .select({ staff: readLog.staff, person: readLog.person, at: readLog.at })
    .from(readLog)
    .where(and(gte(readLog.at, from), lt(readLog.at, until), inOffices(offices)))
    .orderBy(readLog.at)
  const byStaff = new Map<string, { person: string; at: Instant }[]>()
  for (const row of rows) {
    const own = byStaff.get(row.staff) ?? []
    if (own.length === 0) byStaff.set(row.staff, own)
    own.push(row)
  }
  const found = [...byStaff].flatMap(([staff, looks]) => fullHours(looks).map((alarm) => ({ staff, ...alarm })))
  return found.sort((left, right) => right.from - left.from)
}

/** The stretches of time in which each hour that ends there has too many different people. `looks` come in the order of time. */
export function fullHours(looks: readonly { person: string; at: Instant }[]): Omit<Alarm, "staff">[] {
  const found: Omit<Alarm, "staff">[] = []
  const within = new Map<string, number>()
  let first = 0
  for (const look of looks) {
    within.set(look.person, (within.get(look.person) ?? 0) + 1)
    for (let old = looks[first]; old && old.at <= look.at - alarmWindow; old = looks[++first]) {
      const left = (within.get(old.person) ?? 0) - 1
      if (left > 0) within.set(old.person, left)
      else within.delete(old.person)
    }
    if (within.size <= alarmPeople) continue
    const last = found.at(-1)
    const begins = looks[first]?.at ?? look.at
    if (last && begins <= last.until) {
      last.until = look.at
      last.people = Math.max(last.people, within.size)
    } else {
      found.push({ from: begins, until: look.at, people: within.size })
    }
  }
  return found
}

/** What one of the staff saw between two instants: how often, of how many people, by kind and office. For whoever must report a breach. */
export async function readsBy(store: Store, by: string, from: Instant, until: Instant, offices: Offices = null) {
  const these = and(gte(readLog.at, from), lt(readLog.at, until), eq(readLog.staff, by), inOffices(offices))
  const rows = await store.db
    .select({
      what: readLog.what,
      office: readLog.office,
      looks: sql<number>`count(*)`,
      people: sql<number>`count(distinct ${readLog.person})`,
    })
    .from(readLog)
    .where(these)
    .groupBy(readLog.what, readLog.office)
  const [whole] = await store.db
    .select({ people: sql<number>`count(distinct ${readLog.person})` })
    .from(readLog)
    .where(these)
  return { rows, people: whole?.people ?? 0 }
}

function inOffices(offices: Offices) {
  return offices === null ? undefined : inArray(readLog.office, [...offices])
}

/** The id behind a login; `null` for nobody. */
export async function staffByLogin(store: Store, login: string): Promise<string | null> {
  const [row] = await store.db.select({ id: staff.id }).from(staff).where(eq(staff.login, login.trim().toLowerCase()))
  return row?.id ?? null
}

/** Names of staff, for the auditor's list. */
export async function staffNamed(store: Store, ids: readonly string[]) {
  const rows = await store.db
    .select({ id: staff.id, login: staff.login, name: staff.name, role: staff.role })
    .from(staff)
    .where(inArray(staff.id, [...ids]))
  return new Map(rows.map((row) => [row.id, row]))
}
