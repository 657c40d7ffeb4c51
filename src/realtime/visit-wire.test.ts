import { afterAll, describe, expect, test } from "bun:test"
import { minute } from "../base/day.ts"
import type { Citizen, Staff } from "../domain/access/subject.ts"
import { end, hangUp, hold, resume } from "../domain/visits/calls.ts"
import { checkedNow } from "../domain/visits/identity.ts"
import { invite, remove, takeUp } from "../domain/visits/participants.ts"
import { answer, ring } from "../domain/visits/ringing.ts"
import { visitTimes } from "../domain/visits/times.ts"
import { type Relay, turnSeconds } from "../outside/turn.ts"
import { checksIn } from "../testing/checks.ts"
import { type Client, type handTimers, liveHall } from "../testing/live.ts"
import { videoHall } from "../testing/video.ts"
import { parseVisitWord, type VisitAnswer } from "./visit-words.ts"

const second = 1_000
const errors: unknown[] = []

afterAll(() => {
  expect(errors).toEqual([])
})

/** A video office on the wire, where time moves when the test says so. */
async function room(given: { hall?: Awaited<ReturnType<typeof videoHall>>; turn?: Relay } = {}) {
  const hall = given.hall ?? (await videoHall())
  const live = await liveHall({ ...given, office: hall })
  const timers = live.timers as ReturnType<typeof handTimers>
  let pages = 0

  /** A page of somebody's, that has said hello in the visit. */
  async function page(
    who: Citizen | Staff,
    visit: string,
    mark = `page-${++pages}-mark`,
    tab = "tab-of-it",
    session = `${who.role}-${who.id}`,
  ) {
    live.letIn(session, who)
    const client = await live.page(session)
    const say = (word: object) => client.say({ visit: word })
    say({ do: "hello", visit, page: mark, tab })
    return { client, say, mark, ...hearing(client) }
  }

  return {
    ...{ hall, live, timers, page },
    async inCall() {
      const who = hall.citizen(1)
      const { row } = await hall.video.inCall(who)
      const citizen = await page(who, row.id)
      const mine = await citizen.hear("welcome")
      const agent = await page(hall.agent(1), row.id)
      const other = await agent.hear("welcome")
      await citizen.hear("room", ({ peers }) => peers[0]?.epoch === other.you.epoch)
      return { id: row.id, citizen, agent, mine: mine.you, other: other.you }
    },
    /** Lets time pass while this page, and no other, is heard of. */
    async alive({ say, hear }: Awaited<ReturnType<typeof page>>, milliseconds: number) {
      let n = 0
      for (let left = milliseconds; left > 0; left -= 5 * second) {
        // What is answered has been heard.
        say({ do: "visibility", hidden: n++ % 2 === 0 })
        await hear("room")
        hall.clock.advance(5 * second)
        timers.advance(5 * second)
      }
      await hall.writer.idle()
      errors.push(...live.errors)
    },
    /** Lets time pass while nobody is heard of. */
    async pass(milliseconds: number) {
      for (let left = milliseconds; left > 0; left -= second) {
        hall.clock.advance(second)
        timers.advance(second)
      }
      await hall.writer.idle()
      errors.push(...live.errors)
    },
  }
}

function hearing(client: Client) {
  type Of<D> = Extract<VisitAnswer, { do: D }>
  const answer = (message: unknown) => (message as { visit?: VisitAnswer }).visit
  return {
    async hear<D extends VisitAnswer["do"]>(word: D, fits: (heard: Of<D>) => boolean = () => true): Promise<Of<D>> {
      const found = await client.next((message) => {
        const heard = answer(message)
        return heard?.do === word && fits(heard as Of<D>)
      })
      return answer(found) as Of<D>
    },
    heard: (word: VisitAnswer["do"]) => client.heard.filter((message) => answer(message)?.do === word),
  }
}

const isLast = (message: object) => "refused" in message || JSON.stringify(message).includes('"removed"')
const offer = { type: "offer", sdp: "v=0" }

