import { Hono } from "hono"

/* The baseline: what Hono on Bun does with the same request when there is nothing to decide and nothing to keep. */
const app = new Hono()
app.get("/healthz", (c) => c.json({ status: "alive" }))
app.get("/api/v1/offices/:code/slots", (c) => c.json({ days: [{ slots: [{ id: "x", free: 1 }] }] }))
app.post("/api/v1/bookings", async (c) => {
  const body: unknown = await c.req.json()
  return c.json({ id: "x", of: body }, 201)
})
Bun.serve({ port: Number(process.env["PORT"]), fetch: app.fetch, reusePort: false })
