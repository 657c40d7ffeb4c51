import { browserSupportsWebAuthn, startAuthentication, startRegistration, WebAuthnError } from "@simplewebauthn/browser"

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
    if (!isSecureContext) return tell("insecure")
    if (!browserSupportsWebAuthn()) return tell("missing")
    isBusy = true
    tell("working")
    ask(room).then(
      (answer) => {
        response.value = JSON.stringify(answer)
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

async function ask(room: HTMLElement): Promise<object> {
  const { passkey, purpose = "", of, options = "" } = room.dataset
  const token = document.querySelector<HTMLMetaElement>("meta[name=csrf]")?.content
  const answer = await fetch(options, {
    method: "POST",
    headers: { Accept: "application/json", ...(token ? { "X-Form-Token": token } : {}) },
    body: new URLSearchParams(of ? { purpose, of } : { purpose }),
  })
  if (!answer.ok) throw new Refused()
  const optionsJSON = await answer.json()
  return passkey === "create" ? startRegistration({ optionsJSON }) : startAuthentication({ optionsJSON })
}

class Refused extends Error {}

function wordFor(thrown: unknown): string {
  if (thrown instanceof Refused) return "refused"
  if (thrown instanceof WebAuthnError && thrown.code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED") return "known"
  if (thrown instanceof TypeError) return "offline"
  return "cancelled"
}