describe("two people in a call", () => {
  test("hear each other's signals, with the speaker named by the server, and nothing of it is kept", async () => {
    const { inCall, hall } = await room()
    const { citizen, agent, mine, other } = await inCall()
    citizen.say({ do: "sig", to: other.participant, toEpoch: other.epoch, description: offer })
    const heard = await agent.hear("sig")
    expect(heard).toEqual({ do: "sig", from: mine.participant, epoch: mine.epoch, description: offer as never })
    agent.say({ do: "sig", to: mine.participant, toEpoch: mine.epoch, candidate: { candidate: "candidate:1" } })
    expect(await citizen.hear("sig")).toMatchObject({ from: other.participant, candidate: { sdpMid: null } })
    agent.say({ do: "rtt", delta: "مر" })
    expect(await citizen.hear("rtt")).toMatchObject({ from: other.participant, delta: "مر" })
    citizen.say({ do: "chat", text: "أسمعك" })
    expect(await agent.hear("chat")).toMatchObject({ from: mine.participant, text: "أسمعك" })
    const kept = JSON.stringify(hall.store.connection.raw.query("SELECT * FROM fact").all())
    expect(kept.includes("v=0") || kept.includes("candidate:1") || kept.includes("أسمعك")).toBe(false)
  })

  test("one of whom reloads: the other is told of the new page and epoch, and what was meant for the old page is dropped", async () => {
    const { inCall, page, hall } = await room()
    const { id, citizen, agent, mine } = await inCall()
    citizen.client.close()
    const fresh = await page(hall.citizen(1), id)
    const { you } = await fresh.hear("welcome")
    expect([you.state, you.epoch]).toEqual(["admitted", mine.epoch + 1])
    await agent.hear("room", ({ peers }) => peers[0]?.page === fresh.mark && peers[0].connectivity === "online")
    agent.say({ do: "sig", to: mine.participant, toEpoch: mine.epoch, description: offer })
    expect(await agent.hear("denied")).toEqual({ do: "denied", code: "version_moved", of: "sig" })
    agent.say({ do: "sig", to: mine.participant, toEpoch: you.epoch, description: offer })
    await fresh.hear("sig")
    expect((await hall.video.now(id)).phase).toBe("call")
  })

  test("whose connection to us breaks keep page and call, and are told how it stands when it is back", async () => {
    const { inCall, page, hall } = await room()
    const { id, citizen, agent } = await inCall()
    citizen.client.close()
    await agent.hear("room", ({ peers }) => peers[0]?.connectivity === "reconnecting")
    const back = await page(hall.citizen(1), id, citizen.mark)
    const { peers, phase } = await back.hear("welcome")
    expect([phase, peers.length]).toEqual(["call", 1])
    await agent.hear("room", ({ peers: [one] }) => one?.page === citizen.mark && one.connectivity === "online")
  })

  test("of whom one is checked stay checked over a lost line, and not over a reload or another sign-in with the same page", async () => {
    const all = await room()
    const { inCall, page, hall } = all
    const { id, citizen, agent } = await inCall()
    const checks = checksIn(hall)
    await checks.draw(id)
    await checks.through(id, hall.citizen(1))
    citizen.client.close()
    await agent.hear("room", ({ peers }) => peers[0]?.connectivity === "reconnecting")
    const back = await page(hall.citizen(1), id, citizen.mark)
    await back.hear("welcome")
    expect(await checkedNow(hall.store, id)).toBe(true)
    back.client.close()
    await agent.hear("room", ({ peers }) => peers[0]?.connectivity === "reconnecting")
    const elsewhere = await page(hall.citizen(1), id, citizen.mark, "tab-of-it", "another-session")
    await elsewhere.hear("welcome")
    expect(await checkedNow(hall.store, id)).toBe(false)
  })

  test("of whom one is checked: it does not count while the agent's page gets no picture, whatever the person's says", async () => {
    const { inCall, hall } = await room()
    const { id, citizen, agent, mine } = await inCall()
    const checks = checksIn(hall)
    await checks.draw(id)
    await checks.through(id, hall.citizen(1))
    const report = async (fps: number | undefined) => {
      agent.say({ do: "media", state: "flowing", of: mine.participant, ...(fps === undefined ? {} : { fps }) })
      await citizen.hear("media")
      citizen.say({ do: "media", state: "flowing", videoOff: false })
      await agent.hear("media")
    }
    const [seen, unseen, unsaid] = [24, 0, undefined]
    await report(seen)
    expect(await checkedNow(hall.store, id)).toBe(true)
    await report(unseen)
    expect(await checkedNow(hall.store, id)).toBe(false)
    await report(seen)
    expect(await checkedNow(hall.store, id)).toBe(true)
    await report(unsaid)
    hall.clock.advance(6 * second)
    await report(seen)
    expect((await hall.facts("check.lapsed")).map(({ body }) => body.why)).toEqual(["unseen"])
  })

  test("one of whom loses only the connection to us for a minute go on talking: who is seen and heard is not gone", async () => {
    const { inCall, alive, hall, page } = await room()
    const { id, citizen, agent, mine } = await inCall()
    citizen.client.close()
    await agent.hear("room", ({ peers }) => peers[0]?.connectivity === "reconnecting")
    for (let n = 0; n < 6; n++) {
      agent.say({ do: "media", state: "flowing", of: mine.participant })
      await alive(agent, 10 * second)
    }
    expect((await hall.video.now(id)).phase).toBe("call")
    const back = await page(hall.citizen(1), id, citizen.mark)
    expect((await back.hear("welcome")).phase).toBe("call")
    back.client.close()
    await agent.hear("room", ({ peers }) => peers[0]?.connectivity === "reconnecting")
    await alive(agent, visitTimes.graceInCall + visitTimes.sweep)
    await agent.hear("room", ({ phase }) => phase === "interrupted")
  })

  test("outlive a restart of the server: nobody is gone, and the snapshot is what the store holds", async () => {
    const first = await room()
    const { id, citizen } = await first.inCall()
    await first.live.close()
    await citizen.client.closed
    await first.hall.restart()
    const next = await room({ hall: first.hall })
    const before = await next.hall.video.participant(id, "citizen")
    expect(before.presence).not.toBe("gone")
    const back = await next.page(next.hall.citizen(1), id, citizen.mark)
    const { phase, you, peers } = await back.hear("welcome")
    expect([phase, you.state, peers[0]?.connectivity]).toEqual(["call", "admitted", "reconnecting"])
    await next.alive(back, visitTimes.graceInCall + visitTimes.sweep)
    await back.hear("room", (heard) => heard.phase === "interrupted")
    // Without a way back nobody is left to signal to.
    back.say({ do: "sig", to: peers[0]?.participant, toEpoch: 1, description: offer })
    await back.hear("denied")
  })

  test("talk by keys whose fingerprints are known while the visit lasts, for each way and each pair", async () => {
    const { hall, live, inCall, pass } = await room()
    const { id, citizen, agent, mine, other } = await inCall()
    const seen = (from: string, to: string) => live.hub.fingerprint(id, from, to)
    expect(seen(mine.participant, other.participant)).toBeNull()
    const described = (hex: string) => ({
      type: "offer",
      sdp: `v=0\r\na=fingerprint:SHA-256 ${hex}\r\na=mid:0\r\na=fingerprint:sha-256 ${hex}\r\n`,
    })
    const say = async (hex: string) => {
      citizen.say({ do: "sig", to: other.participant, toEpoch: other.epoch, description: described(hex) })
      await agent.hear("sig", (word) => JSON.stringify(word).includes(hex))
    }
    await say("aa:01")
    expect(seen(mine.participant, other.participant)).toBe("sha-256 AA:01")
    expect(seen(other.participant, mine.participant)).toBeNull()
    await say("BB:02")
    expect(seen(mine.participant, other.participant)).toBe("sha-256 BB:02")
    await hall.write((tx) => end(tx, hall.agent(1), id, { outcome: "done" }))
    await pass(second)
    expect(seen(mine.participant, other.participant)).toBeNull()
  })

  test("one of whom is held: no signal passes either way", async () => {
    const { inCall, hall } = await room()
    const { id, citizen, agent, mine, other } = await inCall()
    await hall.write((tx) => hold(tx, hall.agent(1), id))
    await citizen.hear("room", ({ you, phase }) => you.state === "held" && phase === "hold")
    citizen.say({ do: "sig", to: other.participant, toEpoch: other.epoch, description: offer })
    agent.say({ do: "sig", to: mine.participant, toEpoch: mine.epoch, description: offer })
    expect((await citizen.hear("denied")).code).toBe("not_found")
    expect((await agent.hear("denied")).code).toBe("not_found")
    expect([...citizen.heard("sig"), ...agent.heard("sig")]).toEqual([])
  })
})

