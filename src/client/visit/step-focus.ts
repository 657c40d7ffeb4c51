/*
 * Whoever goes through a check by keyboard is taken to the next step: its buttons are others, so the focus would be nowhere, and goes to the
 * heading. A key that is held down answers nothing by that; and for a moment no click does, because the second one of two would meet the
 * buttons of a step that nobody has read.
 */

const freshMilliseconds = 600

export function followSteps(place: HTMLElement): void {
  let isInside = false
  let shown = ""
  let waking = 0

  document.addEventListener("focusin", ({ target }) => {
    isInside = target instanceof HTMLElement && target.closest("[data-view=identity]") !== null
  })
  document.addEventListener("dawr:change", () => {
    const heading = place.querySelector<HTMLElement>("[data-identity-step]")
    const now = heading?.dataset["identityStep"] ?? ""
    if (now === shown) return
    shown = now
    place.toggleAttribute("data-fresh", true)
    clearTimeout(waking)
    waking = window.setTimeout(() => place.toggleAttribute("data-fresh", false), freshMilliseconds)
    if (isInside && document.activeElement === document.body) heading?.focus()
  })
}
