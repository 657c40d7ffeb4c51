import { and, eq, isNull, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { known } from "../../../db/known.ts"
import { apiKeys, type SessionLevel, type SubjectKind, staff } from "../../../db/schema/access.ts"
import { people } from "../../../db/schema/people.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Chance } from "../../base/clock.ts"
import { hour, type Instant } from "../../base/day.ts"
import { token } from "../../base/id.ts"
import { sameText, sha256 } from "../../base/seal.ts"
import { deviceOf } from "./devices.ts"
import { isWithin } from "./networks.ts"
import { type Citizen, type Integrator, mint, type Staff, type Subject } from "./subject.ts"

/** `dawr_`, what kind of house, the readable part, 32 random bytes; and a check on all of it, so that a slip is seen without a look-up. */
const keyForm = /^(dawr_(?:live|demo)_([a-z0-9]{8})_([A-Za-z0-9_-]{43}))([A-Za-z0-9_-]{6})$/
const day = 24 * hour
/** No key is good for longer. */
export const keyDaysMax = 365

export type KeyRow = typeof apiKeys.$inferSelect

export interface NewKey {
  kind: SubjectKind
  subject: string
  name: string
  scopes: string[]
  office?: string | null
  /** From where alone it is good, as `readNetworks` gives them; from anywhere where there are none. */
  addresses?: string[]
  /** A year unless said otherwise, and never longer. */
  days?: number
  demo: boolean
}

const insertKey = statement((db) => db.insert(apiKeys).values(placeholders(apiKeys)))

/**
 * Makes a key that acts as `subject`. The answer is the only time that the key is seen; a hash of it is kept. `now` is the real clock's.
 */
export async function makeKey(tx: Tx, given: NewKey, by: string, now: Instant): Promise<string> {
  const id = readableId(tx.chance)
  const secret = token(tx.chance, 32)
  const office = given.office ?? null
  const until = now + Math.min(given.days ?? keyDaysMax, keyDaysMax) * day
  await insertKey(tx).execute({
    id,
    secretHash: sha256(secret),
    kind: given.kind,
    subject: given.subject,
    name: given.name,
    scopes: given.scopes,
    office,
    addresses: given.addresses ?? [],
    madeBy: by,
    createdAt: now,
    until,
    seenAt: null,
    revokedAt: null,
  })
  const { kind, scopes } = given
  await tx.say(accountsStream, "key.made", { key: id, kind, scopes, office, until, by })
  return withCheck(`dawr_${given.demo ? "demo" : "live"}_${id}_${secret}`)
}

function withCheck(text: string): string {
  const check = Buffer.alloc(4)
  check.writeUInt32BE(Bun.hash.crc32(text))
  return text + check.toString("base64url")
}

/** Under what name its sockets end: its readable part. The key itself is kept nowhere. */
export function sessionOfKey(given: string): string {
  return `key:${given.split("_")[2] ?? ""}`
}

/** Whether this looks like a key of ours, whatever it opens: such a text must stand in no address and no log. */
export function looksLikeKey(text: string): boolean {
  return /^dawr_(live|demo)_/.test(text)
}

// With the citizen whose it is, in one question: this stands before every call.
const keyById = statement((db) =>
  db
    .select({ key: apiKeys, person: { id: people.id, kind: people.kind } })
    .from(apiKeys)
    .leftJoin(people, and(eq(people.id, apiKeys.subject), eq(apiKeys.kind, sql`'citizen'`), isNull(people.erasedAt)))
    .where(eq(apiKeys.id, sql.placeholder("id"))),
)
const personById = statement((db) =>
  db
    .select({ id: people.id, kind: people.kind })
    .from(people)
    .where(and(eq(people.id, sql.placeholder("id")), isNull(people.erasedAt))),
)
const staffById = statement((db) =>
  db
    .select()
    .from(staff)
    .where(eq(staff.id, sql.placeholder("id"))),
)
/**
 * The key, and who holds it at `now`; `null` for anything that is not a good key of somebody who is still here, and for one that comes
 * from where it is not good. `from` answers the whole address of whoever shows it, and is asked only about a key that is not for everywhere:
 * the runtime takes longer over it than over the look-up. Without it only a key for everywhere is good.
 */
export async function holderOfKey(
  store: Store,
  given: string,
  now: Instant,
  from: () => string = nowhere,
): Promise<{ subject: Subject; key: KeyRow } | null> {
  const [, text, id, secret] = keyForm.exec(given) ?? []
  if (!text || !id || !secret || withCheck(text) !== given) return null
  const found = await keyWith(store, id, now)
  if (!found || !sameText(found.key.secretHash, sha256(secret))) return null
  const { key } = found
  if (key.addresses.length > 0 && !isWithin(from(), key.addresses)) return null
  const subject = await holderOf(store, found, now)
  return subject && { subject, key }
}

const nowhere = () => ""

/** Whatever would change a row without saying so is not believed for longer. What ends by time is looked at with each call. */
const believedFor = 1_000

/** A program asks by the same key thousands of times a second, and nobody changes a key without saying so in `accounts`. */
async function keyWith(store: Store, id: string, now: Instant) {
  const read = async () => (await keyById(store).execute({ id }))[0] ?? null
  // A turn sees what nobody has been told yet.
  if (!store.heads) return read()
  const { found } = await known(store, { kind: "keys", stream: accountsStream, key: id, now }, async () => {
    const row = await read()
    // That it was used is marked without a fact.
    const isMarked = row?.key.kind === "integrator"
    return { found: row, validUntil: isMarked ? Math.min(now + believedFor, seenDue(row.key)) : now + believedFor }
  })
  return found
}

/** That a program's key was used is marked this often at most: every call would otherwise write a row. */
export const seenEvery = hour
/** From when on that it is used is to be marked again. */
const seenDue = ({ seenAt }: KeyRow): Instant => (seenAt === null ? Number.NEGATIVE_INFINITY : seenAt + seenEvery)

export const wantsSeen = (key: KeyRow, now: Instant): boolean => now >= seenDue(key)

/** As `holderOfKey`, where the key itself does not matter. */
export async function subjectOfKey(
  store: Store,
  given: string,
  now: Instant,
  from: () => string = nowhere,
): Promise<Subject | null> {
  return (await holderOfKey(store, given, now, from))?.subject ?? null
}

/** Who holds the key with this readable part now; `null` where it opens nothing: revoked, out of date, or its holder is gone. */
export async function holderNow(store: Store, id: string, now: Instant): Promise<Subject | null> {
  const [found] = await keyById(store).execute({ id })
  return found ? holderOf(store, found, now) : null
}

type CitizenRow = Pick<typeof people.$inferSelect, "id" | "kind">

async function holderOf(
  store: Store,
  { key, person }: { key: typeof apiKeys.$inferSelect; person: CitizenRow | null },
  now: Instant,
): Promise<Subject | null> {
  if (key.revokedAt !== null || key.until <= now) return null
  switch (key.kind) {
    case "citizen":
      return person ? mintCitizen(person) : null
    case "staff":
      return staffOf(store, key.subject)
    case "device":
      return deviceOf(store, key.subject, now)
    case "integrator":
      return mint<Integrator>({ role: "integrator", id: key.subject, scopes: key.scopes, office: key.office })
  }
}

export async function citizenOf(store: Store, id: string, level: SessionLevel = "full"): Promise<Citizen | null> {
  const [row] = await personById(store).execute({ id })
  return row ? mintCitizen(row, level) : null
}

function mintCitizen({ id, kind }: CitizenRow, level: SessionLevel = "full"): Citizen {
  return mint<Citizen>({ role: "citizen", id, kind, level })
}

export async function staffOf(store: Store, id: string): Promise<Staff | null> {
  const [row] = await staffById(store).execute({ id })
  if (!row || row.disabledAt !== null) return null
  const { role, login, name, scopeKind, scope } = row
  return mint<Staff>({ role, id: row.id, login, name, scopeKind, scope })
}

function readableId(chance: Chance): string {
  const letters = "abcdefghijkmnpqrstuvwxyz23456789"
  return [...chance.bytes(8)].map((byte) => letters[byte % letters.length]).join("")
}
