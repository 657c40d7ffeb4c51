import { text } from "drizzle-orm/sqlite-core"
import { flag, json, table, whole, words } from "../dialect.ts"

/** A name in the languages of the house; Arabic is the first. */
export interface Words {
  ar: string
  en: string
}

export type Channel = "online" | "office" | "video"

export const agencies = table("agency", {
  code: text().primaryKey(),
  name: json<Words>().notNull(),
})

export const sectors = table("sector", {
  code: text().primaryKey(),
  name: json<Words>().notNull(),
  position: whole().notNull(),
})

export const services = table("service", {
  code: text().primaryKey(),
  sector: words().notNull(),
  name: json<Words>().notNull(),
  audience: json<Words>().notNull(),
  channels: json<Channel[]>().notNull(),
  /** Minutes at the desk; null where the service is online only. */
  minutes: whole(),
  documents: json<Words[]>().notNull(),
  /** Halalas; null = not known, 0 = free. */
  feeHalalas: whole(),
  /** What the fee is for, where it needs saying: "per year". */
  feeNote: json<Words>(),
  /** An appointment is a condition for the visit: no walk-in tickets. */
  bookingOnly: flag().notNull(),
  /** Never named on a board or in a hall. */
  sensitive: flag().notNull(),
  position: whole().notNull(),
})

export type ServiceRow = typeof services.$inferSelect
