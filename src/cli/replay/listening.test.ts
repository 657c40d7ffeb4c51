import { expect, test } from "bun:test"
import { testServer } from "../../testing/server.ts"
import { openBoard } from "./board.ts"
import { listenTo } from "./listening.ts"

/** A server of the live wire that says what the test wants it to. */
function liveServer() {
  const said: object[] = []
  let socket: Bun.ServerWebSocket<undefined> | null = null
  let hear = () => {}
  const server = Bun.serve<undefined, never>({
    port: 0,
    fetch(request, own) {
      return own.upgrade(request, { data: undefined }) ? undefined : new Response("", { status: 426 })
    },
    websocket: {
      open(opened) {
        socket = opened
      },
      message(_, text) {
        said.push(JSON.parse(String(text)))
        hear()
      },
    },
  })
  return {
    origin: server.url.origin,
    say: (message: object) => socket?.send(JSON.stringify(message)),
    drop: () => socket?.terminate(),
    /** The next message of the client. */
    async heard(): Promise<object> {
      while (said.length === 0) await new Promise<void>((resolve) => (hear = resolve))
      return said.shift() as object
    },
    stop: () => server.stop(true),
  }
}

const topic = "board:RUH-RML"

test("what is missing is asked for, after a gap and on a new connection, and nothing is shown out of order", async () => {
  const server = liveServer()
  const shown: unknown[] = []
  const listening = listenTo(server.origin, "dawr_key", [topic], (_, content) => shown.push(content))
  expect(await server.heard()).toEqual({ token: "dawr_key" })
  expect(await server.heard()).toEqual({ sub: [topic], as: "json" })
  server.say({ topic, seq: 3, snapshot: { at: 3 } })
  const close = await listening
  server.say({ topic, seq: 4, prev: 3, change: { at: 4 } })
  server.say({ topic, seq: 9, prev: 7, change: { at: 9 } })
  expect(await server.heard()).toEqual({ sub: [topic], since: 4, as: "json" })
  expect(shown).toEqual([{ at: 3 }, { at: 4 }])
  server.say({ topic, seq: 9, snapshot: { at: 9 } })
  server.say({ ping: 1 })
  server.say({ topic, seq: 10, prev: 9, change: { at: 10 } })
  server.say({ topic, seq: 99, prev: 98, change: { at: 99 } })
  expect(await server.heard()).toEqual({ sub: [topic], since: 10, as: "json" })
  server.drop()
  expect(await server.heard()).toEqual({ token: "dawr_key" })
  expect(await server.heard()).toEqual({ sub: [topic], since: 10, as: "json" })
  expect(shown).toEqual([{ at: 3 }, { at: 4 }, { at: 9 }, { at: 10 }])
  close()
  await server.stop()
})

test("a board tells when people wait in a line; a key that is not good, or not for that office, is a sentence", async () => {
  const server = await testServer()
  const kiosk = (await server.device("kiosk").token()) ?? ""
  const board = await openBoard(server.origin, kiosk, server.office.code)
  expect([board.waitsIn(["PAS"]), await board.news(0)]).toEqual([false, false])
  const path = `/api/v1/offices/${server.office.code}/tickets`
  expect((await server.agent(1).post(path, { service: "PAS-10" })).status).toBe(201)
  expect(await board.news(20_000)).toBe(true)
  expect([board.waitsIn(["PAS"]), board.waitsIn(["RES"])]).toEqual([true, false])
  board.close()
  await expect(openBoard(server.origin, "dawr_nobody", server.office.code)).rejects.toThrow("nobody may listen at")
  await expect(openBoard(server.origin, kiosk, "RUH-QHK")).rejects.toThrow("may not be listened to at")
})
