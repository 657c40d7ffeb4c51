import type { Tx } from "../../db/write.ts"
import type { Instant } from "../base/day.ts"
import { Refusal } from "../base/refusal.ts"
import { deviceOf } from "../domain/access/devices.ts"
import { holderNow } from "../domain/access/keys.ts"
import { sameGrant } from "../domain/access/roles.ts"
import { mustStand, stands } from "../domain/access/sessions.ts"
import { isStaff, type Subject } from "../domain/access/subject.ts"
import type { House } from "./house.ts"

/*
 * Whoever asks was looked at when the request came in; it is done a moment later, or much later where its bytes come slowly. So each turn
 * of a request looks once more, in the turn itself: what somebody has taken away since does nothing any more.
 */

/**
 * The house as the requests of one session have it: what they write is refused with `not_signed_in` where the session has ended since the
 * request came in. A form may take its time, and whoever ends a session does so for a reason.
 */
export function whileSignedIn(house: House, session: string): House {
  let isOver = false
  return withWriter(house, (turn, options) =>
    house.writer.write(async (tx) => {
      if (!isOver) await mustStand(tx, session)
      const answer = await turn(tx)
      // Whoever signs out, or gets another session for this one, goes on with what the request has still to do.
      if (options.scopes.includes("accounts")) isOver ||= !(await stands(tx, session))
      return answer
    }, options),
  )
}

/** The same of a kiosk or a board: `not_signed_in` where it has been unpaired since. `seen`: of when it was looked at. */
export function whilePaired(house: House, device: string, seen: Seen): House {
  return whileHolds(house, seen, async (tx) => {
    if (!(await deviceOf(tx, device, house.clock.real()))) throw new Refusal("not_signed_in")
  })
}

/** The same of a program: `bad_token` where its key opens nothing any more, or whose it is may do something else by now. */
export function whileOpened(house: House, key: string, subject: Subject, seen: Seen): House {
  return whileHolds(house, seen, async (tx) => {
    const holder = await holderNow(tx, key, house.clock.real())
    const isSame = holder !== null && (!isStaff(subject) || (isStaff(holder) && sameGrant(subject, holder)))
    if (!isSame) throw new Refusal("bad_token")
  })
}

/** When somebody's rights were looked at, by the real clock, and how far `accounts` had come before. */
export interface Seen {
  at: Instant
  accountsHead: number
}

/** Rights also end by time, which nobody says: what was seen is not believed for longer. */
const believedFor = 1_000

/** Nothing is asked where nobody's rights have changed since. */
function whileHolds(house: House, seen: Seen, mustHold: (tx: Tx) => Promise<void>): House {
  const { writer, clock } = house
  return withWriter(house, (turn, options) =>
    writer.write((tx) => {
      const age = clock.real() - seen.at
      if (tx.accountsHead === seen.accountsHead && age >= 0 && age < believedFor) return turn(tx)
      return mustHold(tx).then(() => turn(tx))
    }, options),
  )
}

function withWriter(house: House, write: House["writer"]["write"]): House {
  const writer: House["writer"] = Object.create(house.writer, { write: { value: write } })
  return Object.create(house, { writer: { value: writer } })
}
