/** What is still to happen, the earliest first; of equals what was planned first. */
export class Agenda<T> {
  readonly #heap: { at: number; order: number; what: T }[] = []
  #planned = 0

  plan(at: number, what: T): void {
    const heap = this.#heap
    const added = { at, order: this.#planned++, what }
    let index = heap.length
    heap.push(added)
    for (let up = (index - 1) >> 1; index > 0; up = (index - 1) >> 1) {
      const above = heap[up]
      if (!above || !isBefore(added, above)) break
      heap[index] = above
      index = up
    }
    heap[index] = added
  }

  first(): { at: number; what: T } | undefined {
    return this.#heap[0]
  }

  take(): { at: number; what: T } | undefined {
    const heap = this.#heap
    const [first] = heap
    const last = heap.pop()
    if (!first || !last || heap.length === 0) return first
    let index = 0
    for (;;) {
      let below = 2 * index + 1
      const [left, right] = [heap[below], heap[below + 1]]
      if (!left) break
      if (right && isBefore(right, left)) below++
      const smaller = heap[below]
      if (!smaller || !isBefore(smaller, last)) break
      heap[index] = smaller
      index = below
    }
    heap[index] = last
    return first
  }

  clear(): void {
    this.#heap.length = 0
  }
}

const isBefore = (one: { at: number; order: number }, other: { at: number; order: number }) =>
  one.at < other.at || (one.at === other.at && one.order < other.order)
