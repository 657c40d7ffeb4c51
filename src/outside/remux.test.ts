import { expect, test } from "bun:test"
import { mkdirSync, readdirSync, utimesSync } from "node:fs"
import { join } from "node:path"
import { ownFolder } from "../testing/process.ts"
import { dropUnpacked } from "./remux.ts"

test("what a process that died has left decrypted is taken away, and what may still be in the making stays", () => {
  const root = ownFolder()
  for (const name of ["dawr-play-old", "dawr-play-new", "another"]) mkdirSync(join(root, name))
  for (const name of ["dawr-play-old", "another"]) utimesSync(join(root, name), 1, 1)
  expect(dropUnpacked(root)).toBe(1)
  expect(readdirSync(root).sort()).toEqual(["another", "dawr-play-new"])
})
