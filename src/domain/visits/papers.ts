import { asc, eq, sql } from "drizzle-orm"
import { type FileRow, type FileType, visitFiles } from "../../../db/schema/identity.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { BlobKey, Keys } from "../../base/seal.ts"
import { authorize, may } from "../access/authorize.ts"
import { type Citizen, isStaff, type Staff } from "../access/subject.ts"
import { office } from "../offices/reads.ts"
import { noteRead } from "../people/read-log.ts"
import { personKey } from "../people/sealed.ts"
import { fileKey, folderOf } from "./files.ts"
import { ownVisit, participantOf, type Visit, visit, visitAtHand } from "./visits.ts"

/* Papers that the person and the agent give each other in a visit, both ways. */

export const paperLimits = { bytes: 10 * 1024 * 1024, aSide: 10, nameLength: 100 } as const

/** First bytes, in hexadecimal, with a dot for whatever stands there: ISO 32000-1 7.5.2, PNG 5.2, JFIF and Exif, the WebP container. */
const heads: readonly (readonly [FileType, RegExp])[] = [
  ["application/pdf", /^255044462d/],
  ["image/png", /^89504e470d0a1a0a/],
  ["image/jpeg", /^ffd8ff/],
  ["image/webp", /^52494646.{8}57454250/],
]

const endings: Record<FileType, string> = {
  "application/pdf": "pdf",
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
}

/** What the bytes are; `null` for anything that is not taken. */
export function typeOf(bytes: Uint8Array): FileType | null {
  const head = Buffer.from(bytes.subarray(0, 16)).toString("hex")
  return heads.find(([, form]) => form.test(head))?.[0] ?? null
}

/**
 * A name that may be shown and kept on any disk: no folders, nothing that turns or hides letters, not too long, and the ending that its type
 * has. What is left of nothing is `file`.
 */