describe("credentials for the relay", () => {
  const turn = { urls: ["turn:relay.example:3478"], secret: "a secret of the tests" }

  test("are for who may talk at this moment: not before the call, not on hold, and there are none of a visit that is not one's own", async () => {
    const { hall, page } = await room({ turn })
    const who = hall.citizen(1)
    const { row } = await hall.video.walkIn(who)
    await hall.open(1)
    const citizen = await page(who, row.id)
    await citizen.hear("welcome")
    const refused = async () => {
      citizen.say({ do: "relays" })
      expect(await citizen.hear("denied")).toEqual({ do: "denied", code: "wrong_state", of: "relays" })
    }
    await refused()
    await hall.write((tx) => ring(tx, hall.agent(1), row.id))
    const agent = await page(hall.agent(1), row.id)
    const { you } = await agent.hear("welcome")
    await refused()
    agent.say({ do: "relays" })
    expect((await agent.hear("denied")).code).toBe("wrong_state")
    await hall.write((tx) => answer(tx, who, row.id))
    citizen.say({ do: "relays" })
    const [given] = (await citizen.hear("relays")).iceServers
    expect(given).toEqual({ urls: turn.urls, username: expect.any(String), credential: expect.any(String) })
    const { id } = await hall.video.participant(row.id, "citizen")
    const [until, whose] = given?.username.split(":") ?? []
    expect(whose).toBe(id)
    expect(Number(until) - Math.floor(hall.clock.real() / second)).toBe(turnSeconds)
    agent.say({ do: "relays" })
    expect((await agent.hear("relays")).iceServers[0]?.username.split(":")[1]).toBe(you.participant)
    const stranger = await page(hall.citizen(2), row.id)
    stranger.say({ do: "relays" })
    for (const of of ["hello", "relays"]) {
      expect(await stranger.hear("denied", (word) => word.of === of)).toMatchObject({ code: "not_found" })
    }
    await hall.write((tx) => hold(tx, hall.agent(1), row.id))
    await refused()
    await hall.write((tx) => resume(tx, hall.agent(1), row.id))
    citizen.say({ do: "relays" })
    expect((await citizen.hear("relays")).iceServers).toHaveLength(1)
  })

  test("there are none where the house has no relay", async () => {
    const { citizen } = await (await room()).inCall()
    citizen.say({ do: "relays" })
    expect((await citizen.hear("relays")).iceServers).toEqual([])
  })
})

