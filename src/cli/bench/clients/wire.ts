import type { Socket } from "bun"
import { connectTo } from "./connection.ts"

const opcodes = { text: 1, close: 8, ping: 9, pong: 10 } as const

/**
 * One WebSocket (RFC 6455) of thousands: it reads frames and counts them, and says no more than it must. It is written out because it must
 * cost less than what is to be measured.
 */
export class Wire {
  /** Called with each text message, as bytes. */
  onText: (payload: Buffer) => void = () => {}
  onOver: () => void = () => {}
  isOver = false
  #socket: Socket | null = null
  #rest: Buffer | null = null
  #opened: (() => void) | null = null

  static async open(origin: string): Promise<Wire> {
    const wire = new Wire()
    const opened = Promise.withResolvers<void>()
    wire.#opened = opened.resolve
    wire.#socket = await connectTo(origin, {
      data: (chunk) => wire.#take(chunk),
      close: () => {
        wire.isOver = true
        wire.onOver()
        opened.reject(new Error("the handshake was refused"))
      },
    })
    const key = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64")
    wire.#socket.write(
      `GET /live HTTP/1.1\r\nHost: ${new URL(origin).host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    )
    await opened.promise
    return wire
  }

  say(message: object): void {
    this.#send(opcodes.text, Buffer.from(JSON.stringify(message)))
  }

  close(): void {
    this.#socket?.end()
  }

  /** A client masks what it sends; with a mask of zeros the bytes stay as they are. */
  #send(opcode: number, payload: Buffer): void {
    const { length } = payload
    if (length > 0xffff) throw new Error("longer than a client of ours ever speaks")
    const head = length < 126 ? [0x80 | opcode, 0x80 | length] : [0x80 | opcode, 0xfe, length >> 8, length & 255]
    this.#socket?.write(Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload]))
  }

  #take(chunk: Buffer): void {
    let data = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
    this.#rest = null
    if (this.#opened) {
      const end = data.indexOf("\r\n\r\n")
      if (end < 0) {
        this.#rest = data
        return
      }
      if (!data.toString("latin1", 0, 12).endsWith("101")) {
        this.close()
        return
      }
      this.#opened()
      this.#opened = null
      data = data.subarray(end + 4)
    }
    let at = 0
    while (data.length - at >= 2) {
      const short = (data[at + 1] ?? 0) & 127
      const head = short === 126 ? 4 : short === 127 ? 10 : 2
      if (data.length - at < head) break
      const length =
        short === 126 ? data.readUInt16BE(at + 2) : short === 127 ? Number(data.readBigUInt64BE(at + 2)) : short
      if (data.length - at < head + length) break
      this.#hear((data[at] ?? 0) & 15, data.subarray(at + head, at + head + length))
      at += head + length
    }
    if (at < data.length) this.#rest = data.subarray(at)
  }

  #hear(opcode: number, payload: Buffer): void {
    if (opcode === opcodes.text) this.onText(payload)
    else if (opcode === opcodes.ping) this.#send(opcodes.pong, payload)
    else if (opcode === opcodes.close) this.close()
  }
}
