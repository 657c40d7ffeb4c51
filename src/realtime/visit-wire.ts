import type { AnyFact } from "../../db/facts.ts"
import type { ParticipantRow, Phase } from "../../db/schema/visits.ts"
import type { Store } from "../../db/store.ts"
import type { Tx, Writer } from "../../db/write.ts"
import type { Clock, Timers } from "../base/clock.ts"
import { isRefusal, Refusal } from "../base/refusal.ts"
import type { Keys } from "../base/seal.ts"
import { isStaff, type Subject } from "../domain/access/subject.ts"
import { write as writeMessage } from "../domain/visits/chat.ts"
import { isNewsOfSight, type Received, type Sight, sightIs } from "../domain/visits/checking.ts"
import {
  attend,
  connect,
  maySignal,
  officesWithLeases,
  presenceIs,
  reconnectAll,
} from "../domain/visits/participants.ts"
import { talking } from "../domain/visits/phases.ts"
import type { Watch } from "../domain/visits/reads.ts"
import { cameraTaken, isNewsOfTaken } from "../domain/visits/recording/gaps.ts"
import type { RelayTrouble } from "../domain/visits/rooms.ts"
import { visitTimes } from "../domain/visits/times.ts"
import { mustFollow, roster, visit } from "../domain/visits/visits.ts"
import { type Connection, createPresence } from "./presence.ts"
import { createRelayWatch } from "./relay-watch.ts"
import type { Reader } from "./topics.ts"
import type { Media, Peer, RelayAccess, VisitAnswer, VisitWord } from "./visit-words.ts"

/*
 * Visits on the live wire. Presence is in this process' memory, everything that lasts goes through turns; what is said in the store comes
 * back as facts, and with each the people of the visit are told how it stands. Signals for media pass through and are kept nowhere.
 */

/** What this needs of a socket. */
export interface VisitSocket extends Connection {
  readonly reader: Reader | null
  /** By which it was let in. */
  readonly session: string
  send(frame: string): void
  /** Ends it without a word. */
  drop(): void
}

export interface VisitWireOptions {
  clock: Pick<Clock, "real" | "office">
  timers: Timers
  store: Store
  writer: Pick<Writer, "write" | "onFacts">
  keys: Keys
  onError(cause: unknown, where: string): void
  /** The relay has refused one more person: for whoever looks after it. */
  onRelayRefused(trouble: RelayTrouble): void
  /** The relays between networks that do not let each other in, with what this participant shows to them. */
  relaysFor(participant: string): RelayAccess[]
}

export interface VisitWire {
  /** Anything at all was said: the page lives. */
  heard(socket: VisitSocket): void
  hear(socket: VisitSocket, word: VisitWord): Promise<void>
  closed(socket: VisitSocket): void
  /** What is known of a participant at this moment beyond the store. */
  readonly watch: Watch
  /** What this one's page last said of what it receives of the other; `null` where it has said nothing. */
  received(by: string, of: string): Received | null
  /** Whether the relay refuses us; `null` while nobody says so. */
  relay(): RelayTrouble | null
  /**
   * The fingerprint of the key by which `from` sends sound and picture to `to` (RFC 8122), as it last went through here; `null` before
   * any did. Each pair has a connection of its own, and each connection a key.
   */
  fingerprint(visit: string, from: string, to: string): string | null
  /** Resolves when those who were there before the process began have been given their grace. */
  readonly ready: Promise<void>
  close(): void
}

/** A page of a participant, from its hello on. `epoch` is 0 until it has been let in. */
interface Bound {
  socket: VisitSocket
  subject: Subject
  participant: string
  visit: string
  office: string
  page: string
  tab: string
  epoch: number
}

