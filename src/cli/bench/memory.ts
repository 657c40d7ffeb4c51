import { type Figure, type Part, progress } from "./figure.ts"
import { openBoards } from "./hall.ts"
import { inFolder, prepare } from "./prepare.ts"
import { type Running, residentBytes, startBare, startClient, startHouse } from "./running.ts"

export interface Wanted {
  disk: string
  sockets: number
}

/**
 * What an open socket costs in memory: how much larger the process is with so many of them, each of which has said who it is and follows
 * its office. A tenth as many are opened first, so that what is needed once is not counted. Beside it a bare Bun server with as many
 * subscribers, and both processes as they are before anybody comes.
 */
export async function memory({ disk, sockets }: Wanted): Promise<Part> {
  return inFolder(disk, async (folder) => {
    const prepared = await prepare(folder, { boards: Math.ceil((sockets * 1.1) / 8) + 1, waiting: 100 })
    const [house, bare] = [await startHouse(prepared), await startBare()]
    await fetch(`${bare.origin}/frame`, { method: "PUT", body: '{"topic":"x"}' })
    progress("memory: idle")
    const idle = [await restingBytes(house), await restingBytes(bare)]
    progress(`memory: ${sockets} sockets`)
    const [own, other] = [
      await bytesASocket(house, prepared.boards, sockets),
      await bytesASocket(bare, prepared.boards, sockets),
    ]
    await Promise.all([house.stop(), bare.stop()])
    const figures: Figure[] = [
      {
        ...{ what: `memory a socket, ${sockets} open`, value: own, unit: "bytes" },
        baseline: { what: "bare Bun", value: other },
        aim: { most: 12_288 },
      },
      {
        ...{ what: "memory of the idle process", value: (idle[0] ?? 0) / 2 ** 20, unit: "MB" },
        baseline: { what: "bare Hono", value: (idle[1] ?? 0) / 2 ** 20 },
        aim: { most: 120 },
      },
    ]
    return { figures }
  })
}

/** What each of so many sockets has added to the size of the process. */
export async function bytesASocket(server: Running, keys: string[], sockets: number): Promise<number> {
  const client = startClient("boards.ts")
  try {
    await openBoards(client, server, keys, Math.ceil(sockets / 10))
    const before = await restingBytes(server)
    await openBoards(client, server, keys, sockets)
    return ((await restingBytes(server)) - before) / sockets
  } finally {
    client.close()
  }
}

/** The process's size when it has stopped changing by more than one part in two hundred for a moment; ten seconds at most. */
export async function restingBytes({ pid }: Running): Promise<number> {
  let size = residentBytes(pid)
  for (let look = 0; look < 40; look++) {
    await Bun.sleep(250)
    const now = residentBytes(pid)
    if (look > 1 && Math.abs(now - size) < size / 200) return now
    size = now
  }
  return size
}
