import { and, desc, gt, gte, isNotNull, max } from "drizzle-orm"
import { accountsStream, canonical } from "../../../../db/facts.ts"
import { facts } from "../../../../db/schema/facts.ts"
import {
  type AnchorHeads,
  recordingAnchors,
  recordingSegments,
  type SegmentRow,
} from "../../../../db/schema/recordings.ts"
import type { Store } from "../../../../db/store.ts"
import type { Tx } from "../../../../db/write.ts"
import type { Instant } from "../../../base/day.ts"
import type { Keys } from "../../../base/seal.ts"
import { hashOfText } from "./chain.ts"
import { recordingTimes } from "./times.ts"

/*
 * Whoever may write the whole store can write its chains anew from the beginning. So the heads of everything that is chained are signed
 * once an hour, and what was signed is put where an operator copies it from this machine: with it, a chain that is another one by now, or
 * shorter, is told.
 */

/** What is said of an anchor to whoever keeps it elsewhere. */
export interface Anchor {
  at: Instant
  digest: string
  signature: string
}

/** What a signature is over: the digest names every head, and when. */
export const anchorText = ({ at, digest }: Pick<Anchor, "at" | "digest">) => `dawr-anchor-v1\n${at}\n${digest}`

const digestOf = (at: Instant, heads: AnchorHeads) => hashOfText(`${at}\n${canonical(heads)}`)

/** Whether an hour has passed, and something was recorded in it. */
export async function wantsAnchor(store: Store, now: Instant): Promise<boolean> {
  const last = await lastAnchorAt(store)
  return now >= last + recordingTimes.anchor && Object.keys(await grownSince(store, last)).length > 0
}

/** Signs the heads as they stand. */
export async function anchor(tx: Tx, keys: Keys): Promise<Anchor> {
  const last = await lastAnchorAt(tx)
  const heads = { streams: await streamHeads(tx), segments: await grownSince(tx, last) }
  const digest = digestOf(tx.now, heads)
  const signature = keys.sign(anchorText({ at: tx.now, digest }))
  await tx.db.insert(recordingAnchors).values({ at: tx.now, heads, digest, signature })
  await tx.say(accountsStream, "recording.anchored", { digest, signature })
  return { at: tx.now, digest, signature }
}

/** What signed heads say of a segment; an anchor that was bent says that nothing is right. */
export async function anchoredHeads(
  store: Store,
  keys: Keys,
  { id, startedAt }: SegmentRow,
): Promise<AnchorHeads["segments"][string][]> {
  const all = await store.db.select().from(recordingAnchors).where(gte(recordingAnchors.at, startedAt))
  return all.flatMap(({ at, heads, digest, signature }) => {
    const own = heads.segments[id]
    if (!own) return []
    const isWhole = digestOf(at, heads) === digest && keys.isSignature(anchorText({ at, digest }), signature)
    return [isWhole ? own : ([own[0], ""] as [number, string])]
  })
}

async function lastAnchorAt(store: Store): Promise<Instant> {
  const rows = store.db.select({ at: recordingAnchors.at }).from(recordingAnchors)
  return (await rows.orderBy(desc(recordingAnchors.at)).limit(1))[0]?.at ?? 0
}

async function grownSince(store: Store, since: Instant): Promise<AnchorHeads["segments"]> {
  const rows = await store.db
    .select({ id: recordingSegments.id, chunks: recordingSegments.chunks, head: recordingSegments.head })
    .from(recordingSegments)
    .where(and(isNotNull(recordingSegments.receiptAt), gt(recordingSegments.receiptAt, since)))
  return Object.fromEntries(rows.map(({ id, chunks, head }) => [id, [chunks, head]]))
}

/** Of the row with the largest number of each stream: SQLite takes the other columns of a `max` from its row (lang_select.html#bareagg). */
async function streamHeads(store: Store): Promise<AnchorHeads["streams"]> {
  const rows = await store.db
    .select({ stream: facts.stream, seq: max(facts.seq), hash: facts.hash })
    .from(facts)
    .groupBy(facts.stream)
  return Object.fromEntries(rows.map(({ stream, seq, hash }) => [stream, [seq ?? 0, hash]]))
}
