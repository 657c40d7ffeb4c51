import type { CheckRow, StepKind } from "../../db/schema/identity.ts"
import { sha256 } from "../base/seal.ts"
import type { Citizen } from "../domain/access/subject.ts"
import { type Answered, answerStep, drawCheck, measure, openStep } from "../domain/visits/checking.ts"
import { keepPicture, pictureComes } from "../domain/visits/pictures.ts"
import type { VideoHall } from "./video.ts"

/** The smallest thing that begins as a JPEG does. */
export const jpeg = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1])

/** What a test of identity says again and again. */
export function checksIn(hall: VideoHall) {
  const { write, keys, store } = hall
  const good = () => ({ w: 640, h: 360, fps: 24, loss: 0, at: hall.clock.office() })
  const checks = {
    good,
    draw: (id: string, number = 1) => write((tx) => drawCheck(tx, hall.agent(number), id)),
    now: (id: string) => openStep(store, id),
    measured: (id: string, received: ReturnType<typeof good> | null = good()) =>
      write((tx) => measure(tx, hall.agent(), id, received, hall.clock.real())),
    /** The agent's word on whatever is next. */
    async say(id: string, result: Answered["result"] = "pass", note: string | null = null): Promise<CheckRow> {
      const { step } = await checks.now(id)
      const given = { place: step.place, result, note }
      return write((tx) => answerStep(tx, keys, hall.agent(), id, given, hall.clock.real()))
    },
    /** Both pictures of the step that is asked for. */
    async pictures(id: string, who: Citizen): Promise<void> {
      for (const by of [who, hall.agent()]) {
        const { id: picture } = await write((tx) => pictureComes(tx, keys, by, id, jpeg))
        const kept = { id: picture, sha256: sha256(picture), bytes: jpeg.length }
        await write((tx) => keepPicture(tx, by, id, kept))
      }
    },
    /** From where it stands on to its end, each step passed but those that are named. */
    async through(
      id: string,
      who: Citizen,
      but: Partial<Record<StepKind, Answered["result"]>> = {},
    ): Promise<CheckRow> {
      for (;;) {
        const { check, step } = await checks.now(id)
        let after: CheckRow = check
        if (step.kind === "measured" && !but.measured) await checks.measured(id)
        else {
          if (step.kind === "picture" && !but.picture) await checks.pictures(id, who)
          after = await checks.say(id, but[step.kind] ?? "pass")
        }
        if (after.state !== "open") return after
      }
    },
  }
  return checks
}
