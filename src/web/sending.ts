import type { Context } from "./house.ts"

/** What fits here with its head goes out in one piece whenever it is ready: the runtime's buffer has 16 KB. */
const inOnePiece = 14_500

/**
 * A body as it is best handed to the runtime. A large answer that was not made at once is sent header by header: some fifty calls of the
 * system, ten times the work of all the rest (oven-sh/bun#41341). As a stream it goes out in two.
 */
export function sending(
  c: Context,
  body: string | Uint8Array<ArrayBuffer>,
): string | Uint8Array<ArrayBuffer> | ReadableStream {
  if (!c.var.isLate || c.req.method === "HEAD" || body.length < inOnePiece / 3) return body
  const bytes = typeof body === "string" ? Buffer.from(body) : body
  if (bytes.length < inOnePiece) return bytes
  const source: Bun.DirectUnderlyingSource<Uint8Array> = {
    type: "direct",
    async pull(controller) {
      controller.write(bytes)
      await controller.end()
    },
  }
  return new ReadableStream(source as never)
}
