import type { Flood, OpenBoards, Watch, Watched } from "./clients/boards.ts"
import { office, type Prepared } from "./prepare.ts"
import type { Client, Running } from "./running.ts"

/** What every bench of the live wire does in its hall. */

export const topic = `board:${office}`
export const counter = `${office}.1`

export async function openBoards(client: Client, server: Running, keys: string[], count: number): Promise<void> {
  const message: OpenBoards = { do: "open", origin: server.origin, keys, topic, count }
  const before = await client.ask<{ boards: number }>({ ...message, count: 0 })
  const after = await client.ask<{ boards: number }>(message)
  if (after.boards !== before.boards + count) throw new Error(`${after.boards} boards are open, not ${count} more`)
}

export const floodOf = (server: Running, press: Flood["press"], rounds: number): Flood => ({
  ...{ do: "flood", origin: server.origin, press, rounds },
})

export function pressing(client: Client, server: Running, { agent }: Prepared, presses: number): Promise<Watched> {
  const message: Watch = { do: "press", origin: server.origin, token: agent.token, counter, presses }
  return client.ask<Watched>(message)
}

/** Something that the bench's agent does; answers what the API answers. */
export async function agentDoes<T>(server: Running, { agent }: Prepared, path: string): Promise<T> {
  const answer = await fetch(`${server.origin}${path}`, { method: "POST", ...asAgent(agent.token) })
  if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

export const asAgent = (token: string) => ({
  headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
  body: "{}",
})
