import type { Words } from "../../../db/schema/catalogue.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Day, Instant } from "../../base/day.ts"
import type { Keys } from "../../base/seal.ts"

/*
 * What a service is that can be carried out in a visit: one file of ./services, and a line in ./table.ts. It says what is asked, decides
 * by what it finds in the store, and does it in the turn in which the person confirms it. Its words are in both languages here, because
 * nobody else has any for it; dates and numbers in them are values, which the page writes in the reader's language.
 */

/** How sure one must be who it is: 1 signed in by an account, 2 confirmed with a passkey, 3 that and seen by the agent in this visit. */
export type Identity = 1 | 2 | 3

export type Value =
  | { is: "words"; words: Words }
  /** As it was typed: an address, a number. Left to right. */
  | { is: "typed"; text: string }
  | { is: "day"; day: Day }
  | { is: "years"; years: number }
  /** The code of a document that was issued: whoever reads it goes on to where it is checked. */
  | { is: "document"; code: string }
  /** A sentence of its own: the label alone is the line. */
  | { is: "said" }

/** A line of a form, a decision, a receipt, or of what is confirmed. */
export interface Line {
  label: Words
  value: Value
  /** Said before it is confirmed, and true only then: what came of it says it anew. */
  isBefore?: true
}

export interface Option {
  value: string
  label: Words
}

/** What is filled in. Values are text; of `countries` a list of codes with commas. */
export type Field = { name: string; label: Words; hint?: Words; isOptional?: true } & (
  | { kind: "text"; input: "tel" | "email"; max: number }
  | { kind: "day" }
  | { kind: "countries"; max: number }
  | { kind: "choice"; options: readonly Option[] | ((asked: Asked) => Promise<Option[]>) }
)

export type Fields = Readonly<Record<string, string>>

/** By what a service decides. `now` is the turn's time. */
export interface Asked {
  store: Store
  keys: Keys
  /** Whose visit it is, and who confirms. */
  person: string
  fields: Fields
  now: Instant
}

/** Why something is so: a code for programs, words for people, and by which facts. */
export interface Reason {
  code: string
  words: Words
  facts: Line[]
}

export type Decision =
  | {
      is: "yes"
      /** What the person confirms, line by line, and what is carried out: nothing else. */
      lines: Line[]
      /** Why it may be. */
      reason: Reason
      /** The rule and the facts by which it was decided, for the record. */
      used: Record<string, unknown>
    }
  | {
      is: "no"
      reason: Reason
      used: Record<string, unknown>
      /** What the person can do about it. */
      wayOut: Words
      /** One press of the agent's that would make it possible. */
      offer?: { label: Words; fields: Fields }
    }

/** What carries a service out: the turn, who it is for, and what the agent's office has to do with it. */
export interface Carrying extends Asked {
  tx: Tx
  request: string
  visit: string
  office: string
  agent: string
}

export interface Service {
  /** As in the catalogue. */
  code: string
  identity: Identity
  /** Whether it is carried out only while the visit is recorded. */
  needsRecording: boolean
  fields: readonly Field[]
  /** Every field may be left out, and not all of them. */
  needsOne?: true
  decide(asked: Asked): Promise<Decision>
  /**
   * Does what was decided, in the turn of the confirmation. What must not be twice is held by its statements. Answers further lines for the
   * receipt. What it refuses undoes the turn and is kept as the failure of the request.
   */
  carryOut(carrying: Carrying, decided: Extract<Decision, { is: "yes" }>): Promise<Line[]>
}

export const said = (ar: string, en: string): Line => ({ label: { ar, en }, value: { is: "said" } })
export const line = (ar: string, en: string, value: Value): Line => ({ label: { ar, en }, value })
export const words = (ar: string, en: string): Words => ({ ar, en })
