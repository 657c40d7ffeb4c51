import { startSession } from "../domain/access/sessions.ts"
import { type Citizen, isStaff, type Staff } from "../domain/access/subject.ts"
import type { TestServer } from "./server.ts"
import { type Visited, visitor } from "./visitor.ts"

export type SignedIn = Awaited<ReturnType<typeof signedIn>>

/** Somebody with a browser of the plainest kind and a session, without the work of a password. */
export async function signedIn(server: TestServer, somebody: Citizen | Staff) {
  const who = visitor(() => server.origin)
  const { office, keys } = server
  const now = office.clock.real()
  const factors = { factors: "password+passkey", provenAt: now, userAgent: "" }
  const kind = isStaff(somebody) ? ("staff" as const) : ("citizen" as const)
  const given = { kind, subject: somebody.id, role: somebody.role, ...factors }
  const { token, session } = await office.write((tx) => startSession(tx, given, now))
  who.cookies.set("sid", token)
  const _form = keys.capability("form", session.id)
  return {
    token,
    get: who.get,
    /** Sends a form; a field with several values is sent several times, as checkboxes are. */
    send: (path: string, fields: Record<string, string | string[]> = {}) => {
      const body = new URLSearchParams({ _form })
      for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one)
      return who.ask(path, {
        method: "POST",
        body,
        headers: { Origin: server.origin, "Sec-Fetch-Site": "same-origin" },
      })
    },
  }
}

/** The path that an answer leads to. */
export const leadsTo = ({ location }: Visited) => new URL(location ?? "/nowhere", "http://here").pathname

/** What a reader reads: the page without its markup. */
export function reading({ text }: Visited): string {
  return text
    .replace(/<[^>]+>/g, " ")
    .replaceAll("&#39;", "'")
    .replace(/\s+/g, " ")
}
