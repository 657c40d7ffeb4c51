import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"

/*
 * Authority is a value: whoever holds one need not ask again. That is worth as much as the places in which it can be made are few.
 */

const root = join(import.meta.dir, "..", "..")
const isOurs = (path: string) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path) && !path.startsWith("src/testing/")
const programs = [...new Bun.Glob("{src,db}/**/*").scanSync({ cwd: root })]
  .filter(isOurs)
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }))

const filesWith = (what: RegExp) =>
  programs
    .filter(({ text }) => what.test(text))
    .map(({ path }) => path)
    .sort()

test("who asks is made where keys, sessions and devices are read, and by the replay, which is nobody", () => {
  expect(programs.length).toBeGreaterThan(300)
  expect(filesWith(/\bmint[<(]/)).toEqual([
    "src/cli/replay/memory.ts",
    "src/domain/access/devices.ts",
    "src/domain/access/keys.ts",
    "src/domain/access/subject.ts",
  ])
})

test("that somebody may act for somebody is made in one function", () => {
  expect(filesWith(/\bas (unknown as )?ActingFor\b/)).toEqual(["src/domain/people/acting.ts"])
  const [acting] = programs.filter(({ path }) => path === "src/domain/people/acting.ts")
  expect(acting?.text.match(/\bas ActingFor\b/g)).toHaveLength(1)
})
