/** The name of a key's session on the wire: its readable part. The key itself is kept nowhere. */
export function sessionOfKey(given: string): string {
  return `key:${given.split("_")[2] ?? ""}`
}
