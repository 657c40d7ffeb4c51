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
  const all = Object.assign(hall, {
    /** A test with a server puts the server's own here. */
    storage: openStorage(ownFolder()),
    recorder: (id: string, number = 1): ReturnType<typeof recorder> => recorder(all, id, number),
    /** Somebody with their hands in the store. */
    bend: (text: string) =>
      hall.write(async ({ connection }) => {
        connection.raw.run(text)
      }),
    /** One bit of a chunk, as it lies on the disk. */
    async turnBit({ thread, segment, seq }: { thread: string; segment: string; seq: number }) {
      const folder = `visits/${thread}/recording/${segment}`
      const name = (await all.storage.list(folder)).find((one) => one.startsWith(String(seq).padStart(6, "0")))
      const bytes = (await all.storage.get(`${folder}/${name}`)) ?? new Uint8Array()
      bytes[40] = (bytes[40] ?? 0) ^ 1
      await all.storage.put(`${folder}/${name}`, bytes)
    },
  })
  return all
}

export const shown = { version: "1", lang: "ar", textHash: "of-the-text", basis: "consent" } as const

type Hall = VideoHall & { storage: Storage }

const filesOf = ({ store, keys, clock, storage }: Hall) => ({
  ...{ store, keys, storage, chance: machineChance, log: openLog(() => {}, clock.real) },
})

/** What the nth agent's page does with a visit. */
async function recorder(hall: Hall, id: string, number: number) {
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
      const { row, isKnown } = await expectChunk(hall.store, agent, id, to.segment, given, hall.clock.office())
      if (isKnown) return { ...to, seq: row.chunks, head: row.head }
      await putChunk(filesOf(hall), row, given, bytes)
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

export const bytesOf = (seq: number): Uint8Array<ArrayBuffer> => new TextEncoder().encode(`chunk ${seq}`.repeat(20))
