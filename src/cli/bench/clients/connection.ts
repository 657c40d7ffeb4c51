import type { Socket } from "bun"

/** What is asked, over and over, by one connection. */
export interface Ask {
  method: "GET" | "POST" | "PUT"
  path: string
  headers?: Record<string, string>
  body?: string
}

export interface Answer {
  status: number
  body: string
}

/** The bytes of a request (RFC 9112). */
export function requestBytes(origin: string, { method, path, headers = {}, body }: Ask): Uint8Array {
  const all = { Host: new URL(origin).host, ...headers, "Content-Length": String(Buffer.byteLength(body ?? "")) }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${head.join("")}\r\n${body ?? ""}`)
}

/**
 * One connection that is kept open and asks one thing after the other. It is written out because `fetch` pools its connections as it
 * likes, and costs more than what is to be measured.
 */
export class HttpConnection {
  #socket: Socket | null = null
  #rest: Buffer = Buffer.alloc(0)
  #waiting: { resolve(answer: Answer): void; reject(cause: Error): void } | null = null

  static async open(origin: string): Promise<HttpConnection> {
    const connection = new HttpConnection()
    connection.#socket = await connectTo(origin, {
      data: (chunk) => connection.#take(chunk),
      close: () => connection.#fail(),
    })
    return connection
  }

  ask(request: Uint8Array): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    this.#waiting = { resolve, reject }
    if (this.#socket?.write(request) !== request.length) reject(new Error("a request did not fit into the socket"))
    return promise
  }

  close(): void {
    this.#waiting = null
    this.#socket?.end()
  }

  #take(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const end = this.#rest.indexOf("\r\n\r\n")
    if (end < 0) return
    const head = this.#rest.toString("latin1", 0, end)
    const status = Number(head.slice(9, 12))
    const found = /\r\ntransfer-encoding: chunked/i.test(head)
      ? chunksIn(this.#rest, end + 4)
      : bodyIn(this.#rest, end + 4, lengthIn(head, status))
    if (!found) return
    const { body, whole } = found
    this.#rest = this.#rest.subarray(whole)
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.resolve({ status, body })
  }

  #fail(): void {
    this.#waiting?.reject(new Error("the server closed the connection"))
  }
}

function lengthIn(head: string, status: number): number {
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  if (length === undefined && status !== 204) throw new Error(`an answer without a length:\n${head}`)
  return Number(length ?? 0)
}

/** The body that begins at `from`, and where the answer ends; `null` where it is not all there yet. */
interface Found {
  body: string
  whole: number
}

function bodyIn(bytes: Buffer, from: number, length: number): Found | null {
  const whole = from + length
  return bytes.length < whole ? null : { body: bytes.toString("utf8", from, whole), whole }
}

/** The same of a body in chunks, each with its length in front of it (RFC 9112 §7.1). */
function chunksIn(bytes: Buffer, from: number): Found | null {
  const chunks: Buffer[] = []
  let at = from
  for (;;) {
    const line = bytes.indexOf("\r\n", at)
    const length = line < 0 ? 0 : Number.parseInt(bytes.toString("latin1", at, line), 16)
    const end = line + 2 + length
    if (line < 0 || bytes.length < end + 2) return null
    if (length === 0) return { body: Buffer.concat(chunks).toString("utf8"), whole: end + 2 }
    chunks.push(bytes.subarray(line + 2, end))
    at = end + 2
  }
}

/** A TCP connection to our own machine. */
export function connectTo(origin: string, on: { data(chunk: Buffer): void; close(): void }): Promise<Socket> {
  return Bun.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(origin).port),
    socket: { data: (_, chunk) => on.data(chunk), close: on.close, error: on.close },
  })
}