test("that the relay refuses us is told to whoever looks after it, once a person, until it lets somebody through", async () => {
  const { inCall, page, hall, live } = await room()
  const waits = await hall.video.walkIn(hall.citizen(2))
  const waiting = await page(hall.citizen(2), waits.row.id)
  await waiting.hear("welcome")
  const { citizen, agent, mine, other } = await inCall()
  const { relay } = live.hub
  // Who has got no credentials has none that could be refused.
  waiting.say({ do: "relay", refused: true })
  expect((await waiting.hear("denied")).code).toBe("wrong_state")
  expect(relay()).toBeNull()
  const since = hall.clock.office()
  citizen.say({ do: "relay", refused: true })
  citizen.say({ do: "relay", refused: true })
  await citizen.say({ do: "media", state: "failed", of: other.participant })
  await agent.hear("media")
  hall.clock.advance(minute)
  agent.say({ do: "relay", refused: true })
  agent.say({ do: "media", state: "failed", of: mine.participant })
  await citizen.hear("media")
  expect(relay()).toEqual({ since, count: 2 })
  expect(live.refusals).toEqual([1, 2].map((count) => ({ since, count })))
  agent.say({ do: "media", state: "flowing", of: mine.participant, localType: "relay" })
  await citizen.hear("media", ({ state }) => state === "flowing")
  expect(relay()).toBeNull()
  citizen.say({ do: "relay", refused: true })
  citizen.say({ do: "media", state: "setup", of: other.participant })
  await agent.hear("media", ({ state }) => state === "setup")
  expect(relay()?.count).toBe(1)
  hall.clock.advance(visitTimes.relayTrouble + second)
  expect(relay()).toBeNull()
})

describe("a ghost", () => {
  test("that never answers is gone from the room within thirty seconds, though the server keeps sending", async () => {
    const { inCall, alive, hall } = await room()
    const { id, citizen, agent } = await inCall()
    // The agent's page answers, the citizen's is frozen; facts and pings go out to both all the time.
    await alive(agent, 25 * second)
    expect(citizen.heard("ping").length).toBeGreaterThan(1)
    await agent.hear("room", ({ peers }) => peers[0]?.connectivity === "reconnecting")
    expect((await citizen.client.closed).code).toBe(1006)
    expect((await hall.video.participant(id, "citizen")).presence).toBe("reconnecting")
  })
})

