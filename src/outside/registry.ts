import type { Member } from "../domain/people/family.ts"

/**
 * The registry of civil status, which knows who belongs to whom. An agency that has one to ask gives its own here. It is asked before a
 * turn and never within one: `keepFamily` writes what it said, and rights are proved against that.
 */
export interface Registry {
  /** The family of the person with this number; `null` where what is kept here is all that there is. May throw: then that stands too. */
  familyOf(nationalId: string): Promise<Member[] | null>
}

/** Our own tables, as setup and imports have filled them through `keepFamily`. */
export const ownRegistry: Registry = { familyOf: async () => null }
