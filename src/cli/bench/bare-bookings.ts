import { Hono } from "hono"
import type { Form, Known } from "./booking-statements.ts"
import { type Filled, fillAll, openLoop } from "./loop.ts"

/*
 * What HTTP and SQLite cost by themselves: a bare Hono route that runs the statements of a booking, together with all that came at the same
 * time in one COMMIT, and decides nothing. Whatever a server of one thread does besides makes it slower than this.
 */

/** What it is given before the clock starts: the bookings that it will keep, in this order, whatever is asked. */
export interface Stock {
  data: string
  form: Form
  bookings: Known[]
}

interface Waiting {
  values: Filled
  done(): void
}

let store: ReturnType<typeof openLoop> | null = null
let stock: Filled[] = []
let queue: Waiting[] = []
let isFlushing = false

/** As many as the house takes into one commit. */
const batchMax = 256

async function flushAll(open: NonNullable<typeof store>): Promise<void> {
  await macrotask()
  while (queue.length > 0) {
    const batch = queue.slice(0, batchMax)
    queue = queue.slice(batchMax)
    open.commit(batch.map(({ values }) => values))
    for (const { done } of batch) done()
    await macrotask()
  }
  isFlushing = false
}

function macrotask(): Promise<void> {
  // timer: only a macrotask lets everything in that has arrived.
  return new Promise((resolve) => setImmediate(resolve))
}

const app = new Hono()
app.post("/api/v1/bookings", async (c) => {
  const body: unknown = await c.req.json()
  const values = stock.pop()
  if (!store || !values) return c.json({ code: "nothing left" }, 500)
  store.before(values)
  const { promise, resolve } = Promise.withResolvers<void>()
  queue.push({ values, done: resolve })
  if (!isFlushing) {
    isFlushing = true
    flushAll(store)
  }
  await promise
  return c.json({ id: "x", of: body }, 201)
})

process.on("message", ({ data, form, bookings }: Stock) => {
  store ??= openLoop(data, form)
  stock = fillAll(form, bookings).reverse()
  process.send?.("ready")
})

const server = Bun.serve({ port: Number(process.env["PORT"] ?? 0), hostname: "127.0.0.1", fetch: app.fetch })
process.stdout.write(`Bare bookings are open at http://localhost:${server.port}\n`)
