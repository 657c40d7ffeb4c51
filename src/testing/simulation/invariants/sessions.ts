import type { Invariant } from "../parts.ts"

/** Nothing is done by a session after its end. */
export const sessions: Invariant = {
  name: "a session that has ended does nothing",
  watch: (_sim, broken) => {
    const ended = new Map<string, number>()
    return {
      done({ asked, session, now, facts }) {
        const since = session === null ? undefined : ended.get(session)
        if (since !== undefined) broken(`${asked.what} of ${asked.by.id} at ${now} by a session that ended at ${since}`)
        for (const fact of facts) {
          if (fact.kind === "session.ended" && fact.body.session) ended.set(fact.body.session, fact.at)
        }
      },
    }
  },
}
