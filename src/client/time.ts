/*
 * The office's time in the reader's browser. A phone's clock may be wrong and a demo's office may live in another hour, so the page
 * brings the office's time along: `<html data-now="<epoch milliseconds>" data-zone="<IANA zone>">`.
 */

const shift = readShift()

/** The office's time now, in epoch milliseconds; the browser's own where the page says nothing. */
export function officeNow(): number {
  return Date.now() + shift
}

/** Hours and minutes as on the wall of the office, in Latin digits. `near` is where the words will stand: it knows language and zone. */
export function clockTime(at: number, near: Element = document.documentElement): string {
  const lang = near.closest("[lang]")?.getAttribute("lang") ?? "ar"
  const zone = near.closest("[data-zone]")?.getAttribute("data-zone") ?? undefined
  const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone } as const
  return new Intl.DateTimeFormat(`${lang}-u-nu-latn`, form).format(at)
}

function readShift(): number {
  const now = Number(document.documentElement.dataset["now"])
  if (!Number.isFinite(now) || now <= 0) return 0
  const [page] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[]
  return now - (performance.timeOrigin + (page?.responseStart ?? 0))
}