export function cleanName(given: string, type: FileType): string {
  // A form's own way of writing what would end the name in it (WHATWG HTML, multipart/form-data).
  const written = given.replace(/%(22|0d|0a)/gi, "")
  const base = written.normalize("NFC").split(/[\\/]/).at(-1) ?? ""
  const stem = base.replace(/\.[^.]*$/, "")
  const shown = (stem === "" ? base.replace(/^\.+/, "") : stem)
    .replace(/[\p{C}\p{Zl}\p{Zp}"*:<>?|%]/gu, "")
    .replace(/\s+/g, " ")
    .replace(/^[.\s]+|[.\s]+$/g, "")
  const cut = [...shown]
    .slice(0, paperLimits.nameLength - 5)
    .join("")
    .trim()
  return `${cut === "" ? "file" : cut}.${endings[type]}`
}

export interface Paper extends Pick<FileRow, "id" | "type" | "bytes" | "sha256" | "at" | "sender" | "senderKind"> {
  name: string
}

/** What is known of a file that has come, before its bytes are sealed and laid down. */
export interface ComingPaper {
  id: string
  key: BlobKey
  path: string
  place: string
  type: FileType
}

/**
 * Makes ready for a file. The person may give one from the waiting room on, the agent with the visit in hand. Refuses `file_unknown`, `too_large`,
 * `invalid_field` for an empty one, `limit_reached`, `wrong_state` on hold and when the visit is over, `not_found`.
 */
export async function paperComes(
  tx: Tx,
  keys: Keys,
  by: Citizen | Staff,
  id: string,
  bytes: Uint8Array,
): Promise<ComingPaper> {
  const { row } = await mayGive(tx, by, id)
  if (bytes.length === 0) throw new Refusal("invalid_field", { field: "file" })
  if (bytes.length > paperLimits.bytes) throw new Refusal("too_large", { max: paperLimits.bytes })
  const type = typeOf(bytes)
  if (type === null) throw new Refusal("file_unknown")
  const there = (await papersRows(tx, row.thread)).filter(({ senderKind }) => senderKind === kindOf(by))
  if (there.length >= paperLimits.aSide) throw new Refusal("limit_reached", { max: paperLimits.aSide })
  const file = tx.id()
  return { id: file, type, key: await fileKey(tx, keys, row.thread), ...paperLies(row.thread, file) }
}

/** Names a file that lies there now; how many there may be is held by the statement. Refuses as before. */
export async function keepPaper(
  tx: Tx,
  keys: Keys,
  by: Citizen | Staff,
  id: string,
  given: { id: string; type: FileType; name: string; sha256: string; bytes: number },
): Promise<void> {
  const { row } = await mayGive(tx, by, id)
  const key = await personKey(tx, keys, row.person)
  if (!key) throw new Refusal("not_found", { what: "visit" })
  const { type, sha256, bytes } = given
  const nameSealed = key.seal("visit_file.name", cleanName(given.name, type), tx.chance)
  const from = { sender: by.id, senderKind: kindOf(by), nameSealed, type, bytes, sha256 }
  const values = { id: given.id, visit: id, thread: row.thread, ...from, at: tx.now, most: paperLimits.aSide }
  const kept = await insertFile(tx).execute(values)
  if (kept.length === 0) throw new Refusal("limit_reached", { max: paperLimits.aSide })
  const said = { visit: id, file: given.id, type, bytes, sha256, by: by.id }
  await tx.say(row.office, "file.given", { ...said, subject: row.person })
}

async function mayGive(tx: Tx, by: Citizen | Staff, id: string): Promise<Visit> {
  const found = isStaff(by) ? await inHandNow(tx, by, id) : await ownVisit(tx, by, id)
  if (found.phase === "over") throw new Refusal("wrong_state", { state: found.phase })
  await mustNotBeHeld(tx, id, by)
  return found
}

/** Before the call nobody of the staff has it in hand, and after it nobody has any more. */
async function inHandNow(tx: Tx, agent: Staff, id: string): Promise<Visit> {
  const found = await visitAtHand(tx, agent, id)
  if (found.ticket.counter === null || found.phase === "lobby") throw new Refusal("wrong_state", { state: found.phase })
  return found
}

/** Who is held, or was put out, has no part in it. */
async function mustNotBeHeld(store: Store, id: string, by: Citizen | Staff): Promise<void> {
  const own = await participantOf(store, id, by.id)
  if (!own && !isStaff(by)) throw new Refusal("not_found", { what: "visit" })
  if (own?.state === "held") throw new Refusal("wrong_state", { state: own.state })
}

/** The files of a visit and of those that went before it in its thread, the oldest first. Nothing where the key is destroyed. */
export async function papersOf(
  store: Store,
  keys: Keys,
  { thread, person }: { thread: string; person: string },
): Promise<Paper[]> {
  const rows = await papersRows(store, thread)
  const key = rows.length === 0 ? null : await personKey(store, keys, person)
  if (!key) return []
  return rows.map(({ id, type, bytes, sha256, at, sender, senderKind, nameSealed }) => {
    return { id, type, bytes, sha256, at, sender, senderKind, name: key.open("visit_file.name", nameSealed) }
  })
}

/**
 * A file of a visit, for who may have it: the person, also when the visit is over; the agent who has the visit in hand; a supervisor of the
 * office. That staff opened it is written down; `realNow` is the real clock's. Refuses `not_found`, `wrong_state` on hold.
 */
export async function openPaper(
  tx: Tx,
  keys: Keys,
  by: Citizen | Staff,
  id: string,
  fileId: string,
  realNow: Instant,
): Promise<Paper & { thread: string }> {
  const found = await visit(tx, id)
  const { row } = found
  if (isStaff(by)) {
    const isLead = by.role === "supervisor" && may(by, "visit.serve", await office(tx, row.office))
    if (!isLead) {
      const { phase } = await inHandNow(tx, by, id)
      if (phase === "over") throw new Refusal("not_found", { what: "file" })
    }
  } else {
    authorize(by, "visit.attend", found.ticket)
  }
  await mustNotBeHeld(tx, id, by)
  const paper = (await papersOf(tx, keys, row)).find((one) => one.id === fileId)
  if (!paper) throw new Refusal("not_found", { what: "file" })
  if (isStaff(by)) {
    await noteRead(tx, { staff: by.id, person: row.person, what: "file", office: row.office, about: id }, realNow)
  }
  await tx.say(row.office, "file.opened", { visit: id, file: fileId, by: by.id, subject: row.person })
  return { ...paper, thread: row.thread }
}

/** Where a file lies, and as what it was sealed. */
export function paperLies(thread: string, file: string): { path: string; place: string } {
  return { path: `${folderOf(thread)}/file-${file}`, place: `file:${file}` }
}

const kindOf = (by: Citizen | Staff) => (isStaff(by) ? ("staff" as const) : ("citizen" as const))

function papersRows(store: Store, thread: string): Promise<FileRow[]> {
  return byThread(store).execute({ thread })
}

const p = sql.placeholder
const byThread = statement((db) =>
  db
    .select()
    .from(visitFiles)
    .where(eq(visitFiles.thread, p("thread")))
    .orderBy(asc(visitFiles.at), sql`rowid`),
)
const insertFile = statement((db) =>
  db
    .insert(visitFiles)
    .select(
      sql`select ${p("id")}, ${p("visit")}, ${p("thread")}, ${p("sender")}, ${p("senderKind")}, ${p("nameSealed")},
        ${p("type")}, ${p("bytes")}, ${p("sha256")}, ${p("at")}
        where (select count(*) from ${visitFiles}
          where ${visitFiles.thread} = ${p("thread")} and ${visitFiles.senderKind} = ${p("senderKind")}) < ${p("most")}`,
    )
    .returning({ id: visitFiles.id }),
)
