import { isIPv4, isIPv6 } from "node:net"
import type { Context } from "./house.ts"

/**
 * Whose connection this is, as far as limits go: an IPv4 address, or the /64 of an IPv6 one, because a household is given that many. What
 * stands in X-Forwarded-For is believed only where the peer is a proxy that we were told to trust, and then only its last word.
 */
export function addressOf(c: Context): string {
  return householdOf(c.req.raw, c.env as Peers | undefined, c.var.house.env.trustedProxies)
}

/** The same of a request of which nothing is known yet. */
export function householdOf(request: Request, peers: Peers | undefined, trustedProxies: string[]): string {
  return household(addressOfRequest(request, peers, trustedProxies))
}

/** As `addressOf`, to the last bit; empty where nobody knows. */
export function wholeAddressOf(c: Context): string {
  return addressOfRequest(c.req.raw, c.env as Peers | undefined, c.var.house.env.trustedProxies)
}

/** Who knows where a request came from: the runtime's server. */
export interface Peers {
  requestIP?(request: Request): { address: string } | null
}

export function addressOfRequest(request: Request, server: Peers | undefined, trustedProxies: string[]): string {
  const peer = plain(server?.requestIP?.(request)?.address ?? "")
  const isTrusted = trustedProxies.includes(peer)
  const forwarded = isTrusted ? request.headers.get("X-Forwarded-For")?.split(",").at(-1)?.trim() : undefined
  return forwarded && (isIPv4(forwarded) || isIPv6(forwarded)) ? plain(forwarded) : peer
}

/** Enough to know one's own network again, and not who is in it: the last part is left out. */
export function maskedAddress(address: string): string {
  if (isIPv4(address)) return `${address.split(".").slice(0, 3).join(".")}.…`
  return isIPv6(address) ? `${household(address)}:…` : "…"
}

/** An IPv4 peer of a socket that listens on both families is written `::ffff:192.0.2.1` (RFC 4291 §2.5.5.2). */
function plain(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
}

function household(address: string): string {
  if (!isIPv6(address)) return address || "unknown"
  const [head = "", tail] = (address.split("%")[0] ?? "").split("::")
  const before = head ? head.split(":") : []
  const after = tail ? tail.split(":") : []
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  const groups = [...before, ...Array<string>(zeros).fill("0"), ...after]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")
}
