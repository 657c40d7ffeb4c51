import { announce } from "../announce.ts"
import type { Call } from "./call.ts"
import { sendStill } from "./still.ts"

/*
 * The step of a check that is asked of the person now. The live region says it; this takes the picture when it is pressed, three seconds
 * later, so that both hands are free for the document, and asks for another way without leaving the call.
 */

const countdown = 3

export function followAsked(page: HTMLElement, visit: string, call: Call): void {
  const region = page.querySelector<HTMLElement>("[data-view=asked]")
  let isTaking = false
  region?.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>("[data-take-picture]")
    if (button) void take(button)
  })
  page.querySelector<HTMLFormElement>("#visit-other-way")?.addEventListener("submit", (event) => {
    event.preventDefault()
    void ask(event.currentTarget as HTMLFormElement)
  })

  async function take(button: HTMLButtonElement): Promise<void> {
    if (isTaking) return
    isTaking = true
    const said = JSON.parse(button.dataset["said"] ?? "{}") as { taking?: string; taken?: string; failed?: string }
    const own = button.textContent
    for (let left = countdown; left > 0; left -= 1) {
      const text = (said.taking ?? "").replace("{left}", String(left))
      button.textContent = text
      announce(text)
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
    const isTaken = await sendStill(`/visits/${visit}/pictures`, await call.still())
    button.textContent = own
    announce((isTaken ? said.taken : said.failed) ?? "")
    isTaking = false
  }

  async function ask(form: HTMLFormElement): Promise<void> {
    const body = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]))
    // The page that it leads to is this one, which must not be left: the region follows by itself.
    await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null)
  }
}
