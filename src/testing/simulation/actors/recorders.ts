import type { Citizen, Staff } from "../../../domain/access/subject.ts"
import { hashOf } from "../../../domain/visits/recording/chain.ts"
import { answerConsent } from "../../../domain/visits/recording/consents.ts"
import { acceptChunk, closeSegment, expectChunk, openSegment } from "../../../domain/visits/recording/segments.ts"
import { putChunk } from "../../../web/recording-files.ts"
import type { Actor } from "../parts.ts"
import type { Simulation } from "../simulation.ts"
import { videoOffice } from "../world.ts"
import { asking } from "./asking.ts"

interface Segment {
  id: string
  visit: string
  by: string
  chunks: number
  head: string
}

interface Call {
  visit: string
  person: string
  agent: string
  of: string
}

/** Agents' pages that record a call: they ask, begin a segment, send pieces of it, send them once more, and go on after they were away. */
export const recorders: Actor = {
  name: "recorders",
  everyMinutes: 1,
  async act(sim) {
    const open = sim.draw.one(
      sim.rows<Segment>(
        "SELECT id, visit, by, chunks, head FROM recording_segment WHERE closed_at IS NULL ORDER BY id",
      ),
    )
    if (open && sim.draw.hits(0.8)) return goesOn(sim, open)
    const call = sim.draw.one(sim.rows<Call>(calls))
    if (!call) return
    if (sim.draw.hits(0.4)) consents(sim, call)
    else begins(sim, call)
  },
}

const calls = `SELECT v.id AS visit, v.person, c.staff AS agent, p.id AS of FROM visit AS v JOIN counter AS c ON c.ticket = v.id
  JOIN participant AS p ON p.visit = v.id AND p.kind = 'citizen' WHERE v.phase = 'call' AND c.staff IS NOT NULL ORDER BY v.id`

function consents(sim: Simulation, { visit, person }: Call): void {
  const answer = sim.draw.hits(0.9) ? ("given" as const) : ("refused" as const)
  const shown = { version: "1", lang: "ar", textHash: "of-the-text", basis: "consent" } as const
  const ask = asking<Citizen>(sim, { kind: "citizen", id: person }, videoOffice)
  ask("consent", { visit, answer }, (tx, me) => answerConsent(tx, me, visit, answer, shown))
}

function begins(sim: Simulation, { visit, agent, of }: Call): void {
  const segment = Buffer.from(sim.draw.bytes(16)).toString("hex")
  const given = { segment, of, what: "camera" as const, mime: "video/webm", ageMilliseconds: 0 }
  const ask = asking<Staff>(sim, { kind: "staff", id: agent }, videoOffice)
  ask("open_segment", { visit, segment }, async (tx, me) => {
    return (await openSegment(tx, sim.world.keys, me, visit, given)).segment
  })
}

/** The next piece, or two of them from two tabs; the last one once more, by a page that has not heard of it; or the end. */
function goesOn(sim: Simulation, segment: Segment): void {
  sim.draw.weighted<() => void>([
    [10, () => sends(sim, segment, segment.chunks + 1, "a")],
    [
      2,
      () => {
        sends(sim, segment, segment.chunks + 1, "a")
        sends(sim, segment, segment.chunks + 1, "b")
      },
    ],
    [3, () => segment.chunks > 0 && sends(sim, segment, segment.chunks, "a")],
    [1, () => ends(sim, segment)],
  ])()
}

function sends(sim: Simulation, { id: segment, visit, by, head: prev }: Segment, seq: number, tab: string): void {
  const bytes = new TextEncoder().encode(`chunk ${seq} of ${segment} from ${tab}`)
  const given = { seq, prev, hash: hashOf(bytes), length: bytes.length, ageMilliseconds: 0 }
  const ask = asking<Staff>(sim, { kind: "staff", id: by }, videoOffice)
  ask("chunk", { segment, seq, hash: given.hash }, async (tx, me) => {
    const { row, isKnown } = await expectChunk(tx, me, visit, segment, given, tx.now)
    if (isKnown) return row.head
    const files = { store: tx, keys: sim.world.keys, storage: sim.shelf, chance: tx.chance, log: sim.own("chunk").log }
    await putChunk(files, row, given, bytes)
    return (await acceptChunk(tx, me, visit, segment, given)).head
  })
}

function ends(sim: Simulation, { id: segment, visit, by, chunks: seq }: Segment): void {
  const ask = asking<Staff>(sim, { kind: "staff", id: by }, videoOffice)
  ask("close_segment", { segment, seq }, async (tx, me) => {
    return (await closeSegment(tx, me, visit, segment, { seq, why: "over" })).head
  })
}
