import type { Timers } from "../../base/clock.ts"
import { minute } from "../../base/day.ts"
import type { Playable } from "../../outside/remux.ts"

/** Since somebody asked for it last. */
const keptFor = 10 * minute

export interface Packed {
  /** What lies open under this name, or is opened now. */
  get(name: string, open: () => Promise<Playable>): Promise<Playable>
}

/**
 * What has been packed for a review is kept for a while: a browser asks for it many times over. It lies there decrypted, so it is closed in
 * its time whether or not anybody comes again.
 */
export function keepPacked(timers: Timers): Packed {
  const all = new Map<string, { file: Promise<Playable>; callOff: () => void }>()

  function drop(name: string): void {
    const one = all.get(name)
    all.delete(name)
    one?.file.then((file) => file.close(), ignore)
  }

  return {
    get(name, open) {
      const before = all.get(name)
      before?.callOff()
      const file = before?.file ?? open()
      all.set(name, { file, callOff: timers.after(keptFor, () => drop(name)) })
      file.catch(() => all.delete(name))
      return file
    },
  }
}

const ignore = () => {}
