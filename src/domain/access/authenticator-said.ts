import { z } from "zod"
import { PasskeyRefusal } from "./passkey-refusal.ts"

/*
 * What an authenticator said, as it comes from the page: JSON text in a form's field. It is read into its exact shape before anybody
 * looks at what it means.
 */

/** Several times what an RSA key needs. */
const textMax = 16 * 1024

/** Bytes in the one base64url form that they have: two readings of one text are a way round a check. */
const bytes = (least: number, most: number) =>
  z
    .string()
    .min(Math.ceil((least * 4) / 3))
    .max(Math.ceil((most * 4) / 3))
    .refine((text) => Buffer.from(text, "base64url").toString("base64url") === text)

// L3 §7.1 step 25: at most 1023 bytes. Shorter ones than 16 can be guessed.
const credentialId = bytes(16, 1023)
const clientDataText = bytes(1, 4096)

const registrationShape = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON: clientDataText,
    attestationObject: bytes(1, 10_000),
    transports: z.array(z.string().max(40)).max(10).optional(),
  }),
})
const assertionShape = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON: clientDataText,
    authenticatorData: bytes(37, 4096),
    signature: bytes(1, 1024),
    // Some say nothing as an empty text.
    userHandle: bytes(0, 64).nullish(),
  }),
})
const clientDataShape = z.object({
  type: z.string(),
  challenge: z.string().min(1).max(200),
  origin: z.string(),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.unknown().optional(),
})

type Shaped<T> = T & { challenge: string }
export type ReadRegistration = Shaped<z.infer<typeof registrationShape>>
export type ReadAssertion = Shaped<z.infer<typeof assertionShape>>

/** What `navigator.credentials.create` made, as its JSON text, and the challenge that it says it answers. Refuses `passkey_refused`. */
export function readRegistration(text: string): ReadRegistration {
  const read = readAs(registrationShape, text)
  return { ...read, challenge: clientData(read.response.clientDataJSON).challenge }
}

/** What `navigator.credentials.get` made, as its JSON text, and the challenge that it says it answers. Refuses `passkey_refused`. */
export function readAssertion(text: string): ReadAssertion {
  const read = readAs(assertionShape, text)
  return { ...read, challenge: clientData(read.response.clientDataJSON).challenge }
}

function readAs<T>(shape: z.ZodType<T>, text: string): T {
  if (text.length > textMax) throw new PasskeyRefusal("shape")
  try {
    return shape.parse(JSON.parse(text))
  } catch (cause) {
    throw new PasskeyRefusal("shape", cause)
  }
}

/** What the browser says of the ceremony (L3 §5.8.1). */
export function clientData(text: string) {
  return readAs(clientDataShape, Buffer.from(text, "base64url").toString("utf8"))
}

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text, "base64url"))
}

export function textOf(given: Uint8Array): string {
  return Buffer.from(given).toString("base64url")
}
