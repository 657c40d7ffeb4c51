// Runs before every test file (bunfig.toml).
import { afterAll, afterEach, setDefaultTimeout } from "bun:test"
import { cleanUp } from "./cleanup.ts"

// Generous, because tests wait for conditions: a slow machine takes longer, it does not fail.
setDefaultTimeout(30_000)

// An agency's own settings never reach a test, so that no test can write into its data.
const ownSettings = /^(PORT|HOST|PUBLIC_ORIGIN|DATA_DIR|DEMO|DEMO_CITIZENS|DEMO_NOW|KEYS_FILE|METRICS_TOKEN)$/
for (const name of Object.keys(process.env)) if (ownSettings.test(name)) delete process.env[name]

// A zone that no office stands in, half an hour off and with summer time: code that leans on the machine's zone shows at once.
process.env["TZ"] = "America/St_Johns"

// An unexpected console.error fails the test in which it was said. A test that expects one spies on it:
// `spyOn(console, "error").mockImplementation(() => {})`.
const complaints: string[] = []
console.error = (...said: unknown[]) => {
  complaints.push(said.map((part) => (typeof part === "string" ? part : Bun.inspect(part))).join(" "))
}

function failOnComplaints(): void {
  const said = complaints.splice(0)
  if (said.length > 0) throw new Error(`unexpected console.error:\n${said.join("\n")}`)
}

afterEach(failOnComplaints)

afterAll(async () => {
  await cleanUp()
  failOnComplaints()
})
