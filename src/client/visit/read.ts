let told = ""

/** Somebody of the office has had before their eyes what was written in this visit, up to this message. */
export async function saysRead(visit: string, last: string): Promise<void> {
  const word = `visit-read ${visit} ${last}`
  if (word === told) return
  told = word
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? ""
  const headers = { Accept: "application/json", "X-Form-Token": token }
  const sent = fetch("/desk/act", { method: "POST", headers, body: new URLSearchParams({ do: word }) })
  // Where it does not get through, the next change asks again.
  if (!(await sent.then(({ ok }) => ok).catch(() => false))) told = ""
}