export function createVisitWire(options: VisitWireOptions): VisitWire {
  const { store, writer, keys, timers, onError } = options
  const bound = new Map<Connection, Bound>()
  /** Where each participant is whom presence knows of. */
  const places = new Map<string, { visit: string; office: string }>()
  const byVisit = new Map<string, Set<Bound>>()
  const late = new Set<string>()
  /** What the one receives of the other, as their page said it last; of pages that are there. */
  const received = new Map<string, Map<string, Received>>()
  /** Who shows a screen. */
  const screens = new Set<string>()
  /** By visit, then by who sends to whom. */
  const fingerprints = new Map<string, Map<string, string>>()
  const relay = createRelayWatch({ now: () => options.clock.office(), onRefused: options.onRelayRefused })
  let isClosed = false

  const presence = createPresence({
    now: () => options.clock.real(),
    timers,
    ping: (connection, n) => say(bound.get(connection)?.socket, { do: "ping", n }),
    drop: (connection) => bound.get(connection)?.socket.drop(),
    changed(participant, state) {
      const place = places.get(participant)
      if (place)
        behind(
          "presence",
          inOffice(place.office, (tx) => presenceIs(tx, participant, state)),
        )
    },
    promoted(_participant, connection) {
      const one = bound.get(connection)
      if (one) behind("promoted", letIn(one, null, false))
    },
    conflict(_participant, connection, { since, isSameTab }) {
      say(bound.get(connection)?.socket, { do: "conflict", since, sameTab: isSameTab })
    },
  })

  const ready = begin().catch((thrown) => onError(thrown, "visits begin"))
  const stop = [
    writer.onFacts((facts) => {
      for (const { kind, body } of facts) if (kind === "visit.moved" && body.to === "over") forget(body.visit)
      const touched = visitsIn(facts)
      for (const id of touched) if (byVisit.has(id)) behind("room", tellRoom(id))
    }),
    timers.every(visitTimes.sweep, tellLate),
  ]

  /** A visit is over: who sits before a page of it is told so by `tellRoom`, and of the others nothing is remembered. */
  function forget(id: string): void {
    fingerprints.delete(id)
    for (const [participant, place] of places) {
      if (place.visit !== id || byVisit.has(id)) continue
      presence.forget(participant)
      places.delete(participant)
    }
  }

  async function begin(): Promise<void> {
    const offices = await officesWithLeases(store)
    if (offices.length === 0) return
    const scopes = offices.map((code) => `office:${code}` as const)
    for (const lease of await writer.write(reconnectAll, { scopes })) {
      places.set(lease.id, { visit: lease.visit, office: lease.office })
      presence.revive(lease.id, lease, graceIn(lease.phase))
    }
  }

  async function hear(socket: VisitSocket, word: VisitWord): Promise<void> {
    await ready
    try {
      if (word.do === "hello") return await hello(socket, word)
      const one = bound.get(socket)
      if (!one) throw new Refusal("not_found", { what: "visit" })
      if (word.do === "takeover") return await takeOver(one)
      if (word.do === "bye") return closed(socket)
      // A page that waits beside another window has nothing to say yet.
      if (presence.connectionOf(one.participant) !== socket || one.epoch === 0) throw new Refusal("wrong_state")
      await hearFrom(one, word)
    } catch (thrown) {
      if (!isRefusal(thrown)) throw thrown
      say(socket, { do: "denied", code: thrown.code, of: word.do })
    }
  }

  type Rest = Exclude<VisitWord, { do: "hello" | "takeover" | "bye" }>

  async function hearFrom(one: Bound, word: Rest): Promise<void> {
    switch (word.do) {
      case "pong":
        return
      case "visibility":
        if (presence.visibility(one.socket, word.hidden)) await tellRoom(one.visit)
        return
      case "sig":
        return signal(one, word)
      case "relays":
        return giveRelays(one)
      case "relay":
        // Credentials are for who is in a call: of nobody else is it believed.
        if (!talking.includes((await visit(store, one.visit)).phase)) throw new Refusal("wrong_state")
        return relay.refused(one.participant)
      case "media":
      case "rtt":
        if (word.do === "media") await notice(one, word)
        for (const other of pagesOf(one.visit)) {
          if (!(await maySignal(store, one.visit, one.participant, other.participant))) continue
          say(other.socket, { ...word, from: one.participant })
        }
        return
      case "chat": {
        const { id, text, at, heardBy } = await inOffice(one.office, (tx) =>
          writeMessage(tx, keys, one.subject, one.visit, word.text),
        )
        const all = await roster(store, one.visit)
        for (const other of pagesOf(one.visit)) {
          const row = all.find((its) => its.id === other.participant)
          if (isOutside(row) || (heardBy !== null && !heardBy.includes(row?.subject ?? ""))) continue
          say(other.socket, { do: "chat", id, from: one.participant, text, at })
        }
      }
    }
  }

  /** Credentials for the relay: for who may talk with somebody in the visit at this moment, and for nobody who waits, is held or gone. */
  async function giveRelays({ visit: id, participant, socket }: Bound): Promise<void> {
    const all = await roster(store, id)
    const mayTalk = await Promise.all(all.map((other) => maySignal(store, id, participant, other.id)))
    if (!mayTalk.includes(true)) throw new Refusal("wrong_state")
    say(socket, { do: "relays", iceServers: options.relaysFor(participant) })
  }

  /**
   * What a report means for who somebody is: what is received of them, as it was said last, whether anything of their picture arrives, and
   * whether their camera shows them. A screen in the place of the picture shows nobody, and what is not said to arrive does not. Of somebody
   * with whom one does not talk nothing can be reported.
   */
  async function notice(one: Bound, word: Media): Promise<void> {
    const { of, w = 0, h = 0, fps = 0, loss = 0, videoOff, taken, screen, state } = word
    if (of && (await maySignal(store, one.visit, one.participant, of))) {
      const own = received.get(one.participant) ?? new Map<string, Received>()
      received.set(one.participant, own.set(of, { w, h, fps, loss, rtt: word.rtt, state, at: options.clock.office() }))
      if (state === "flowing") presence.vouch(of)
      if (state === "flowing" && word.localType === "relay") relay.works()
      if (isStaff(one.subject)) {
        await look(one, of, { by: "agent", agent: one.subject.id, isOff: state !== "flowing" || fps === 0 })
      }
    }
    if (screen) screens.add(one.participant)
    else screens.delete(one.participant)
    if (videoOff === undefined) return
    const { id: subject } = one.subject
    if (await isNewsOfTaken(store, one.visit, subject, taken === true)) {
      await inOffice(one.office, (tx) => cameraTaken(tx, one.visit, subject, taken === true))
    }
    await look(one, one.participant, { by: "person", isOff: videoOff || screen === true })
  }

  async function look(one: Bound, participant: string, sight: Sight): Promise<void> {
    if (!(await isNewsOfSight(store, participant, sight))) return
    await inOffice(one.office, (tx) => sightIs(tx, participant, sight))
  }

  async function hello(socket: VisitSocket, word: Extract<VisitWord, { do: "hello" }>): Promise<void> {
    const subject = socket.reader?.subject
    if (!subject) throw new Refusal("not_found", { what: "visit" })
    const found = await hidden(mustFollow(store, subject, word.visit))
    const { row, phase } = await visit(store, word.visit)
    if (phase === "over") throw new Refusal("wrong_state", { state: phase })
    const own = found === "at_hand" ? await inOffice(row.office, (tx) => attend(tx, subject, word.visit)) : found
    const participant = own.id
    if (isClosed) return
    unbind(socket)
    const { visit: id, page, tab } = word
    const one: Bound = { socket, subject, participant, visit: id, office: row.office, page, tab, epoch: 0 }
    bound.set(socket, one)
    places.set(participant, { visit: id, office: row.office })
    pagesIn(byVisit, id).add(one)
    const answer = presence.hello(participant, socket, { page, tab }, graceIn(phase))
    if (answer.kind === "in") await letIn(one, answer.loser, false)
  }

  async function takeOver(one: Bound): Promise<void> {
    const answer = presence.takeOver(one.socket)
    if (answer.kind === "unknown") throw new Refusal("wrong_state")
    await letIn(one, answer.loser, answer.isTakeover)
  }

  /** The page is the one that holds: it gets the next epoch, and the one before is told that it does not hold any more. */
  async function letIn(one: Bound, loser: Connection | null, isTakeover: boolean): Promise<void> {
    const before = loser && bound.get(loser)
    if (before) {
      say(before.socket, { do: "superseded", visit: before.visit, page: before.page, epoch: before.epoch })
      unbind(before.socket)
      // The same page has another socket by now; this one is dead and would only be noticed later.
      if (before.page === one.page) before.socket.drop()
    }
    const { page, tab } = one
    const { session } = one.socket
    const row = await inOffice(one.office, (tx) =>
      connect(tx, one.subject, one.visit, { page, tab, session }, isTakeover),
    )
    if (bound.get(one.socket) !== one || presence.connectionOf(one.participant) !== one.socket) return
    one.epoch = row.epoch
    await tellRoom(one.visit, one)
  }

  async function signal(one: Bound, word: Extract<VisitWord, { do: "sig" }>): Promise<void> {
    const target = pagesOf(one.visit).find(({ participant }) => participant === word.to)
    if (!target || !(await maySignal(store, one.visit, one.participant, word.to))) {
      throw new Refusal("not_found", { what: "participant" })
    }
    // Meant for a page that is not there any more: its answer would confuse the one that is.
    if (target.epoch !== word.toEpoch) throw new Refusal("version_moved", { epoch: target.epoch })
    if ("description" in word) {
      const seen = fingerprintIn(word.description.sdp)
      const ofVisit = fingerprints.get(one.visit) ?? new Map<string, string>()
      if (seen) fingerprints.set(one.visit, ofVisit.set(`${one.participant} ${word.to}`, seen))
    }
    const head = { do: "sig" as const, from: one.participant, epoch: one.epoch }
    say(
      target.socket,
      "description" in word ? { ...head, description: word.description } : { ...head, candidate: word.candidate },
    )
  }

  /**
   * Tells everybody in the visit how it stands, as the store has it; `welcome` is a page that has just been let in. Who was asked in and is
   * not let in hears of themselves alone.
   */
  async function tellRoom(id: string, welcome: Bound | null = null): Promise<void> {
    const { phase } = await visit(store, id)
    const all = await roster(store, id)
    const peers = all.map(peerOf)
    for (const one of [...(byVisit.get(id) ?? [])]) {
      const row = all.find(({ id: participant }) => participant === one.participant)
      if (!row) {
        say(one.socket, { do: "removed", visit: id })
        presence.forget(one.participant)
        unbind(one.socket)
        continue
      }
      presence.grace(one.participant, graceIn(phase))
      if (one.epoch === 0) continue
      const you = { participant: row.id, kind: row.kind, state: row.state, epoch: one.epoch }
      const others = isOutside(row) ? [] : peers.filter(({ participant }) => participant !== row.id)
      const room = { visit: id, phase, you, peers: others }
      if (one === welcome) say(one.socket, { do: "welcome", pingMilliseconds: visitTimes.ping, ...room })
      else say(one.socket, { do: "room", ...room })
    }
    if (phase === "over") {
      for (const row of all) {
        presence.forget(row.id)
        places.delete(row.id)
      }
    }
  }

  /** Who falls silent is shown as late before anything is done about it, and so is who is heard again. */
  function tellLate(): void {
    for (const [id, pages] of byVisit) {
      let isNew = false
      for (const { participant } of pages) {
        const isLate = presence.watch(participant)?.isLate ?? false
        if (isLate === late.has(participant)) continue
        if (isLate) late.add(participant)
        else late.delete(participant)
        isNew = true
      }
      if (isNew) behind("room", tellRoom(id))
    }
  }

  function peerOf({ id: participant, kind, state, presence: kept, epoch, page }: ParticipantRow): Peer {
    const now = presence.watch(participant)
    const connectivity = kept === "online" && now?.isLate ? ("late" as const) : kept
    return { participant, kind, state, connectivity, away: now?.isAway ?? false, epoch, page }
  }

  /** The pages in a visit that hold. */
  function pagesOf(id: string): Bound[] {
    return [...(byVisit.get(id) ?? [])].filter(
      ({ participant, socket, epoch }) => epoch > 0 && presence.connectionOf(participant) === socket,
    )
  }

  function closed(socket: VisitSocket): void {
    presence.closed(socket)
    unbind(socket)
  }

  function unbind(socket: Connection): void {
    const one = bound.get(socket)
    if (!one) return
    bound.delete(socket)
    const pages = byVisit.get(one.visit)
    pages?.delete(one)
    if (pages?.size === 0) byVisit.delete(one.visit)
    late.delete(one.participant)
    received.delete(one.participant)
    screens.delete(one.participant)
  }

  function inOffice<T>(office: string, turn: (tx: Tx) => Promise<T>): Promise<T> {
    return writer.write(turn, { scopes: [`office:${office}`] })
  }

  function behind(where: string, work: Promise<unknown>): void {
    work.catch((thrown) => {
      if (!isRefusal(thrown) && !isClosed) onError(thrown, `visits ${where}`)
    })
  }

  return {
    heard: (socket) => presence.heard(socket),
    hear,
    closed(socket) {
      if (!isClosed) closed(socket)
    },
    watch: (participant) => presence.watch(participant),
    received(by, of) {
      const found = received.get(by)?.get(of)
      return found ? { ...found, isScreen: screens.has(of) } : null
    },
    relay: relay.current,
    fingerprint: (id, from, to) => fingerprints.get(id)?.get(`${from} ${to}`) ?? null,
    ready,
    close() {
      isClosed = true
      for (const end of stop) end()
      presence.close()
    },
  }
}

