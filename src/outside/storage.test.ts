import { expect, test } from "bun:test"
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { ownFolder } from "../testing/process.ts"
import { openStorage } from "./storage.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

test("what is put is there again, is written over, and goes with its folder", async () => {
  const root = ownFolder()
  const storage = openStorage(root)
  await storage.put("visit-1/recording/0", bytes("one"))
  await storage.put("visit-1/recording/0", bytes("two"))
  await storage.put("visit-2/paper", bytes("three"))
  expect(await storage.get("visit-1/recording/0")).toEqual(bytes("two"))
  expect(await storage.list("visit-1/recording")).toEqual(["0"])
  await storage.drop("visit-1")
  expect(await storage.get("visit-1/recording/0")).toBeNull()
  expect(await storage.list("visit-1/recording")).toEqual([])
  expect(await storage.get("visit-2/paper")).toEqual(bytes("three"))
  await storage.drop("visit-1")
})

test("nobody else on the machine can read it", async () => {
  const root = ownFolder()
  await openStorage(root).put("visit-1/paper", bytes("x"))
  expect(statSync(join(root, "visit-1")).mode & 0o077).toBe(0)
  expect(statSync(join(root, "visit-1/paper")).mode & 0o077).toBe(0)
})

test("nobody waits for the disk but whoever puts something there, and two who put the same at once both do", async () => {
  const root = ownFolder()
  const storage = openStorage(root)
  const both = [storage.put("visit-1/paper", bytes("one")), storage.put("visit-1/paper", bytes("two"))]
  expect(existsSync(join(root, "visit-1/paper"))).toBe(false)
  await Promise.all(both)
  expect(["one", "two"]).toContain(new TextDecoder().decode((await storage.get("visit-1/paper")) ?? bytes("")))
  expect(readdirSync(join(root, "visit-1"))).toEqual(["paper"])
})

test("what was begun and never ended is not there, and goes with its folder", async () => {
  const root = ownFolder()
  const storage = openStorage(root)
  await storage.put("visit-1/paper", bytes("x"))
  writeFileSync(join(root, "visit-1/paper.4711-1.new"), "half of")
  expect(await storage.list("visit-1")).toEqual(["paper"])
  await storage.drop("visit-1")
  expect(existsSync(join(root, "visit-1"))).toBe(false)
})

test("a path that leads elsewhere is none", async () => {
  const storage = openStorage(ownFolder())
  for (const path of ["../out", "/etc/passwd", "a/../../b", "", "a//b", "a/.", "a b"]) {
    expect(storage.put(path, bytes("x"))).rejects.toThrow(RangeError)
    expect(storage.get(path)).rejects.toThrow(RangeError)
    expect(storage.drop(path)).rejects.toThrow(RangeError)
  }
})
