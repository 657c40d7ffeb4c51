import ReconnectingWebSocket from "partysocket/ws"
import type { As, Content, Hello, Lang, ServerMessage, Subscribe } from "../realtime/protocol.ts"
import type { VisitWord } from "../realtime/visit-words.ts"
import { morph, read } from "./morph.ts"
import { clockTime, officeNow } from "./time.ts"

/*
 * Live regions. The server renders a page that is complete and marks what can change:
 *
 *     <div data-live="board:RUH-RML" data-seq="4711"> … </div>
 *
 * `data-seq` is the number of the last fact behind what stands there. Further attributes: `data-view` names one of several fragments of
 * a topic; `data-live-as="json"` asks for data instead of HTML, for a module of the page; `data-live-ack` tells the server what has been
 * shown; `data-capability="<ticket>.<secret>"` is the way in for whoever has no session.
 *
 * `<html data-live-state>` is `live`, or `away` when what the page shows may be old; until one of them is known it is not there.
 * `[data-live-since]` holds a sentence with `{time}` in it and is filled with it while the page is away. Each change is told as a
 * `dawr:change` event on its region; `dawr:signed-out` on the document says that the session is over. What is said in a video visit comes
 * as `dawr:visit` on the document, and `dawr:open` says that a connection has begun, on which its page says hello anew.
 */

export interface Change {
  topic: string
  view: string | null
  seq: number
  content: Content
  /** The whole came anew, after a first look or a gap; not one step. */
  isSnapshot: boolean
}

export interface Live {
  /** Looks for regions again, after a module has added some. */
  rescan(): void
  /** Says a word of a video visit; `false` where there is no connection to say it on. */
  say(word: VisitWord): boolean
  readonly state: "live" | "away"
}

/** Without a word from the server for this long it is gone; it says something every fifteen seconds. */
const silenceMilliseconds = 40_000
/** A page that is back so soon was never away as far as its reader is concerned. */
const awayAfterMilliseconds = 3_000
const retry = { first: 500, most: 15_000, grow: 1.7 }

let live: Live | null = null

/** Begins to follow the page's live regions. Once a page: calling it again gives the same. */
export function listen(): Live {
  live ??= follow()
  return live
}

/** One topic in one form, wherever the page shows it. */
interface Followed {
  name: string
  view: string | null
  as: As
  /** The `seq` of what the page shows. */
  have: number | undefined
  /** Asked for on this connection, and not answered yet. */
  isAsked: boolean
  regions: HTMLElement[]
}

