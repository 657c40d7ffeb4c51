/* An answer about the recording must not have the page made anew: a call runs in it. */

/** Sends the answer of the page's own form in place; what comes of it the live region shows. */
export function answerInPlace(): void {
  const form = document.querySelector<HTMLFormElement>("#visit-consent")
  form?.addEventListener("submit", (event) => {
    const button = event.submitter
    if (!(button instanceof HTMLButtonElement)) return
    event.preventDefault()
    void send(form, button)
  })
}

async function send(form: HTMLFormElement, button: HTMLButtonElement): Promise<void> {
  const body = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]))
  body.set(button.name, button.value)
  const answered = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null)
  if (answered?.ok || answered?.type === "opaqueredirect") return
  // It goes its usual way, and says what is wrong.
  const field = document.createElement("input")
  Object.assign(field, { type: "hidden", name: button.name, value: button.value })
  form.append(field)
  form.submit()
}
