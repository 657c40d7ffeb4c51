import { and, eq, sql } from "drizzle-orm"
import { identityPictures, type PictureRow } from "../../../db/schema/identity.ts"
import { statement } from "../../../db/statement.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import type { Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import type { BlobKey, Keys } from "../../base/seal.ts"
import { authorize } from "../access/authorize.ts"
import { type Citizen, isStaff, type Staff } from "../access/subject.ts"
import { office } from "../offices/reads.ts"
import { noteRead } from "../people/read-log.ts"
import { checkById, openStep } from "./checking.ts"
import { fileKey, folderOf } from "./files.ts"
import { typeOf } from "./papers.ts"
import { ownVisit, visit, visitAtHand } from "./visits.ts"

/*
 * Still pictures of a check: as the person's camera took it, and as it arrived at the agent's page. Where the two differ, something stands
 * between them. They are looked at beside each other.
 */

export const pictureLimits = { bytes: 2 * 1024 * 1024, aSide: 4 } as const

/** What is kept of a picture that has come, before its bytes are sealed and laid down. */
export interface Coming {
  id: string
  key: BlobKey
  path: string
  place: string
}

/**
 * Makes ready for a picture of the step that is asked for. Refuses `file_unknown` for anything but a JPEG, `too_large`, `not_found`,
 * `wrong_state` where no picture is asked for.
 */
export async function pictureComes(
  tx: Tx,
  keys: Keys,
  by: Citizen | Staff,
  id: string,
  bytes: Uint8Array,
): Promise<Coming> {
  const { row } = await askedFor(tx, by, id)
  if (bytes.length > pictureLimits.bytes) throw new Refusal("too_large", { max: pictureLimits.bytes })
  if (typeOf(bytes) !== "image/jpeg") throw new Refusal("file_unknown")
  const picture = tx.id()
  return { id: picture, key: await fileKey(tx, keys, row.thread), ...lies(row.thread, picture) }
}

/** Names a picture that lies there now. The number of them is held by the statement. Refuses as before, and `limit_reached`. */
export async function keepPicture(
  tx: Tx,
  by: Citizen | Staff,
  id: string,
  { id: picture, sha256, bytes }: { id: string; sha256: string; bytes: number },
): Promise<PictureRow> {
  const { row, check, step } = await askedFor(tx, by, id)
  const side = isStaff(by) ? "received" : "sent"
  const given = { picture, check: check.id, thread: row.thread, place: step.place, side, sha256, bytes, by: by.id }
  const [kept] = await insertPicture(tx).execute({ ...given, at: tx.now, most: pictureLimits.aSide })
  if (!kept) throw new Refusal("limit_reached", { max: pictureLimits.aSide })
  const said = { visit: id, check: check.id, place: step.place, picture, side, sha256 }
  await tx.say(row.office, "picture.taken", { ...said, subject: row.person })
  return kept
}

async function askedFor(tx: Tx, by: Citizen | Staff, id: string) {
  const { row } = isStaff(by) ? await visitAtHand(tx, by, id) : await ownVisit(tx, by, id)
  const { check, step } = await openStep(tx, id)
  if (isStaff(by) && check.agent !== by.id) throw new Refusal("forbidden")
  if (step.kind !== "picture" || check.asked === null) throw new Refusal("wrong_state", { state: step.kind })
  return { row, check, step }
}

/**
 * Lets somebody of the staff see a picture, and writes down that they did: who went through the check, a supervisor, and whoever may decide a
 * rejection that waits. Refuses `not_found`. `realNow`: the real clock's.
 */
export async function openPicture(tx: Tx, by: Staff, pictureId: string, realNow: Instant): Promise<PictureRow> {
  const { picture, office: where, visit: of, person, check } = await pictureFor(tx, by, pictureId)
  await noteRead(tx, { staff: by.id, person, what: "identity", office: where, about: of }, realNow)
  const said = { visit: of, check, picture: picture.id, by: by.id }
  await tx.say(where, "picture.opened", { ...said, subject: person })
  return picture
}

/** As `openPicture`, without a word: for whoever has just been written down. Refuses `not_found`. */
export async function pictureFor(store: Store, by: Staff, pictureId: string) {
  const [picture] = await store.db.select().from(identityPictures).where(eq(identityPictures.id, pictureId))
  if (!picture) throw new Refusal("not_found", { what: "picture" })
  const check = await checkById(store, picture.check)
  const { row } = await visit(store, check.visit)
  authorize(by, "picture.open", await office(store, row.office))
  const isWaiting = check.state === "rejected" && check.second === null
  const mayLook = by.id === check.agent || by.id === check.secondBy || by.role === "supervisor" || isWaiting
  if (!mayLook) throw new Refusal("not_found", { what: "picture" })
  return { picture, check: check.id, visit: row.id, office: row.office, person: row.person }
}

/** Where a picture lies, and as what it was sealed. */
export function lies(thread: string, picture: string): { path: string; place: string } {
  return { path: `${folderOf(thread)}/picture-${picture}`, place: `picture:${picture}` }
}

const p = sql.placeholder
const insertPicture = statement((db) =>
  db
    .insert(identityPictures)
    .select(
      sql`select ${p("picture")}, ${p("check")}, ${p("thread")}, ${p("place")}, ${p("side")}, ${p("sha256")}, ${p("bytes")},
        ${p("by")}, ${p("at")}
        where (select count(*) from ${identityPictures} where ${and(
          sql`${identityPictures.check} = ${p("check")}`,
          sql`${identityPictures.place} = ${p("place")}`,
          sql`${identityPictures.side} = ${p("side")}`,
        )}) < ${p("most")}`,
    )
    .returning(),
)
