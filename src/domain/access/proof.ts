import type { Store } from "../../../db/store.ts"
import type { Scope, Tx, Writer } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import type { Log } from "../../base/log.ts"
import { readAssertion, readRegistration } from "./authenticator-said.ts"
import { type Ceremony, takeCeremony } from "./ceremonies.ts"
import { handleOf, type Owner, sameOwner } from "./owner.ts"
import { PasskeyRefusal } from "./passkey-refusal.ts"
import { type Alarm, addPasskey, type Passkey, passkeyWith, recordRefusal, recordUse } from "./passkeys.ts"
import { countedForNothing, keepPace, type Pace } from "./throttle.ts"
import { type Evidence, type Party, type Verified, verifyAssertion, verifyRegistration } from "./webauthn.ts"

/*
 * A ceremony from its answer to its effect, in the only order that is safe: the challenge is used up on disk, then what came is verified,
 * and then one turn keeps the use and does what it was for. Between those two turns nothing is promised.
 */

export interface Room {
  store: Store
  writer: Writer
  party: Party
  log: Log
  /** Tells somebody what became of a passkey of theirs, in the turn that keeps it. */
  tell(tx: Tx, alarm: Alarm): Promise<void>
}

/** Somebody whose passkey has just said that it is they. */
export interface Proof {
  owner: Owner
  passkey: Passkey
  /** What was answered. */
  challenge: string
  evidence: Evidence
}

/**
 * Takes the JSON text that `navigator.credentials.get` made as the answer to a ceremony, and runs `then` in the turn that keeps the use of
 * the passkey: both stand, or neither. With no owner (`sign_in`) the authenticator names one. `scopes` are those of `then`; accounts are in
 * them always. Refuses `passkey_refused`, whatever is wrong; why stands in the log and in a fact. Refuses `too_many_requests` with
 * `retryAfterSeconds`; what was right is not counted. `address`: a keyed hash of where a sign-in comes from.
 */
export async function prove<T>(
  room: Room,
  response: string,
  asked: Ceremony & { scopes?: Scope[]; address?: string },
  now: Instant,
  then: (tx: Tx, proof: Proof) => Promise<T>,
): Promise<T> {
  const { store, writer, party } = room
  let named: string | null = null
  return noting(
    room,
    asked,
    () => named,
    now,
    async () => {
      const read = readAssertion(response)
      const pace = paceOf(asked)
      await takeCeremony(writer, read.challenge, asked, now, (tx) =>
        pace ? keepPace(tx, pace.key, pace, now) : nothing,
      )
      const passkey = await passkeyWith(store, read.id)
      if (!passkey) throw new PasskeyRefusal("passkey")
      const owner: Owner = { kind: passkey.kind, id: passkey.owner }
      if (asked.owner && !sameOwner(asked.owner, owner)) throw new PasskeyRefusal("owner")
      named = passkey.id
      const handle = await handleOf(store, owner)
      if (handle === null) throw new PasskeyRefusal("handle")
      const { challenge } = read
      const verified: Verified = await verifyAssertion(party, read, {
        ...{ challenge, passkey, handle },
        mustName: asked.owner === null,
      })
      return writer.write(
        async (tx) => {
          await recordUse(tx, passkey.id, verified, now)
          if (pace) await countedForNothing(tx, pace.key, pace)
          return then(tx, { owner, passkey, challenge, evidence: verified.evidence })
        },
        { scopes: withAccounts(asked.scopes) },
      )
    },
  )
}

/** Nobody guesses a signature; but each costs a look, and a wrong one is counted against a passkey that is somebody's. */
const paces = { sign_in: { burst: 10, every: 5_000 }, again: { burst: 5, every: 10_000 } } as const

const nothing = Promise.resolve()

/** Signing in is counted for the address that it comes from; what somebody who is signed in says again, for themselves. */
function paceOf({ purpose, owner, address }: Ceremony & { address?: string }): (Pace & { key: string }) | null {
  if (purpose === "sign_in" || purpose === "second")
    return address === undefined ? null : { key: `passkey:${address}`, ...paces.sign_in }
  return owner && { key: `passkey:${owner.kind}:${owner.id}`, ...paces.again }
}

/**
 * Takes the JSON text that `navigator.credentials.create` made as the answer to an `enrol` ceremony, and runs `then` in the turn that adds
 * the passkey. Refuses `passkey_refused`, whatever is wrong with it, `passkey_known` and `passkey_limit`.
 */
export async function enrolPasskey<T>(
  room: Room,
  response: string,
  asked: { owner: Owner; session: string | null; name: string; scopes?: Scope[] },
  now: Instant,
  then: (tx: Tx, passkey: Passkey) => Promise<T>,
): Promise<T> {
  const { writer, party } = room
  const { owner, session, name } = asked
  return noting(
    room,
    { purpose: "enrol", owner },
    () => null,
    now,
    async () => {
      const read = readRegistration(response)
      await takeCeremony(writer, read.challenge, { purpose: "enrol", owner, session }, now)
      const made = await verifyRegistration(party, read, read.challenge)
      return writer.write(async (tx) => then(tx, await addPasskey(tx, owner, made, name, now)), {
        scopes: withAccounts(asked.scopes),
      })
    },
  )
}

/** What was refused is kept in a turn of its own: the one in which it was refused is undone. */
async function noting<T>(
  { writer, log, tell }: Room,
  { purpose, owner }: Pick<Ceremony, "purpose" | "owner">,
  passkey: () => string | null,
  now: Instant,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run()
  } catch (thrown) {
    if (thrown instanceof PasskeyRefusal) {
      const { why } = thrown
      log.warn("passkey_refused", { code: purpose, detail: why, cause: why === "library" ? thrown.cause : undefined })
      const refused = { passkey: passkey(), owner, purpose, why }
      if (refused.passkey !== null || owner !== null) {
        await writer.write(
          async (tx) => {
            for (const alarm of await recordRefusal(tx, refused, now)) await tell(tx, alarm)
          },
          { scopes: ["accounts"] },
        )
      }
    }
    throw thrown
  }
}

export function withAccounts(scopes: Scope[] = []): Scope[] {
  return scopes.includes("accounts") ? scopes : [...scopes, "accounts"]
}
