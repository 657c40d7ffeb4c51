import { verifyChains } from "../../../../db/verify.ts"
import type { Invariant } from "../parts.ts"

/** Facts follow each other without a gap and without the time ever going back, and the chain of each stream holds. */
export const sequence: Invariant = {
  name: "the record is whole",
  watch: (_sim, broken) => {
    const heads = new Map<string, number>()
    let latest = 0
    return {
      done({ asked, facts, now, isRepeated }) {
        if (now < latest) broken(`${asked.what} has the time ${now}, after one of ${latest}`)
        // Whoever only looked has left nothing by which its time could be known again after a restart.
        const hasWritten = facts.length > 0 || (asked.key !== "" && !isRepeated) || asked.what === "touch"
        if (hasWritten) latest = Math.max(latest, now)
        for (const { stream, seq, kind, at } of facts) {
          const head = heads.get(stream)
          if (head !== undefined && seq !== head + 1) broken(`${kind} is fact ${seq} of ${stream}, after ${head}`)
          if (at !== now) broken(`${kind} is of ${at}, its turn of ${now}`)
          heads.set(stream, seq)
        }
      },
      store(raw) {
        const verdict = verifyChains(raw)
        for (const wrong of verdict.wrong) broken(wrong)
        for (const [stream, seq] of heads) {
          const there = verdict.heads[stream]?.seq ?? 0
          if (there !== seq) broken(`${stream} ends with ${there}, but ${seq} was on disk`)
        }
      },
    }
  },
}
