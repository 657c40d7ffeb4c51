import { expect, test } from "bun:test"
import { readReport } from "./report.ts"
import { lastLine, verdict } from "./tests.ts"

const junit = (cases: string) =>
  `<?xml version="1.0"?>\n<testsuites name="bun test"><testsuite>${cases}</testsuite></testsuites>\n`
const good = '<testcase name="a &amp; b" file="src/a.test.ts" line="1" />'
const bad = '<testcase name="c" file="src/b.test.ts"><failure message="no">at x</failure></testcase>'
const skipped = '<testcase name="d" file="src/b.test.ts"><skipped /></testcase>'

/** The verdict on a run that ended with `code` and left this report, where two files should have reported. */
const judge = (cases: string | null, code: number) =>
  verdict(cases === null ? null : readReport(junit(cases)), code, [], ["src/a.test.ts", "src/b.test.ts"])

const alsoGood = good.replace("src/a", "src/b")

test("a run in which every file reported and nothing failed is good", () => {
  expect(judge(good + alsoGood, 0)).toMatchObject({ ok: true, passed: 2, failed: 0, troubles: [] })
})

test("a failed test is counted, whatever the exit code says", () => {
  const judged = judge(good + bad, 0)
  expect(judged).toMatchObject({ ok: false, passed: 1, failed: 1 })
  expect(lastLine(judged)).toBe("1 passed, 1 failed")
})

test("a file that could not be loaded counts as failed, although the runner's report leaves it out", () => {
  expect(judge(good, 1)).toMatchObject({ ok: false, passed: 1, failed: 1 })
  expect(judge(good, 0).troubles[0]).toStartWith("src/b.test.ts reported no test")
})

test("a skipped test, an error outside any test, a missing report and no test at all are not good", () => {
  expect(judge(good + skipped, 0).ok).toBe(false)
  expect(judge(good + alsoGood, 1).ok).toBe(false)
  expect(judge(null, 0).ok).toBe(false)
  expect(verdict(readReport(junit("")), 0, [], []).ok).toBe(false)
})

test("a report that breaks off in the middle is none", () => {
  expect(readReport(junit(good).slice(0, -20))).toBeNull()
})
