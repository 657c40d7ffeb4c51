import { and, eq, sql } from "drizzle-orm"
import { accountsStream } from "../../../db/facts.ts"
import { type Channel, contacts, mutes } from "../../../db/schema/messages.ts"
import { people } from "../../../db/schema/people.ts"
import { placeholders, statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { Refusal } from "../../base/refusal.ts"
import type { Keys, PersonKey } from "../../base/seal.ts"
import type { Owner } from "../access/owner.ts"
import { personKey } from "../people/sealed.ts"
import { channels, themes } from "./rules.ts"

/* How somebody is reached: a citizen by mobile and e-mail, the staff by e-mail; in which language, and what they do not want. */

export type Lang = "ar" | "en"

const p = sql.placeholder
const ofOwner = and(eq(contacts.kind, p("kind")), eq(contacts.owner, p("id")))

const contactRow = statement((db) => db.select().from(contacts).where(ofOwner))
/** One statement, because every message asks it. */
const ways = statement((db) =>
  db
    .select({
      mail: sql<string | null>`(select ${contacts.emailSealed} from ${contacts} where ${ofOwner})`,
      sms: sql<string | null>`(select ${people.mobileSealed} from ${people} where ${eq(people.id, p("id"))})`,
    })
    .from(sql`(select 1) as one`),
)
const mutesOf = statement((db) =>
  db
    .select({ theme: mutes.theme, channel: mutes.channel })
    .from(mutes)
    .where(and(eq(mutes.kind, p("kind")), eq(mutes.owner, p("id")))),
)
const addContact = statement((db) => db.insert(contacts).values(placeholders(contacts)).onConflictDoNothing())
const setLang = statement((db) =>
  db
    .update(contacts)
    .set({ lang: sql`${p("lang")}` })
    .where(ofOwner),
)
const setKey = statement((db) =>
  db
    .update(contacts)
    .set({ keySealed: sql`${p("sealed")}` })
    .where(ofOwner),
)
const setEmailOf = statement((db) =>
  db
    .update(contacts)
    .set({ emailSealed: sql`${p("sealed")}` })
    .where(ofOwner),
)
/** The sealed addresses under which the owner can be reached, by channel. */
export async function reachOf(store: Store, { kind, id }: Owner): Promise<Partial<Record<Channel, string>>> {
  const [row] = await ways(store).execute({ kind, id })
  const [mail, sms] = [row?.mail, kind === "citizen" ? row?.sms : null]
  return { ...(mail ? { mail } : {}), ...(sms ? { sms } : {}) }
}

const places = { mail: "contact.email", sms: "person.mobile" } as const

/** An address in clear; `null` where there is none, or where its owner's key is gone. `sealed`: as it was kept beside a delivery. */
export async function addressOf(
  store: Store,
  keys: Keys,
  owner: Owner,
  channel: Channel,
  sealed: string | null = null,
): Promise<string | null> {
  const kept = sealed ?? (await reachOf(store, owner))[channel]
  const key = kept ? await keyOf(store, keys, owner) : null
  return kept && key ? key.open(places[channel], kept) : null
}

/** Seals an e-mail address as its owner's own, e.g. one that is yet to be proved. */
export async function sealEmail(tx: Tx, keys: Keys, owner: Owner, email: string): Promise<string> {
  return (await keyFor(tx, keys, owner)).seal(places.mail, email, tx.chance)
}

/** An address that `sealEmail` sealed for this owner; `null` where the owner's key is gone. */
export async function openEmail(store: Store, keys: Keys, owner: Owner, sealed: string): Promise<string | null> {
  return addressOf(store, keys, owner, "mail", sealed)
}

/** Seals a mobile as its owner's own, e.g. one that is yet to be proved; `addressOf` opens it. */
export async function sealMobile(tx: Tx, keys: Keys, owner: Owner, mobile: string): Promise<string> {
  return (await keyFor(tx, keys, owner)).seal(places.sms, mobile, tx.chance)
}

/** Seals a code or link for a notice. */
export async function sealSecret(tx: Tx, keys: Keys, owner: Owner, text: string): Promise<string> {
  return (await keyFor(tx, keys, owner)).seal("delivery.secret", text, tx.chance)
}

export async function openSecret(
  store: Store,
  keys: Keys,
  owner: Owner,
  sealed: string | null,
): Promise<string | null> {
  const key = sealed === null ? null : await keyOf(store, keys, owner)
  return key && sealed !== null ? key.open("delivery.secret", sealed) : null
}

/** The key under which all of this lies: a citizen's own; of the staff one that stands with the address. */
async function keyOf(store: Store, keys: Keys, owner: Owner): Promise<PersonKey | null> {
  if (owner.kind === "citizen") return personKey(store, keys, owner.id)
  const sealed = (await contactRow(store).execute({ ...owner }))[0]?.keySealed
  return sealed ? keys.personKey(owner.id, sealed) : null
}

async function keyFor(tx: Tx, keys: Keys, owner: Owner): Promise<PersonKey> {
  const there = await keyOf(tx, keys, owner)
  if (there) return there
  // Everything about this person has been erased; nothing may be added.
  if (owner.kind === "citizen") throw new Refusal("not_found", { what: "person" })
  const { key, sealed } = keys.makePersonKey(owner.id, tx.chance)
  await mustHaveRow(tx, owner)
  await setKey(tx).execute({ ...owner, sealed })
  return key
}

async function mustHaveRow(tx: Tx, { kind, id }: Owner): Promise<void> {
  const empty = { lang: null, emailSealed: null, keySealed: null }
  await addContact(tx).execute({ kind, owner: id, ...empty })
}

/** The language that the owner has chosen; `null`: none yet. */
export async function chosenLang(store: Store, { kind, id }: Owner): Promise<Lang | null> {
  return (await contactRow(store).execute({ kind, id }))[0]?.lang ?? null
}

/** The language in which the owner is written to; Arabic where none was ever chosen. */
export async function langOf(store: Store, owner: Owner): Promise<Lang> {
  return (await chosenLang(store, owner)) ?? "ar"
}

/** The owner reads these pages in this language, and is written to in it. `onlyFirst`: unless another was chosen before. */
export async function chooseLang(tx: Tx, owner: Owner, lang: Lang, { onlyFirst = false } = {}): Promise<void> {
  const before = await chosenLang(tx, owner)
  if (before === lang || (onlyFirst && before !== null)) return
  await mustHaveRow(tx, owner)
  await setLang(tx).execute({ ...owner, lang })
  await tx.say(accountsStream, "contact.language_chosen", { lang, subject: owner.id })
}

/** An e-mail address as it is kept: without spaces around it, the domain in small letters. Refuses `invalid_field`. */
export function readEmail(text: string): string {
  const [, local = "", domain = ""] = /^([^\s@<>"(),:;[\]\\]{1,64})@([a-z0-9.-]{3,190})$/i.exec(text.trim()) ?? []
  const labels = domain.toLowerCase().split(".")
  const isDomain = labels.length > 1 && labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label))
  if (local === "" || !isDomain || /^\.|\.\.|\.$/.test(local)) throw new Refusal("invalid_field", { field: "email" })
  return `${local}@${domain.toLowerCase()}`
}

/** Gives the owner an e-mail address that has been proved to be theirs. Answers the sealed one that it takes the place of. */
export async function setEmail(tx: Tx, keys: Keys, owner: Owner, email: string, by: string): Promise<string | null> {
  const before = (await reachOf(tx, owner)).mail ?? null
  const sealed = await sealEmail(tx, keys, owner, email)
  await mustHaveRow(tx, owner)
  await setEmailOf(tx).execute({ ...owner, sealed })
  await tx.say(accountsStream, "contact.email_set", { by, subject: owner.id })
  return before
}

/** Takes the address away. Answers the sealed one that it was; `null` where there was none, and nothing has changed. */
export async function removeEmail(tx: Tx, owner: Owner, by: string): Promise<string | null> {
  const before = (await reachOf(tx, owner)).mail ?? null
  if (before === null) return null
  await setEmailOf(tx).execute({ ...owner, sealed: null })
  await tx.say(accountsStream, "contact.email_removed", { by, subject: owner.id })
  return before
}

/** What the owner does not want, as `theme.channel`. */
export async function withoutOf(store: Store, { kind, id }: Owner): Promise<string[]> {
  return (await mutesOf(store).execute({ kind, id })).map(({ theme, channel }) => `${theme}.${channel}`)
}

/** What the owner wants from now on, as `theme.channel`; everything that is not among it is muted. */
export async function chooseChannels(tx: Tx, { kind, id }: Owner, wanted: readonly string[]): Promise<void> {
  const without = themes.flatMap((theme) =>
    channels.filter((channel) => !wanted.includes(`${theme}.${channel}`)).map((channel) => ({ theme, channel })),
  )
  await tx.db.delete(mutes).where(and(eq(mutes.kind, kind), eq(mutes.owner, id)))
  if (without.length > 0) await tx.db.insert(mutes).values(without.map((mute) => ({ kind, owner: id, ...mute })))
  const said = without.map(({ theme, channel }) => `${theme}.${channel}`)
  await tx.say(accountsStream, "contact.channels_chosen", { without: said, subject: id })
}
