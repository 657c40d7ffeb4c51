import type { Transporter } from "nodemailer"
import { type Carrier, type Letter, NotTaken } from "./letter.ts"

export interface MailGate {
  /** smtp://user:password@host:port, or smtps:// for TLS from the first byte; `?requireTLS=true` refuses a server without STARTTLS. */
  url: string
  /** `name@host`, or `Name <name@host>`. */
  from: string
}

/**
 * E-mail over SMTP. A message's id is made from the delivery's, so that one which was sent twice is known for one by whoever reads mail
 * (RFC 5322 §3.6.4).
 */
export function openMail({ url, from }: MailGate, { within = 15_000 } = {}): Carrier {
  let transport: Transporter | null = null
  /** Read in for the first letter: most installations that start have none to send yet. */
  async function open(): Promise<Transporter> {
    const { createTransport } = await import("nodemailer")
    return createTransport(
      {
        url,
        connectionTimeout: within,
        greetingTimeout: within,
        socketTimeout: within,
        // Nothing that stands in a message may name a file or an address to be read.
        disableFileAccess: true,
        disableUrlAccess: true,
      },
      { from },
    )
  }
  const host = /@([^\s>]+)>?\s*$/.exec(from)?.[1] ?? "localhost"
  return async (letter, stop) => {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(within)])
    transport ??= await open()
    try {
      await transport.sendMail({
        to: letter.to,
        subject: letter.subject,
        text: `${letter.text.join("\n\n")}\n`,
        html: htmlOf(letter),
        messageId: `<${letter.id}@${host}>`,
        // Nobody's holiday notice shall answer it (RFC 3834 §5).
        headers: { "Auto-Submitted": "auto-generated", "Content-Language": letter.lang },
        signal,
      })
    } catch (thrown) {
      throw new NotTaken(reasonOf(thrown, signal, stop))
    }
  }
}

/** The server's own sentence may quote the address; its number may not. */
function reasonOf(thrown: unknown, signal: AbortSignal, stop: AbortSignal): string {
  if (stop.aborted) return "stopped"
  const { responseCode, code } = (thrown ?? {}) as { responseCode?: unknown; code?: unknown }
  if (typeof responseCode === "number") return `status ${responseCode}`
  if (signal.aborted || code === "ETIMEDOUT") return "no answer in time"
  return code === "EAUTH" ? "sign-in refused" : code === "ETLS" ? "no TLS" : "no connection"
}

/** The same words for who reads mail as a page: no pictures, no styles, nothing from elsewhere. */
function htmlOf({ lang, subject, text }: Letter): string {
  const paragraphs = text.map((one) => `<p>${linked(escaped(one))}</p>`).join("\n")
  const dir = lang === "ar" ? "rtl" : "ltr"
  return `<!doctype html>
<html lang="${lang}" dir="${dir}">
<head><meta charset="utf-8"><title>${escaped(subject)}</title></head>
<body dir="${dir}">
<h1>${escaped(subject)}</h1>
${paragraphs}
</body>
</html>
`
}

function escaped(text: string): string {
  const signs: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }
  return text.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign)
}

/** An address that is a whole paragraph can be pressed; within a sentence nothing becomes a link, whoever wrote it. */
function linked(paragraph: string): string {
  return /^https?:\/\/\S+$/.test(paragraph) ? `<a dir="ltr" href="${paragraph}">${paragraph}</a>` : paragraph
}
