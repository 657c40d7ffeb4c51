import type { Flooded } from "./clients/boards.ts"
import type { Ask } from "./clients/connection.ts"
import { beside, type Part, progress, type Rate } from "./figure.ts"
import { agentDoes, asAgent, counter, floodOf, openBoards } from "./hall.ts"
import { inFolder, prepare } from "./prepare.ts"
import { type Client, type Running, spending, startBare, startClient, startHouse } from "./running.ts"

export interface Wanted {
  disk: string
  boards: number
  /** Messages to each board in each round. */
  each: number
  rounds: number
}

/**
 * Messages a second that reach all boards of a hall. An agent calls the person at the counter again and again; each press is a turn on
 * disk, a look at the hall, a drawn board and a message to everybody. Beside it a bare Bun server that publishes the same bytes to as many
 * subscribers whenever it is asked to. Both are pressed by the same process that holds the boards, one press at a time.
 */
export async function messages({ disk, boards, each, rounds }: Wanted): Promise<Part> {
  return inFolder(disk, async (folder) => {
    progress(`messages: opening ${boards} boards twice`)
    const prepared = await prepare(folder, { boards: Math.ceil(boards / 4), waiting: 100 })
    const [house, bare] = [await startHouse(prepared), await startBare()]
    const [hall, plainHall] = [startClient("boards.ts"), startClient("boards.ts")]
    try {
      await agentDoes(house, prepared, `/api/v1/counters/${counter}/opening`)
      const called = await agentDoes<{ id: string }>(house, prepared, `/api/v1/counters/${counter}/next`)
      const recall: Ask = {
        method: "POST",
        path: `/api/v1/tickets/${called.id}/recall`,
        ...asAgent(prepared.agent.token),
      }
      await openBoards(hall, house, prepared.boards, boards)
      const warm = await hall.ask<Flooded>(floodOf(house, recall, Math.min(each, 20)))
      await fetch(`${bare.origin}/frame`, { method: "PUT", body: warm.frame })
      await openBoards(plainHall, bare, prepared.boards, boards)
      const publish: Ask = { method: "POST", path: "/publish" }
      await plainHall.ask<Flooded>(floodOf(bare, publish, Math.min(each, 20)))
      const [own, others]: [Rate[], Rate[]] = [[], []]
      let [presses, heard] = [0, 0]
      for (let round = 1; round <= rounds; round++) {
        progress(`messages: round ${round} of ${rounds}`)
        const real = await flood(hall, house, recall, each)
        own.push(real.rate)
        presses += real.flooded.presses
        heard += real.flooded.each
        others.push((await flood(plainHall, bare, publish, each)).rate)
      }
      await Promise.all([house.stop(), bare.stop()])
      const what = `messages to ${boards} boards`
      const note = `${warm.bytes} bytes each; ${presses} presses came to ${heard} messages a board`
      return { figures: [{ ...beside(what, own, "bare publish", others), aim: { ratioLeast: 0.6 }, note }] }
    } finally {
      hall.close()
      plainHall.close()
    }
  })
}

async function flood(client: Client, server: Running, press: Ask, rounds: number) {
  const spent = spending(server.pid)
  const flooded = await client.ask<Flooded>(floodOf(server, press, rounds))
  const { messages, seconds } = flooded
  const rate: Rate = { perSecond: messages / seconds, ...spent(messages) }
  return { flooded, rate }
}
