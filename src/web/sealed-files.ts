import type { Scope, Tx } from "../../db/write.ts"
import { Refusal } from "../base/refusal.ts"
import type { BlobKey } from "../base/seal.ts"
import { authorize } from "../domain/access/authorize.ts"
import { isStaff } from "../domain/access/subject.ts"
import { office } from "../domain/offices/reads.ts"
import { openingKey } from "../domain/visits/files.ts"
import { visit } from "../domain/visits/visits.ts"
import type { Context, House } from "./house.ts"

/** The visit of this address, and who asks, before anything of what they sent is read. Refuses `not_found` to whom it is not within reach. */
export async function visitFor(c: Context) {
  const { subject, house } = c.var
  if (subject?.role !== "citizen" && !isStaff(subject)) throw new Refusal("not_signed_in")
  const { row, ticket } = await visit(house.store, c.req.param("id") ?? "")
  if (isStaff(subject)) authorize(subject, "visit.serve", await office(house.store, row.office))
  else authorize(subject, "visit.attend", ticket)
  const scopes: Scope[] = [`office:${row.office}`, `person:${row.person}`, "accounts"]
  return { row, by: subject, scopes }
}

/** What a turn has made ready for bytes that have come. */
interface Coming {
  key: BlobKey
  path: string
  place: string
}

/**
 * Takes bytes in: a turn looks whether they may come, then they are sealed and laid down, then a turn names them. Should the last one refuse,
 * they are taken away again. Refuses what the turns refuse, `unavailable` where the disk does not take them.
 */
export async function takeIn<C extends Coming>(
  house: House,
  scopes: Scope[],
  bytes: Uint8Array,
  comes: (tx: Tx) => Promise<C>,
  keep: (tx: Tx, coming: C, known: { sha256: string; bytes: number }) => Promise<unknown>,
): Promise<C> {
  const coming = await house.writer.write(comes, { scopes })
  const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("base64url")
  try {
    await house.storage.put(coming.path, coming.key.seal(coming.place, bytes, house.chance))
  } catch (cause) {
    house.log.error("file_not_kept", { cause })
    throw new Refusal("unavailable")
  }
  try {
    await house.writer.write((tx) => keep(tx, coming, { sha256, bytes: bytes.length }), { scopes })
  } catch (thrown) {
    await house.storage.drop(coming.path)
    throw thrown
  }
  return coming
}

/** The bytes of a file, opened. Refuses `not_found` where the file or its key is gone. */
export async function takeOut(
  { store, keys, storage }: House,
  thread: string,
  { path, place }: { path: string; place: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const key = await openingKey(store, keys, thread)
  const sealed = await storage.get(path)
  if (!sealed) throw new Refusal("not_found", { what: "file" })
  return Uint8Array.from(key.open(place, sealed))
}

/** Nothing of what somebody has sent runs here, whatever a browser takes it for. */
export const asFile = { "Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "no-store" } as const

/** The name as RFC 6266 and RFC 8187 write it: only what every browser reads stands plainly. */
export function attachment(name: string): string {
  const plain = name.replace(/[^\w.-]+/g, "_")
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, hex)}`
}

const hex = (letter: string) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`
