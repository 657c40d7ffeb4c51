import { spawnSync } from "node:child_process"
import { join } from "node:path"

/**
 * Runs a program that stands with the tests, because it knows the whole house and uses what they use, as a process of its own. It gets our
 * arguments as they are, and we end with its code. `script`: below src/testing.
 */
export function runBesideTests(script: string): never {
  const path = join(import.meta.dir, "..", "testing", script)
  const { status } = spawnSync(process.execPath, [path, ...process.argv.slice(2)], { stdio: "inherit" })
  process.exit(status ?? 1)
}
