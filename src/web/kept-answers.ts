import { isStillKnown } from "../../db/known.ts"
import type { Instant } from "../base/day.ts"
import { token } from "../base/id.ts"
import { isRefusal } from "../base/refusal.ts"
import type { Lang } from "../i18n/lang.ts"
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
  /** About how many bytes are kept with it. */
  size: number
}

/** What of a request shapes an answer that is nobody's own. */
export interface Asked {
  request: Request
  isForProgram: boolean
  lang: Lang
  /** In which zone the reader's browser sits, where it has said so. */
  zone: string | null
}

export interface KeptAnswers {
  /** Under what an answer to this would be kept; `null` where its answer is somebody's own or the request does more than ask. */
  keyOf(asked: Asked): string | null
  /** To a stranger: the whole answer, where it is still true and there is room for one more in this moment. */
  forStranger(key: string, request: Request, peers: Peers | undefined): Response | null
  /** To a program that has passed its gates: the same, without the headers that every answer gets. */
  forProgram(key: string): Response | null
  /** Keeps it, unless it is not true any more. */
  keep(key: string, answer: KeptAnswer): void
  /** What there is of them. */
  numbers(): { answers: number; bytes: number }
}

/** Some days of all offices of an agency, for readers of both languages and of some zones; the one that was asked for longest ago goes first. */
const most = { answers: 1_000, bytes: 16 * 1024 * 1024 }
/** What is asked under a longer key is nothing that many ask for. */
const keyMost = 500
/**
 * So many are given before whatever else has come in is heard: as long as one answer that is made takes. Whoever comes after them waits in
 * the queue of those who look round.
 */
const together = 64

/** What a browser keeps of whoever has not said who they are. */
const nobodysCookies = /^(?:(?:__Host-)?lang|zone)=[^;]*(?:; (?:(?:__Host-)?lang|zone)=[^;]*)*$/

/** What was made of something holds it no longer than whoever knows it does. */
type Kept = Omit<KeptAnswer, "of"> & { of: WeakRef<object> }

export function openKeptAnswers(
  house: Pick<House, "store" | "clock" | "chance" | "env">,
  budget: Budget,
  soon: (run: () => void) => void,
): KeptAnswers {
  const answers = new Map<string, Kept>()
  let bytes = 0
  let given = 0

  function take(key: string): Kept | undefined {
    const found = answers.get(key)
    if (found && answers.delete(key)) bytes -= found.size
    return found
  }

  function put(key: string, kept: Kept): void {
    take(key)
    answers.set(key, kept)
    bytes += kept.size
    for (const oldest of answers.keys()) {
      if (answers.size <= most.answers && bytes <= most.bytes) break
      take(oldest)
    }
  }

  function isTrue(of: object | undefined, until: Instant): boolean {
    const now = house.clock.office()
    return of !== undefined && now < until && isStillKnown(house.store, of, now)
  }

  /** The answer that is kept, if it is true; what is not is let go. */
  function trueOne(key: string): Kept | null {
    const found = take(key)
    if (!found || !isTrue(found.of.deref(), found.until)) return null
    put(key, found)
    return found
  }

  /** Counts it like every request of a stranger. Whoever has spent what an address may is refused where all are. */
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
    keyOf({ request: { method, url, headers }, isForProgram, lang, zone }) {
      // A wish for another language is carried out each time.
      if (method !== "GET" || url.includes("lang=")) return null
      // Where programs ask nobody's cookies are looked at.
      const cookies = isForProgram ? "" : (headers.get("Cookie") ?? "")
      if (cookies !== "" && !nobodysCookies.test(cookies)) return null
      const key = `${lang} ${zone} ${url}`
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
      if (isTrue(answer.of, answer.until)) put(key, { ...answer, of: new WeakRef(answer.of) })
    },
    numbers: () => ({ answers: answers.size, bytes }),
  }
}
