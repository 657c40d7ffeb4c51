import { getCookie } from "hono/cookie"
import { Refusal } from "../base/refusal.ts"
import { deviceOfToken, keepUp, wantsKeepUp } from "../domain/access/devices.ts"
import { markKeySeen } from "../domain/access/integrators.ts"
import { holderOfKey, looksLikeKey, wantsSeen } from "../domain/access/keys.ts"
import type { Owner } from "../domain/access/owner.ts"
import { sessionOf, touchSession, wantsTouch } from "../domain/access/sessions.ts"
import { chooseLang, chosenLang } from "../domain/notifications/contact.ts"
import { isLang } from "../i18n/lang.ts"
import { addressOf, wholeAddressOf } from "./address.ts"
import { cookieName, keepCookie } from "./cookies.ts"
import type { Context, Vars } from "./house.ts"
import type { Budget } from "./limit.ts"
import { paths } from "./paths.ts"
import { whileOpened, whilePaired, whileSignedIn } from "./signed-in.ts"

/* Who asks: a program by its key, a person by a session, a kiosk or a board by its device key, or nobody we know. */

/** Paths that belong to programs: they carry their own token, and ignore every cookie. */
export const forPrograms = /^\/(api\/|(openapi\.json|healthz|readyz|metrics)$)/

/** Keeps what has become known of this request. */
export function learn(c: Context, more: Partial<Vars>): void {
  Object.assign(c.var, more)
}

/**
 * Says who asks: programs by their key, people by their session, kiosks and boards by their device key. Whoever is nobody we know, a
 * wrong key or a cookie that means nothing included, spends from the budget of the address. A program spends from its key's own.
 */
export async function identify(c: Context, budget: Budget, ofKeys: Budget): Promise<void> {
  const { house } = c.var
  const isKnown = forPrograms.test(c.req.path) ? await byKey(c, ofKeys) : (await bySession(c)) || (await byDevice(c))
  if (isKnown !== true) budget.spend(addressOf(c), house.clock.real())
  if (isKnown === "bad") throw new Refusal("bad_token")
}

async function byKey(c: Context, ofKeys: Budget): Promise<boolean | "bad"> {
  const { house } = c.var
  // Whoever reads a log has read it too; a call that works would hide that.
  if (/[?&][^=&#]*=dawr_/.test(c.req.url) && Object.values(c.req.query()).some(looksLikeKey)) {
    throw new Refusal("key_in_address")
  }
  const header = c.req.header("Authorization")
  if (header === undefined || !c.req.path.startsWith("/api/")) return false
  const given = /^Bearer ([\w-]{1,200})$/.exec(header)?.[1]
  const now = house.clock.real()
  const seen = { at: now, accountsHead: house.writer.accountsHead() }
  const held = given ? await holderOfKey(house.store, given, now, () => wholeAddressOf(c)) : null
  if (!held) return "bad"
  const { subject, key } = held
  learn(c, { subject, house: whileOpened(house, key.id, subject, seen) })
  if (key.kind === "integrator") {
    ofKeys.spend(key.id, now)
    if (wantsSeen(key, now)) await house.writer.write((tx) => markKeySeen(tx, key.id, now), { scopes: ["accounts"] })
  }
  return true
}

async function bySession(c: Context): Promise<boolean> {
  const { house } = c.var
  const now = house.clock.real()
  const secret = getCookie(c, cookieName(house, "sid"))
  const signedIn = secret ? await sessionOf(house.store, secret, now) : null
  if (!signedIn) return false
  const { subject, session } = signedIn
  learn(c, {
    ...{ subject, session, formToken: house.keys.capability("form", session.id) },
    house: whileSignedIn(house, session.id),
  })
  // A page that is left open asks for tickets by itself, whenever its wire breaks. That is not somebody at work: only what a person does
  // puts the idle limit off, so that a screen nobody looks at signs itself out, its wire included.
  if (wantsTouch(session, now) && c.req.path !== paths.liveTicket) {
    await house.writer.write((tx) => touchSession(tx, session, now), { scopes: ["accounts"] })
  }
  await keepLanguage(c, { kind: session.kind, id: session.subject })
  return true
}

/** Whoever chooses the language of these pages, signed in, is written to in it as well. */
async function keepLanguage(c: Context, owner: Owner): Promise<void> {
  const { store, writer } = c.var.house
  const wished = c.req.query("lang")
  if (!isLang(wished) || (await chosenLang(store, owner)) === wished) return
  await writer.write((tx) => chooseLang(tx, owner, wished), { scopes: ["accounts"] })
}

async function byDevice(c: Context): Promise<boolean> {
  const { house } = c.var
  const now = house.clock.real()
  const seen = { at: now, accountsHead: house.writer.accountsHead() }
  const secret = getCookie(c, cookieName(house, "dev"))
  const present = secret ? await deviceOfToken(house.store, secret, now) : null
  if (!present) return false
  const { device, row } = present
  learn(c, {
    ...{ subject: device, formToken: house.keys.capability("form", device.id) },
    house: whilePaired(house, device.id, seen),
  })
  if (wantsKeepUp(present, now)) {
    const successor = await house.writer.write((tx) => keepUp(tx, present, now), { scopes: ["accounts"] })
    if (successor) keepCookie(c, "dev", successor, Math.floor((row.until - now) / 1_000))
  }
  return true
}
