import { afterAll, expect, test } from "bun:test"
import { board, liveHall } from "../testing/live.ts"

const { hub, program, letIn, office, close, errors } = await liveHall()

afterAll(async () => {
  await close()
  await office.close()
  expect(errors).toEqual([])
})

test("of a hundred screens that come, look and go nothing is kept: neither their sockets nor what they looked at", async () => {
  letIn("board", board())
  const topic = `board:${office.code}`
  for (let count = 0; count < 100; count++) {
    // So many may not be open at once: were they kept, those that come later would be sent away.
    const client = await program("board")
    client.say({ sub: [topic], as: "json" })
    await client.next((message) => "snapshot" in message)
    expect(hub.numbers()).toMatchObject({ sockets: 1, topics: 1 })
    client.close()
    while (hub.numbers().sockets > 0) await new Promise<void>((resolve) => setImmediate(resolve))
    expect(hub.numbers().topics).toBe(0)
  }
})
