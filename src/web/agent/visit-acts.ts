import type { Tx } from "../../../db/write.ts"
import type { Keys } from "../../base/seal.ts"
import { cleanText } from "../../base/text.ts"
import type { Staff } from "../../domain/access/subject.ts"
import { inHand, type Outcome } from "../../domain/queue/serving.ts"
import { end, sendOn } from "../../domain/requests/ending.ts"
import { goOnWithOthers, hangUp, hold, resume, talkPrivately } from "../../domain/visits/calls.ts"
import { readNow } from "../../domain/visits/chat.ts"
import { admit, invite, leaveOutside, remove } from "../../domain/visits/participants.ts"
import { type PauseReason, pauseRecording, resumeRecording } from "../../domain/visits/recording/gaps.ts"
import { leaveWaiting, ringOff, ringOnceMore } from "../../domain/visits/ringing.ts"
import { leaveWord } from "../../domain/visits/word.ts"
import { askedAbout } from "./asking.ts"
import { readTarget } from "./send-on.tsx"

export interface VisitGiven {
  to?: string | undefined
  sendNote?: string | undefined
  guestName?: string | undefined
  guestKind?: "interpreter" | "guardian" | undefined
  word?: string | undefined
  pauseReason?: PauseReason | undefined
  forAgent?: string | undefined
}

/**
 * What the agent's buttons do with the visit in hand; `null` for a word that is none of them. `other`: a participant, the message up to which
 * was read, or the requests that the question named.
 */
export function visitTurn(
  verb: string,
  {
    agent,
    id,
    other,
    keys,
    given,
    result,
  }: {
    agent: Staff
    id: string
    other: string
    keys: Keys
    given: VisitGiven
    result: { outcome: Outcome; note: string | null }
  },
): ((tx: Tx) => Promise<unknown>) | null {
  const turns: Record<string, (tx: Tx) => Promise<unknown>> = {
    "visit-again": (tx) => ringOnceMore(tx, agent, id),
    "visit-off": (tx) => ringOff(tx, agent, id),
    "visit-read": (tx) => readNow(tx, agent, id, other),
    "visit-hold": (tx) => hold(tx, agent, id),
    "visit-resume": (tx) => resume(tx, agent, id),
    "visit-private": (tx) => talkPrivately(tx, agent, id, other),
    "visit-hangup": (tx) => hangUp(tx, agent, id),
    "visit-on": (tx) => goOnWithOthers(tx, agent, id),
    "visit-admit": (tx) => admit(tx, agent, id, other),
    "visit-not-ring": (tx) => leaveWaiting(tx, agent, id),
    "visit-not-admit": (tx) => leaveOutside(tx, agent, id, other),
    "visit-remove": (tx) => remove(tx, agent, id, other),
    "visit-invite": (tx) => {
      const name = cleanText(given.guestName ?? "", "guestName", 80)
      return invite(tx, keys, agent, id, { kind: given.guestKind ?? "interpreter", name })
    },
    "record-pause": (tx) => pauseRecording(tx, agent, id, given.pauseReason ?? "other"),
    "record-resume": (tx) => resumeRecording(tx, agent, id),
    "visit-send": (tx) => sending(tx, []),
    "visit-send-anyway": (tx) => sending(tx, askedAbout(other)),
    "visit-end": (tx) => ending(tx, []),
    "visit-end-anyway": (tx) => ending(tx, askedAbout(other)),
  }
  async function ending(tx: Tx, confirmed: string[]): Promise<unknown> {
    if (given.word) await leaveWord(tx, keys, agent, id, given.word)
    return end(tx, agent, id, { ...result, confirmed })
  }
  async function sending(tx: Tx, confirmed: string[]): Promise<unknown> {
    const note = given.sendNote ? cleanText(given.sendNote, "sendNote", 2_000) : null
    const to = readTarget(given.to)
    const forAgent = to.office === undefined && given.forAgent ? given.forAgent : null
    // Who has been sent on waits elsewhere, and a second click must not send them on again.
    const { service } = await inHand(tx, agent, id, "called", "serving")
    // Who goes to a colleague for the same thing has waited for it already.
    const reason = forAgent !== null && to.service === service ? "correction" : "next_step"
    return sendOn(tx, keys, agent, id, { ...to, reason, note, forAgent, confirmed })
  }
  return turns[verb] ?? null
}
