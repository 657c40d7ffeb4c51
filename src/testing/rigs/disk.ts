import type { Call } from "./trace.ts"

/*
 * A disk that loses its power: of what was written since the last sync, it has whatever it likes. Files are few and small, so that they are
 * held whole.
 */

export const models = ["synced", "some", "torn", "all"] as const
export type Model = (typeof models)[number]

const sector = 512

type Change = Extract<Call, { do: "write" | "cut" }>

interface Held {
  onDisk: Buffer
  /** Where in the trace each change came, so that a sync that began before it does not count for it. */
  since: { place: number; change: Change }[]
}

export function createDisk(files: Record<string, Buffer>) {
  const held = new Map<string, Held>(
    Object.entries(files).map(([name, onDisk]) => [name, { onDisk, since: [] as Held["since"] }]),
  )

  return {
    take(place: number, call: Call): void {
      if (call.do === "answered") return
      const file = held.get(call.file)
      if (!file) return
      if (call.do !== "synced") return void file.since.push({ place, change: call })
      const isSafe = (one: { place: number }) => one.place < call.from
      file.onDisk = changed(
        file.onDisk,
        file.since.filter(isSafe).map(({ change }) => change),
      )
      file.since = file.since.filter((one) => !isSafe(one))
    },
    /** What is there when the power is back. `chance` decides of each change, and of each sector. */
    after(model: Model, chance: () => number): Record<string, Buffer> {
      const found: Record<string, Buffer> = {}
      for (const [name, { onDisk, since }] of held) {
        const changes = model === "synced" ? [] : since.map(({ change }) => change)
        const left = model === "torn" ? changes.flatMap(sectors) : changes
        found[name] = changed(onDisk, model === "all" ? left : left.filter(() => chance() < 0.5))
      }
      return found
    },
  }
}

/** These changes, one after the other, over a copy. */
function changed(bytes: Buffer, changes: Change[]): Buffer {
  const ends = changes.map((change) => (change.do === "cut" ? change.length : change.at + change.bytes.length))
  const copy = Buffer.alloc(Math.max(bytes.length, ...ends))
  bytes.copy(copy)
  let length = bytes.length
  for (const change of changes) {
    if (change.do === "write") {
      change.bytes.copy(copy, change.at)
      length = Math.max(length, change.at + change.bytes.length)
    } else {
      // What is cut off is nothing, should the file grow again.
      copy.fill(0, Math.min(length, change.length), Math.max(length, change.length))
      length = change.length
    }
  }
  return copy.subarray(0, length)
}

/** A write as its sectors, each of which is there or not by itself. */
function sectors(change: Change): Change[] {
  if (change.do === "cut") return [change]
  const parts: Change[] = []
  for (let from = 0; from < change.bytes.length; ) {
    const at = change.at + from
    const to = Math.min(change.bytes.length, from + sector - (at % sector))
    parts.push({ ...change, at, bytes: change.bytes.subarray(from, to) })
    from = to
  }
  return parts
}
