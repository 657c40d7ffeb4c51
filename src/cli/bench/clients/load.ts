import { type Ask, HttpConnection, requestBytes } from "./connection.ts"
import { beTold } from "./told.ts"

/*
 * So many connections at once, each asking for the next of what is to be asked: all of it once, or over and over for so many seconds.
 */

export interface Load {
  do: "load"
  origin: string
  connections: number
  asks: Ask[]
  /** The status that counts; anything else is refused. */
  wanted: number
  seconds?: number
}

export interface Loaded {
  perSecond: number
  answered: number
  refused: number
  /** The first answer that was not wanted. */
  firstRefusal: string | null
}

beTold({ load })

async function load({ origin, connections, asks, wanted, seconds }: Load): Promise<Loaded> {
  const requests = asks.map((ask) => requestBytes(origin, ask))
  const open = await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(origin)))
  let [next, answered, refused] = [0, 0, 0]
  let firstRefusal: string | null = null
  const began = performance.now()
  const until = seconds === undefined ? null : began + seconds * 1000

  async function client(connection: HttpConnection): Promise<void> {
    while (until === null ? next < requests.length : performance.now() < until) {
      const request = requests[next++ % requests.length]
      if (!request) return
      const { status, body } = await connection.ask(request)
      if (status === wanted) answered++
      else {
        refused++
        firstRefusal ??= `${status} ${body.slice(0, 300)}`
      }
    }
  }

  await Promise.all(open.map(client))
  const perSecond = (answered / (performance.now() - began)) * 1000
  for (const connection of open) connection.close()
  return { perSecond, answered, refused, firstRefusal }
}
