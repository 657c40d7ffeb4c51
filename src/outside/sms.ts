import { type Carrier, NotTaken } from "./letter.ts"

export interface SmsGate {
  url: string
  /** Sent as `Authorization: Bearer …`. */
  token: string | null
  /** The sender's name or number, where the provider lets one choose it. */
  from: string | null
}

/**
 * SMS by way of any provider that can be spoken to over HTTP, or a few lines in front of one that speaks otherwise:
 *
 *     POST <SMS_URL>
 *     Authorization: Bearer <SMS_TOKEN>
 *     Idempotency-Key: <id>
 *     Content-Type: application/json
 *
 *     { "to": "+9665XXXXXXXX", "text": "…", "id": "<id>", "from": "<SMS_FROM>" }
 *
 * Any 2xx means that it was taken, and is not read further. Everything else, and no answer in time, is tried again later with the same id:
 * whoever gets an id twice sends it once.
 */
export function openSms({ url, token, from }: SmsGate, { within = 10_000 } = {}): Carrier {
  return async ({ id, to, text }, stop) => {
    let status: number
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "Idempotency-Key": id,
          ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ to, text: text.join("\n"), id, ...(from === null ? {} : { from }) }),
        // A redirect would hand number and token to somebody whom nobody named.
        redirect: "error",
        signal: AbortSignal.any([stop, AbortSignal.timeout(within)]),
      })
      status = answer.status
      await answer.body?.cancel()
    } catch (thrown) {
      const name = thrown instanceof Error ? thrown.name : ""
      throw new NotTaken(
        name === "TimeoutError" ? "no answer in time" : name === "AbortError" ? "stopped" : "no connection",
      )
    }
    if (status < 200 || status > 299) throw new NotTaken(`status ${status}`)
  }
}
