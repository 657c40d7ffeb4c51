import { expect, test } from "bun:test"
import { readSources } from "./source.ts"

async function read(text: string, path = "src/web/page.tsx") {
  const [source] = await readSources(new Map([[path, text]]))
  if (!source) throw new Error("nothing read")
  return source
}

const from = async (text: string) => (await read(text)).imports.map((found) => found.from)
const reached = async (text: string) => (await read(text)).globals.map(({ name }) => name)

test("every way to reach another file is seen", async () => {
  const { imports } = await read(`
    import "./effect.ts"
    import whole, { type part } from "./whole.ts"
    import type { Shape } from './shape.ts'
    export * from "./everything.ts"
    export { one } from "./one.ts"
    export type { Two } from "./two.ts"
    type Far = import("./far.ts").Far
    const later = await import(\`./later.ts\`)
    const old = require("./old.ts")
  `)
  expect(imports).toEqual([
    { from: "./effect.ts", typeOnly: false, line: 2 },
    { from: "./whole.ts", typeOnly: false, line: 3 },
    { from: "./shape.ts", typeOnly: true, line: 4 },
    { from: "./everything.ts", typeOnly: false, line: 5 },
    { from: "./one.ts", typeOnly: false, line: 6 },
    { from: "./two.ts", typeOnly: true, line: 7 },
    { from: "./far.ts", typeOnly: true, line: 8 },
    { from: "./later.ts", typeOnly: false, line: 9 },
    { from: "./old.ts", typeOnly: false, line: 10 },
  ])
})

test("an import that stands in a comment, a string, a template or the text of a page is none", async () => {
  const text = `
    // import "./a.ts"
    /* import "./b.ts" */
    const quoted = 'import "./c.ts"' + "export * from './d.ts'"
    const template = \`import "./e.ts" \${quoted /* import("./f.ts") */}\`
    const pattern = /import "\\.\\/g.ts"/
    const page = <p title='import("./h.ts")'>don't import "./i.ts" from // here</p>
  `
  expect(await from(text)).toEqual([])
})

test("an import inside a template, a page or after a tricky quote is seen", async () => {
  const text = `
    const it = \`\${\`\${await import("./deep.ts")}\`}\`
    const page = <p>don't {await import("./in-page.ts")} it's</p>
    const half = 4 / 2 / 1; import("./after-slashes.ts")
    const regex = /["'\`]/; import("./after-regex.ts")
  `
  expect(await from(text)).toEqual(["./deep.ts", "./in-page.ts", "./after-slashes.ts", "./after-regex.ts"])
})

test("a dynamic import of something computed is seen as unknown", async () => {
  expect(await from("const name = './x.ts'; await import(name); await import('./' + name)")).toEqual([null, null])
})

test("clocks, chance and timers are seen however they are reached for", async () => {
  expect(await reached("Date.now(); new Date(); new Date; Math.random(); globalThis.Date.now()")).toEqual([
    "Date.now",
    "new Date()",
    "new Date()",
    "Math.random",
    "Date.now",
  ])
  expect(await reached("crypto.randomUUID(); Bun.sleep(5); const now = Date.now")).toEqual([
    "crypto.randomUUID",
    "Bun.sleep",
    "Date.now",
  ])
  expect(await reached("setTimeout(() => {}, 1); const kept = { setInterval }; globalThis.setImmediate(go)")).toEqual([
    "setTimeout",
    "setInterval",
    "setImmediate",
  ])
  expect(await reached('import { randomBytes } from "node:crypto"')).toEqual(["randomBytes"])
})

test("a date made from an instant, an injected timer and a type are no reading of the clock", async () => {
  const text = `
    new Date(0); new Date(now); Date.parse(day); Date.UTC(2026, 0)
    timers.setTimeout(go, 5)
    interface Timers { setTimeout(go: () => void, after: number): void; setInterval: typeof setInterval }
    // Date.now() setTimeout()
    const words = "Date.now()"
  `
  expect(await reached(text)).toEqual([])
})

test("a file that does not parse is an error, not an empty file", async () => {
  const failure: unknown = await read("import { from 'x'").catch((thrown) => thrown)
  expect(String(failure)).toContain("src/web/page.tsx does not parse")
})
