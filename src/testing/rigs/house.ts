import { cpSync, existsSync, rmSync } from "node:fs"
import { join } from "node:path"
import { verifyFile } from "../../../db/verify.ts"
import { asks, type DemoFile, demoFile, ownFolder, run, runServer } from "../process.ts"
import type { Random } from "./rig.ts"

/* A demonstration as a process of its own, the people who book in it, and what they were promised. */

const office = "RUH-RML"
const service = "RES-11"

let made: Promise<string> | null = null

/** A folder with a demonstration of its own that has gone down cleanly, begun from one that is made once. */
export async function ownHouse(): Promise<string> {
  made ??= (async () => {
    const folder = ownFolder()
    const server = runServer(folder, { DEMO_CITIZENS: "120" })
    await server.origin()
    await server.kill("SIGTERM")
    return folder
  })()
  const folder = ownFolder()
  cpSync(await made, folder, { recursive: true })
  return folder
}

/** Frees what a round has used: there may be hundreds of them. */
export function done(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}

export const databaseIn = (folder: string) => join(folder, "data", "dawr.db")

/** Runs `npm run verify` over the house; its code, and what it said. */
export async function verified(folder: string): Promise<{ code: number | string; said: string }> {
  const ran = run("src/cli/verify.ts", { DATA_DIR: join(folder, "data") })
  return { code: await ran.ended, said: ran.said() }
}

/** What a whole look finds wrong with a database file, in this process. */
export const wrongWith = (file: string): string[] => (existsSync(file) ? verifyFile(file).wrong : [`no ${file}`])

/** Of what somebody asked for: the key they asked with, and what they were answered. */
export interface Asked {
  token: string
  key: string
  slot: string
  /** The booking's id, once a 201 has come. */
  id: string | null
  state: "asked" | "booked" | "cancelling" | "cancelled"
}

export interface Crowd {
  asked: Asked[]
  /** Lets the crowd book and cancel until `isOver` says so, or `requests` answers have come. */
  work(origin: string, given: { lanes: number; requests?: number; isOver?: () => boolean }): Promise<Answers>
  /** Whether all that was promised is there, or the last so many, and who asks again with the same key gets the same. Empty: it is. */
  broken(origin: string, last?: number): Promise<string[]>
}

export interface Answers {
  granted: number
  refused: number
  unavailable: number
  lost: number
}

/** `from`: the place in the list of citizens at which this crowd begins; whoever stood in one before may have what they want already. */
export async function crowd(folder: string, origin: string, random: Random, from = 0): Promise<Crowd> {
  const { citizens: all }: DemoFile = demoFile(folder)
  const citizens = [...all.slice(from), ...all.slice(0, from)]
  const { body } = await asks(origin, null, `/api/v1/offices/${office}/slots?service=${service}&days=10`)
  const free: string[] = body.days.flatMap((day: { slots: { id: string; free: number }[] }) =>
    day.slots.flatMap(({ id, free }) => (free > 0 ? [id] : [])),
  )
  const asked: Asked[] = []
  let last = 0
  const standing = (token: string) => asked.find((one) => one.token === token && one.state !== "cancelled")

  async function act(origin: string, token: string, answers: Answers): Promise<void> {
    const before = standing(token)
    try {
      const answer = before?.id ? await cancel(origin, before) : await book(origin, before ?? anew(token))
      if (answer === 201) answers.granted++
      else if (answer === 503) answers.unavailable++
      else answers.refused++
    } catch {
      answers.lost++
    }
  }

  function anew(token: string): Asked {
    const one: Asked = {
      ...{ token, key: `rig-${++last}`, slot: free[random.below(free.length)] ?? "" },
      ...{ id: null, state: "asked" },
    }
    asked.push(one)
    return one
  }

  async function book(origin: string, one: Asked): Promise<number> {
    const { status, body } = await post(origin, "/api/v1/bookings", one, { office, service, slot: one.slot })
    if (status === 201) Object.assign(one, { id: body.id, state: "booked" })
    // Taken by others meanwhile: the next try is another one.
    else if (status !== 503) one.state = "cancelled"
    return status
  }

  async function cancel(origin: string, one: Asked): Promise<number> {
    one.state = "cancelling"
    const { status } = await post(origin, `/api/v1/bookings/${one.id}/cancellation`, one, {}, "-off")
    if (status === 201) one.state = "cancelled"
    return status
  }

  return {
    asked,
    async work(origin, { lanes, requests = Number.POSITIVE_INFINITY, isOver = () => false }) {
      const answers: Answers = { granted: 0, refused: 0, unavailable: 0, lost: 0 }
      const sum = () => answers.granted + answers.refused + answers.unavailable + answers.lost
      await Promise.all(
        Array.from({ length: lanes }, async (_, lane) => {
          for (let turn = 0; !isOver() && sum() < requests; turn++) {
            const citizen = citizens[(turn * lanes + lane) % citizens.length]
            if (citizen) await act(origin, citizen.token, answers)
          }
        }),
      )
      return answers
    },
    async broken(origin, last = asked.length) {
      const wrong: string[] = []
      const those = asked.slice(-last)
      await inLanes(8, those, async (one) => {
        if (one.id === null) return
        const { body } = await asks(origin, one.token, `/api/v1/bookings/${one.id}`)
        // Of what was asked and not answered either may be.
        const may = {
          booked: ["confirmed"],
          cancelling: ["confirmed", "cancelled"],
          cancelled: ["cancelled"],
          asked: [],
        }
        if (!may[one.state].includes(body.state as never)) {
          wrong.push(`booking ${one.id} was answered as ${one.state} and is ${body.state ?? body.code}`)
        }
        const again = await post(origin, "/api/v1/bookings", one, { office, service, slot: one.slot })
        if (again.status !== 201 || again.body.id !== one.id) {
          wrong.push(
            `key ${one.key} gave ${one.id}, and asked again ${again.status} ${again.body.id ?? again.body.code}`,
          )
        }
      })
      // Who got no answer asks again, and has at most this one.
      await inLanes(8, those, async (one) => {
        if (one.state !== "asked") return
        const first = await post(origin, "/api/v1/bookings", one, { office, service, slot: one.slot })
        if (first.status !== 201) one.state = "cancelled"
        if (first.status !== 201) return
        Object.assign(one, { id: first.body.id, state: "booked" })
        const second = await post(origin, "/api/v1/bookings", one, { office, service, slot: one.slot })
        if (second.body.id !== one.id) wrong.push(`key ${one.key} made ${one.id}, and again ${second.body.id}`)
      })
      return wrong
    },
  }
}

async function post(origin: string, path: string, { token, key }: Asked, body: unknown, end = "") {
  const response = await fetch(origin + path, {
    method: "POST",
    headers: {
      ...{ Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      "Idempotency-Key": `${key}${end}`,
    },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, body: JSON.parse(text || "{}") as { id?: string; code?: string } }
}

export async function inLanes<T>(lanes: number, all: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let at = next++; at < all.length; at = next++) await work(all[at] as T)
    }),
  )
}
