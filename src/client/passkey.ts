import { browserSupportsWebAuthn, startAuthentication, startRegistration, WebAuthnError } from "@simplewebauthn/browser"

/* Asking the browser's authenticator, and which word tells why it did not answer. The words stand in `data-…` of the form's room. */

export type Told = "working" | "insecure" | "missing" | "refused" | "known" | "offline" | "cancelled"

/** Why nothing can be asked here at all; `null` where it can. */
export function hindered(): Told | null {
  if (!isSecureContext) return "insecure"
  return browserSupportsWebAuthn() ? null : "missing"
}

/** What the authenticator answers to the question that `options` gives for this purpose, as JSON text. Call it from a press. */
export async function askAuthenticator(asked: {
  options: string
  purpose: string
  of?: string | undefined
  create?: boolean
}): Promise<string> {
  const { options, purpose, of, create = false } = asked
  const token = document.querySelector<HTMLMetaElement>("meta[name=csrf]")?.content
  const answer = await fetch(options, {
    method: "POST",
    headers: { Accept: "application/json", ...(token ? { "X-Form-Token": token } : {}) },
    body: new URLSearchParams(of ? { purpose, of } : { purpose }),
  })
  if (!answer.ok) throw new Refused()
  const optionsJSON = await answer.json()
  return JSON.stringify(await (create ? startRegistration({ optionsJSON }) : startAuthentication({ optionsJSON })))
}

class Refused extends Error {}

export function wordFor(thrown: unknown): Told {
  if (thrown instanceof Refused) return "refused"
  if (thrown instanceof WebAuthnError && thrown.code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED") return "known"
  if (thrown instanceof TypeError) return "offline"
  return "cancelled"
}
