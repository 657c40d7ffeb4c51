import type { Connection } from "./dialect.ts"
import type { Store } from "./store.ts"

/*
 * Offices, lines, services, hours: asked for by every turn and every page, changed a few times a year. What is read from them, or worked
 * out from them, is kept for each connection as long as the mark stands that every change of these tables draws anew.
 */

interface Kept {
  mark: number
  values: Map<string, unknown>
}

const keptBy = new WeakMap<Connection, Kept>()

/**
 * What `read` answers, read again only after a change of agencies, sectors, services, offices, lines, hours, seasons or holidays. It must
 * ask for nothing else. The value is shared by all who ask and therefore frozen; what is to be filled bit by bit is a `Map`.
 */
export async function kept<T>(store: Store, key: string, read: () => Promise<T>): Promise<T> {
  store.mustBeOpen()
  const mark = await store.connection.setupMark.read()
  let known = keptBy.get(store.connection)
  if (known?.mark !== mark) {
    known = { mark, values: new Map() }
    keptBy.set(store.connection, known)
  }
  if (known.values.has(key)) return known.values.get(key) as T
  // Into the very map that was current when the reading began: a change in between has its own.
  const value = frozen(await read())
  known.values.set(key, value)
  return value
}

function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
  const inside = value instanceof Map ? [...value.values()] : Object.values(Object.freeze(value))
  for (const inner of inside) frozen(inner)
  return value
}
