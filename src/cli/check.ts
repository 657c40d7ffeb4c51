// `npm run check`: strict types, style, the floor map, every test. All four are tried, so that one run tells the whole story.
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { printVerdict, root, runTests, verdictOfThisRun } from "./checking/tests.ts"

const args = process.argv.slice(2)
if (args.length > 0) {
  const asked = args.every((arg) => arg === "--help" || arg === "-h")
  const told = "Usage: npm run check\n\nStrict types, style, the floor map and every test. It takes no options.\n"
  process[asked ? "stdout" : "stderr"].write(asked ? told : `What is "${args[0]}"?\n${told}`)
  process.exit(asked ? 0 : 64)
}

const types = tool("Types", "typescript/bin/tsc", "--noEmit")
const style = tool("Style", "@biomejs/biome/bin/biome", "check", "--error-on-warnings", ".")

const known = verdictOfThisRun()
if (known) console.log("Tests: already run in this same run, on exactly this tree.")
const tests = known ?? (await runTests())
// The floor map is one of the tests; that it was among them is worth a look of its own.
const floors = tests.files.includes("src/testing/floors.test.ts")
if (!floors) console.log("Floor map: src/testing/floors.test.ts did not run.")

console.log(`Types ${word(types)} · style ${word(style)} · tests, floor map among them, ${word(tests.ok && floors)}`)
printVerdict(tests)
process.exit(types && style && floors && tests.ok ? 0 : 1)

/** Runs a tool from node_modules under this same Bun; true if it found nothing to say. */
function tool(name: string, script: string, ...args: string[]): boolean {
  console.log(`${name}: ${script.split("/").at(-1)} ${args.join(" ")}`)
  return (
    spawnSync(process.execPath, [join(root, "node_modules", script), ...args], { cwd: root, stdio: "inherit" })
      .status === 0
  )
}

function word(good: boolean): string {
  return good ? "good" : "NOT good"
}
