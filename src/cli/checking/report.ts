/** What a run of the tests came to, as the runner's own JUnit file tells it. */
export interface Report {
  passed: number
  failed: number
  skipped: number
  /** How many tests each file ran, by its path. A file that could not be loaded is not there at all. */
  files: Map<string, { tests: number; failed: number }>
}

/** Reads the JUnit file that `bun test` writes. `null` for text that is not one, e.g. because the run broke off. */
export function readReport(xml: string): Report | null {
  if (!xml.trimEnd().endsWith("</testsuites>")) return null
  const report: Report = { passed: 0, failed: 0, skipped: 0, files: new Map() }
  for (const [, attributes = "", body = ""] of xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs)) {
    const file = /\bfile="([^"]*)"/.exec(attributes)?.[1] ?? ""
    const failed = /<(?:failure|error)\b/.test(body)
    const skipped = /<skipped\b/.test(body)
    if (failed) report.failed++
    else if (skipped) report.skipped++
    else report.passed++
    const sum = report.files.get(file) ?? { tests: 0, failed: 0 }
    report.files.set(file, { tests: sum.tests + 1, failed: sum.failed + (failed ? 1 : 0) })
  }
  return report
}
