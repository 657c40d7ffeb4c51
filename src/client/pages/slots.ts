/*
 * The times of an office: says in which zone the reader sits, so that the server can write both clocks, and shows the times of a family
 * as soon as it is named. All of it works without this, with one press more.
 */

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
const aYear = 365 * 24 * 3600
const kept = `zone=${encodeURIComponent(zone)}`
const has = () => document.cookie.split("; ").includes(kept)
const here = document.querySelector<HTMLElement>("[data-zone]")?.dataset["zone"]

if (zone && !has()) {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser that is in use
  document.cookie = `${kept}; path=/; max-age=${aYear}; samesite=lax`
  // Only where it makes a difference, and only where the browser keeps cookies: else this would never end.
  if (has() && zone !== here && !document.querySelector("[role=alert]")) location.reload()
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-resend]")) {
  const button = form.querySelector<HTMLElement>(".for-whom-send")
  if (button) button.hidden = true
  form.addEventListener("change", () => form.requestSubmit())
}
