/*
 * A screen that waits to be paired looks again every few seconds. Once it has been approved the look itself brings its token, and leads to
 * where it works; else only a new code is worth showing the page again.
 */

const screen = document.querySelector<HTMLElement>("[data-again]")
const status = document.querySelector<HTMLElement>("[data-waiting]")
const seconds = Number(screen?.dataset["again"])

if (screen && seconds > 0) setTimeout(look, seconds * 1_000)

async function look(): Promise<void> {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } })
    if (answer.redirected) return location.replace(answer.url)
    const text = await answer.text()
    const code = /data-code="([A-Z]+)"/.exec(text)?.[1]
    if (answer.ok && code !== document.querySelector<HTMLElement>("[data-code]")?.dataset["code"]) {
      return location.reload()
    }
    say("waiting")
  } catch {
    say("lost")
  }
  setTimeout(look, seconds * 1_000)
}

/** Said only when it changes: a screen reader reads it each time. */
function say(what: "waiting" | "lost"): void {
  const text = status?.dataset[what] ?? ""
  if (status && status.textContent?.trim() !== text) status.textContent = text
}
