/*
 * The agent fills in a service: each field is saved as soon as it is left, so that the person sees it, and each button sends what stands in
 * the form. One goes after the other; what came of it is in the live region.
 */

export function mountService(form: HTMLFormElement): void {
  const told = document.querySelector<HTMLElement>("[data-service-told]")
  let last: Promise<void> = Promise.resolve()

  const send = (verb: string, busy?: HTMLElement) => {
    last = last.then(() => post(verb, busy)).catch(() => {})
  }
  document.addEventListener("change", (event) => {
    const field = event.target
    if (!isField(field) || field.form !== form || field.name === "service") return
    send("save")
  })
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    const button = event.submitter as HTMLButtonElement | null
    if (button) send(button.value, button)
  })

  async function post(verb: string, busy?: HTMLElement): Promise<void> {
    busy?.setAttribute("aria-busy", "true")
    const sent = new Map([...form.elements].filter(isField).map((field) => [field, field.value]))
    const body = new URLSearchParams()
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value)
    body.set("do", verb)
    const token = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? ""
    try {
      const headers = { Accept: "application/json", "X-Form-Token": token }
      const answer = await fetch(form.action, { method: "POST", headers, body })
      if (answer.ok) for (const [field, value] of sent) settle(field, value)
      const { title = "", help = "" } = answer.ok
        ? {}
        : ((await answer.json().catch(() => ({}))) as { title?: string; help?: string })
      if (told) told.textContent = [title, help].filter(Boolean).join(". ")
    } finally {
      busy?.removeAttribute("aria-busy")
    }
  }
}

type Field = HTMLInputElement | HTMLSelectElement

const isField = (element: unknown): element is Field =>
  element instanceof HTMLInputElement || element instanceof HTMLSelectElement

/**
 * What has been saved is the server's as well: from here on the region may bring something newer. What was changed meanwhile is the
 * agent's until it is saved in its turn.
 */
function settle(field: Field, saved: string): void {
  if (field.value !== saved) return
  if (field instanceof HTMLSelectElement) {
    if (field.dataset["add"] !== undefined) field.value = ""
    for (const option of field.options) option.defaultSelected = option.selected
  } else if (field.type !== "hidden") field.defaultValue = field.value
}
