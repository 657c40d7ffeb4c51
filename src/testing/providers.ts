import { SMTPServer } from "smtp-server"
import { atTheEnd } from "./cleanup.ts"

/* A mail server and a provider of SMS as the house meets them: on real ports, and as unreliable as the test wants them. */

export interface Mail {
  to: string[]
  /** The message as it came over the wire: headers and parts. */
  source: string
}

export type MailServer = Awaited<ReturnType<typeof mailServer>>

/** `answer` decides about each recipient: 250 takes the message, any other number refuses it, `silence` never answers. */
export async function mailServer() {
  const taken: Mail[] = []
  const asked: string[] = []
  const own = { answer: (_nth: number): number | "silence" => 250 }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    logger: false,
    onRcptTo({ address }, _session, done) {
      asked.push(address)
      const answer = own.answer(asked.length)
      if (answer === "silence") return
      if (answer === 250) return done()
      done(Object.assign(new Error(`no mailbox for ${address} here`), { responseCode: answer }))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on("data", (chunk: Buffer) => chunks.push(chunk))
      stream.on("end", () => {
        const to = session.envelope.rcptTo.map(({ address }) => address)
        taken.push({ to, source: Buffer.concat(chunks).toString("utf8") })
        done()
      })
    },
  })
  server.on("error", () => {})
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.server.address()
  const port = typeof address === "object" && address ? address.port : 0
  atTheEnd(() => new Promise<void>((resolve) => server.close(resolve)))
  return Object.assign(own, { taken, asked, url: `smtp://127.0.0.1:${port}` })
}

/** A header of a mail, unfolded and with its encoded words read (RFC 2047). */
export function headerOf({ source }: Mail, name: string): string {
  const head = source.slice(0, source.indexOf("\r\n\r\n")).replace(/\r\n[ \t]+/g, " ")
  const value = new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1] ?? ""
  return value
    .replace(/\?= =\?/g, "?==?")
    .replace(/=\?utf-8\?(b|q)\?([^?]*)\?=/gi, (_, how: string, text: string) =>
      how.toLowerCase() === "b" ? Buffer.from(text, "base64").toString("utf8") : fromQuoted(text.replaceAll("_", " ")),
    )
}

/** A part of a mail by its media type, decoded. */
export function partOf({ source }: Mail, type: string): string {
  const start = source.search(new RegExp(`content-type: ${type}`, "i"))
  const part = source.slice(start)
  const [head = "", ...rest] = part.split("\r\n\r\n")
  const body = rest.join("\r\n\r\n").split(/\r\n--/)[0] ?? ""
  const how = /content-transfer-encoding: (\S+)/i.exec(head)?.[1]?.toLowerCase()
  if (how === "base64") return Buffer.from(body, "base64").toString("utf8")
  return how === "quoted-printable" ? fromQuoted(body.replace(/=\r\n/g, "")) : body
}

function fromQuoted(text: string): string {
  const bytes = text.replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, "latin1").toString("utf8")
}

export interface Sms {
  to: string
  text: string
  id: string
  from?: string
  headers: Headers
}

export type SmsProvider = Awaited<ReturnType<typeof smsProvider>>

/** `answer` decides about each request by its number: a status, or `silence`. */
export async function smsProvider() {
  const asked: Sms[] = []
  const taken: Sms[] = []
  const own = { answer: (_nth: number): number | "silence" => 202 }
  const never = Promise.withResolvers<Response>()
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const sms = { ...((await request.json()) as Omit<Sms, "headers">), headers: request.headers }
      asked.push(sms)
      const answer = own.answer(asked.length)
      if (answer === "silence") return never.promise
      if (answer >= 200 && answer < 300) taken.push(sms)
      return new Response(null, { status: answer, headers: answer === 302 ? { Location: "/elsewhere" } : {} })
    },
  })
  atTheEnd(async () => {
    never.resolve(new Response(null, { status: 503 }))
    await server.stop(true)
  })
  return Object.assign(own, { asked, taken, url: `${server.url.origin}/messages` })
}
