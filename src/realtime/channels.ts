import type { AnyFact } from "../../db/facts.ts"
import type { Clock, Timers } from "../base/clock.ts"
import { isRefusal, type RefusalCode } from "../base/refusal.ts"
import { Channel, channelKey, type Manner, type Snapshot } from "./channel.ts"
import { liveLimits } from "./protocol.ts"
import { officeOfCounter, type Topic, topicName, touchedBy, touchKey } from "./topics.ts"

export interface ChannelsOptions {
  clock: Pick<Clock, "real">
  timers: Timers
  snapshot(topic: Topic, manner: Manner): Promise<Snapshot>
  /** Hands a message to everybody who listens under this key. */
  publish(key: string, frame: string): void
  /** What was listened to is there no more, or may not be shown any more. */
  onGone(channel: Channel, code: RefusalCode): void
  onError(cause: unknown, where: string): void
}

/**
 * All that is listened to. Facts mark channels as stale; a single hand looks at them again, one after another, those first that the fact
 * is about and then those whose place it may have moved. What is looked at once serves every fact that came before the look.
 */
export function createChannels(options: ChannelsOptions) {
  const { timers, onError } = options
  const channels = new Map<string, Channel>()
  const byTopic = new Map<string, Set<Channel>>()
  /** Tickets by their office; those that were never looked at are nowhere yet and may be anywhere. */
  const byOffice = new Map<string, Set<Channel>>()
  const nowhere = new Set<Channel>()
  /** Counters by their office: each names whom it would call next, and that is whoever the hall has first. */
  const counters = new Map<string, Set<Channel>>()
  const urgent = new Set<Channel>()
  let neighbours = new Set<Channel>()
  let batch = new Set<Channel>()
  let resting = false
  let pumping: Promise<void> | null = null
  let messages = 0

  /**
   * Finds or makes the channel, brings it up to date and then calls `ready`. Between the last look and `ready` nothing can be sent, so
   * whoever takes the content there and listens from there on misses nothing and gets nothing twice. Throws what `snapshot` throws.
   */
  async function join(topic: Topic, manner: Manner, ready: (channel: Channel) => void): Promise<void> {
    const channel = channels.get(channelKey(topic, manner)) ?? add(new Channel(topic, manner))
    channel.joining++
    try {
      await bringUpToDate(channel)
      ready(channel)
    } finally {
      channel.joining--
      if (!channel.isRendered && channel.joining === 0) remove(channel)
    }
  }

  function enter(channel: Channel): void {
    channel.listeners++
    // A fact may have come while the look was taken; nobody listened then, so nobody was to be told.
    if (channel.stale) want(channel)
  }

  function leave(channel: Channel): void {
    channel.listeners--
    if (channel.listeners === 0) channel.idleSince = options.clock.real()
  }

  function touch(facts: AnyFact[]): void {
    if (byTopic.size === 0) return
    for (const fact of facts) {
      const touched = touchedBy(fact)
      for (const key of touched.topics) for (const channel of byTopic.get(key) ?? []) want(channel)
      if (!touched.neighbours) continue
      const { office, line } = touched.neighbours
      for (const channel of nowhere) channel.stale = true
      for (const channel of counters.get(office) ?? []) want(channel)
      for (const channel of byOffice.get(office) ?? []) {
        if (line === null || channel.line === null || channel.line === line) wantLater(channel)
      }
    }
  }

  /** Marks a channel to be looked at again as soon as may be. One that nobody listens to waits until somebody does. */
  function want(channel: Channel): void {
    channel.stale = true
    if (channel.listeners === 0) return
    urgent.add(channel)
    start()
  }

  /**
   * In a full hall every call moves everybody. The first such look is taken at once, the next after a rest, in which many facts may
   * come together: the wall and the counter never wait for a hundred phones.
   */
  function wantLater(channel: Channel): void {
    channel.stale = true
    if (channel.listeners === 0) return
    neighbours.add(channel)
    if (!resting) start()
  }

  function start(): void {
    // Not at once: what is committed together is looked at together, and whoever made the change gets his answer first.
    pumping ??= breath().then(pump)
  }

  async function pump(): Promise<void> {
    for (let channel = next(); channel; channel = next()) {
      for (const set of [urgent, batch, neighbours]) set.delete(channel)
      if (channel.stale && channel.listeners > 0) await lookAgain(channel)
      await breath()
    }
    pumping = null
  }

  function next(): Channel | undefined {
    if (urgent.size + batch.size === 0 && neighbours.size > 0 && !resting) {
      batch = neighbours
      neighbours = new Set()
      rest()
    }
    return first(urgent) ?? first(batch)
  }

  function rest(): void {
    resting = true
    timers.after(liveLimits.neighboursMilliseconds, () => {
      resting = false
      if (neighbours.size > 0) start()
    })
  }

  async function lookAgain(channel: Channel): Promise<void> {
    try {
      await bringUpToDate(channel)
    } catch (thrown) {
      // Tried again with the next fact. A bug in one topic is no reason to leave the others alone.
      if (!isRefusal(thrown)) return onError(thrown, `live ${topicName(channel.topic)}`)
      remove(channel)
      options.onGone(channel, thrown.code)
    }
  }

  /** A look that is being taken may have begun before the last fact; where facts come without end, two looks are new enough. */
  async function bringUpToDate(channel: Channel): Promise<void> {
    for (let looks = 0; looks < 2 && (channel.looking || channel.stale); looks++)
      await (channel.looking ?? look(channel))
  }

  function look(channel: Channel): Promise<void> {
    channel.looking = lookOnce(channel).finally(() => {
      channel.looking = null
    })
    return channel.looking
  }

  async function lookOnce(channel: Channel): Promise<void> {
    // Before the look and not after it: what comes during it may not be in it.
    channel.stale = false
    let rendered: Snapshot
    try {
      rendered = await options.snapshot(channel.topic, channel.manner)
    } catch (thrown) {
      channel.stale = true
      throw thrown
    }
    const frame = channel.take(rendered)
    if (nowhere.delete(channel)) setOf(byOffice, channel.stream).add(channel)
    if (frame === null || channel.listeners === 0) return
    messages++
    options.publish(channel.key, frame)
  }

  function add(channel: Channel): Channel {
    channels.set(channel.key, channel)
    setOf(byTopic, touchKey(channel.topic)).add(channel)
    if (channel.topic.kind === "ticket" || channel.topic.kind === "visit") nowhere.add(channel)
    if (channel.topic.kind === "counter") setOf(counters, officeOfCounter(channel.topic.id)).add(channel)
    return channel
  }

  function remove(channel: Channel): void {
    if (channels.get(channel.key) === channel) channels.delete(channel.key)
    takeFrom(byTopic, touchKey(channel.topic), channel)
    takeFrom(byOffice, channel.stream, channel)
    if (channel.topic.kind === "counter") takeFrom(counters, officeOfCounter(channel.topic.id), channel)
    for (const set of [nowhere, urgent, batch, neighbours]) set.delete(channel)
  }

  /** One trip round the event loop, so that requests are answered between two looks. */
  function breath(): Promise<void> {
    return new Promise((resolve) => timers.soon(resolve))
  }

  return {
    join,
    enter,
    leave,
    touch,

    touchTopics(topics: Topic[]): void {
      for (const topic of topics) for (const channel of byTopic.get(touchKey(topic)) ?? []) want(channel)
    },

    /** Everything again: those first that few listen to are as good as any, so in the order of the neighbours. */
    touchAll(): void {
      for (const channel of channels.values()) wantLater(channel)
    },

    /** Forgets what nobody has listened to for a while. */
    sweep(): void {
      const before = options.clock.real() - liveLimits.sweepMilliseconds
      for (const channel of [...channels.values()]) {
        if (channel.listeners === 0 && channel.joining === 0 && channel.idleSince <= before) remove(channel)
      }
    },

    async settled(): Promise<void> {
      while (pumping || urgent.size + batch.size + neighbours.size > 0) {
        resting = false
        start()
        await pumping
      }
    },

    get listenedTo(): number {
      let count = 0
      for (const { listeners } of channels.values()) if (listeners > 0) count++
      return count
    },

    get messages(): number {
      return messages
    },
  }
}

function first<T>(set: Set<T>): T | undefined {
  for (const value of set) return value
  return undefined
}

function setOf<K, V>(map: Map<K, Set<V>>, key: K): Set<V> {
  let set = map.get(key)
  if (!set) {
    set = new Set()
    map.set(key, set)
  }
  return set
}

function takeFrom<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const set = map.get(key)
  set?.delete(value)
  if (set?.size === 0) map.delete(key)
}
