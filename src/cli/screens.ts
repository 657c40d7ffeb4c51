import { spawnSync } from "node:child_process"
import { join } from "node:path"

// `npm run screens`: takes the pictures of docs/screens anew, from a demonstration of its own. It stands with the tests, whose browser it uses.
const script = join(import.meta.dir, "..", "testing", "pictures.ts")
const { status } = spawnSync(process.execPath, [script, ...process.argv.slice(2)], { stdio: "inherit" })
process.exit(status ?? 1)
