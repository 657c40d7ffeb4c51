import { isStillKnown } from "../../db/known.ts"
import type { Instant } from "../base/day.ts"
import { token } from "../base/id.ts"
import { isRefusal } from "../base/refusal.ts"
import { householdOf, type Peers } from "./address.ts"
import { headersOf } from "./headers.ts"
import type { House } from "./house.ts"
import type { Budget } from "./limit.ts"

/*
 * Answers that are the same to whoever is nobody. Most who look at the times of an office are, and ask for the same; what one of them got is
 * kept whole, under all of the request that it could depend on, and is given to the next as long as what it was made of is true. Nothing is
 * asked anew for it and nobody waits, so it costs little more than a page that never changes.
 */

export interface KeptAnswer {
  /** What it was made of, as `known` gave it; beyond that it may depend on the setup, and on nothing else of the store. */
  of: object
  /** From then on it would say something else even so: another day, another minute. */
  until: Instant
  type: string
  /** The body, and with a nonce whatever else is each answer's own. */
  body: string | ((own: { nonce: string; now: Instant }) => Uint8Array<ArrayBuffer>)
}

export interface KeptAnswers {
  /** Under what an answer to this request would be kept; `null` where its answer is somebody's own or the request does more than ask. */
  keyOf(request: Request, isForProgram: boolean): string | null
  /** To a stranger: the whole answer, where it is still true and there is room for one more in this moment. */
  forStranger(key: string, request: Request, peers: Peers | undefined): Response | null
  /** To a program that has passed its gates: the same, without the headers that every answer gets. */
  forProgram(key: string): Response | null
  keep(key: string, answer: KeptAnswer): void
}

/** Some days of all offices of an agency, in every language that browsers name. */
const most = 300
/** What is asked under a longer key is nothing that many ask for. */
const keyMost = 500
/**
 * So many are given before whatever else has come in is heard: as long as one answer that is made takes. Whoever comes after them waits in
 * the queue of those who look round.
 */
const together = 64

/** What a browser keeps of whoever has not said who they are. */
const nobodysCookies = /^(?:(?:__Host-)?lang|zone)=[^;]*(?:; (?:(?:__Host-)?lang|zone)=[^;]*)*$/

export function openKeptAnswers(
  house: Pick<House, "store" | "clock" | "chance" | "env">,
  budget: Budget,
  soon: (run: () => void) => void,
): KeptAnswers {
  const answers = new Map<string, KeptAnswer>()
  let given = 0

  function trueOne(key: string): KeptAnswer | null {
    const found = answers.get(key)
    if (!found) return null
    const now = house.clock.office()
    if (now < found.until && isStillKnown(house.store, found.of, now)) return found
    answers.delete(key)
    return null
  }

  /** Counts it as any other request of a stranger. Whoever has spent what an address may is refused where all are. */
  function isPaidFor(request: Request, peers: Peers | undefined): boolean {
    try {
      budget.spend(householdOf(request, peers, house.env.trustedProxies), house.clock.real())
      return true
    } catch (thrown) {
      if (isRefusal(thrown)) return false
      throw thrown
    }
  }

  return {
    keyOf({ method, url, headers }, isForProgram) {
      if (method !== "GET" || url.includes("lang=") || url.includes("dawr_")) return null
      // Nobody's cookies are looked at where programs ask, and no key where people do.
      const cookies = isForProgram ? "" : (headers.get("Cookie") ?? "")
      if (cookies !== "" && !nobodysCookies.test(cookies)) return null
      // The host is in the address, and once more as it was sent: what is no host must not look like part of a path.
      const key = `${url} ${headers.get("Host")} ${cookies} ${headers.get("Accept-Language")}`
      return key.length > keyMost ? null : key
    },
    forStranger(key, request, peers) {
      const found = given < together ? trueOne(key) : null
      if (!found || !isPaidFor(request, peers)) return null
      if (given++ === 0) {
        soon(() => {
          given = 0
        })
      }
      const { type, body } = found
      const nonce = typeof body === "string" ? "" : token(house.chance, 16)
      const headers = headersOf(house, { requestId: token(house.chance, 9), nonce, type })
      return new Response(typeof body === "string" ? body : body({ nonce, now: house.clock.office() }), { headers })
    },
    forProgram(key) {
      const found = trueOne(key)
      return typeof found?.body === "string"
        ? new Response(found.body, { headers: { "Content-Type": found.type } })
        : null
    },
    keep(key, answer) {
      answers.delete(key)
      answers.set(key, answer)
      const [oldest] = answers.keys()
      if (answers.size > most && oldest !== undefined) answers.delete(oldest)
    },
  }
}
