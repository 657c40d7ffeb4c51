import { createHmac } from "node:crypto"
import type { Instant } from "../base/day.ts"

/*
 * The relay for calls between networks that do not let each other in (RFC 8656), e.g. coturn with `use-auth-secret`. It shares a secret
 * with us and knows nobody: who shows a user name with a time that is not over, and our signature of it, may use it
 * (draft-uberti-behave-turn-rest-00).
 */

export interface Relay {
  /** `turn:` and `turns:` addresses. */
  urls: readonly string[]
  secret: string
}

/** As `RTCConfiguration.iceServers` has it. */
export interface IceServer {
  urls: string[]
  username: string
  credential: string
}

/** So long one may begin to use it. A relay asks only at the beginning: a call that runs is not cut when this is over. */
export const turnSeconds = 600

/** What one participant shows to the relay from `now`, the real clock's, on. */
export function iceServer({ urls, secret }: Relay, participant: string, now: Instant): IceServer {
  const username = `${Math.floor(now / 1000) + turnSeconds}:${participant}`
  const credential = createHmac("sha1", secret).update(username).digest("base64")
  return { urls: [...urls], username, credential }
}
