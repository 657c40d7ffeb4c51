/* A button that copies what stands beside it; without scripts the text can be marked and copied by hand. */

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
  const from = document.querySelector<HTMLElement>(button.dataset["copy"] ?? "")
  const said = document.querySelector<HTMLElement>("[data-copied]")
  if (!from || !navigator.clipboard) continue
  button.hidden = false
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(from.textContent?.trim() ?? "")
    if (said) said.textContent = said.dataset["copied"] ?? ""
  })
}
