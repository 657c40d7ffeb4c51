import type { Database } from "bun:sqlite"
import type { Invariant } from "../parts.ts"

/**
 * A turn asks again for the right behind a key or a screen only where something has been said in `accounts` since (`web/signed-in.ts`). So
 * nothing that gives or takes a right may change without a fact that names it.
 */
export const saidWithIt: Invariant = {
  name: "a right does not change unsaid",
  watch: (_sim, broken) => {
    /** What has been said in `accounts` since the last look. */
    let said: string[] = []
    let before: Map<string, string> | null = null
    return {
      done({ facts }) {
        for (const { stream, kind, body } of facts) {
          if (stream === "accounts") said.push(`${kind} ${JSON.stringify(body)}`)
        }
      },
      store(raw) {
        const now = rightsIn(raw)
        for (const [id, right] of before ?? []) {
          if (now.get(id) !== right && !said.some((fact) => fact.includes(id))) {
            broken(`${id} was ${right}, is ${now.get(id) ?? "gone"}, and nobody has said so`)
          }
        }
        before = now
        said = []
      },
    }
  },
}

/** By id: what staff may do and where, which screens stand, what keys open. */
function rightsIn(raw: Database): Map<string, string> {
  const rows = raw
    .query<{ id: string; right: string }, []>(
      `SELECT id, concat_ws(' ', 'staff', role, scope_kind, scope, disabled_at IS NULL) AS right FROM staff
       UNION ALL SELECT id, concat_ws(' ', kind, office, revoked_at IS NULL) FROM device
       UNION ALL SELECT id, concat_ws(' ', 'key of', subject, scopes, office, addresses, until, revoked_at IS NULL) FROM api_key`,
    )
    .all()
  return new Map(rows.map(({ id, right }) => [id, right]))
}
