import type { Words } from "../../../db/schema/catalogue.ts"
import type { ParticipantRow } from "../../../db/schema/visits.ts"
import type { Store } from "../../../db/store.ts"
import type { Instant } from "../../base/day.ts"
import { staffNames } from "../access/names.ts"
import { countersOf } from "../queue/tickets.ts"
import type { Received } from "./checking.ts"
import { type Connectivity, connectivityOf, type PanelRow, panel, type Watch } from "./reads.ts"
import { type RecordingState, recordingState } from "./recording/stands.ts"
import { roster, visit } from "./visits.ts"

/** What the one receives of the other, as their page said it last. */
export type ReceivedBy = (by: string, of: string) => Received | null

/** The relay does not take the credentials that the house gives: since when, and to how many people it has happened. */
export interface RelayTrouble {
  since: Instant
  count: number
}

/** A visit at a counter: a room. */
export interface Room extends PanelRow {
  /** Since when this phase. */
  since: Instant
  /** Who sits at the counter, and by which connection; `null` where no agent's page has come. */
  agent: { name: Words | null; connectivity: Connectivity | null }
  /** Staff who have joined. */
  supervisors: string[]
  recording: RecordingState
  /** What the agent's page receives of the person, and the person's of the agent; `null` where nothing was said lately. */
  quality: { ofPerson: Received | null; ofAgent: Received | null }
}

/** Older than this a report says nothing of now: pages report every five seconds. */
const fresh = 20_000

/**
 * All rooms of a video office: who is in a call or rung for, and everybody else whom the office has to do with. It comes from the queue, so
 * that nobody who waits is missing, whatever has become of their connection. No names of citizens.
 */
export async function rooms(
  store: Store,
  office: string,
  now: Instant,
  watch: Watch,
  received: ReceivedBy,
): Promise<{ rooms: Room[]; waiting: PanelRow[]; aside: PanelRow[] }> {
  const { waiting, aside, atCounters } = await panel(store, office, now, watch)
  const counters = await countersOf(store, office)
  const names = await staffNames(
    store,
    counters.flatMap(({ staff }) => staff ?? []),
  )
  const all = await Promise.all(
    atCounters.map(async (row): Promise<Room | PanelRow> => {
      if (row.phase === null) return row
      const of = await visit(store, row.id)
      const there = await roster(store, row.id)
      const desk = counters.find(({ id }) => id === row.counter?.id)
      const agent = there.find(({ kind, subject }) => kind === "agent" && subject === desk?.staff)
      const person = there.find(({ kind }) => kind === "citizen")
      return {
        ...row,
        since: of.row.since,
        agent: {
          name: names.get(desk?.staff ?? "") ?? null,
          connectivity: agent ? connectivityOf(agent, watch) : null,
        },
        supervisors: there.flatMap(({ kind, subject, state }) =>
          kind === "supervisor" && state === "admitted" && subject !== null ? [subject] : [],
        ),
        recording: await recordingState(store, of, now),
        quality: {
          ofPerson: lately(received, agent, person, now),
          ofAgent: lately(received, person, agent, now),
        },
      }
    }),
  )
  const isRoom = (row: Room | PanelRow): row is Room => "recording" in row
  // Of a ticket of nobody known there is no call; it stands where those stand who are at a counter without one.
  return { rooms: all.filter(isRoom), waiting, aside: [...all.filter((row) => !isRoom(row)), ...aside] }
}

function lately(
  received: ReceivedBy,
  by: ParticipantRow | undefined,
  of: ParticipantRow | undefined,
  now: Instant,
): Received | null {
  const found = by && of ? received(by.id, of.id) : null
  return found && now - found.at <= fresh ? found : null
}
