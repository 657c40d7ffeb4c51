import { expect, test } from "bun:test"
import { openLog } from "./log.ts"

function logged(write: (log: ReturnType<typeof openLog>) => void): string[] {
  const lines: string[] = []
  write(
    openLog(
      (line) => lines.push(line),
      () => 0,
    ),
  )
  return lines
}

test("an event is one line of JSON, whatever a stranger put into it", () => {
  const lines = logged((log) => log.warn("x", { path: '/a\n{"level":"error"}\r\u2028', count: 3, requestId: "abc" }))
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toMatch(/[\n\r]/)
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    at: "1970-01-01T00:00:00.000Z",
    level: "warn",
    event: "x",
    count: 3,
  })
})

test("keys, tokens, numbers and codes never reach the log; ids, offices and paths do", () => {
  const id = "019aa0f0-7c5e-7b1e-9d3c-2f4f4a5f6b7c"
  const secrets = [
    `dawr_live_abcdefgh_${"k".repeat(43)}`,
    "t".repeat(43),
    "c".repeat(32),
    "1000000008",
    "+966550000001",
    "0550000001",
    "3141592653",
  ]
  const lines = logged((log) => {
    for (const secret of secrets) {
      log.error("bug", {
        path: `/t/${id}/${secret}`,
        detail: `at ${secret}.`,
        cause: new Error(`no ${secret}`, { cause: secret }),
      })
    }
    log.info("kept", { path: `/api/v1/offices/RUH-RML/tickets/${id}`, detail: "RUH-RML.PAS.20261122T0700" })
  })
  for (const secret of secrets) expect(lines.join("\n")).not.toContain(secret)
  expect(lines[0]).toContain(id)
  expect(lines.at(-1)).toContain(`/api/v1/offices/RUH-RML/tickets/${id}`)
  expect(lines.at(-1)).toContain("RUH-RML.PAS.20261122T0700")
})

test("what the store could not do is told by its statement, without the values", () => {
  const failed = Object.assign(new Error("Failed query: insert into person values (?)\nparams: Noura Al-Otaibi"), {
    query: "insert into person values (?)",
    params: ["Noura Al-Otaibi"],
  })
  const [line = ""] = logged((log) => log.error("bug", { cause: new Error("the turn failed", { cause: failed }) }))
  expect(line).not.toContain("Otaibi")
  expect(line).toContain("insert into person values (?)")
  expect(line).toContain("the turn failed")
  expect(line).toMatch(/at .*log\.test\.ts/)
})
