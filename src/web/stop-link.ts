import type { Keys } from "../base/seal.ts"
import { sameText } from "../base/seal.ts"
import type { House } from "./house.ts"
import { paths } from "./paths.ts"

/*
 * The link with which the owner of an account stops a reset. It is short, because it must fit into an SMS: it says which request it is, and
 * carries a proof that only the house can make.
 */

const idLength = 22
const proofLength = 12

const proofOf = (keys: Keys, id: string) => keys.capability("reset stop", id, proofLength)

export function stopLink({ env, keys }: House, id: string): string {
  const short = Buffer.from(id.replaceAll("-", ""), "hex").toString("base64url")
  return env.origin + paths.resetStop(short + proofOf(keys, id))
}

/** The request that a link names; null for a text that is no link of ours. */
export function readStopLink(keys: Keys, text: string): string | null {
  if (text.length !== idLength + proofLength || !/^[\w-]+$/.test(text)) return null
  const hex = Buffer.from(text.slice(0, idLength), "base64url").toString("hex")
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
  return sameText(text.slice(idLength), proofOf(keys, id)) ? id : null
}
