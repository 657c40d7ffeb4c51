/* A button that prints, for whom the browser's own is hard to find. */

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-print]")) {
  button.hidden = false
  button.addEventListener("click", () => window.print())
}
