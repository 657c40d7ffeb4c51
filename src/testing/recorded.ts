import type { SegmentWhat } from "../../db/schema/recordings.ts"
import { machineChance } from "../base/clock.ts"
import { openLog } from "../base/log.ts"
import type { Citizen } from "../domain/access/subject.ts"
import { hashOf } from "../domain/visits/recording/chain.ts"
import { type Answer, answerConsent } from "../domain/visits/recording/consents.ts"
import { acceptChunk, expectChunk, openSegment, type SegmentState } from "../domain/visits/recording/segments.ts"
import { recordingState } from "../domain/visits/recording/stands.ts"
import { openStorage, type Storage } from "../outside/storage.ts"
import { putChunk } from "../web/recording-files.ts"
import { ownFolder } from "./process.ts"
import { type VideoHall, videoHall } from "./video.ts"

/* Recordings without a browser: what an agent's page would send, through the same doors. */

export type Recorder = Awaited<ReturnType<typeof recorder>>

/** A video office whose visits are recorded, with what a test about recordings says again and again. */
export async function recordingHall(plan: Parameters<typeof videoHall>[0] = {}) {
  const hall = await videoHall(plan)
  const storage = openStorage(ownFolder())
  return Object.assign(hall, {
    storage,
    recorder: (id: string, number = 1) => recorder(hall, storage, id, number),
    /** Somebody with their hands in the store. */
    bend: (text: string) =>
      hall.write(async ({ connection }) => {
        connection.raw.run(text)
      }),
  })
}

export const shown = { version: "1", lang: "ar", textHash: "of-the-text", basis: "consent" } as const

const filesOf = ({ store, keys, clock }: VideoHall, storage: Storage) => ({
  ...{ store, keys, storage, chance: machineChance, log: openLog(() => {}, clock.real) },
})

/** What the nth agent's page does with a visit. */
async function recorder(hall: VideoHall, storage: Storage, id: string, number: number) {
  const agent = hall.agent(number)
  let made = 0

  const own = {
    agent,
    answers: (who: Citizen, answer: Answer = "given") => hall.write((tx) => answerConsent(tx, who, id, answer, shown)),
    async state() {
      return (await recordingState(hall.store, await hall.video.now(id), hall.clock.office())).state
    },
    /** A segment of somebody in the visit. */
    async opens(
      kind: "citizen" | "agent" | "interpreter" = "citizen",
      more: { what?: SegmentWhat; age?: number } = {},
    ) {
      const { id: of } = await hall.video.participant(id, kind)
      const segment = `${number}${++made}`.padStart(32, "a")
      const given = { segment, of, what: more.what ?? "camera", mime: "video/webm", ageMilliseconds: more.age ?? 0 }
      return hall.write((tx) => openSegment(tx, hall.keys, agent, id, given))
    },
    /** Puts bytes where they belong and has them chained, as the server does with what a page sends. */
    async sends(to: SegmentState, bytes: Uint8Array, age = 0): Promise<SegmentState> {
      const given = {
        ...{ seq: to.seq + 1, prev: to.head, hash: hashOf(bytes), length: bytes.length, ageMilliseconds: age },
      }
      const { row, isKnown } = await expectChunk(hall.store, agent, id, to.segment, given)
      if (isKnown) return { ...to, seq: row.chunks, head: row.head }
      await putChunk(filesOf(hall, storage), row, given, bytes)
      return hall.write((tx) => acceptChunk(tx, agent, id, to.segment, given))
    },
    /** So many chunks, two seconds each. */
    async goesOn(to: SegmentState, count: number): Promise<SegmentState> {
      let now = to
      for (let n = 0; n < count; n++) {
        await hall.video.pass(2_000)
        now = await own.sends(now, bytesOf(now.seq + 1))
      }
      return now
    },
  }
  return own
}

export const bytesOf = (seq: number) => new TextEncoder().encode(`chunk ${seq}`.repeat(20))
