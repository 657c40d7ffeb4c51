import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto"
import type { NewPasskey } from "../../domain/access/webauthn.ts"

/*
 * An authenticator and its browser, as far as a bench needs them: one key (ES256), and what `navigator.credentials.get` would answer with it.
 */

export interface SoftPasskey {
  /** What the house keeps of it. */
  made: NewPasskey
  /** The answer to a challenge, as JSON text. `handle`: what the house calls its owner. */
  answer(challenge: string, origin: string, handle: string): string
  /** Signs as the authenticator does, for a loop that does nothing else. */
  sign(data: Uint8Array): Uint8Array
  publicKey: KeyObject
}

export function softPasskey(): SoftPasskey {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const { x = "", y = "" } = publicKey.export({ format: "jwk" })
  const id = text(randomBytes(32))
  // {1: 2, 3: -7, -1: 1, -2: x, -3: y} (RFC 9053 §7.1)
  const cose = Buffer.concat([
    Buffer.from("a5010203262001215820", "hex"),
    Buffer.from(x, "base64url"),
    Buffer.from("225820", "hex"),
    Buffer.from(y, "base64url"),
  ])
  let counter = 0

  function answer(challenge: string, origin: string, userHandle: string): string {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(++counter)
    const authenticatorData = Buffer.concat([sha256(new URL(origin).hostname), Buffer.from([5]), count])
    const clientData = JSON.stringify({ type: "webauthn.get", challenge, origin, crossOrigin: false })
    const signature = sign("sha256", Buffer.concat([authenticatorData, sha256(clientData)]), privateKey)
    const response = {
      clientDataJSON: text(Buffer.from(clientData)),
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle,
    }
    return JSON.stringify({ id, rawId: id, type: "public-key", clientExtensionResults: {}, response })
  }

  const made: NewPasskey = {
    ...{ id, publicKey: text(cose), algorithm: -7, signCount: 0, transports: ["internal"] },
    ...{ backupEligible: false, backedUp: false, aaguid: "00000000-0000-0000-0000-000000000000" },
  }
  return { made, answer, publicKey, sign: (data) => sign("sha256", data, privateKey) }
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest()
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url")
}
