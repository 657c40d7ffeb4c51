import type { Log } from "../base/log.ts"
import type { Carrier } from "./letter.ts"

/**
 * Where nothing else is named: the log says that a message would have gone. In production it says no more than that; elsewhere its words
 * too, because whoever tries the house has no other way to read a code.
 */
export function logSink(channel: string, log: Log, { production }: { production: boolean }): Carrier {
  return async ({ id, to, text }) => {
    const words = production ? "" : `: ${text.join(" ")}`
    log.info("message_not_sent", { detail: `${channel} ${id} to ${maskedAddress(to)}${words}` })
  }
}

/** Enough to tell two addresses apart, too little to write to either: `+9665…12`, `n…@example.org`. */
export function maskedAddress(address: string): string {
  const at = address.lastIndexOf("@")
  return at > 0 ? `${address.slice(0, 1)}…${address.slice(at)}` : `${address.slice(0, 5)}…${address.slice(-2)}`
}
