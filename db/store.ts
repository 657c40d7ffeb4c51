import type { Connection, Db } from "./dialect.ts"

/** Where reads look: inside a turn what the turn sees, outside it what is committed. Every `reads.ts` takes one. */
export interface Store {
  readonly db: Db
  readonly connection: Connection
  /** Throws `turn_is_over` when the turn that owned this handle has settled. */
  mustBeOpen(): void
}

/** The committed state, over a connection that cannot write. */
export function readStore(connection: Connection): Store {
  return { db: connection.db, connection, mustBeOpen: () => {} }
}
