import { spawnSync } from "node:child_process"
import { join } from "node:path"

// `npm run simulate`: lives through virtual weeks with faults and looks whether every promise holds. The simulation is a test: it stands
// with the tests, knows the whole house, and runs as a process of its own. Arguments go there as they are.
const script = join(import.meta.dir, "..", "testing", "simulation", "command.ts")
const { status } = spawnSync(process.execPath, [script, ...process.argv.slice(2)], { stdio: "inherit" })
process.exit(status ?? 1)
