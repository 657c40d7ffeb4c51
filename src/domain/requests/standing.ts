import type { ParticipantRow } from "../../../db/schema/visits.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"
import { Refusal } from "../../base/refusal.ts"
import { usablePasskeys } from "../access/passkeys.ts"
import { checkedNow, levelNow } from "../visits/identity.ts"
import { recordingStands } from "../visits/recording/stands.ts"
import { roster, visit } from "../visits/visits.ts"
import type { Service } from "./service.ts"

/* Whether a service may be carried out in a visit at this moment, and by which connection of which two people. */

/** What stands in the way: there is no talk; nobody is sure enough who it is; the person has no passkey; nothing is recorded. */
export type Hindrance = "not_in_call" | "identity" | "passkey" | "recording"

/** What the server has seen of how the two talk: the fingerprint of each side's key (RFC 8122), as it went to the other. */
export interface Fingerprints {
  citizen: string | null
  agent: string | null
}

/** Where a service is carried out: whose visit, with which agent, at which of the office's instants. */
export interface Place {
  visit: string
  person: string
  agent: string
  now: Instant
}

export interface Two {
  citizen: ParticipantRow
  agent: ParticipantRow
}

/** The person and the agent, both let in and talking to each other; `null` where they are not. */
export async function twoInCall(store: Store, visitId: string, agent: string): Promise<Two | null> {
  const { row, phase } = await visit(store, visitId)
  if (phase !== "call" && phase !== "private") return null
  const all = await roster(store, visitId)
  const citizen = all.find(({ kind, state }) => kind === "citizen" && state === "admitted")
  const other = all.find(({ subject, state }) => subject === agent && state === "admitted")
  if (!citizen || !other || citizen.subject !== row.person) return null
  return citizen.page === null || other.page === null ? null : { citizen, agent: other }
}

/**
 * Who else helps the person to understand and to decide, and is there now: an interpreter, a guardian. Without one of them the person may not
 * know what they confirm.
 */
export async function helpersIn(store: Store, visitId: string): Promise<string[]> {
  return (await roster(store, visitId))
    .filter(({ kind }) => kind !== "citizen" && kind !== "agent" && kind !== "supervisor")
    .filter(({ state, presence }) => state === "admitted" && (presence === "online" || presence === "reconnecting"))
    .map(({ id }) => id)
}

/** How the house is set up, as far as it decides what a service needs. */
export interface HouseRules {
  /** A demonstration: a passkey can be done without. */
  isDemo?: boolean
  /** Visits are recorded here, so what needs a recording is not done without one. A house that records nothing has decided so. */
  isRecorded?: boolean
}

/** The first thing that hinders this service in this visit; `null`: nothing does. */
export async function hindrance(
  store: Store,
  { identity, needsRecording }: Service,
  { visit: id, person, agent, now }: Place,
  { isDemo = false, isRecorded = false }: HouseRules = {},
): Promise<Hindrance | null> {
  if ((await twoInCall(store, id, agent)) === null) return "not_in_call"
  if ((await levelNow(store, id)) < 1) return "identity"
  if (identity === 3 && !(await checkedNow(store, id))) return "identity"
  if (identity >= 2 && !isDemo && (await usablePasskeys(store, { kind: "citizen", id: person })).length === 0) {
    return "passkey"
  }
  return needsRecording && isRecorded && !(await recordingStands(store, id, now)) ? "recording" : null
}

/** Refuses `wrong_state`, `identity_needed`, `recording_needed`. */
export async function mustStand(store: Store, service: Service, asked: Place, house: HouseRules = {}): Promise<void> {
  const found = await hindrance(store, service, asked, house)
  if (found === "not_in_call") throw new Refusal("wrong_state", { state: found })
  if (found === "recording") throw new Refusal("recording_needed")
  if (found !== null) throw new Refusal("identity_needed", { identity: service.identity, lacks: found })
}
