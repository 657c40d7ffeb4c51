/*
 * Whoever goes through a check by keyboard is taken to the next step. With it the buttons are others, so that a key that is held down, or a
 * second click, answers nothing that nobody has read; the focus would be nowhere, and goes to the heading.
 */

export function followSteps(place: HTMLElement): void {
  let isInside = false
  let shown = ""

  document.addEventListener("focusin", ({ target }) => {
    isInside = target instanceof HTMLElement && target.closest("[data-view=identity]") !== null
  })
  document.addEventListener("dawr:change", () => {
    const heading = place.querySelector<HTMLElement>("[data-identity-step]")
    const now = heading?.dataset["identityStep"] ?? ""
    if (now === shown) return
    shown = now
    if (isInside && document.activeElement === document.body) heading?.focus()
  })
}
