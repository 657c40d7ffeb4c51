import { text } from "drizzle-orm/sqlite-core"
import { instant, json, table, word, words } from "../dialect.ts"

/* Screens that work by themselves: kiosks and boards. Instants here are the real clock's. */

export type DeviceKind = "kiosk" | "board"

/** What a device may do, in its own office and nowhere else: give numbers, register who has a booking, show the hall. */
export type Capability = "ticket:issue" | "ticket:arrive" | "board:read"

export const devices = table("device", {
  id: text().primaryKey(),
  office: words().notNull(),
  kind: word<DeviceKind>().notNull(),
  name: words().notNull(),
  capabilities: json<Capability[]>().notNull(),
  /** The id of whoever of the staff approved it, or what made it: `operator`, `setup`. */
  pairedBy: words().notNull(),
  createdAt: instant().notNull(),
  /** Whatever happens, it is paired again after this. */
  until: instant().notNull(),
  seenAt: instant(),
  revokedAt: instant(),
})

/** `id` is the SHA-256 of what stands in the device's cookie. */
export const deviceTokens = table("device_token", {
  id: text().primaryKey(),
  device: words().notNull(),
  /** The token that it replaces. */
  after: words(),
  madeAt: instant().notNull(),
  /** When the device first came with it. */
  usedAt: instant(),
  /** When a successor was last offered. */
  offeredAt: instant(),
  /** Set when the device has come with its successor. */
  until: instant(),
})

/** A screen that asks to be paired. `id` is the SHA-256 of its secret, which is in its cookie and nowhere else. */
export const pairings = table("pairing", {
  id: text().primaryKey(),
  kind: word<DeviceKind>().notNull(),
  /** The office whose address was opened, if any. Whoever approves may choose another. */
  office: words(),
  /** What stands on the screen. */
  code: text().notNull().unique(),
  codeUntil: instant().notNull(),
  askedAt: instant().notNull(),
  userAgent: words().notNull(),
  /** Where it asks from, without its last part; and a keyed hash of the whole, to count by. */
  address: words().notNull(),
  addressHash: words().notNull(),
  /** What it has become, once somebody has approved it. */
  device: words(),
})
