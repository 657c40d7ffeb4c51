import { eq, lt, sql } from "drizzle-orm"
import { clear } from "../../../db/clearing.ts"
import { type CeremonyPurpose, ceremonies } from "../../../db/schema/passkeys.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Tx, Writer } from "../../../db/write.ts"
import { type Instant, minute } from "../../base/day.ts"
import { token } from "../../base/id.ts"
import { sha256 } from "../../base/seal.ts"
import type { Owner } from "./owner.ts"
import { PasskeyRefusal } from "./passkey-refusal.ts"

/** Twice as long as the browser waits for an authenticator, for whoever begins late. */
const openFor = 10 * minute

/** Who asks, for what, and under which session (or half one). All of it must be the same when the answer comes. */
export interface Ceremony {
  purpose: CeremonyPurpose
  /** `null` where nobody has said yet who they are. */
  owner: Owner | null
  session: string | null
  /** The confirmation that it is for. */
  of?: string | null
}

const insertCeremony = statement((db) => db.insert(ceremonies).values(placeholders(ceremonies)))
const takeOut = statement((db) =>
  db
    .delete(ceremonies)
    .where(eq(ceremonies.id, sql.placeholder("id")))
    .returning(),
)

/**
 * Opens a ceremony, for ten minutes and one answer. Open one when a button is pressed, not when a page is shown. The challenge is 32
 * random bytes, or what a confirmation asks to be signed; base64url.
 */
export async function openCeremony(
  tx: Tx,
  { purpose, owner, session, of = null }: Ceremony,
  now: Instant,
  challenge: string = token(tx.chance, 32),
): Promise<{ id: string; challenge: string }> {
  const id = sha256(challenge)
  const whose = { kind: owner?.kind ?? null, owner: owner?.id ?? null }
  await insertCeremony(tx).execute({ id, purpose, ...whose, session, of, until: now + openFor })
  return { id, challenge }
}

/**
 * Takes the ceremony with this challenge, in a turn of its own: it is used up on disk before anything is verified, so that a failed
 * answer gives nobody a second try, whatever is wrong about it. Refuses `passkey_refused` where there is none, it is over, or it was
 * opened for something or somebody else. `first` counts the try in the same turn, and leaves the ceremony where it refuses.
 */
export async function takeCeremony(
  writer: Writer,
  challenge: string,
  { purpose, owner, session, of = null }: Ceremony,
  now: Instant,
  first: (tx: Tx) => Promise<void> = async () => {},
): Promise<void> {
  const [taken] = await writer.write(
    async (tx) => {
      await first(tx)
      return takeOut(tx).execute({ id: sha256(challenge) })
    },
    { scopes: ["accounts"] },
  )
  const isSame =
    taken !== undefined &&
    taken.until > now &&
    taken.purpose === purpose &&
    taken.kind === (owner?.kind ?? null) &&
    taken.owner === (owner?.id ?? null) &&
    taken.session === session &&
    taken.of === of
  if (!isSame) throw new PasskeyRefusal("ceremony")
}

/** Forgets ceremonies that nobody answered; answers how many, see `clear`. */
export function forgetCeremonies(tx: Tx, now: Instant): Promise<number> {
  return clear(tx, ceremonies, [ceremonies.id], lt(ceremonies.until, now))
}