const graceIn = (phase: Phase) => (talking.includes(phase) ? visitTimes.graceInCall : visitTimes.graceWaiting)

/** Asked in, and not let in: not the citizen, who waits in the own visit. */
const isOutside = (row: ParticipantRow | undefined) =>
  !row || (row.kind !== "citizen" && row.state !== "admitted" && row.state !== "held")

/** All that a description names, in one order: a line for the session and one for each medium may stand there. */
function fingerprintIn(sdp: string): string | null {
  const found = [...sdp.matchAll(/^a=fingerprint:(\S+) ([0-9A-Fa-f:]+)\s*$/gm)].map(
    ([, hash = "", digits = ""]) => `${hash.toLowerCase()} ${digits.toUpperCase()}`,
  )
  return found.length === 0 ? null : [...new Set(found)].sort().join(", ")
}

function visitsIn(facts: readonly AnyFact[]): Set<string> {
  const touched = new Set<string>()
  for (const { body } of facts) {
    const { visit: id, ticket } = body as { visit?: unknown; ticket?: unknown }
    if (typeof id === "string") touched.add(id)
    if (typeof ticket === "string") touched.add(ticket)
  }
  return touched
}

function pagesIn(all: Map<string, Set<Bound>>, id: string): Set<Bound> {
  const found = all.get(id) ?? new Set<Bound>()
  all.set(id, found)
  return found
}

function say(socket: VisitSocket | undefined, visit: VisitAnswer): void {
  socket?.send(JSON.stringify({ visit }))
}

/** Nobody learns of a visit that is not theirs, not even that they are of a kind that has none. */
async function hidden<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (thrown) {
    if (isRefusal(thrown)) throw new Refusal("not_found", { what: "visit" })
    throw thrown
  }
}
