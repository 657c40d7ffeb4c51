import { beforeAll, describe, expect, test } from "bun:test"
import { existsSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { listedFiles } from "../cli/checking/tree.ts"
import { breaches, type Libraries } from "./floors.ts"
import { readSources, type Source } from "./source.ts"

const root = join(import.meta.dir, "..", "..")
const isProgram = (path: string) => /^(src|db)\/.*\.([cm]?tsx?|[cm]?jsx?)$/.test(path)
/** `null` where the project is not a git checkout, e.g. unpacked from an archive. */
const listed = existsSync(join(root, ".git")) ? listedFiles(root) : null

let sources: Source[]
let libraries: Libraries

beforeAll(async () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  libraries = { dependencies: Object.keys(dependencies), devDependencies: Object.keys(devDependencies) }
  const onDisk = [...new Bun.Glob("{src,db}/**/*").scanSync({ cwd: root, dot: true })].filter(isProgram).sort()
  sources = await readSources(new Map(onDisk.map((path) => [path, readFileSync(join(root, path), "utf8")])))
})

describe("this house", () => {
  test("is seen whole: every program that git lists was read", () => {
    if (existsSync(join(root, ".git"))) expect(listed).not.toBeNull()
    const seen = new Set(sources.map(({ path }) => path))
    expect((listed ?? []).filter((path) => isProgram(path) && !seen.has(path))).toEqual([])
    expect(seen.has("src/cli/start.mjs")).toBe(true)
    expect(seen.has("src/testing/floors.test.ts")).toBe(true)
  })

  test("keeps to its map: imports go down, rooms keep to themselves, libraries stay at home, time is an argument", () => {
    expect(breaches(sources, libraries)).toEqual([])
  })

  test("names no folder of anybody's machine and none beside the project", () => {
    const paths = listed ?? sources.map(({ path }) => path)
    const found = paths.flatMap((path) => {
      const full = join(root, path)
      if (!/\.(tsx?|mjs|js|json|css|sql|md|toml|ya?ml|html|svg)$|^\.ci\//.test(path) || !statSync(full).isFile())
        return []
      const lines = readFileSync(full, "utf8").split("\n")
      return lines.flatMap((line, index) => (machineFolder.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : []))
    })
    expect(found).toEqual([])
  })
})

// Put together from pieces, so that this file does not accuse itself.
const folders = ["work", "root", "Users/[a-z]+", "home/[a-z]+"].map((name) => `/${name}/`)
const machineFolder = new RegExp(`(^|[\\s"'\`(=:<])(${folders.join("|")})|${"\\.\\./"}shared/`)

describe("a house that does not keep to the map", () => {
  const ordinary = { dependencies: ["rrule", "drizzle-orm", "hono", "zod"], devDependencies: ["fast-check"] }

  /** The breaches of one file among others that are empty. */
  async function breachesOf(path: string, text: string, others: string[] = []): Promise<string[]> {
    const files = new Map([...others.map((other): [string, string] => [other, "export {}"]), [path, text]])
    return breaches(await readSources(files), ordinary)
  }

  test("is told of an import that goes up, also when it is only a type", async () => {
    const up = `import type { Page } from "../../web/page.tsx"`
    expect(await breachesOf("src/domain/queue/rules.ts", up, ["src/web/page.tsx"])).toEqual([
      "src/domain/queue/rules.ts:1 imports src/web/page.tsx: up from floor 2 to 4",
    ])
    expect(
      await breachesOf("db/write.ts", `export * from "../src/domain/queue/x.ts"`, ["src/domain/queue/x.ts"]),
    ).toHaveLength(1)
    expect(await breachesOf("src/web/x.ts", `await import("../app.ts")`, ["src/app.ts"])).toHaveLength(1)
    expect(
      await breachesOf("src/app.ts", `import "./web/x.ts"\nimport "../db/y.ts"`, ["src/web/x.ts", "db/y.ts"]),
    ).toEqual([])
  })

  test("is told of two rooms on one floor that know each other", async () => {
    const others = ["src/i18n/ar.ts", "src/realtime/hub.ts", "src/jobs/noon.ts", "src/cli/setup.ts"]
    expect(await breachesOf("src/realtime/topics.ts", `import "../i18n/ar.ts"`, others)).toHaveLength(1)
    expect(await breachesOf("src/web/x.ts", `import "../jobs/noon.ts"`, others)).toHaveLength(1)
    expect(await breachesOf("src/cli/x.ts", `import "./setup.ts"\nimport "../i18n/ar.ts"`, others)).toEqual([])
  })

  test("is told of audiences that know each other, but lets them share the shell and the paths", async () => {
    const others = ["src/web/routes.ts", "src/web/paths.ts", "src/web/shell/page.tsx", "src/web/citizen/home.tsx"]
    const kiosk = "src/web/kiosk/start.tsx"
    expect(await breachesOf(kiosk, `import "../shell/page.tsx"\nimport "../paths.ts"`, others)).toEqual([])
    expect(await breachesOf(kiosk, `import "../citizen/home.tsx"`, others)).toHaveLength(1)
    expect(await breachesOf(kiosk, `import "../routes.ts"`, others)).toHaveLength(1)
    expect(await breachesOf("src/web/shell/bar.tsx", `import "../citizen/home.tsx"`, others)).toHaveLength(1)
    expect(await breachesOf("src/web/routes.ts", `import "./citizen/home.tsx"`, others.slice(1))).toEqual([])
    expect(await breachesOf("src/web/paths.ts", `import "../base/day.ts"`, ["src/base/day.ts"])).toHaveLength(1)
  })

  test("is told when the browser's code holds more than the bottom floor and the shapes of the wire", async () => {
    const others = ["src/base/day.ts", "src/realtime/protocol.ts", "src/i18n/ar.ts", "src/web/paths.ts"]
    const good = `import "../base/day.ts"\nimport type { Frame } from "../realtime/protocol.ts"`
    expect(await breachesOf("src/client/board.ts", good, others)).toEqual([])
    for (const target of ["../realtime/protocol.ts", "../i18n/ar.ts", "../web/paths.ts"]) {
      expect(await breachesOf("src/client/board.ts", `import "${target}"`, others)).toHaveLength(1)
    }
  })

  test("is told of a door opened to the right in the domain's corridor", async () => {
    const others = ["src/domain/queue/due.ts", "src/domain/offices/hours.ts"]
    expect(await breachesOf("src/domain/bookings/writes.ts", `import "../queue/due.ts"`, others)).toEqual([
      "src/domain/bookings/writes.ts:1 imports src/domain/queue/due.ts: queue lies to the right of bookings",
    ])
    expect(await breachesOf("src/domain/bookings/writes.ts", `import "../offices/hours.ts"`, others)).toEqual([])
    expect(await breachesOf("src/domain/cellar/rules.ts", "export {}")).toHaveLength(1)
    expect(await breachesOf("src/domain/loose.ts", "export {}")).toHaveLength(1)
    expect(await breachesOf("src/helpers/x.ts", "export {}")).toHaveLength(1)
  })

  test("is told of rules that look at the store", async () => {
    const others = ["db/statement.ts", "src/domain/queue/reads.ts"]
    expect(await breachesOf("src/domain/queue/rules.ts", `import "./reads.ts"`, others)).toHaveLength(1)
    expect(await breachesOf("src/domain/queue/rules.ts", `import { eq } from "drizzle-orm"`)).toHaveLength(1)
    expect(await breachesOf("src/domain/queue/rules.ts", `import type { Row } from "./reads.ts"`, others)).toEqual([])
  })

  test("is told of a library outside its home, unnamed, or missing in production", async () => {
    expect(await breachesOf("src/domain/queue/due.ts", `import { RRule } from "rrule"`)).toHaveLength(1)
    expect(await breachesOf("src/domain/offices/recurrence.ts", `import { RRule } from "rrule"`)).toEqual([])
    expect(await breachesOf("src/web/x.ts", `import { eq } from "drizzle-orm/sqlite-core"`)).toHaveLength(1)
    expect(await breachesOf("src/domain/queue/due.ts", `import { Hono } from "hono"`)).toHaveLength(1)
    expect(await breachesOf("src/domain/queue/due.ts", `import { Database } from "bun:sqlite"`)).toHaveLength(1)
    expect(await breachesOf("src/web/x.ts", `import "left-pad"`)).toHaveLength(1)
    expect(await breachesOf("src/web/x.ts", `import "fast-check"`)).toHaveLength(1)
    expect(await breachesOf("src/web/x.test.ts", `import "fast-check"\nimport "rrule"`)).toEqual([])
  })

  test("is told of a program that leans on the tests", async () => {
    expect(await breachesOf("src/web/x.ts", `import "../testing/office.ts"`, ["src/testing/office.ts"])).toHaveLength(1)
    expect(await breachesOf("src/web/x.test.ts", `import "../testing/office.ts"`, ["src/testing/office.ts"])).toEqual(
      [],
    )
  })

  test("is told of a clock, a dice or a timer below the doors", async () => {
    for (const text of ["Date.now()", "new Date()", "Math.random()", "crypto.randomUUID()", "setTimeout(go, 5)"]) {
      expect(await breachesOf("src/domain/queue/due.ts", text)).toHaveLength(1)
      expect(await breachesOf("src/cli/x.ts", text)).toEqual([])
      expect(await breachesOf("src/base/clock.ts", text)).toEqual([])
    }
  })

  test("is not told of a timer that says why it waits; a clock has no such excuse", async () => {
    const wire = "src/realtime/hub.ts"
    expect(
      await breachesOf(wire, "// timer: a heartbeat, so that dead sockets are noticed\nsetInterval(beat, 5)"),
    ).toEqual([])
    expect(await breachesOf(wire, "// a heartbeat\nsetInterval(beat, 5)")).toHaveLength(1)
    expect(await breachesOf(wire, "// timer: a heartbeat for the sockets\nDate.now()")).toHaveLength(1)
  })

  test("is told of an import that leaves the project, leads nowhere or cannot be followed", async () => {
    expect(await breachesOf("src/web/x.ts", `import "../../../elsewhere/y.ts"`)).toHaveLength(1)
    expect(await breachesOf("src/web/x.ts", `import "./gone.ts"`)).toHaveLength(1)
    expect(await breachesOf("src/web/x.ts", "await import(name)")).toHaveLength(1)
  })
})