function follow(): Live {
  const root = document.documentElement
  const followed = new Map<string, Followed>()
  const shown = new Map<string, number>()
  let ticket: string | null = null
  let isOpen = false
  let heardAt = officeNow()
  let awayTimer = 0
  let silenceTimer = 0
  let state: Live["state"] | null = null
  /** Its reader has as many wires open as one may have; this page gets one when another ends. */
  let isCrowded = false

  const options = {
    minReconnectionDelay: retry.first,
    maxReconnectionDelay: retry.most,
    reconnectionDelayGrowFactor: retry.grow,
    connectionTimeout: 8_000,
    maxEnqueuedMessages: 0,
    // A page without live regions needs no wire.
    startClosed: true,
  }
  const socket = new ReconnectingWebSocket(address, undefined, options)
  socket.addEventListener("open", opened)
  socket.addEventListener("message", (event) => heard(String(event.data)))
  socket.addEventListener("close", lost)
  socket.addEventListener("error", lost)
  window.addEventListener("online", again)
  window.addEventListener("offline", away)
  window.addEventListener("pageshow", ({ persisted }) => persisted && again())
  // A phone in a pocket gets no timers; what it shows when it comes out is old until the server has said otherwise.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return
    if (isCrowded) void readAgain()
    if (officeNow() - heardAt > silenceMilliseconds / 2) again()
  })
  window.addEventListener("focus", () => isCrowded && void readAgain())
  rescan()

  /** Before each connection: a one-time ticket, unless the page has a link's secret. */
  async function address(): Promise<string> {
    if (capability() === null) ticket = await fetchTicket()
    return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`
  }

  async function fetchTicket(): Promise<string> {
    const form = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? ""
    const answer = await fetch("/live/ticket", {
      method: "POST",
      headers: { "X-Form-Token": form, Accept: "application/json" },
    })
    if (answer.status === 401 || answer.status === 403) {
      socket.close()
      away()
      document.dispatchEvent(new CustomEvent("dawr:signed-out"))
    }
    if (!answer.ok) throw new Error(`no ticket: ${answer.status}`)
    return ((await answer.json()) as { ticket: string }).ticket
  }

  function opened(): void {
    const secret = capability()
    const lang: { lang?: Lang } = root.lang === "ar" || root.lang === "en" ? { lang: root.lang } : {}
    const hello: Hello = secret === null ? { ticket: ticket ?? "", ...lang } : { capability: secret, ...lang }
    ticket = null
    isOpen = true
    socket.send(JSON.stringify(hello))
    for (const one of followed.values()) one.isAsked = false
    ask([...followed.values()])
    document.dispatchEvent(new CustomEvent("dawr:open"))
    listenForSilence()
  }

  /** Asks for what has not been asked for yet, in few messages: the house hears no more than so many of one page. */
  function ask(wanted: Followed[]): void {
    const byView = new Map<string, { one: Followed; sub: string[] }>()
    for (const one of wanted) {
      if (!isOpen || one.isAsked) continue
      one.isAsked = true
      const key = `${one.as} ${one.have} ${one.view}`
      const same = byView.get(key)
      if (same) same.sub.push(one.name)
      else byView.set(key, { one, sub: [one.name] })
    }
    const messages = new Map<string, Subscribe & { view?: string[] }>()
    for (const { one, sub } of byView.values()) {
      const key = `${one.as} ${one.have} ${one.view === null} ${sub}`
      const message = messages.get(key)
      if (message) message.view?.push(one.view ?? "")
      else messages.set(key, { sub, as: one.as, ...(one.view === null ? {} : { view: [one.view] }), ...since(one) })
    }
    for (const message of messages.values()) socket.send(JSON.stringify(message))
  }

  function heard(text: string): void {
    heardAt = officeNow()
    listenForSilence()
    const message = JSON.parse(text) as ServerMessage
    if ("bye" in message) {
      isCrowded = message.bye === "too_many"
      comeBackIn(message.retry)
    } else {
      if ("ping" in message) socket.send(JSON.stringify({ pong: message.ping }))
      else if ("visit" in message) document.dispatchEvent(new CustomEvent("dawr:visit", { detail: message.visit }))
      else if ("refused" in message) refused(message.refused, message.code)
      else if ("snapshot" in message) arrived(message, message.snapshot, true)
      else arrived(message, message.change, false)
      if (followed.size === 0) away()
      else if (![...followed.values()].some(({ isAsked }) => isAsked)) here()
    }
  }

  function arrived(
    message: { topic: string; view?: string; seq: number; prev?: number },
    content: Content,
    isSnapshot: boolean,
  ) {
    const view = message.view ?? null
    const one = followed.get(keyOf(message.topic, view, typeof content === "string" ? "html" : "json"))
    if (!one) return
    if (!isSnapshot && message.prev !== one.have) {
      // A hole. Whatever comes until it is filled comes again.
      if (!one.isAsked) ask([one])
      return
    }
    one.isAsked = false
    one.have = message.seq
    for (const region of one.regions) {
      if (typeof content === "string") morph(region, content)
      region.dataset["seq"] = String(message.seq)
      const detail: Change = { topic: one.name, view, seq: message.seq, content, isSnapshot }
      region.dispatchEvent(new CustomEvent("dawr:change", { bubbles: true, detail }))
    }
    if (one.regions.some((region) => region.hasAttribute("data-live-ack"))) acknowledge(one.name, message.seq)
  }

  /**
   * Without a wire the page is read once more whenever its reader comes back to it, and what can change is taken from that: the bell among
   * it. What is there as data, and what the answer does not have, stays as it is.
   */
  async function readAgain(): Promise<void> {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null)
    if (!answer?.ok || !isCrowded) return
    const fresh = read(await answer.text())
    for (const one of followed.values()) {
      if (one.as !== "html") continue
      const view = one.view === null ? ":not([data-view])" : `[data-view="${CSS.escape(one.view)}"]`
      const found = fresh.querySelector<HTMLElement>(`[data-live="${CSS.escape(one.name)}"]${view}`)
      const seq = Number(found?.dataset["seq"] ?? Number.NaN)
      if (!found || Number.isNaN(seq) || seq < (one.have ?? 0)) continue
      one.have = seq
      for (const region of one.regions) {
        morph(region, found.innerHTML)
        region.dataset["seq"] = String(seq)
      }
    }
  }

  /** Once it has really been painted, which a hidden page never does; together with what else is shown within a second. */
  function acknowledge(topic: string, seq: number): void {
    requestAnimationFrame(() => {
      if (shown.size === 0) window.setTimeout(sendShown, 1_000)
      shown.set(topic, seq)
    })
  }

  function sendShown(): void {
    const ack = [...shown].map(([topic, seq]) => ({ topic, seq }))
    shown.clear()
    if (isOpen) socket.send(JSON.stringify({ ack }))
  }

  /** What is not, or no longer, ours to see stays as it is, and says so. What only failed is asked for again. */
  function refused(name: string, code: string): void {
    for (const [key, one] of followed) {
      if (one.name !== name) continue
      if (code === "unavailable") window.setTimeout(() => retryOne(one), retry.most)
      else {
        followed.delete(key)
        for (const region of one.regions) region.dataset["liveState"] = "refused"
      }
    }
  }

  function retryOne(one: Followed): void {
    one.isAsked = false
    ask([one])
  }

  function comeBackIn(seconds: number | null): void {
    // A little apart from each other, so that a server that starts again is not asked by everybody at once.
    const delay = Math.max(retry.first, (seconds ?? 0) * 1000)
    options.minReconnectionDelay = delay * (1 + Math.random())
    options.maxReconnectionDelay = Math.max(retry.most, options.minReconnectionDelay)
  }

  function here(): void {
    isCrowded = false
    options.minReconnectionDelay = retry.first * (1 + Math.random())
    options.maxReconnectionDelay = retry.most
    clearTimeout(awayTimer)
    awayTimer = 0
    say("live")
  }

  function lost(): void {
    isOpen = false
    clearTimeout(silenceTimer)
    awayTimer ||= window.setTimeout(away, awayAfterMilliseconds)
  }

  function away(): void {
    clearTimeout(awayTimer)
    awayTimer = 0
    say("away")
  }

  function say(now: Live["state"]): void {
    if (state === now) return
    state = now
    root.dataset["liveState"] = now
    for (const element of document.querySelectorAll<HTMLElement>("[data-live-since]")) {
      const sentence = element.dataset["liveSince"] ?? ""
      element.textContent = now === "away" ? sentence.replace("{time}", clockTime(heardAt, element)) : ""
    }
  }

  function listenForSilence(): void {
    clearTimeout(silenceTimer)
    silenceTimer = window.setTimeout(again, silenceMilliseconds)
  }

  function again(): void {
    lost()
    socket.reconnect()
  }

  function rescan(): void {
    const isFirst = followed.size === 0
    const added: Followed[] = []
    for (const one of followed.values()) one.regions = []
    for (const region of document.querySelectorAll<HTMLElement>("[data-live]")) {
      const name = region.dataset["live"] ?? ""
      const view = region.dataset["view"] ?? null
      const as = region.dataset["liveAs"] === "json" ? "json" : "html"
      const seq = region.dataset["seq"]
      let one = followed.get(keyOf(name, view, as))
      if (!one) {
        one = { name, view, as, have: seq ? Number(seq) : undefined, isAsked: false, regions: [] }
        followed.set(keyOf(name, view, as), one)
        added.push(one)
      }
      one.regions.push(region)
    }
    for (const [key, one] of followed) {
      if (one.regions.length > 0) continue
      followed.delete(key)
      const isNamedElsewhere = [...followed.values()].some(({ name }) => name === one.name)
      if (isOpen && !isNamedElsewhere) socket.send(JSON.stringify({ unsub: [one.name] }))
    }
    if (isFirst && followed.size > 0) again()
    else ask(added)
  }

  return {
    rescan,
    say(word) {
      if (isOpen) socket.send(JSON.stringify({ visit: word }))
      return isOpen
    },
    get state() {
      return state ?? "away"
    },
  }
}

function capability(): string | null {
  return document.querySelector<HTMLElement>("[data-capability]")?.dataset["capability"] ?? null
}

function keyOf(name: string, view: string | null, as: As): string {
  return `${name} ${view ?? ""} ${as}`
}

function since({ have }: Followed): { since?: number } {
  return have === undefined ? {} : { since: have }
}
