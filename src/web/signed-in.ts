import { mustStand, stands } from "../domain/access/sessions.ts"
import type { House } from "./house.ts"

/**
 * The house as the requests of one session have it: what they write is refused with `not_signed_in` where the session has ended since the
 * request came in. A form may take its time, and whoever ends a session does so for a reason.
 */
export function whileSignedIn(house: House, session: string): House {
  let isOver = false
  const write: House["writer"]["write"] = (turn, options) =>
    house.writer.write(async (tx) => {
      if (!isOver) await mustStand(tx, session)
      const answer = await turn(tx)
      // Whoever signs out, or gets another session for this one, goes on with what the request has still to do.
      if (options.scopes.includes("accounts")) isOver ||= !(await stands(tx, session))
      return answer
    }, options)
  const writer: House["writer"] = Object.create(house.writer, { write: { value: write } })
  return Object.create(house, { writer: { value: writer } })
}
