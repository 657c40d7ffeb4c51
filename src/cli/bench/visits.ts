import { openStore } from "../../../db/open.ts"
import { openWriter, type Scope, type Tx } from "../../../db/write.ts"
import { machineClock } from "../../base/clock.ts"
import { staffOf, subjectOfKey } from "../../domain/access/keys.ts"
import { openCounter } from "../../domain/queue/counters.ts"
import { walkIn } from "../../domain/visits/arriving.ts"
import { answer, ring } from "../../domain/visits/ringing.ts"
import type { Drop, Dropped, Seat, Talk, Talked } from "./clients/visits.ts"
import { type Figure, type Part, progress, quantile } from "./figure.ts"
import { openBoards } from "./hall.ts"
import { bytesASocket, restingBytes } from "./memory.ts"
import { inFolder, type Prepared, prepare } from "./prepare.ts"
import { freePort, type Running, startBare, startClient, startHouse } from "./running.ts"
import { addVideoAgent, videoOffice, withVideoOffice } from "./video.ts"

export interface Wanted {
  disk: string
  waiting: number
  calls: number
  seconds: number
}

/**
 * A video office full of people: so many in waiting rooms, so many calls. How long a signal and a kept message take from one page to the
 * other, beside the same in one call while all others are silent; how soon one side knows that the other's connection broke, and is back; what
 * a participant costs in memory, beside a socket of a bare server; and,
 * when the server has been killed in the midst of it and is up again, how long until everybody is back, beside as many sockets that open at
 * a bare server.
 */
export async function visits({ disk, waiting, calls, seconds }: Wanted): Promise<Part> {
  return inFolder(disk, async (folder) => {
    progress(`visits: ${waiting} waiting rooms and ${calls} calls`)
    const prepared = await prepare(folder, { plan: withVideoOffice(calls), citizens: waiting + calls, boards: 8 })
    const seats = await fill(prepared, calls)
    const port = { PORT: String(freePort()) }
    const house = await startHouse(prepared, null, port)
    const client = startClient("visits.ts")
    const [bare, plain] = [await startBare(), startClient("boards.ts")]
    try {
      // A tenth of them first, so that what is needed once is not counted; both sides of a call stand side by side.
      const some = Math.ceil(seats.length / 20) * 2
      await sit(client, house, seats.slice(0, some))
      const before = await restingBytes(house)
      await sit(client, house, seats.slice(some))
      const bytes = ((await restingBytes(house)) - before) / (seats.length - some)
      await fetch(`${bare.origin}/frame`, { method: "PUT", body: '{"topic":"x"}' })
      const plainBytes = await bytesASocket(bare, prepared.boards, seats.length)

      progress("visits: talking")
      const alone = await client.ask<Talked>(talkIn(1, seconds))
      const all = await client.ask<Talked>(talkIn(calls, seconds))

      progress("visits: connections that break")
      const drop: Drop = { do: "drop", calls: Math.min(calls, 40) }
      const { lost, found } = await client.ask<Dropped>(drop)

      progress("visits: killed, and up again")
      await client.ask({ do: "fall" })
      process.kill(house.pid, "SIGKILL")
      await Bun.sleep(1_000)
      const again = await startHouse(prepared, null, port)
      const { seats: there, milliseconds } = await client.ask<{ seats: number; milliseconds: number[] }>({ do: "back" })
      if (there !== seats.length) throw new Error(`${there} of ${seats.length} came back`)
      const began = performance.now()
      await openBoards(plain, bare, prepared.boards, seats.length)
      const opened = performance.now() - began

      const crowd = `${calls} calls, ${waiting} waiting`
      const figures: Figure[] = [
        latency(`signal to the other page, ${crowd}, p50`, all.signals, alone.signals, 0.5),
        latency(`signal to the other page, ${crowd}, p99`, all.signals, alone.signals, 0.99),
        latency(`kept message to the other page, ${crowd}, p50`, all.messages, alone.messages, 0.5),
        latency(`kept message to the other page, ${crowd}, p99`, all.messages, alone.messages, 0.99),
        presence(`a connection broken, until the other page knows, ${crowd}, p50`, lost, alone.signals),
        presence(`the same come back, until the other page knows, ${crowd}, p50`, found, alone.signals),
        {
          ...{ what: "memory a participant of a visit", value: bytes, unit: "bytes" },
          baseline: { what: "bare Bun", value: plainBytes },
        },
        {
          ...{ what: `all ${seats.length} back after a crash`, value: Math.max(...milliseconds), unit: "ms" },
          ...{ aim: { most: 15_000 }, baseline: { what: "bare Bun, opened", value: opened } },
          note: `half of them after ${Math.round(quantile(milliseconds, 0.5))} ms; pages wait longer each time they find nobody`,
        },
      ]
      await Promise.all([again.stop(), bare.stop()])
      return { figures }
    } finally {
      client.close()
      plain.close()
    }
  })
}

function latency(what: string, own: number[], alone: number[], share: number): Figure {
  const [value, other] = [quantile(own, share), quantile(alone, share)]
  return { what, value, unit: "ms", baseline: { what: "in one call alone", value: other } }
}

function presence(what: string, own: number[], signals: number[]): Figure {
  const baseline = { what: "a signal in one call alone", value: quantile(signals, 0.5) }
  return { what, value: quantile(own, 0.5), unit: "ms", baseline }
}

const talkIn = (calls: number, seconds: number): Talk => ({ do: "talk", calls, seconds })

async function sit(client: ReturnType<typeof startClient>, { origin }: Running, seats: Seat[]): Promise<void> {
  await client.ask({ do: "open", origin, seats })
}

/** Brings everybody in, by the house's own turns, and answers who sits where: those in calls first. */
async function fill({ data, citizens }: Prepared, calls: number): Promise<Seat[]> {
  const opened = openStore(data, { create: false })
  const clock = machineClock()
  const writer = openWriter(opened.writing, { clock })
  const scopes: Scope[] = ["accounts", `office:${videoOffice}`]
  const seats: Seat[] = []
  try {
    for (const [index, { token }] of citizens.entries()) {
      const turn = async (tx: Tx) => {
        const citizen = await subjectOfKey(tx, token, clock.real())
        if (citizen?.role !== "citizen") throw new Error("somebody has no key")
        const { row } = await walkIn(tx, citizen, { office: videoOffice, service: "VIR-01", lang: "ar" })
        seats.push({ token, visit: row.id })
        if (index >= calls) return
        const agent = await addVideoAgent(tx, index, clock.real())
        const staff = await staffOf(tx, agent.id)
        const at = `${videoOffice}.${index + 1}`
        if (!staff) throw new Error("the agent is not there")
        await openCounter(tx, staff, at, null)
        await ring(tx, staff, row.id, at)
        await answer(tx, citizen, row.id)
        seats.push({ token: agent.token, visit: row.id })
      }
      await writer.write(turn, { scopes })
    }
    return seats
  } finally {
    await writer.close()
    opened.close()
  }
}