describe("a second window", () => {
  test("asks before it takes over; the one that lost is named, and only the new one is heard", async () => {
    const { inCall, page, hall, timers } = await room()
    const { id, citizen, agent, mine, other } = await inCall()
    const second = await page(hall.citizen(1), id, "second-window", citizen.mark)
    // Its hello is through when the next word of the same socket is answered.
    second.say({ do: "pong", n: 1 })
    await second.hear("denied")
    timers.advance(visitTimes.reload)
    expect((await second.hear("conflict")).sameTab).toBe(false)
    second.say({ do: "takeover" })
    expect((await second.hear("welcome")).you.epoch).toBe(mine.epoch + 1)
    expect(await citizen.hear("superseded")).toMatchObject({ visit: id, page: citizen.mark, epoch: mine.epoch })
    citizen.say({ do: "sig", to: other.participant, toEpoch: other.epoch, description: offer })
    expect((await citizen.hear("denied")).code).toBe("not_found")
    expect(await hall.facts("visit.taken_over")).toHaveLength(1)
    expect(agent.heard("sig")).toEqual([])
  })

  test("of a duplicated tab is a conflict, not a reload", async () => {
    const { inCall, page, hall, timers } = await room()
    const { id } = await inCall()
    const twin = await page(hall.citizen(1), id, "page-of-the-twin", "tab-of-it")
    twin.say({ do: "pong", n: 1 })
    await twin.hear("denied")
    timers.advance(visitTimes.reload)
    expect((await twin.hear("conflict")).sameTab).toBe(true)
  })
})

describe("whoever is not in a visit", () => {
  test("is told that there is none: another account, another agent, a stranger's link", async () => {
    const { inCall, page, hall, live } = await room()
    const { id } = await inCall()
    for (const who of [hall.citizen(2), hall.agent(2)]) {
      const other = await page(who, id)
      expect(await other.hear("denied")).toEqual({ do: "denied", code: "not_found", of: "hello" })
      other.client.say({ sub: [`visit:${id}`], as: "json" })
      expect(await other.client.next((message) => "refused" in message)).toMatchObject({ code: "not_found" })
      other.say({ do: "chat", text: "x" })
      expect((await other.hear("denied")).code).toBe("not_found")
    }
    const link = await live.connect()
    link.say({ capability: `${id}.secret-of-${id}` })
    link.say({ visit: { do: "hello", visit: id, page: "some-page", tab: "some-tab" } })
    expect(await hearing(link).hear("denied")).toMatchObject({ code: "not_found" })
  })

  test("or is only asked in, hears of nobody and reaches nobody; who is removed is told so once", async () => {
    const { inCall, page, hall } = await room()
    const { id, agent, other } = await inCall()
    const { write, keys } = hall
    const third = await write((tx) => invite(tx, keys, hall.agent(1), id, { kind: "interpreter", name: "منى" }))
    await write((tx) => takeUp(tx, hall.citizen(5), third.id))
    const guest = await page(hall.citizen(5), id)
    expect((await guest.hear("welcome")).peers).toEqual([])
    guest.say({ do: "sig", to: other.participant, toEpoch: other.epoch, description: offer })
    expect((await guest.hear("denied")).code).toBe("not_found")
    agent.say({ do: "chat", text: "بيننا" })
    await agent.hear("chat")
    guest.client.say({ sub: [`visit:${id}`], as: "json" })
    const shown = (await guest.client.next((message) => "snapshot" in message)) as unknown as { snapshot: object }
    expect(shown.snapshot).toMatchObject({ people: [], messages: [], place: null, sentOn: null })
    await write((tx) => remove(tx, hall.agent(1), id, third.id))
    // Both at once: no word of the visit any more, and no view of it.
    const last = [await guest.client.next(isLast), await guest.client.next(isLast)]
    expect(last).toContainEqual({ refused: `visit:${id}`, code: "not_found" } as never)
    expect(guest.heard("removed")).toHaveLength(1)
    expect([...guest.heard("chat"), ...guest.heard("sig")]).toEqual([])
  })

  test("waits in the lobby: no signal to the agent who rings, and none after the talk is over", async () => {
    const { hall, page, inCall } = await room()
    const { row } = await hall.video.walkIn(hall.citizen(3))
    const waiting = await page(hall.citizen(3), row.id)
    const { phase, you } = await waiting.hear("welcome")
    expect([phase, you.state]).toEqual(["lobby", "invited"])
    const { id, citizen, other } = await inCall()
    waiting.say({ do: "sig", to: other.participant, toEpoch: other.epoch, description: offer })
    expect((await waiting.hear("denied")).code).toBe("not_found")
    await hall.write((tx) => hangUp(tx, hall.agent(1), id))
    await citizen.hear("room", (heard) => heard.phase === "wrapUp")
    citizen.say({ do: "sig", to: other.participant, toEpoch: other.epoch, description: offer })
    expect((await citizen.hear("denied")).code).toBe("not_found")
  })
})

