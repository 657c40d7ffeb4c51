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
      file.onDisk = file.since.filter(isSafe).reduce((bytes, { change }) => applied(bytes, change), file.onDisk)
      file.since = file.since.filter((one) => !isSafe(one))
    },
    /** What is there when the power is back. `chance` decides of each change, and of each sector. */
    after(model: Model, chance: () => number): Record<string, Buffer> {
      const found: Record<string, Buffer> = {}
      for (const [name, { onDisk, since }] of held) {
        let bytes = onDisk
        for (const { change } of model === "synced" ? [] : since) {
          if (model === "some" && chance() < 0.5) continue
          bytes = model === "torn" ? torn(bytes, change, chance) : applied(bytes, change)
        }
        found[name] = bytes
      }
      return found
    },
    unsynced: () => [...held.values()].reduce((sum, { since }) => sum + since.length, 0),
  }
}

function applied(bytes: Buffer, change: Change): Buffer {
  const copy = Buffer.alloc(
    change.do === "cut" ? change.length : Math.max(bytes.length, change.at + change.bytes.length),
  )
  bytes.copy(copy)
  if (change.do === "write") change.bytes.copy(copy, change.at)
  return copy
}

/** Each sector of a write by itself is there or not. */
function torn(bytes: Buffer, change: Change, chance: () => number): Buffer {
  if (change.do === "cut") return applied(bytes, change)
  let result = bytes
  for (let from = 0; from < change.bytes.length; ) {
    const at = change.at + from
    const to = Math.min(change.bytes.length, from + sector - (at % sector))
    if (chance() < 0.5) result = applied(result, { ...change, at, bytes: change.bytes.subarray(from, to) })
    from = to
  }
  return result
}
