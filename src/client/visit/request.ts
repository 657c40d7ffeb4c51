import { announce } from "../announce.ts"
import { askAuthenticator, hindered, wordFor } from "../passkey.ts"

/*
 * The person confirms what the agent has filled in, without leaving the call: the passkey is asked for at the press, its answer sent in the
 * background, and the live region shows what came of it. That something waits to be confirmed, and how it ended, is said once.
 */

export function mountRequest(page: HTMLElement): void {
  const region = page.querySelector<HTMLElement>("[data-request]")
  const room = page.querySelector<HTMLElement>("[data-request-answer]")
  const form = room?.querySelector("form")
  const told = room?.querySelector<HTMLElement>("[data-request-told]")
  if (!region || !room || !form) return
  let before = stateOf(region).state
  let isBusy = false

  region.addEventListener("dawr:change", () => {
    const { state, say } = stateOf(region)
    if (state === before) return
    before = state
    // Why the last one did not hold stays until there is something new to answer.
    if (told && !state.startsWith("draft")) told.textContent = ""
    if (say) announce(say)
  })
  form.addEventListener("submit", (event) => {
    const [verb = "", of = ""] = ((event.submitter as HTMLButtonElement | null)?.value ?? "").split(" ")
    event.preventDefault()
    if (isBusy) return
    isBusy = true
    answer(verb, of)
      .catch((thrown: unknown) => tell(room?.dataset[wordFor(thrown)] ?? ""))
      .finally(() => {
        isBusy = false
      })
  })

  async function answer(verb: string, of: string): Promise<void> {
    const body = new URLSearchParams([...new FormData(form ?? undefined)].map(([name, value]) => [name, String(value)]))
    body.set("do", `${verb} ${of}`)
    if (verb === "passkey") {
      const why = hindered()
      if (why) return tell(room?.dataset[why] ?? "")
      tell(room?.dataset["working"] ?? "")
      body.set("response", await askAuthenticator({ options: room?.dataset["options"] ?? "", purpose: "confirm", of }))
    }
    const sent = await fetch(form?.action ?? "", { method: "POST", headers: { Accept: "application/json" }, body })
    if (sent.ok) return tell("")
    const { title, help } = (await sent.json().catch(() => ({}))) as { title?: string; help?: string }
    tell([title, help].filter(Boolean).join(". "))
  }

  function tell(text: string): void {
    if (told) told.textContent = text
  }
}

function stateOf(region: HTMLElement): { state: string; say: string } {
  const { requestState = "", say = "" } = region.querySelector<HTMLElement>("[data-request-state]")?.dataset ?? {}
  return { state: requestState, say }
}
