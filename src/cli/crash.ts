import { spawnSync } from "node:child_process"
import { join } from "node:path"

// `npm run crash`: kills, starves and damages the real process and its files, and looks whether every promise holds. The rigs are tests:
// they stand with the tests and run as a process of their own. Arguments go there as they are.
const script = join(import.meta.dir, "..", "testing", "rigs", "command.ts")
const { status } = spawnSync(process.execPath, [script, ...process.argv.slice(2)], { stdio: "inherit" })
process.exit(status ?? 1)
