import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { lstatSync, readFileSync, readlinkSync } from "node:fs"
import { join } from "node:path"

/**
 * The files that git tracks and the new ones it does not ignore, as paths from `root`; `null` outside a git checkout.
 * Files that are deleted but not yet committed are left out.
 */
export function listedFiles(root: string): string[] | null {
  // safe.directory: in a container the checkout often belongs to somebody else, which git would refuse to read.
  const git = (...args: string[]) =>
    spawnSync("git", ["-c", "safe.directory=*", "ls-files", "-z", ...args], {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    })
  const listed = git("--cached", "--others", "--exclude-standard")
  const deleted = git("--deleted")
  if (listed.status !== 0 || deleted.status !== 0) return null
  const gone = new Set(deleted.stdout.split("\0"))
  return [...new Set(listed.stdout.split("\0"))].filter((path) => path !== "" && !gone.has(path)).sort()
}

/** One hash over every listed file's path and content and over Bun's version: two equal hashes, two equal trees. `null` outside git. */
export function treeHash(root: string): string | null {
  const files = listedFiles(root)
  if (!files) return null
  const hash = createHash("sha256").update(Bun.version)
  for (const path of files) {
    const full = join(root, path)
    const status = lstatSync(full)
    if (status.isDirectory()) continue
    const content = status.isSymbolicLink() ? Buffer.from(readlinkSync(full)) : readFileSync(full)
    hash.update(`\0${path}\0${content.length}\0`).update(content)
  }
  return hash.digest("hex")
}
