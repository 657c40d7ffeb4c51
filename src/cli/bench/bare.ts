import { Hono } from "hono"

/*
 * The baseline: what Hono on Bun does with the same requests and the same sockets when there is nothing to decide and nothing to keep. What
 * it is to answer is given to it first, so that both answer the same bytes.
 */
const topic = "board"
let page = ""
let type = "text/html; charset=UTF-8"
let frame = ""

const app = new Hono()
app.get("/healthz", (c) => c.json({ status: "alive" }))
app.post("/api/v1/bookings", async (c) => {
  const body: unknown = await c.req.json()
  return c.json({ id: "x", of: body }, 201)
})
app.put("/page", async (c) => {
  page = await c.req.text()
  type = c.req.header("Content-Type") ?? type
  return c.body(null, 204)
})
app.get("/page", (c) => c.body(page, 200, { "Content-Type": type }))
app.put("/frame", async (c) => {
  frame = await c.req.text()
  return c.body(null, 204)
})
app.post("/publish", (c) => {
  server.publish(topic, frame)
  return c.json({ published: true })
})

const server = Bun.serve({
  port: Number(process.env["PORT"] ?? 0),
  hostname: "127.0.0.1",
  reusePort: false,
  fetch: (request, own) => (own.upgrade(request) ? undefined : app.fetch(request)),
  websocket: {
    message(socket, said) {
      if (!String(said).includes('"sub"')) return
      socket.subscribe(topic)
      socket.send(frame)
    },
  },
})
process.stdout.write(`Bare is open at http://localhost:${server.port}\n`)
