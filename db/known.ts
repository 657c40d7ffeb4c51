import type { Connection } from "./dialect.ts"
import { headOfStream } from "./heads.ts"
import type { Store } from "./store.ts"

/*
 * What many look at and few change: worked out from a stream's state, and true until something is said there or time makes it untrue.
 * Every change says a fact in the turn that makes it, so the number of the stream's latest fact tells whether anything changed at all.
 */

interface Known {
  stream: string
  head: number
  mark: number
  at: number
  value: Promise<{ validUntil: number | null }>
  validUntil: number
}

/**
 * What is known is of several sizes: the times of an office are large, how it stands now is a few numbers, a key is a row. So many of each
 * kind are kept for each connection; the one that was asked for longest ago goes first.
 */
const most = { times: 100, standing: 5_000, keys: 5_000 }
export type KindOfKnown = keyof typeof most

type Kinds = { [kind in KindOfKnown]: Map<string, Known> }
const knownBy = new WeakMap<Connection, Kinds>()

/** What is behind each value that was given out. */
const behind = new WeakMap<object, Known>()

/**
 * Whether `known` would give this value again to whoever asks for the same, said at once; `false` also where nobody can say without asking
 * the engine.
 */
export function isStillKnown({ connection, heads }: Store, value: object, now: number): boolean {
  const made = behind.get(value)
  if (!made || heads?.get(made.stream) !== made.head || connection.setupMark.seen() !== made.mark) return false
  return made.at <= now && now < made.validUntil
}

/**
 * What `read` answers, asked again only after a fact of `stream`, a change of set-up, or from its `validUntil` on. Whoever asks for the same
 * at the same time waits for the same answer. It is shared by all: nobody may change it. Not for turns, which see what they have not said yet.
 */
export async function known<T extends { validUntil: number | null }>(
  store: Store,
  { kind, stream, key, now }: { kind: KindOfKnown; stream: string; key: string; now: number },
  read: () => Promise<T>,
): Promise<T> {
  store.mustBeOpen()
  const { connection } = store
  // Before it is read: what is said in between makes it be read once more, never once too few.
  const [mark, head] = [await connection.setupMark.read(), await headOfStream(store, stream)]
  const kinds = knownBy.get(connection) ?? { times: new Map(), standing: new Map(), keys: new Map() }
  knownBy.set(connection, kinds)
  const all = kinds[kind]
  const found = all.get(key)
  all.delete(key)
  if (found && found.head === head && found.mark === mark && found.at <= now && now < found.validUntil) {
    all.set(key, found)
    return found.value as Promise<T>
  }
  const value = read()
  const made: Known = { stream, head, mark, at: now, value, validUntil: Number.POSITIVE_INFINITY }
  all.set(key, made)
  for (const oldest of all.keys()) {
    if (all.size <= most[kind]) break
    all.delete(oldest)
  }
  try {
    const answer = await value
    made.validUntil = answer.validUntil ?? Number.POSITIVE_INFINITY
    behind.set(answer, made)
  } catch (thrown) {
    if (all.get(key) === made) all.delete(key)
    throw thrown
  }
  return value
}
