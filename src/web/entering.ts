import type { Tx } from "../../db/write.ts"
import { Refusal } from "../base/refusal.ts"
import { isFamiliar } from "../domain/access/familiar.ts"
import { citizenOf, staffOf } from "../domain/access/keys.ts"
import type { Owner } from "../domain/access/owner.ts"
import { usablePasskeys } from "../domain/access/passkeys.ts"
import { endSession, type NewSession, type SignedIn, startSession } from "../domain/access/sessions.ts"
import { isStaff } from "../domain/access/subject.ts"
import { chooseLang } from "../domain/notifications/contact.ts"
import { notify } from "../domain/notifications/outbox.ts"
import { addressOf } from "./address.ts"
import { dropCookie, keepCookie } from "./cookies.ts"
import type { Context } from "./house.ts"
import { paths } from "./paths.ts"

/** Somebody who may come in, as far as a session must know. Refuses `not_signed_in` where the account is gone or disabled. */
export async function comer(c: Context, owner: Owner): Promise<{ role: string; home: string }> {
  const { store } = c.var.house
  if (owner.kind === "citizen") {
    if (!(await citizenOf(store, owner.id))) throw new Refusal("not_signed_in")
    return { role: "citizen", home: paths.home }
  }
  const person = await staffOf(store, owner.id)
  if (!person) throw new Refusal("not_signed_in")
  const { role, scopeKind, scope } = person
  const home = role === "agent" ? paths.desk : scopeKind === "office" ? paths.day(scope) : paths.days
  return { role, home }
}

/** What a browser and its address add to a session. */
export function comingFrom(c: Context): { userAgent: string; address: string } {
  return {
    userAgent: c.req.header("User-Agent") ?? "",
    address: c.var.house.keys.capability("address", addressOf(c)),
  }
}

/** Starts the session in the turn that has seen the last factor, in the place of the one that this browser had. */
export async function startIn(tx: Tx, c: Context, who: Omit<NewSession, "userAgent" | "address">): Promise<SignedIn> {
  const { house, session } = c.var
  const now = house.clock.real()
  if (session) await endSession(tx, session.id, "replaced", now)
  const started = await startSession(tx, { ...who, ...comingFrom(c) }, now)
  // Whoever has never chosen a language is written to in that of the first sign-in.
  const owner = { kind: who.kind, id: who.subject }
  await chooseLang(tx, owner, c.var.lang, { onlyFirst: true })
  if (!(await isFamiliar(tx, started.session))) {
    const said = { to: owner, kind: "new_sign_in" as const, data: { factors: who.factors } }
    await notify(tx, { ...said, dedupe: `new_sign_in:${tx.id()}` })
  }
  return session ? { ...started, ended: [...started.ended, session.id] } : started
}

/** What the address of the first page after a sign-in says where a second passkey is missing. */
const missing = { name: "passkeys", value: "one" }

/** The staff are asked for two passkeys, because one that is lost stops their work. Whoever has one is reminded at each sign-in. */
export async function reminding(c: Context, owner: Owner, to: string): Promise<string> {
  if (owner.kind !== "staff" || !(await hasOnePasskey(c, owner))) return to
  const url = new URL(to, "http://here")
  url.searchParams.set(missing.name, missing.value)
  return url.pathname + url.search
}

/** Whether this page is the one that reminds. */
export function isReminding(c: Context): boolean {
  return isStaff(c.var.subject) && c.req.query(missing.name) === missing.value
}

export async function hasOnePasskey(c: Context, owner: Owner): Promise<boolean> {
  return (await usablePasskeys(c.var.house.store, owner)).length === 1
}

/** Hands the cookie over, closes what listened under the sessions that ended, and sends the person on. */
export function letIn(c: Context, { token, ended }: SignedIn, to: string): Response {
  hangUp(c, ended)
  keepCookie(c, "sid", token)
  dropCookie(c, "pre")
  return c.redirect(to, 303)
}

export function hangUp(c: Context, ended: readonly string[]): void {
  for (const id of ended) c.var.house.hub.endSession(id)
}
