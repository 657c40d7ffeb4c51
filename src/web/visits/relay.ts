import { Refusal } from "../../base/refusal.ts"
import { maySignal } from "../../domain/visits/participants.ts"
import { mustFollow, roster } from "../../domain/visits/visits.ts"
import { iceServer } from "../../outside/turn.ts"
import { type Context, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"

/** What a page in a call asks before each new connection and each restart of one. */
export const relayRoutes: PageRoute[] = [post(paths.visitRelay(":id"), "visit.listen", relay)]

/**
 * Credentials for the relay, for who may talk with somebody in the visit at this moment and for nobody else: who is in the visit
 * and waits, is held or gone is refused `wrong_state`, and to everybody else there is no such visit. Where the house has no relay the answer is an empty list, and calls go from page to page.
 */
async function relay(c: Context): Promise<Response> {
  const { house, subject } = c.var
  const id = c.req.param("id") ?? ""
  const own = await mustFollow(house.store, subject, id)
  const others = own === "at_hand" ? [] : await roster(house.store, id)
  const mayTalk = await Promise.all(
    others.map(({ id: other }) => own !== "at_hand" && maySignal(house.store, id, own.id, other)),
  )
  if (own === "at_hand" || !mayTalk.includes(true)) throw new Refusal("wrong_state")
  const { turn } = house.env
  return c.json({ iceServers: turn ? [iceServer(turn, own.id, house.clock.real())] : [] })
}
