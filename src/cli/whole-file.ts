import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs"
import { dirname } from "node:path"

/**
 * Writes a file that its owner alone may read, whole or not at all: aside, onto the disk, then put in place. Whoever reads it meets the old
 * content or the new one, also after the power went.
 */
export function writeWhole(file: string, text: string): void {
  const aside = `${file}.new`
  rmSync(aside, { force: true })
  const handle = openSync(aside, "wx", 0o600)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(aside, file)
  const folder = openSync(dirname(file), "r")
  fsyncSync(folder)
  closeSync(folder)
}
