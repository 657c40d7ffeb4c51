import type { Call } from "./call.ts"
import { sendStill } from "./still.ts"

/*
 * The agent's half of a still picture: as soon as the person's page has sent theirs, what arrives of them here is taken as well, once for
 * each, so that the two can be compared. The agent may also take one by hand.
 */

export function followCaptures(place: HTMLElement, now: () => { visit: string | undefined; call: Call | null }): void {
  let isCapturing = false
  /** The picture of the other side for which one was taken here. */
  let captured = ""

  async function capture(): Promise<void> {
    const { visit, call } = now()
    if (isCapturing || !call || !visit) return
    isCapturing = true
    await sendStill(`/desk/visits/${visit}/pictures`, await call.received())
    isCapturing = false
  }

  function look(): void {
    const button = place.querySelector<HTMLElement>("[data-capture]")
    if (!button) return
    const { capture: of = "", sent, received } = button.dataset
    const mark = `${now().visit}.${of}.${sent}`
    if (Number(sent) <= Number(received) || mark === captured) return
    captured = mark
    void capture()
  }

  place.addEventListener("click", (event) => {
    if ((event.target as HTMLElement).closest("[data-capture]")) void capture()
  })
  document.addEventListener("dawr:change", look)
}
