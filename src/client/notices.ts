/*
 * A call for a page that nobody looks at: the browser's own notice (WHATWG Notifications API), for whoever asked for it with a press.
 */

/** In which states of a ticket or a visit somebody waits to be called. */
const waiting = new Set(["early", "waiting", "late", "away", "absent", "parked", "aside", "interrupted"])

export interface Notices {
  /** Offers them while somebody waits, and takes away what was shown as soon as nobody is called any more. */
  follow(state: string): void
  /** Shows the words if nobody looks at the page, in the place of what was shown before. Answers whether it did. */
  tell(words: string): boolean
}

/** `of` is whose page it is: two tabs of the same ticket show one notice. */
export function openNotices(of: string): Notices {
  const place = document.querySelector<HTMLElement>("[data-notices]")
  const tag = `dawr:${of}`
  const about = document.title
  let shown: Notification | null = null
  const isPossible = place !== null && isOffered(tag)
  if (isPossible) offer(place)
  const look = () => isLookedAt() && clear()
  document.addEventListener("visibilitychange", look)
  window.addEventListener("focus", look)

  function clear(): void {
    shown?.close()
    shown = null
  }

  return {
    follow(state) {
      if (isPossible) place.hidden = !waiting.has(state)
      if (state !== "called") clear()
    },
    tell(words) {
      if (isLookedAt() || !("Notification" in window) || Notification.permission !== "granted") return false
      const { lang, dir } = document.documentElement
      clear()
      try {
        // `renotify`: a second call is heard as the first was, though it takes the first one's place.
        const how = {
          body: about,
          tag,
          renotify: true,
          requireInteraction: true,
          lang,
          dir: dir === "rtl" ? "rtl" : "ltr",
        }
        const notice = new Notification(words, how as NotificationOptions)
        notice.addEventListener("click", () => {
          window.focus()
          notice.close()
        })
        shown = notice
      } catch {
        // A telephone's browser shows them by other ways than a page's; the sound and the message are there all the same.
        return false
      }
      return true
    },
  }
}

/** A page behind or beside the window at which somebody works is not hidden, and has not the focus. */
const isLookedAt = (): boolean => !document.hidden && document.hasFocus()

/**
 * Whether a page may offer them here. Some browsers have the constructor and refuse every use of it; before leave is given nothing is
 * shown by trying.
 */
function isOffered(tag: string): boolean {
  if (!("Notification" in window) || Notification.permission === "denied") return false
  if (Notification.permission === "granted") return true
  try {
    new Notification("", { tag, silent: true }).close()
    return true
  } catch {
    return false
  }
}

function offer(place: HTMLElement): void {
  const button = place.querySelector("button")
  const said = place.querySelector<HTMLElement>("[role=status]")
  if (!button || !said) return
  show(Notification.permission)
  button.addEventListener("click", async () => {
    const answer = await Notification.requestPermission().catch(() => Notification.permission)
    show(answer)
    // The pressed button is gone; whoever goes by keyboard goes on from here.
    if (answer !== "default") said?.focus()
  })

  function show(permission: NotificationPermission): void {
    if (!button || !said) return
    const { on = "", blocked = "" } = place.dataset
    button.hidden = permission !== "default"
    said.hidden = permission === "default"
    said.textContent = permission === "granted" ? on : permission === "denied" ? blocked : ""
  }
}
