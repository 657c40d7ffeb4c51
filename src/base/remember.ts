/**
 * `make`, asked once for each key. For what is asked for again and again and costs far more to make than to keep: it must depend on nothing
 * but its key. When `most` keys are known all are forgotten, so that nobody can fill the memory with keys of their own making.
 */
export function remember<K, V>(most: number, make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>()
  return (key) => {
    const before = known.get(key)
    if (before !== undefined) return before
    const made = make(key)
    if (known.size >= most) known.clear()
    known.set(key, made)
    return made
  }
}
