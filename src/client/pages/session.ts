import { stay } from "../stay.ts"

/*
 * Asks before a session ends because nobody does anything, and puts the end off when somebody says so. Other tabs of the same session tell
 * each other: whoever works in one is not asked in another. Where the end cannot be put off it is only told, once.
 */

const dialog = document.querySelector<HTMLDialogElement>("[data-expiry]")
const warnMilliseconds = 150_000

if (dialog) watch(dialog)

function watch(dialog: HTMLDialogElement): void {
  const lead = dialog.querySelector<HTMLElement>("[data-expiry-lead]")
  const words = lead?.dataset["expiryLead"] ?? ""
  const tabs = new BroadcastChannel("dawr:session")
  let endsAt = performance.now() + Number(dialog.dataset["left"])

  const putOff = (left: number) => {
    endsAt = performance.now() + left
    if (dialog.open && left > warnMilliseconds) dialog.close()
  }
  tabs.postMessage(Number(dialog.dataset["left"]))
  tabs.addEventListener("message", ({ data }) => {
    if (typeof data === "number" && performance.now() + data > endsAt) putOff(data)
  })

  const { extend } = dialog.dataset
  let isRead = false
  dialog.querySelector("[data-expiry-stay]")?.addEventListener("click", () => {
    if (extend === undefined) {
      isRead = true
      return dialog.close()
    }
    stay(extend).then(
      (left) => {
        putOff(left)
        tabs.postMessage(left)
      },
      // Over already, or no connection: the page itself says which.
      () => location.reload(),
    )
  })
  // Escape is a key too: whoever presses it is there.
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault()
    dialog.querySelector<HTMLElement>("[data-expiry-stay]")?.click()
  })

  setInterval(() => {
    const left = endsAt - performance.now()
    if (left > warnMilliseconds) return
    if (left <= 0) return location.reload()
    const seconds = Math.ceil(left / 1_000)
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
    // Told once aloud, then only shown: a voice that counts seconds helps nobody.
    if (lead) lead.textContent = words.replace("{left}", clock)
    if (!dialog.open && !isRead) dialog.showModal()
  }, 1_000)
}
