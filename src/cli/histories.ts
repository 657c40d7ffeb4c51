import { spawnSync } from "node:child_process"
import { join } from "node:path"

// `npm run histories`: many clients at the real process, which is killed meanwhile. It stands with the tests and runs as a process of its
// own. Arguments go there as they are.
const script = join(import.meta.dir, "..", "testing", "histories", "command.ts")
const { status } = spawnSync(process.execPath, [script, ...process.argv.slice(2)], { stdio: "inherit" })
process.exit(status ?? 1)
