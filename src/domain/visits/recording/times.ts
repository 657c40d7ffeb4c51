import { hour } from "../../../base/day.ts"

/*
 * Every span and limit of a recording, in one place. Milliseconds, unless the name says otherwise.
 */

const second = 1_000

export const recordingTimes = {
  /** A page sends a chunk this often. */
  chunk: 2 * second,
  /** No receipt for so long: the recording is interrupted, and both sides are told. */
  silent: 8 * second,
  /** What came last was taken so long ago: what needs a recording waits. */
  behind: 30 * second,
  /** What is being taken when a recording is stopped comes to its end: one chunk, and what a page needs to hear of it. */
  slack: 2 * 2 * second,
  /** A page that was lost has so long to bring what it still has; then the segment is closed as incomplete. */
  late: 24 * hour,
  /** How long a review that was opened stays open. */
  review: hour,
  /** How often the heads of everything are signed. */
  anchor: hour,
} as const

export const recordingLimits = {
  /** Far above two seconds of anything. */
  chunkBytes: 4 * 1024 * 1024,
  /** Far above a day of many people in one visit. */
  visitBytes: 16 * 1024 * 1024 * 1024,
  visitSegments: 1_000,
  /** So many chunks at once, and from then on one each so many milliseconds: a page has a chunk every two seconds. */
  chunksAtOnce: 60,
  chunkEvery: 400,
  reasonLeast: 10,
  reasonMost: 500,
} as const
