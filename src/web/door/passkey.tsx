import { getCookie } from "hono/cookie"
import { z } from "zod"
import { Refusal } from "../../base/refusal.ts"
import { openCeremony } from "../../domain/access/ceremonies.ts"
import { challengeOf } from "../../domain/access/confirmation.ts"
import { handleFor, type Owner } from "../../domain/access/owner.ts"
import { usablePasskeys } from "../../domain/access/passkeys.ts"
import { type PreSession, preSessionOf } from "../../domain/access/pre-sessions.ts"
import { authenticationOptions, registrationOptions } from "../../domain/access/webauthn.ts"
import { person } from "../../domain/people/reads.ts"
import { inLang } from "../../i18n/lang.ts"
import { cookieName } from "../cookies.ts"
import { readForm } from "../form.ts"
import type { Context } from "../house.ts"
import { ownerOf, roomOf } from "../passkey-form.tsx"

/* The options that the browser hands to its authenticator, for whatever a passkey is asked. */

/** Whoever is half signed in. */
export async function preOf(c: Context): Promise<PreSession | null> {
  const { house } = c.var
  const secret = getCookie(c, cookieName(house, "pre"))
  return secret ? preSessionOf(house.store, secret, house.clock.real()) : null
}

const asked = z.object({
  purpose: z.enum(["sign_in", "second", "enrol", "step_up", "confirm"]),
  of: z.string().max(100).optional(),
})

/** The options for `navigator.credentials`, and with them a challenge that is good for ten minutes and one answer. */
export async function passkeyOptions(c: Context): Promise<Response> {
  const { house, session } = c.var
  const { purpose, of } = await readForm(c, asked)
  const { writer, store, clock } = house
  const { party } = roomOf(house)
  const now = clock.real()
  const accounts = { scopes: ["accounts" as const] }
  if (purpose === "sign_in") {
    const opened = await writer.write((tx) => openCeremony(tx, { purpose, owner: null, session: null }, now), accounts)
    return c.json(await authenticationOptions(party, opened))
  }
  const pre = purpose === "second" || (purpose === "enrol" && !session) ? await preOf(c) : null
  const owner = pre?.owner ?? ownerOf(c)
  const under = pre?.id ?? session?.id ?? null
  if (purpose === "second" && pre?.step !== "second") throw new Refusal("not_signed_in")
  if (pre && purpose === "enrol" && pre.step !== "enrol") throw new Refusal("not_signed_in")
  if (purpose === "confirm") {
    if (!of || !session) throw new Refusal("not_found")
    const challenge = await writer.write((tx) => challengeOf(tx, { id: of, owner, session: session.id }, now), accounts)
    return c.json(await authenticationOptions(party, { challenge, allow: await usablePasskeys(store, owner) }))
  }
  const opened = await writer.write(async (tx) => {
    const handle = await handleFor(tx, owner)
    return { handle, ...(await openCeremony(tx, { purpose, owner, session: under }, now)) }
  }, accounts)
  const known = await usablePasskeys(store, owner)
  if (purpose !== "enrol") return c.json(await authenticationOptions(party, { ...opened, allow: known }))
  const name = await shownName(c, owner)
  return c.json(await registrationOptions(party, { ...opened, name, displayName: name, exclude: known }))
}

/** What a password manager shows beside the passkey: a name, and never a number. */
async function shownName(c: Context, owner: Owner): Promise<string> {
  const { house, lang, subject } = c.var
  if (subject && "login" in subject) return subject.login
  const found = owner.kind === "citizen" ? await person(house.store, house.keys, owner.id) : null
  return (found && inLang(found.name, lang)) || inLang(house.look.name, lang)
}
