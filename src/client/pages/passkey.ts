import { askAuthenticator, hindered, wordFor } from "../passkey.ts"

/*
 * Asks the browser's authenticator when a form that needs it is sent: `[data-passkey=get|create]` around the form says for what. What it
 * answers goes into the form's `response`, and the form is sent as any other. Nothing is asked before somebody presses.
 */

for (const room of document.querySelectorAll<HTMLElement>("[data-passkey]")) {
  const form = room.querySelector("form")
  if (form) listen(room, form)
}

function listen(room: HTMLElement, form: HTMLFormElement): void {
  const response = form.querySelector<HTMLInputElement>("input[name=response]")
  const told = form.querySelector<HTMLElement>("[data-passkey-told]")
  let isBusy = false

  const tell = (word: string) => {
    if (told) told.textContent = room.dataset[word] ?? ""
  }

  form.addEventListener("submit", (event) => {
    if (response?.value !== "") return
    event.preventDefault()
    if (isBusy) return
    const why = hindered()
    if (why) return tell(why)
    isBusy = true
    tell("working")
    const { passkey, purpose = "", of, options = "" } = room.dataset
    askAuthenticator({ options, purpose, of, create: passkey === "create" }).then(
      (answer) => {
        response.value = answer
        form.requestSubmit()
      },
      (thrown: unknown) => {
        isBusy = false
        tell(wordFor(thrown))
      },
    )
  })

  // Whoever comes back by the browser's button finds an answer that is used up.
  addEventListener("pageshow", () => {
    isBusy = false
    if (response) response.value = ""
    if (told) told.textContent = ""
  })
}
