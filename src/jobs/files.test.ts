import { expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { visitKeys } from "../../db/schema/visits.ts"
import { fileKey } from "../domain/visits/files.ts"
import { openStorage } from "../outside/storage.ts"
import { testOffice } from "../testing/office.ts"
import { ownFolder } from "../testing/process.ts"
import { stepFiles } from "./files.ts"

test("files whose key is gone are taken away, and those of others stay", async () => {
  const office = await testOffice({ citizens: 1 })
  const storage = openStorage(ownFolder())
  await stepFiles({ store: office.store, storage })
  for (const thread of ["kept", "gone"]) {
    await office.write((tx) => fileKey(tx, office.keys, thread))
    await storage.put(`visits/${thread}/file-1`, Uint8Array.of(1))
  }
  await office.write((tx) => tx.db.delete(visitKeys).where(eq(visitKeys.thread, "gone")))
  await stepFiles({ store: office.store, storage })
  expect(await storage.list("visits")).toEqual(["kept"])
  expect(await storage.get("visits/kept/file-1")).toEqual(Uint8Array.of(1))
})
