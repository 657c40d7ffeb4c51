import { BlockList, isIP } from "node:net"
import { Refusal } from "../../base/refusal.ts"

/* From where a key is good: single addresses and networks in CIDR form (RFC 4632), of either family. */

/** More than this nobody keeps up to date. */
const networksMax = 20

/**
 * What somebody typed, with commas, spaces or lines between. Refuses `invalid_field` for anything that is neither an address nor a
 * network, and for more than a handful.
 */
export function readNetworks(text: string): string[] {
  const all = [...new Set(text.split(/[\s,;،؛]+/).filter(Boolean))]
  if (all.length > networksMax || all.some((one) => !isNetwork(one))) {
    throw new Refusal("invalid_field", { field: "addresses" })
  }
  return all
}

function isNetwork(text: string): boolean {
  const [address = "", length, ...more] = text.split("/")
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128))
}

/** Whether this address lies in one of them. What is no address lies nowhere. */
export function isWithin(address: string, networks: readonly string[]): boolean {
  const family = isIP(address)
  if (family === 0) return false
  const list = new BlockList()
  for (const one of networks) {
    const [base = "", length] = one.split("/")
    const type = isIP(base) === 4 ? "ipv4" : "ipv6"
    if (length === undefined) list.addAddress(base, type)
    else list.addSubnet(base, Number(length), type)
  }
  return list.check(address, family === 4 ? "ipv4" : "ipv6")
}
