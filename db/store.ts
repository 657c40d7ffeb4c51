import type { Connection, Db, Shared } from "./dialect.ts"

/** Where reads look: inside a turn what the turn sees, outside it what is committed. Every `reads.ts` takes one. */
export interface Store {
  readonly db: Db
  readonly connection: Connection
  /** What is known of the streams' heads without asking; `null` in a turn, which sees its own facts too, and where nobody writes. */
  readonly heads: Shared["heads"]
  /** Throws `turn_is_over` when the turn that owned this handle has settled. */
  mustBeOpen(): void
}

/** The committed state, over a connection that cannot write. */
export function readStore(connection: Connection): Store {
  const { db, shared } = connection
  return {
    ...{ db, connection },
    get heads() {
      return shared.heads
    },
    mustBeOpen: () => {},
  }
}
