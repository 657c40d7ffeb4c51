/** Puts the end of the session off, by a press or by what counts as one. Answers the milliseconds that are left now. */
export async function stay(address: string): Promise<number> {
  const token = document.querySelector<HTMLMetaElement>("meta[name=csrf]")?.content ?? ""
  const answer = await fetch(address, {
    method: "POST",
    headers: { Accept: "application/json", "X-Form-Token": token },
  })
  if (!answer.ok) throw new Error(`not extended: ${answer.status}`)
  return ((await answer.json()) as { left: number }).left
}
