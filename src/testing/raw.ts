import { connect } from "node:net"

export interface RawAnswer {
  status: number
  /** Names in lower case; what came several times is joined with a comma. */
  headers: Record<string, string>
  body: string
}

/** Sends bytes as they are, for requests that no client would make, and reads one answer. Lines end with \n; they are sent as \r\n. */
export async function raw(port: number, request: string, body: string | Uint8Array = ""): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>()
  const socket = connect(port, "127.0.0.1")
  const parts: Buffer[] = []
  const finish = () => {
    socket.destroy()
    resolve(read(Buffer.concat(parts).toString("latin1")))
  }
  socket.on("error", (cause) => (parts.length > 0 ? finish() : reject(cause)))
  socket.on("data", (part: Buffer) => {
    parts.push(part)
    if (isWhole(Buffer.concat(parts).toString("latin1"))) finish()
  })
  socket.on("close", finish)
  socket.write(request.replace(/\r?\n/g, "\r\n"))
  socket.write(body)
  return promise
}

function read(text: string): RawAnswer {
  const at = text.indexOf("\r\n\r\n")
  const [first = "", ...lines] = text.slice(0, at < 0 ? undefined : at).split("\r\n")
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [name = "", ...rest] = line.split(":")
    const key = name.toLowerCase()
    const value = rest.join(":").trim()
    headers[key] = key in headers ? `${headers[key]}, ${value}` : value
  }
  return { status: Number(first.split(" ")[1] ?? 0), headers, body: at < 0 ? "" : text.slice(at + 4) }
}

/** Whether all that the answer promises is there. One without a length ends with the connection. */
function isWhole(text: string): boolean {
  const { headers, body, status } = read(text)
  if (!text.includes("\r\n\r\n")) return false
  if (status === 304 || status === 204) return true
  if (headers["transfer-encoding"] === "chunked") return body.endsWith("\r\n0\r\n\r\n")
  const length = headers["content-length"]
  return length !== undefined && body.length >= Number(length)
}
