import { describe, expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { BlockList } from "node:net"
import { join } from "node:path"

/*
 * What the documents say of tests and commands is looked up: a test that is renamed or thrown away takes its promise with it. A test is
 * cited as `file` “its name”; a long name may end in … . Settings that a document gives are held against what it says of them.
 */

const root = join(import.meta.dir, "..", "..")
const read = (path: string) => readFileSync(join(root, path), "utf8")
const documents = ["docs/promises.md", "docs/threats.md", "docs/asvs.md"]
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> }

/** Each test that a text cites: its file, and its name where one is said. */
function cited(text: string): { file: string; names: string[] }[] {
  return [...text.matchAll(/`([\w./-]+\.test\.tsx?)`((?:[ ,]*“[^”]+”)*)/g)].map(([, file = "", names = ""]) => ({
    file,
    names: [...names.matchAll(/“([^”]+)”/g)].map(([, name = ""]) => name),
  }))
}

/** What is said there of tests that are not. */
function missing(text: string): string[] {
  return cited(text).flatMap(({ file, names }) => {
    if (!existsSync(join(root, file))) return [`${file} is not there`]
    const source = read(file)
    return names
      .filter((name) => !source.includes(name.replace(/…$/, "")))
      .map((name) => `${file} has no test “${name}”`)
  })
}

for (const document of documents) {
  describe(document, () => {
    const text = read(document)

    test("names tests that there are, and enough of them", () => {
      expect(missing(text)).toEqual([])
      expect(cited(text).length).toBeGreaterThan(10)
    })

    test("names commands and files that there are", () => {
      const commands = [...text.matchAll(/npm run ([a-z]+)/g)].map(([, name = ""]) => name)
      expect(commands.filter((name) => !(name in scripts))).toEqual([])
      const files = [...text.matchAll(/`((?:src|db|docs|migrations)\/[\w./-]+)`/g)].map(([, path = ""]) => path)
      expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([])
    })
  })
}

test("a citation of a test that is not there is noticed", () => {
  const good = "`src/testing/documents.test.ts` “a citation of a test…”"
  expect(missing(good)).toEqual([])
  expect(missing("`src/testing/nothing.test.ts`")).toEqual(["src/testing/nothing.test.ts is not there"])
  const unwritten = ["a test", "that nobody wrote"].join(" ")
  expect(missing(`\`src/testing/documents.test.ts\` “${unwritten}”`)).toHaveLength(1)
})

test("every threat has a control, and every control its test", () => {
  const rows = read("docs/threats.md")
    .split("\n")
    .filter((line) => /^\| T\d+ \|/.test(line))
  expect(rows.length).toBeGreaterThan(25)
  for (const row of rows) expect([row, cited(row).length > 0]).toEqual([row, true])
})

test("the relay's settings close every network that is nobody's on the Internet, and no other", () => {
  const closed = new BlockList()
  const familyOf = (address: string) => (address.includes(":") ? "ipv6" : "ipv4")
  const ranges = read("docs/visits.md").matchAll(/^denied-peer-ip=([\da-f.:]+)-([\da-f.:]+)$/gm)
  for (const [, first = "", last = ""] of ranges) closed.addRange(first, last, familyOf(first))
  const isClosed = (address: string) => closed.check(address, familyOf(address))
  const inside = [
    ...["0.0.0.0", "10.1.2.3", "100.127.255.255", "127.0.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255"],
    ...["192.0.0.8", "192.0.2.1", "192.168.1.1", "198.19.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1"],
    ...[
      "255.255.255.255",
      "::1",
      "::ffff:10.0.0.1",
      "64:ff9b::a00:1",
      "100::1",
      "2001::1",
      "2001:db8::1",
      "2002:a00:1::",
    ],
    ...["3fff::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1"],
  ]
  expect(inside.filter((address) => !isClosed(address))).toEqual([])
  const outside = ["1.1.1.1", "9.9.9.9", "172.32.0.1", "100.128.0.1", "223.255.255.255", "2606:4700::1111", "2a00::1"]
  expect(outside.filter(isClosed)).toEqual([])
})

test("what is installed has a hash in the lockfile, and nothing of it runs while it is installed", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, { integrity?: string }> }
  const unhashed = Object.entries(packages).filter(([path, { integrity }]) => path && !integrity?.startsWith("sha512-"))
  expect(unhashed).toEqual([])
  expect(read("src/cli/start.mjs")).toContain('["ci", "--ignore-scripts"')
})

describe("the table of the verification standard", () => {
  const rows = read("docs/asvs.md")
    .split("\n")
    .flatMap((line) => {
      const [, number = "", what = "", state = "", why = ""] =
        /^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$/.exec(line) ?? []
      return number ? [{ number, what, state, why }] : []
    })

  test("has each requirement once, in its order, with a state that is one of three", () => {
    const numbers = rows.map(({ number }) => number)
    const asOne = (number: string) => number.split(".").reduce((sum, part) => sum * 100 + Number(part), 0)
    expect(new Set(numbers).size).toBe(numbers.length)
    expect([...numbers].sort((one, other) => asOne(one) - asOne(other))).toEqual(numbers)
    expect(rows.filter(({ state }) => !["met", "not", "—"].includes(state))).toEqual([])
  })

  test("says why for whatever is not met or does not apply", () => {
    expect(rows.filter(({ state, why }) => state !== "met" && why.trim().length < 5)).toEqual([])
  })

  test("counts what it says", () => {
    const count = (state: string) => rows.filter((row) => row.state === state).length
    expect(read("docs/asvs.md")).toContain(
      `${rows.length} requirements: ${count("met")} met, ${count("not")} not met, ${count("—")} do not apply.`,
    )
  })
})
