import { and, eq, gt, isNotNull, isNull, lte, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { type Capability, type DeviceKind, pairings } from "../../../db/schema/devices.ts"
import { setupMark } from "../../../db/schema/setup.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Chance } from "../../base/clock.ts"
import { hour, type Instant, minute } from "../../base/day.ts"
import { token } from "../../base/id.ts"
import { Refusal } from "../../base/refusal.ts"
import { sha256 } from "../../base/seal.ts"
import { addDevice, startToken } from "./devices.ts"
import type { Staff } from "./subject.ts"

/*
 * How a screen gets to its office: it shows a code, somebody who runs the office types or scans it and approves, and the screen exchanges
 * its own secret, which nobody else has ever seen, for a device's token. The way of OAuth's device grant (RFC 8628), with the code's two
 * sides the other way round: here the one who approves brings the authority. Time here is the real clock's, as an argument.
 */

export type Pairing = typeof pairings.$inferSelect

/** A code is good for this long; the screen then shows another. */
export const codeFor = 5 * minute
/** Once approved, the screen has this long to come for its token. */
const exchangeFor = 10 * minute
/** A screen that has not asked for so long is forgotten. */
const keptFor = hour
/** Screens that may ask at a time: from one address, and in all. A hall has a few, and strangers open the page too. */
const fromOneAddressMax = 20
const inAllMax = 1_000

/** No vowels, so that no word comes out, and nothing that is mistaken for another letter or a digit. */
const letters = "BCDFGHJKMNPQRSTVWXYZ"
const codeLength = 7
const codeForm = new RegExp(`^[KB][${letters}]{${codeLength}}$`)

export interface Asking {
  kind: DeviceKind
  office: string | null
  userAgent: string
  /** Where it asks from, as whoever approves may see it; and a keyed hash of the whole. */
  address: string
  addressHash: string
}

const p = sql.placeholder

const forget = statement((db) => db.delete(pairings).where(lte(pairings.codeUntil, p("before"))))

// The limits stand in the statement itself, which selects from a table that always has one row.
const insertIfRoom = statement((db) => {
  const value = <T>(name: string) => sql<T>`${p(name)}`.as(name)
  const one = db
    .select({
      id: value<string>("id"),
      kind: value<DeviceKind>("kind"),
      office: value<string | null>("office"),
      code: value<string>("code"),
      codeUntil: value<number>("codeUntil"),
      askedAt: value<number>("askedAt"),
      userAgent: value<string>("userAgent"),
      address: value<string>("address"),
      addressHash: value<string>("addressHash"),
      device: sql<string | null>`null`.as("device"),
    })
    .from(setupMark)
    .where(
      and(
        sql`(select count(*) from ${pairings} where ${pairings.addressHash} = ${p("addressHash")}) < ${p("ofAddressMax")}`,
        sql`(select count(*) from ${pairings}) < ${p("inAllMax")}`,
      ),
    )
    .limit(1)
  return db.insert(pairings).select(one).returning()
})

/**
 * A screen asks to be paired. The secret is for its cookie and nowhere else. Refuses `too_many_requests` while too many ask from there.
 */
export async function ask(tx: Tx, asking: Asking, now: Instant): Promise<{ secret: string; pairing: Pairing }> {
  await forget(tx).execute({ before: now - keptFor })
  const secret = token(tx.chance, 32)
  const { kind, office, address, addressHash } = asking
  const [pairing] = await insertIfRoom(tx).execute({
    ...{ id: sha256(secret), kind, office, address, addressHash, userAgent: asking.userAgent.slice(0, 200) },
    ...{ code: newCode(kind, tx.chance), codeUntil: now + codeFor, askedAt: now },
    ...{ ofAddressMax: fromOneAddressMax, inAllMax },
  })
  if (!pairing) throw new Refusal("too_many_requests", { retryAfterSeconds: codeFor / 1_000 })
  return { secret, pairing }
}

const bySecret = statement((db) =>
  db
    .select()
    .from(pairings)
    .where(eq(pairings.id, p("id"))),
)
const waitingWith = statement((db) =>
  db
    .select()
    .from(pairings)
    .where(and(eq(pairings.code, p("code")), gt(pairings.codeUntil, p("now")), isNull(pairings.device))),
)

/** What this screen has asked; `null` where nobody knows of it. */
export async function pairingOf(store: Store, secret: string): Promise<Pairing | null> {
  if (!/^[A-Za-z0-9_-]{43}$/.test(secret)) return null
  return (await bySecret(store).execute({ id: sha256(secret) }))[0] ?? null
}

/** The code that somebody typed: small letters, spaces and dashes are forgiven. `null` where it can be none. */
export function readCode(typed: string): string | null {
  const code = typed.toUpperCase().replace(/[^A-Z]/g, "")
  return codeForm.test(code) ? code : null
}

/** The screen that shows this code now. */
export async function pairingWith(store: Store, code: string, now: Instant): Promise<Pairing | null> {
  return (await waitingWith(store).execute({ code, now }))[0] ?? null
}

/** Somebody typed a code that no screen shows. */
export async function refusedCode(tx: Tx, by: Staff): Promise<void> {
  await tx.say(accountsStream, "pairing.refused", { by: by.id })
}

const renew = statement((db) =>
  db
    .update(pairings)
    .set({ code: sql`${p("code")}`, codeUntil: sql`${p("until")}` })
    .where(and(eq(pairings.id, p("id")), lte(pairings.codeUntil, p("now")), isNull(pairings.device)))
    .returning(),
)

/** Another code for a screen whose own is out of date; else what it has. */
export async function withFreshCode(tx: Tx, pairing: Pairing, now: Instant): Promise<Pairing> {
  const fresh = { code: newCode(pairing.kind, tx.chance), until: now + codeFor }
  const [renewed] = await renew(tx).execute({ id: pairing.id, now, ...fresh })
  return renewed ?? pairing
}

export interface Approval {
  code: string
  name: string
  office: string
  capabilities: readonly Capability[]
}

const approveOne = statement((db) =>
  db
    .update(pairings)
    .set({ device: sql`${p("device")}`, codeUntil: sql`${p("until")}` })
    .where(and(eq(pairings.code, p("code")), gt(pairings.codeUntil, p("now")), isNull(pairings.device)))
    .returning({ kind: pairings.kind }),
)

/**
 * Makes a device of the screen that shows this code; whoever calls has checked that `by` runs this office and has just shown a passkey.
 * Answers its id. Refuses `pairing_unknown` where no screen shows the code, or somebody was faster.
 */
export async function approve(tx: Tx, by: Staff, given: Approval, now: Instant): Promise<string> {
  const waiting = await pairingWith(tx, given.code, now)
  if (!waiting) throw new Refusal("pairing_unknown")
  const device = await addDevice(tx, { ...given, kind: waiting.kind }, by.id, now)
  const [approved] = await approveOne(tx).execute({ code: given.code, now, device, until: now + exchangeFor })
  if (!approved) throw new Refusal("pairing_unknown")
  return device
}

const takeApproved = statement((db) =>
  db
    .delete(pairings)
    .where(and(eq(pairings.id, p("id")), gt(pairings.codeUntil, p("now")), isNotNull(pairings.device)))
    .returning({ device: pairings.device }),
)

/** The screen's secret for a device's token, once. `null` where it has not been approved, or came too late. */
export async function exchange(
  tx: Tx,
  secret: string,
  now: Instant,
): Promise<{ token: string; device: string } | null> {
  const [taken] = await takeApproved(tx).execute({ id: sha256(secret), now })
  if (!taken?.device) return null
  return { token: await startToken(tx, taken.device, now), device: taken.device }
}

/** Drawn evenly: bytes beyond the last whole round of the alphabet are drawn again. */
function newCode(kind: DeviceKind, chance: Chance): string {
  const fair = 256 - (256 % letters.length)
  let code = ""
  while (code.length < codeLength) {
    for (const byte of chance.bytes(codeLength)) {
      if (byte < fair && code.length < codeLength) code += letters[byte % letters.length]
    }
  }
  return (kind === "kiosk" ? "K" : "B") + code
}
