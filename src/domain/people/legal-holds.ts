import { and, desc, eq, gt, isNull, lte, or, type SQL, type SQLWrapper, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { legalHolds } from "../../../db/schema/privacy.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys } from "../../base/seal.ts"
import { personKey } from "./sealed.ts"

/*
 * Where a court or an inspection needs what is known about somebody, keeping it comes before deleting it (PDPL 18(2); GDPR 17(3)). A hold
 * has a reason and an end; nobody can keep everything for ever by it.
 */

/** The longest hold. Whoever needs it longer says so again. */
const daysMax = 2 * 366

export interface LegalHold {
  id: string
  person: string
  /** Empty where the person's key is gone. */
  reason: string
  placedBy: string
  placedAt: Instant
  until: Instant
  liftedAt: Instant | null
}

/** Refuses `not_found` for nobody, `invalid_field` where `until` is over, too far, or the reason is empty. Instants are the real clock's. */
export async function placeHold(
  tx: Tx,
  keys: Keys,
  given: { person: string; reason: string; until: Instant; by: string },
  now: Instant,
): Promise<string> {
  const { person, reason, until, by } = given
  if (reason.trim() === "") throw new Refusal("invalid_field", { field: "reason" })
  if (until <= now || until > now + daysMax * 24 * 3_600_000) throw new Refusal("invalid_field", { field: "until" })
  const key = await personKey(tx, keys, person)
  if (!key) throw new Refusal("not_found", { what: "person" })
  const id = tx.id()
  await tx.db.insert(legalHolds).values({
    ...{ id, person, until, placedBy: by, placedAt: now },
    reasonSealed: key.seal("legal_hold.reason", reason.trim(), tx.chance),
    ...{ liftedBy: null, liftedAt: null, settledAt: null },
  })
  await tx.say(accountsStream, "legal_hold.placed", { hold: id, until, by, subject: person })
  return id
}

/** Refuses `not_found` for a hold that does not stand any more. */
export async function liftHold(tx: Tx, id: string, by: string, now: Instant): Promise<void> {
  const [lifted] = await tx.db
    .update(legalHolds)
    .set({ liftedAt: now, liftedBy: by })
    .where(and(eq(legalHolds.id, id), isNull(legalHolds.liftedAt), gt(legalHolds.until, now)))
    .returning({ person: legalHolds.person })
  if (!lifted) throw new Refusal("not_found", { what: "hold" })
  await tx.say(accountsStream, "legal_hold.lifted", { hold: id, by, subject: lifted.person })
}

/** Until when this person's data is held; `null` where it is not. */
export async function heldUntil(store: Store, person: string, now: Instant): Promise<Instant | null> {
  const [row] = await store.db
    .select({ until: sql<Instant | null>`max(${legalHolds.until})` })
    .from(legalHolds)
    .where(and(eq(legalHolds.person, person), stands(now)))
  return row?.until ?? null
}

/** Every hold, the last first. */
export async function allHolds(store: Store, keys: Keys): Promise<LegalHold[]> {
  const rows = await store.db.select().from(legalHolds).orderBy(desc(legalHolds.placedAt)).limit(500)
  return Promise.all(
    rows.map(async ({ id, person, reasonSealed, placedBy, placedAt, until, liftedAt }) => {
      const key = await personKey(store, keys, person)
      const reason = key?.open("legal_hold.reason", reasonSealed) ?? ""
      return { id, person, reason, placedBy, placedAt, until, liftedAt }
    }),
  )
}

const stands = (now: Instant) => and(isNull(legalHolds.liftedAt), gt(legalHolds.until, now))

/** For a statement that clears rows: this column names nobody whose data is held. */
export function notHeld(column: SQLWrapper, now: Instant): SQL {
  return sql`${column} not in (select ${legalHolds.person} from ${legalHolds} where ${stands(now)})`
}

/** People whose hold is over and whose old rows have not been gone through since. */
export async function released(store: Store, now: Instant): Promise<string[]> {
  const over = or(lte(legalHolds.until, now), sql`${legalHolds.liftedAt} is not null`)
  const rows = await store.db
    .selectDistinct({ person: legalHolds.person })
    .from(legalHolds)
    .where(and(isNull(legalHolds.settledAt), over))
  return rows.map(({ person }) => person)
}

export async function markSettled(tx: Tx, person: string, now: Instant): Promise<void> {
  const over = or(lte(legalHolds.until, now), sql`${legalHolds.liftedAt} is not null`)
  await tx.db
    .update(legalHolds)
    .set({ settledAt: now })
    .where(and(eq(legalHolds.person, person), isNull(legalHolds.settledAt), over))
}
