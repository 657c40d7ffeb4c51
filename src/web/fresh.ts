import { Refusal } from "../base/refusal.ts"
import { mustNotBeHeld } from "../domain/access/owner.ts"
import { isFresh } from "../domain/access/sessions.ts"
import type { Context, Handler } from "./house.ts"
import { paths } from "./paths.ts"

/**
 * Lets through whoever has just said with a passkey that it is they, and sends everybody else to say it. `back` is where a form that came
 * too late begins anew; it has changed nothing.
 */
export function freshly(handle: Handler, back?: (c: Context) => string): Handler {
  return (c) => {
    const { session, subject, house } = c.var
    if (isFresh(session, subject?.role ?? "", house.clock.real())) return handle(c)
    if (!session) throw new Refusal("step_up_needed")
    return toStepUp(c, c.req.method === "GET" ? c.var.here : (back?.(c) ?? paths.home))
  }
}

/** To the page where somebody says with a passkey that it is they, and from there to `next`. */
export function toStepUp(c: Context, next: string): Response {
  return c.redirect(`${paths.stepUp}?next=${encodeURIComponent(next)}`, 303)
}

/** As `freshly`, and not while the account is on hold because it was won back less than a day ago. */
export function surely(handle: Handler, back?: (c: Context) => string): Handler {
  return freshly(async (c) => {
    const { house, session } = c.var
    if (!session) throw new Refusal("not_signed_in")
    await mustNotBeHeld(house.store, { kind: session.kind, id: session.subject }, house.clock.real(), session.passkey)
    return handle(c)
  }, back)
}