test("a phone that is locked in the waiting room is away, then gone, and its row keeps the place and says so", async () => {
  const { hall, page, pass } = await room()
  const { row, ticket } = await hall.video.walkIn(hall.citizen(3))
  const phone = await page(hall.citizen(3), row.id)
  await phone.hear("welcome")
  phone.say({ do: "visibility", hidden: true })
  await phone.hear("room")
  await pass(4 * minute)
  expect((await hall.video.participant(row.id, "citizen")).presence).toBe("gone")
  expect((await hall.video.now(row.id)).ticket).toEqual(ticket)
  const back = await page(hall.citizen(3), row.id)
  expect(await back.hear("welcome")).toMatchObject({ phase: "lobby", you: { state: "invited" } })
})

test("the view of a visit is each reader's own, and changes with what happens", async () => {
  const { hall, page } = await room()
  const { row } = await hall.video.walkIn(hall.citizen(3))
  const phone = await page(hall.citizen(3), row.id)
  await phone.hear("welcome")
  phone.client.say({ sub: [`visit:${row.id}`], as: "json" })
  await phone.client.next((message) => "snapshot" in message)
  phone.say({ do: "chat", text: "مرحبا" })
  await phone.client.next((message) => "change" in message)
})

describe("too much", () => {
  test("of the right words is not heard, and neither is a single one that is no word", async () => {
    const { hall, page } = await room()
    const { row } = await hall.video.walkIn(hall.citizen(3))
    const phone = await page(hall.citizen(3), row.id)
    await phone.hear("welcome")
    for (let n = 0; n < 40; n++) phone.say({ do: "pong", n })
    expect(await phone.hear("denied")).toEqual({ do: "denied", code: "too_many_requests", of: null })
    hall.clock.advance(2 * second)
    phone.say({ do: "visibility", hidden: true })
    await phone.hear("room")
    phone.say({ do: "shout" })
    expect((await phone.client.closed).code).toBe(4400)
  })

  test("in one message ends the connection; a description of sixty thousand letters passes", async () => {
    const { inCall } = await room()
    const { citizen, agent, other } = await inCall()
    const sdp = "x".repeat(60_000)
    citizen.say({ do: "sig", to: other.participant, toEpoch: other.epoch, description: { type: "offer", sdp } })
    expect(await agent.hear("sig")).toMatchObject({ description: { sdp } })
    citizen.client.sendRaw(JSON.stringify({ visit: { do: "chat", text: "x".repeat(66_000) } }))
    expect((await citizen.client.closed).code).toBe(1009)
  })
})

test("a word with a field too many, too few or of another kind is none", () => {
  const id = "0190abcd-0000-7000-8000-000000000001"
  const right = [
    { do: "hello", visit: id, page: "page-one", tab: "tab-ones" },
    { do: "pong", n: 0 },
    { do: "sig", to: id, toEpoch: 1, candidate: null },
    { do: "media", state: "flowing", localType: "relay", rtt: 12.5, loss: 0, fps: 20, w: 640, h: 360, audioOff: true },
    { do: "takeover" },
  ]
  for (const word of right) expect(parseVisitWord(word)).toEqual(word as never)
  const wrong = [
    null,
    [],
    {},
    { do: "hello", visit: id, page: "page-one" },
    { do: "hello", visit: id, page: "p", tab: "tab-ones" },
    { do: "hello", visit: id, page: "page-one", tab: "tab-ones", from: id },
    { do: "pong", n: -1 },
    { do: "sig", to: id, toEpoch: 1 },
    { do: "sig", to: id, toEpoch: 1, description: { type: "offer", sdp: "x", more: 1 } },
    { do: "sig", to: id, toEpoch: 1, candidate: { candidate: 1 } },
    { do: "sig", to: "x", toEpoch: 1, candidate: null },
    { do: "media", state: "fine" },
    { do: "media", state: "flowing", rtt: "1" },
    { do: "chat", text: "x".repeat(2_001) },
    { do: "bye", now: true },
  ]
  for (const word of wrong) expect(parseVisitWord(word)).toBeNull()
})
