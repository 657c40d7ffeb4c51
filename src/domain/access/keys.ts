import { and, eq, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { apiKeys, devices, type SessionLevel, type SubjectKind, staff } from "../../../db/schema/access.ts"
import { people } from "../../../db/schema/people.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Chance } from "../../base/clock.ts"
import { hour, type Instant } from "../../base/day.ts"
import { token } from "../../base/id.ts"
import { sameText, sha256 } from "../../base/seal.ts"
import { type Citizen, type Device, type Integrator, mint, type Staff, type Subject } from "./subject.ts"

const keyForm = /^dawr_(?:live|demo)_([a-z0-9]{8})_([A-Za-z0-9_-]{43})$/
const year = 365 * 24 * hour

export interface NewKey {
  kind: SubjectKind
  subject: string
  name: string
  scopes: string[]
  office?: string | null
  demo: boolean
}

const insertKey = statement((db) => db.insert(apiKeys).values(placeholders(apiKeys)))

/** Makes a key that acts as `subject` for a year. The answer is the only time that the key is seen; a hash of it is kept. */
export async function makeKey(tx: Tx, given: NewKey, by: string): Promise<string> {
  const id = readableId(tx.chance)
  const secret = token(tx.chance, 32)
  await insertKey(tx).execute({
    id,
    secretHash: sha256(secret),
    kind: given.kind,
    subject: given.subject,
    name: given.name,
    scopes: given.scopes,
    office: given.office ?? null,
    createdAt: tx.now,
    until: tx.now + year,
    seenAt: null,
    revokedAt: null,
  })
  await tx.say(accountsStream, "key.made", { key: id, kind: given.kind, scopes: given.scopes, by })
  return `dawr_${given.demo ? "demo" : "live"}_${id}_${secret}`
}

// With the citizen whose it is, in one question: this stands before every call.
const keyById = statement((db) =>
  db
    .select({ key: apiKeys, person: { id: people.id, kind: people.kind, name: people.name } })
    .from(apiKeys)
    .leftJoin(people, and(eq(people.id, apiKeys.subject), eq(apiKeys.kind, sql`'citizen'`)))
    .where(eq(apiKeys.id, sql.placeholder("id"))),
)
const personById = statement((db) =>
  db
    .select({ id: people.id, kind: people.kind, name: people.name })
    .from(people)
    .where(eq(people.id, sql.placeholder("id"))),
)
const staffById = statement((db) =>
  db
    .select()
    .from(staff)
    .where(eq(staff.id, sql.placeholder("id"))),
)
const deviceById = statement((db) =>
  db
    .select()
    .from(devices)
    .where(eq(devices.id, sql.placeholder("id"))),
)

/** Who holds this key at `now`; `null` for anything that is not a good key of somebody who is still here. */
export async function subjectOfKey(store: Store, given: string, now: Instant): Promise<Subject | null> {
  const [, id, secret] = keyForm.exec(given) ?? []
  if (!id || !secret) return null
  const [found] = await keyById(store).execute({ id })
  return found && sameText(found.key.secretHash, sha256(secret)) ? holderOf(store, found, now) : null
}

/** Whether the key with this readable part still opens anything: neither revoked nor out of date, and its holder still here. */
export async function keyStands(store: Store, id: string, now: Instant): Promise<boolean> {
  const [found] = await keyById(store).execute({ id })
  return found !== undefined && (await holderOf(store, found, now)) !== null
}

type CitizenRow = Pick<typeof people.$inferSelect, "id" | "kind" | "name">

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
      return deviceOf(store, key.subject)
    case "integrator":
      return mint<Integrator>({ role: "integrator", id: key.subject, scopes: key.scopes, office: key.office })
  }
}

export async function citizenOf(store: Store, id: string, level: SessionLevel = "full"): Promise<Citizen | null> {
  const [row] = await personById(store).execute({ id })
  return row ? mintCitizen(row, level) : null
}

function mintCitizen({ id, kind, name }: CitizenRow, level: SessionLevel = "full"): Citizen {
  return mint<Citizen>({ role: "citizen", id, kind, name, level })
}

export async function staffOf(store: Store, id: string): Promise<Staff | null> {
  const [row] = await staffById(store).execute({ id })
  if (!row || row.disabledAt !== null) return null
  const { role, login, name, scopeKind, scope } = row
  return mint<Staff>({ role, id: row.id, login, name, scopeKind, scope })
}

async function deviceOf(store: Store, id: string): Promise<Device | null> {
  const [row] = await deviceById(store).execute({ id })
  return row && row.revokedAt === null ? mint<Device>({ role: row.kind, id: row.id, office: row.office }) : null
}

function readableId(chance: Chance): string {
  const letters = "abcdefghijkmnpqrstuvwxyz23456789"
  return [...chance.bytes(8)].map((byte) => letters[byte % letters.length]).join("")
}
