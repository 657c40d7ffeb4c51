import { z } from "zod"
import type { Scope, Tx } from "../../db/write.ts"
import { Refusal } from "../base/refusal.ts"
import { confirm, confirmBare, type Frozen } from "../domain/access/confirmation.ts"
import { isFresh } from "../domain/access/sessions.ts"
import { toStepUp } from "./fresh.ts"
import type { Context } from "./house.ts"
import { ownerOf, roomOf } from "./passkey-form.tsx"

/* What the button of `ConfirmForm` sends, and what is done with it. */

export const confirmFields = z.object({
  response: z
    .string()
    .max(16 * 1024)
    .default(""),
  do: z.literal("demo").optional(),
})

export type Confirmed = z.infer<typeof confirmFields>

/** Whoever confirms by the press alone has at least signed in a moment ago; else the way to say it anew, and back to `back`. */
export function stepUpFirst(c: Context, given: Confirmed, back: string): Response | null {
  const { session, subject, house } = c.var
  const mayBe = given.do === "demo" && house.demo
  return mayBe && !isFresh(session, subject?.role ?? "", house.clock.real()) ? toStepUp(c, back) : null
}

/** Does what was frozen, in the turn that sees the passkey's word; in a demonstration without one, for whoever has none. Refuses as `confirm`. */
export function confirmBy<T>(
  c: Context,
  given: Confirmed,
  asked: { id: string; scopes?: Scope[] },
  change: (tx: Tx, frozen: Frozen) => Promise<T>,
): Promise<T> {
  const { house, session } = c.var
  const owner = ownerOf(c)
  const now = house.clock.real()
  if (!session) throw new Refusal("not_signed_in")
  if (given.do !== "demo") {
    return confirm(roomOf(house), given.response, { ...asked, owner, session: session.id }, now, change)
  }
  if (!house.demo) throw new Refusal("step_up_needed")
  return confirmBare(house, { ...asked, owner }, now, change)
}
