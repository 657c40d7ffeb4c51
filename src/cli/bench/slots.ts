import { demoPlan } from "../demo/seed.ts"
import type { Ask } from "./clients/connection.ts"
import type { Load, Loaded } from "./clients/load.ts"
import { beside, type Figure, type Part, progress, type Rate } from "./figure.ts"
import { inFolder, office, prepare, service } from "./prepare.ts"
import { type Client, type Running, spending, startBare, startClient, startHouse } from "./running.ts"

export interface Wanted {
  disk: string
  connections: number
  /** How long each page is asked for in each round. */
  seconds: number
  rounds: number
}

/** All come from one address here, which else may ask six hundred times a minute. */
const strangers = { ANONYMOUS_PER_MINUTE: "1000000" }

/**
 * How often the times of an office can be looked at: the page as anybody gets it, as a signed-in citizen gets it, and the same as JSON for
 * a program. Beside it a bare Hono route that answers the very bytes of that page as a constant. Each connection is a citizen of its own.
 */
export async function slots({ disk, connections, seconds, rounds }: Wanted): Promise<Part> {
  return inFolder(disk, async (folder) => {
    const prepared = await prepare(folder, { plan: demoPlan(), citizens: connections, sessions: true })
    const [house, bare, client] = [
      await startHouse(prepared, null, strangers),
      await startBare(),
      startClient("load.ts"),
    ]
    try {
      const figures: Figure[] = []
      const json = `/api/v1/offices/${office}/slots?service=${service}`
      const page = `/offices/${office}/slots?service=${service}`
      for (const { what, path, headers } of [
        {
          what: "slots page, HTML, to anybody",
          path: page,
          headers: [{}],
        },
        {
          what: "slots page, HTML, signed in",
          path: page,
          headers: prepared.citizens.map(({ session }) => ({ Cookie: `sid=${session}` })),
        },
        // It waits for its turn, and is larger than what the runtime sends in one piece.
        { what: "slots, JSON, to anybody", path: json, headers: [{}] },
        {
          what: "slots, JSON, by key",
          path: json,
          headers: prepared.citizens.map(({ token }) => ({ Authorization: `Bearer ${token}` })),
        },
      ]) {
        const bytes = await sameFor(bare, `${house.origin}${path}`, headers[0] ?? {})
        const real = headers.map((own): Ask => ({ method: "GET", path, headers: own }))
        const plain: Ask[] = [{ method: "GET", path: "/page" }]
        // A front office runs for weeks: what is asked all day is compiled as far as it will be.
        await ask(client, house, { asks: real, connections, seconds })
        await ask(client, bare, { asks: plain, connections, seconds })
        const [own, others]: [Rate[], Rate[]] = [[], []]
        for (let round = 1; round <= rounds; round++) {
          progress(`slots: ${what}, round ${round} of ${rounds}`)
          own.push(await ask(client, house, { asks: real, connections, seconds }))
          others.push(await ask(client, bare, { asks: plain, connections, seconds }))
        }
        const note = `${bytes} bytes a page`
        figures.push({
          ...beside(`${what}, ${connections} connections`, own, "constant bytes", others),
          aim: { ratioLeast: 0.5 },
          note,
        })
      }
      await Promise.all([house.stop(), bare.stop()])
      return { figures }
    } finally {
      client.close()
    }
  })
}

/** Has the baseline answer what the house answers here; says how many bytes that are. */
async function sameFor(bare: Running, url: string, headers: Record<string, string>): Promise<number> {
  const answer = await fetch(url, { headers })
  const page = await answer.text()
  if (answer.status !== 200) throw new Error(`${url} was answered ${answer.status}`)
  await fetch(`${bare.origin}/page`, {
    method: "PUT",
    body: page,
    headers: { "Content-Type": answer.headers.get("Content-Type") ?? "" },
  })
  return Buffer.byteLength(page)
}

async function ask(
  client: Client,
  server: Running,
  given: Pick<Load, "asks" | "connections" | "seconds">,
): Promise<Rate> {
  const spent = spending(server.pid)
  const message: Load = { do: "load", origin: server.origin, wanted: 200, ...given }
  const { perSecond, answered, refused, firstRefusal } = await client.ask<Loaded>(message)
  if (refused > 0) throw new Error(`${refused} requests were refused, first: ${firstRefusal}`)
  return { perSecond, ...spent(answered) }
}
