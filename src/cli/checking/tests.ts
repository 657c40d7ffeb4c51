import { spawn } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { chromiumOrInstall, howToGetChromium } from "./chromium.ts"
import { type Report, readReport } from "./report.ts"
import { listedFiles, treeHash } from "./tree.ts"

export const root = join(import.meta.dir, "..", "..", "..")
const reports = join(root, "reports")
const junitFile = join(reports, "junit.xml")
const verdictFile = join(reports, "verdict.json")

/** What a whole run of the tests came to, and for exactly which tree. */
export interface Verdict {
  ok: boolean
  passed: number
  failed: number
  /** What went wrong beyond single tests, a sentence each. */
  troubles: string[]
  files: string[]
  tree: string | null
  run: string | null
}

/** Runs the tests that `args` name, all without; the runner's output goes to the terminal. Never leaves an older verdict behind. */
export async function runTests(args: string[] = []): Promise<Verdict> {
  mkdirSync(reports, { recursive: true })
  for (const file of [junitFile, verdictFile]) rmSync(file, { force: true })
  if (!chromiumOrInstall()) return kept(verdict(null, 1, [howToGetChromium], []))

  const before = treeHash(root)
  const code = await bunTest(args)
  const report = existsSync(junitFile) ? readReport(readFileSync(junitFile, "utf8")) : null
  const none = !report && args.length > 0 ? ["Nothing ran: no test file has such a path, or the runner broke off."] : []
  const result = verdict(report, code, none, args.length === 0 ? testFiles() : [])
  // Only a run of everything speaks for the tree, and only if nobody edited it meanwhile.
  const whole = args.length === 0 && before === treeHash(root)
  return kept({ ...result, tree: whole ? before : null })
}

/**
 * The verdict of this same run of `.ci/run`, if the tree is still, byte for byte, the one that was tested. The run's name is drawn
 * anew each time, so that a verdict of yesterday, of another checkout or of a run by hand is never taken for this one.
 */
export function verdictOfThisRun(): Verdict | null {
  const run = process.env["DAWR_RUN"]
  if (!run || !existsSync(verdictFile)) return null
  const found = JSON.parse(readFileSync(verdictFile, "utf8")) as Verdict
  return found.run === run && found.tree !== null && found.tree === treeHash(root) ? found : null
}

/** The troubles, if any, then the sum alone on the last line. */
export function printVerdict({ troubles, passed, failed }: Verdict): void {
  for (const trouble of troubles) console.log(trouble)
  console.log(lastLine({ passed, failed }))
}

export function lastLine({ passed, failed }: { passed: number; failed: number }): string {
  return `${passed} passed, ${failed} failed`
}

/** The sum of one run: what the report says, the runner's exit code, and the files that should have reported. */
export function verdict(report: Report | null, code: number, troubles: string[], expected: string[]): Verdict {
  const found = [...troubles]
  if (!report && found.length === 0) found.push("The runner broke off without a report.")
  const silent = report ? expected.filter((file) => !report.files.has(file)) : []
  for (const file of silent) found.push(`${file} reported no test: it could not be loaded or holds none.`)
  if (report && report.skipped > 0) found.push(`${report.skipped} skipped. A test is written to run.`)
  const passed = report?.passed ?? 0
  const failed = (report?.failed ?? 0) + silent.length
  if (report && passed + failed === 0) found.push("No test ran.")
  if (code !== 0 && failed === 0 && found.length === 0)
    found.push(`The runner failed outside any test (exit code ${code}).`)
  const ok = code === 0 && failed === 0 && found.length === 0 && passed > 0
  return { ok, passed, failed, troubles: found, files: [...(report?.files.keys() ?? [])], tree: null, run: null }
}

function kept(result: Verdict): Verdict {
  const named = { ...result, run: process.env["DAWR_RUN"] ?? null }
  writeFileSync(verdictFile, `${JSON.stringify(named)}\n`)
  return named
}

/** Every test file of the project, by git's list; outside a checkout by what lies on the disk. */
function testFiles(): string[] {
  const isTest = (path: string) => /^(src|db)\/.*\.test\.tsx?$/.test(path)
  return (listedFiles(root) ?? [...new Bun.Glob("{src,db}/**/*.test.{ts,tsx}").scanSync(root)]).filter(isTest)
}

/**
 * Each file in a fresh global: nothing that one file leaves behind (a server, a timer, a patched global) reaches the next. Two files at
 * a time, for while one waits for a browser the other has something to do; more of them would only make each other late.
 */
function bunTest(args: string[]): Promise<number> {
  const how = ["--isolate", "--parallel=2", "--timeout=30000"]
  const options = ["test", ...how, "--reporter=junit", `--reporter-outfile=${junitFile}`]
  const child = spawn(process.execPath, [...options, ...args], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, NODE_ENV: "test" },
  })
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve) => child.on("exit", (code) => resolve(code ?? 1)))
}
