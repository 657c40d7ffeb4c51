import { and, desc, eq, gt, lte, or, sql } from "drizzle-orm"
import type { Words } from "../../../db/schema/catalogue.ts"
import { type PermitRow, permits } from "../../../db/schema/requests.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { addDays, type Day, type Instant } from "../../base/day.ts"
import { bookingCode } from "../../base/id.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import { wallToInstant } from "../../base/time.ts"
import { documentsOf } from "../documents/reads.ts"
import { revokeDocument } from "../documents/writes.ts"
import { person } from "../people/reads.ts"
import { civilZone } from "../people/rules.ts"
import { personKey } from "../people/sealed.ts"

/* Permits to travel: one valid at a time, and cancelling one stops exits and never a return. */

/** What of a permit is sealed. `used`: the rule and the facts by which it was decided. */
export interface PermitDetail {
  countries: string[]
  used: Record<string, unknown>
}

const p = sql.placeholder
const insertPermit = statement((db) =>
  db.insert(permits).values(placeholders(permits)).onConflictDoNothing().returning({ id: permits.id }),
)
const endPermit = statement((db) =>
  db
    .update(permits)
    .set({ state: "cancelled", endedAt: sql`${p("now")}` })
    .where(and(eq(permits.id, p("id")), eq(permits.dependant, p("dependant")), sql`${permits.state} = 'valid'`))
    .returning(),
)
const expire = statement((db) =>
  db
    .update(permits)
    .set({ state: "expired", endedAt: permits.until })
    .where(and(eq(permits.dependant, p("dependant")), sql`${permits.state} = 'valid'`, lte(permits.until, p("now"))))
    .returning(),
)
const validOf = statement((db) =>
  db
    .select()
    .from(permits)
    .where(and(eq(permits.dependant, p("dependant")), sql`${permits.state} = 'valid'`, gt(permits.until, p("now")))),
)
const ofGuardian = statement((db) =>
  db
    .select()
    .from(permits)
    .where(or(eq(permits.guardian, p("person")), eq(permits.dependant, p("person"))))
    .orderBy(desc(permits.issuedAt)),
)

/** The one that is valid at `now`. */
export async function validPermit(store: Store, dependant: string, now: Instant): Promise<PermitRow | null> {
  return (await validOf(store).execute({ dependant, now }))[0] ?? null
}

export interface NewPermit {
  dependant: string
  guardian: string
  request: string
  visit: string
  office: string
  kind: PermitRow["kind"]
  paper: PermitRow["paper"]
  lastDay: Day
  detail: PermitDetail
}

/**
 * Issues a permit, in force at once. What has run out by itself is made so in the same turn. Refuses `permit_valid` where another one is:
 * the index holds it, whoever asks at the same moment.
 */
export async function issuePermitNow(tx: Tx, keys: Keys, given: NewPermit): Promise<PermitRow> {
  const { dependant, guardian, request, visit, office, kind, paper, lastDay, detail } = given
  for (const { id } of await expire(tx).execute({ dependant, now: tx.now })) {
    await tx.say(office, "permit.expired", { permit: id, visit, subject: dependant })
  }
  const key = await personKey(tx, keys, dependant)
  if (!key) throw new Refusal("not_found", { what: "person" })
  const row: PermitRow = {
    ...{ id: tx.id(), number: bookingCode(tx.chance), dependant, guardian, request, kind, paper, state: "valid" },
    issuedAt: tx.now,
    until: wallToInstant(addDays(lastDay, 1), "00:00", civilZone),
    endedAt: null,
    detailSealed: key.seal("travel_permit.detail", JSON.stringify(detail), tx.chance),
  }
  const [made] = await insertPermit(tx).execute({ ...row })
  if (!made) throw new Refusal("permit_valid")
  await tx.say(office, "permit.issued", { permit: row.id, request, visit, until: row.until, subject: dependant })
  return row
}

/** Stops further exits from now on; its document says so to whoever checks it. Refuses `permit_gone` where it is not valid any more. */
export async function cancelPermitNow(
  tx: Tx,
  keys: Keys,
  {
    id,
    dependant,
    request,
    visit,
    office,
  }: { id: string } & Pick<NewPermit, "dependant" | "request" | "visit" | "office">,
  why: "replaced" | "cancelled_by_guardian",
): Promise<PermitRow> {
  const [row] = await endPermit(tx).execute({ id, dependant, now: tx.now })
  if (!row) throw new Refusal("permit_gone")
  for (const { code, revokedAt } of await documentsOf(tx, keys, id, tx.now)) {
    if (revokedAt === null) await revokeDocument(tx, code, why, "citizen")
  }
  await tx.say(office, "permit.cancelled", { permit: id, request, visit, subject: dependant })
  return row
}

/** A permit as its guardian, or who travels on it, sees it. */
export interface Permit extends PermitRow {
  name: Words
  detail: PermitDetail | null
  /** Whether whoever asks is its guardian. */
  isGuardian: boolean
  /** By which anybody can check it. */
  code: string | null
}

/** The permits that somebody gave or has, the last first; what has run out is shown as such. */
export async function permitsOf(store: Store, keys: Keys, whose: string, now: Instant): Promise<Permit[]> {
  const rows = await ofGuardian(store).execute({ person: whose })
  return Promise.all(
    rows.map(async (row) => {
      const key = await personKey(store, keys, row.dependant)
      const detail = key && row.detailSealed ? JSON.parse(key.open("travel_permit.detail", row.detailSealed)) : null
      const state = row.state === "valid" && row.until <= now ? ("expired" as const) : row.state
      const name = (await person(store, keys, row.dependant))?.name ?? { ar: "", en: "" }
      const [document] = await documentsOf(store, keys, row.id, now)
      return { ...row, state, name, detail, isGuardian: row.guardian === whose, code: document?.code ?? null }
    }),
  )
}
