import { officeNow } from "../time.ts"

/* The minutes that a place is still kept. The end itself stands on the page as a time, so that nobody depends on this. */

const left = document.querySelector<HTMLElement>("[data-until]")

if (left) {
  const until = Number(left.dataset["until"])
  const timer = setInterval(tell, 1_000)
  tell()

  function tell(): void {
    if (!left) return
    const seconds = Math.ceil((until - officeNow()) / 1_000)
    if (seconds > 0) {
      const figure = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
      left.textContent = (left.dataset["words"] ?? "{left}").replace("{left}", figure)
      return
    }
    clearInterval(timer)
    left.textContent = ""
    const told = document.querySelector<HTMLElement>("[data-held]")
    if (!told) return
    told.setAttribute("role", "status")
    told.textContent = left.dataset["over"] ?? ""
  }
}
