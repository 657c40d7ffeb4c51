import { and, asc, eq, gt, inArray, isNull, lte, ne, or, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { type Capability, type DeviceKind, devices, deviceTokens } from "../../../db/schema/devices.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { hour, type Instant, minute } from "../../base/day.ts"
import { token } from "../../base/id.ts"
import { Refusal } from "../../base/refusal.ts"
import { sha256 } from "../../base/seal.ts"
import { type Device, mint } from "./subject.ts"

/*
 * Kiosks and boards: they stand in a hall, and nobody signs in at them. What lets one in is a token in its cookie, which is replaced every
 * day. Time here is the real clock's, as an argument.
 */

export type DeviceRow = typeof devices.$inferSelect
type TokenRow = typeof deviceTokens.$inferSelect

const day = 24 * hour

/** A device is paired anew after this, however well it behaves. */
export const pairedFor = 90 * day
/** A token is replaced by the next answer after this. */
const tokenFor = day
/** So long the old one is good beside the new one, counted from when the device has come with the new one. */
const overlap = 10 * minute
/** An answer can get lost with the new token in it: whoever still comes with the old one is offered another, but not with every request. */
const offerEvery = hour
/** That a device was here is written at most this often, so that its pages do not become writing rows. */
const seenEvery = 5 * minute

/** What each kind can be allowed. */
export const capabilitiesOf: Record<DeviceKind, readonly Capability[]> = {
  kiosk: ["ticket:issue", "ticket:arrive", "board:read"],
  board: ["board:read"],
}

const insertDevice = statement((db) => db.insert(devices).values(placeholders(devices)))
const insertToken = statement((db) => db.insert(deviceTokens).values(placeholders(deviceTokens)))

export interface NewDevice {
  office: string
  kind: DeviceKind
  /** What the staff call it. */
  name: string
  /** Everything that its kind can, unless said otherwise. */
  capabilities?: readonly Capability[]
}

/** Makes a device that nothing opens yet; `by` is a member of staff, `operator` or `setup`. Answers its id. */
export async function addDevice(tx: Tx, given: NewDevice, by: string, now: Instant): Promise<string> {
  const { office, kind, name } = given
  const can = capabilitiesOf[kind]
  const capabilities = can.filter((one) => given.capabilities?.includes(one) ?? true)
  if (capabilities.length === 0) throw new Refusal("invalid_field", { field: "capabilities" })
  const id = tx.id()
  const times = { createdAt: now, until: now + pairedFor, seenAt: null, revokedAt: null }
  await insertDevice(tx).execute({ id, office, kind, name, capabilities, pairedBy: by, ...times })
  await tx.say(accountsStream, "device.paired", { device: id, kind, office, capabilities, by })
  return id
}

/** A first token for this device, for its cookie and nowhere else. */
export async function startToken(tx: Tx, device: string, now: Instant): Promise<string> {
  return makeToken(tx, device, null, now)
}

async function makeToken(tx: Tx, device: string, after: string | null, now: Instant): Promise<string> {
  const secret = token(tx.chance, 32)
  const row: TokenRow = { id: sha256(secret), device, after, madeAt: now, usedAt: null, offeredAt: null, until: null }
  await insertToken(tx).execute(row)
  return secret
}

const deviceWithToken = statement((db) =>
  db
    .select({ device: devices, token: deviceTokens })
    .from(deviceTokens)
    .innerJoin(devices, eq(devices.id, deviceTokens.device))
    .where(eq(deviceTokens.id, sql.placeholder("id"))),
)
const deviceById = statement((db) =>
  db
    .select()
    .from(devices)
    .where(eq(devices.id, sql.placeholder("id"))),
)

/** A device that has come with a token which is good. */
export interface Present {
  device: Device
  row: DeviceRow
  token: TokenRow
}

/** Whose token this is; `null` for anything that is not a good token of a device that is still paired. */
export async function deviceOfToken(store: Store, secret: string, now: Instant): Promise<Present | null> {
  if (!/^[A-Za-z0-9_-]{43}$/.test(secret)) return null
  const [found] = await deviceWithToken(store).execute({ id: sha256(secret) })
  if (!found || !stands(found.device, now)) return null
  if (found.token.until !== null && found.token.until <= now) return null
  return { device: minted(found.device), row: found.device, token: found.token }
}

/** The device with this id; `null` where it is not paired, or no longer. */
export async function deviceOf(store: Store, id: string, now: Instant): Promise<Device | null> {
  const [row] = await deviceById(store).execute({ id })
  return row && stands(row, now) ? minted(row) : null
}

function stands({ revokedAt, until }: DeviceRow, now: Instant): boolean {
  return revokedAt === null && until > now
}

function minted({ id, kind, office, capabilities }: DeviceRow): Device {
  return mint<Device>({ role: kind, id, office, capabilities })
}

/** Whether `keepUp` has anything to do. */
export function wantsKeepUp({ row, token }: Present, now: Instant): boolean {
  const isDue = token.until === null && now - token.madeAt >= tokenFor
  const mayOffer = token.offeredAt === null || now - token.offeredAt >= offerEvery
  return token.usedAt === null || row.seenAt === null || now - row.seenAt >= seenEvery || (isDue && mayOffer)
}

const markSeen = statement((db) =>
  db
    .update(devices)
    .set({ seenAt: sql`${sql.placeholder("now")}` })
    .where(
      and(
        eq(devices.id, sql.placeholder("id")),
        or(isNull(devices.seenAt), lte(devices.seenAt, sql.placeholder("before"))),
      ),
    ),
)
const markUsed = statement((db) =>
  db
    .update(deviceTokens)
    .set({ usedAt: sql`${sql.placeholder("now")}` })
    .where(and(eq(deviceTokens.id, sql.placeholder("id")), isNull(deviceTokens.usedAt)))
    .returning({ after: deviceTokens.after }),
)
// The one before, and whatever else was offered in its place and never came.
const endOthers = statement((db) =>
  db
    .update(deviceTokens)
    .set({ until: sql`${sql.placeholder("until")}` })
    .where(
      and(
        or(eq(deviceTokens.id, sql.placeholder("after")), eq(deviceTokens.after, sql.placeholder("after"))),
        ne(deviceTokens.id, sql.placeholder("id")),
        isNull(deviceTokens.until),
      ),
    ),
)
const forgetEnded = statement((db) =>
  db
    .delete(deviceTokens)
    .where(and(eq(deviceTokens.device, sql.placeholder("device")), lte(deviceTokens.until, sql.placeholder("now")))),
)
// Of many requests at once with the old token one gets the new one; the others go on with the old one.
const offer = statement((db) =>
  db
    .update(deviceTokens)
    .set({ offeredAt: sql`${sql.placeholder("now")}` })
    .where(
      and(
        eq(deviceTokens.id, sql.placeholder("id")),
        isNull(deviceTokens.until),
        lte(deviceTokens.madeAt, sql.placeholder("madeBefore")),
        or(isNull(deviceTokens.offeredAt), lte(deviceTokens.offeredAt, sql.placeholder("offeredBefore"))),
      ),
    )
    .returning({ id: deviceTokens.id }),
)

/**
 * Writes down that the device was here, and answers the token that takes the place of its own where that is a day old, else `null`. The
 * old one stays good until the device has come with the new one and for ten minutes after: an answer that gets lost unpairs nobody, and
 * of two who come with copies of one token the slower one is soon outside.
 */
export async function keepUp(tx: Tx, { row, token }: Present, now: Instant): Promise<string | null> {
  await markSeen(tx).execute({ id: row.id, now, before: now - seenEvery })
  const [first] = await markUsed(tx).execute({ id: token.id, now })
  if (first?.after) {
    await endOthers(tx).execute({ id: token.id, after: first.after, until: now + overlap })
    await forgetEnded(tx).execute({ device: row.id, now })
  }
  const bounds = { madeBefore: now - tokenFor, offeredBefore: now - offerEvery }
  const [offered] = await offer(tx).execute({ id: token.id, now, ...bounds })
  return offered ? makeToken(tx, row.id, token.id, now) : null
}

/** Lets a device go on that is opened by its address once more: its ninety days begin again. */
export async function prolongDevice(tx: Tx, id: string, now: Instant): Promise<void> {
  await tx.db
    .update(devices)
    .set({ until: now + pairedFor })
    .where(eq(devices.id, id))
}

/** The devices of these offices, by office and name: those that are paired, and those that were until `since`. */
export async function devicesIn(store: Store, offices: string[], since: Instant): Promise<DeviceRow[]> {
  return store.db
    .select()
    .from(devices)
    .where(
      and(
        inArray(devices.office, offices),
        gt(devices.until, since),
        or(isNull(devices.revokedAt), gt(devices.revokedAt, since)),
      ),
    )
    .orderBy(asc(devices.office), asc(devices.name), asc(devices.id))
}

/** Refuses `not_found`. */
export async function device(store: Store, id: string): Promise<DeviceRow> {
  const [row] = await deviceById(store).execute({ id })
  if (!row) throw new Refusal("not_found", { what: "device" })
  return row
}

/** Refuses `not_found` where it is not paired any more. */
export async function renameDevice(tx: Tx, id: string, name: string, by: string): Promise<void> {
  const renamed = await tx.db
    .update(devices)
    .set({ name })
    .where(and(eq(devices.id, id), isNull(devices.revokedAt)))
    .returning({ id: devices.id })
  if (renamed.length === 0) throw new Refusal("not_found", { what: "device" })
  await tx.say(accountsStream, "device.renamed", { device: id, by })
}

/** Ends it for good: nothing that it ever held opens anything again. Whoever asks twice changes nothing. */
export async function revokeDevice(tx: Tx, id: string, by: string, now: Instant): Promise<void> {
  const revoked = await tx.db
    .update(devices)
    .set({ revokedAt: now })
    .where(and(eq(devices.id, id), isNull(devices.revokedAt)))
    .returning({ id: devices.id })
  if (revoked.length === 0) return
  await tx.db.delete(deviceTokens).where(eq(deviceTokens.device, id))
  await tx.say(accountsStream, "device.revoked", { device: id, by })
}

/** Under what name its sockets end; its tokens change, it does not. */
export function sessionOfDevice(id: string): string {
  return `device:${id}`
}
