import type { Invariant, Reply } from "../parts.ts"

/** What was answered is on disk, stays there over every restart, and is answered the same however often it is asked under its key. */
export const acknowledged: Invariant = {
  name: "what is acknowledged is on disk",
  watch: (sim, broken) => {
    const answers = new Map<
      string,
      { answer: string; at: number; facts: [stream: string, seq: number, kind: string][] }
    >()
    const owed = new Set<string>()
    const isThere = (stream: string, seq: number) =>
      sim.process.raw
        .query<{ kind: string }, [string, number]>("SELECT kind FROM fact WHERE stream = ? AND seq = ?")
        .get(stream, seq)?.kind
    // Whoever may not ask any more is told nothing of what was done before.
    const isRevoked = (key: string) =>
      sim.process.raw
        .query<{ at: number | null }, [string]>("SELECT revoked_at AS at FROM api_key WHERE id = ?")
        .get(key)?.at != null
    return {
      done({ asked, answer, facts, now, isRepeated }) {
        if (asked.key === "") return
        const before = answers.get(asked.key)
        if (before && !isRepeated && now < before.at + keptFor)
          broken(`${asked.key} was done twice: ${before.answer}, then ${answer}`)
        if (before) return
        answers.set(asked.key, { answer, at: now, facts: facts.map(({ stream, seq, kind }) => [stream, seq, kind]) })
      },
      answered(reply: Reply) {
        const { key } = reply.asked
        const known = answers.get(key)
        if ("ok" in reply && !known) broken(`${key} was acknowledged and is not on disk`)
        if (!known || "unknown" in reply || sim.now() >= known.at + keptFor) return
        const said = "ok" in reply ? reply.ok : reply.refused
        if (
          said !== known.answer &&
          said !== "not_signed_in" &&
          !(said === "bad_token" && isRevoked(reply.asked.by.id))
        )
          broken(`${key} came to ${known.answer}, and is answered with ${said}`)
        if ("ok" in reply) owed.add(key)
      },
      store() {
        for (const key of owed) {
          for (const [stream, seq, kind] of answers.get(key)?.facts ?? []) {
            if (isThere(stream, seq) !== kind)
              broken(`${key} was acknowledged, but its ${kind} (${stream} ${seq}) is not there`)
          }
        }
      },
    }
  },
}

/** Answers are kept for a day. */
const keptFor = 23 * 3_600_000
