import { parse } from "hono/utils/cookie"
import type { Chance, Timers } from "../../base/clock.ts"
import { Refusal } from "../../base/refusal.ts"
import { deviceOf, deviceOfToken, sessionOfDevice } from "../../domain/access/devices.ts"
import { holderNow, sessionOfKey, subjectOfKey } from "../../domain/access/keys.ts"
import { liveSession, sessionOf } from "../../domain/access/sessions.ts"
import type { Subject } from "../../domain/access/subject.ts"
import { office } from "../../domain/offices/reads.ts"
import { ticketOfWhom } from "../../domain/queue/desk.ts"
import { ticket } from "../../domain/queue/tickets.ts"
import type { RelayTrouble } from "../../domain/visits/rooms.ts"
import { mustWatch } from "../../domain/visits/visits.ts"
import { isLang, type Lang, preferred } from "../../i18n/lang.ts"
import { iceServer } from "../../outside/turn.ts"
import type { Manner, Snapshot } from "../../realtime/channel.ts"
import { createHub, type Hub } from "../../realtime/hub.ts"
import { refusalToRead, type Topic } from "../../realtime/topics.ts"
import { createVisitWire, type VisitWire } from "../../realtime/visit-wire.ts"
import { addressOfRequest } from "../address.ts"
import { cookieName } from "../cookies.ts"
import { fragments } from "../fragments.ts"
import { headOf } from "../heads.ts"
import type { House } from "../house.ts"
import { jsonOf } from "./json.ts"

type Parts = Omit<House, "hub" | "assets"> & { chance: Chance }

/** The live wire over this house: who may listen to what, and what each topic shows. */
export function openHub(house: Parts, timers: Timers): Hub {
  const { store, keys, clock, log } = house
  const access = {
    placeOf: (code: string) => office(store, code),
    ticket: async (id: string, reader: Subject | null) => {
      const row = await ticket(store, id)
      const { person } = reader?.role === "citizen" ? await ticketOfWhom(store, reader, row) : row
      return { person, office: row.office }
    },
    follow: (subject: Subject | null, id: string) => mustWatch(store, subject, id),
  }
  const onError = (cause: unknown, where: string) => log.error("live", { cause, detail: where })
  const onRelayRefused = ({ count }: RelayTrouble) => log.error("relay_refused", { count })
  const { turn } = house.env
  const relaysFor = (participant: string) => (turn ? [iceServer(turn, participant, clock.real())] : [])
  const { writer } = house
  const visits = createVisitWire({ clock, timers, store, writer, keys, onError, onRelayRefused, relaysFor })
  return createHub({
    visits,
    origin: () => house.env.origin,
    clock,
    chance: house.chance,
    timers,
    snapshot: (topic, manner) => snapshot(house, topic, manner, visits),
    mayRead: (reader, topic) => refusalToRead(reader, topic, access),
    callerOf: async (request) => {
      const cookies = parse(request.headers.get("cookie") ?? "")
      const secret = cookies[cookieName(house, "sid")]
      const found = secret ? await sessionOf(store, secret, clock.real()) : null
      if (found) return { subject: found.subject, session: found.session.id }
      const token = cookies[cookieName(house, "dev")]
      const present = token ? await deviceOfToken(store, token, clock.real()) : null
      return present && { subject: present.device, session: sessionOfDevice(present.device.id) }
    },
    addressOf: (request, server) => addressOfRequest(request, server, house.env.trustedProxies),
    authenticate: (given, from) => keyCaller(house, given, from),
    redeemCapability: async (id, secret) => secret.length === 32 && keys.isCapability("ticket", id, secret),
    holderNow: (session) => behind(house, session),
    langOf: (request) => langOf(house, request),
    onFacts: (listener) => house.writer.onFacts(listener),
    onError,
  })
}

/** What is behind a socket's session: a person's session, or the key that a device or a program showed. */
async function keyCaller(
  { store, clock }: Parts,
  given: string,
  from: string,
): Promise<{ subject: Subject; session: string } | null> {
  const subject = await subjectOfKey(store, given, clock.real(), () => from)
  return subject ? { subject, session: sessionOfKey(given) } : null
}

/** Whoever is behind a socket's session by now, with the rights that they have by now; `null` where it is over. */
async function behind({ store, clock }: Parts, session: string): Promise<Subject | null> {
  const now = clock.real()
  if (session.startsWith("key:")) return holderNow(store, session.slice("key:".length), now)
  const device = /^device:(.*)$/.exec(session)?.[1]
  if (device !== undefined) return deviceOf(store, device, now)
  return (await liveSession(store, session, now))?.subject ?? null
}

function langOf(house: Parts, request: Request): Lang {
  const lang = parse(request.headers.get("cookie") ?? "")[cookieName(house, "lang")]
  return isLang(lang) ? lang : preferred(request.headers.get("accept-language") ?? undefined)
}

/** The head of the stream is read before the content, so that a message never promises a fact that it does not show. */
async function snapshot(
  house: Parts,
  topic: Topic,
  manner: Manner,
  { watch, received, relay }: Pick<VisitWire, "watch" | "received" | "relay">,
): Promise<Snapshot> {
  const { as, lang, view } = manner
  const head = await headOf(house, topic)
  if (as === "json") return { ...head, content: await jsonOf(house, topic, watch) }
  const fragment = fragments[topic.kind]?.[view ?? "default"]
  if (!fragment) throw new Refusal("not_found", { what: "view" })
  const reader = "reader" in topic ? topic.reader : ""
  return { ...head, content: await fragment(house, idOf(topic), lang, reader, watch, received, relay) }
}

function idOf(topic: Topic): string {
  if ("office" in topic) return topic.office
  return "person" in topic ? topic.person : topic.id
}
