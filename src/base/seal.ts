import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from "node:crypto"
import type { Chance } from "./clock.ts"

/**
 * The installation's keys. They live in a file outside the data folder, so that whoever carries away the database or a backup has
 * neither the numbers nor a way to look one up.
 */
export interface KeyMaterial {
  /** Seals the key of each person: AES-256-GCM. */
  data: Uint8Array
  /** Blind index: HMAC-SHA-256. */
  index: Uint8Array
  /** Links, form tokens and minute codes: HMAC-SHA-256. */
  token: Uint8Array
}

export class Keys {
  readonly #material: KeyMaterial
  #signer: KeyObject | null = null

  constructor(material: KeyMaterial) {
    for (const [name, bytes] of Object.entries(material)) {
      if (bytes.length !== 32) throw new RangeError(`the key "${name}" must have 32 bytes`)
    }
    this.#material = material
  }

  /** By what these keys are known again. It tells nothing about them. */
  mark(): string {
    const { data, index, token } = this.#material
    const marks = [data, index, token].map((key) => createHmac("sha256", key).update("which keys").digest("base64url"))
    return sha256(marks.join("\n"))
  }

  /** A new person's own key, and the form in which it is kept: under the installation's key, and good for this person alone. */
  makePersonKey(person: string, chance: Chance): { key: PersonKey; sealed: string } {
    const bytes = chance.bytes(32)
    const text = Buffer.from(bytes).toString("base64url")
    return { key: new PersonKey(bytes, person), sealed: sealed(this.#material.data, text, keyOf(person), chance) }
  }

  /** The key that `makePersonKey` sealed. Throws where it is another person's, another installation's, or bent. */
  personKey(person: string, sealedKey: string): PersonKey {
    const bytes = Buffer.from(opened(this.#material.data, sealedKey, keyOf(person)), "base64url")
    return new PersonKey(bytes, person)
  }

  /** A new visit's own key, for its recordings, pictures and papers, and the form in which it is kept. */
  makeVisitKey(visit: string, chance: Chance): { key: BlobKey; sealed: string } {
    const bytes = chance.bytes(32)
    const text = Buffer.from(bytes).toString("base64url")
    return { key: new BlobKey(bytes, visit), sealed: sealed(this.#material.data, text, visitKeyOf(visit), chance) }
  }

  /** The key that `makeVisitKey` sealed. Throws where it is another visit's, another installation's, or bent. */
  visitKey(visit: string, sealedKey: string): BlobKey {
    return new BlobKey(Buffer.from(opened(this.#material.data, sealedKey, visitKeyOf(visit)), "base64url"), visit)
  }

  /** Signs what leaves the house: Ed25519 (RFC 8032) over the text's UTF-8, as base64url. */
  sign(text: string): string {
    return sign(null, Buffer.from(text), this.#signing()).toString("base64url")
  }

  isSignature(text: string, signature: string): boolean {
    const key = createPublicKey(this.#signing())
    return verify(null, Buffer.from(text), key, Buffer.from(signature, "base64url"))
  }

  /** By which anybody checks a signature: a JSON Web Key (RFC 8037). */
  publicKey(): { kty: "OKP"; crv: "Ed25519"; x: string } {
    const { x = "" } = createPublicKey(this.#signing()).export({ format: "jwk" })
    return { kty: "OKP", crv: "Ed25519", x }
  }

  /** Made from the keys there are, so that an installation of before it has one as well. */
  #signing(): KeyObject {
    this.#signer ??= createPrivateKey({
      key: Buffer.concat([ed25519Head, createHmac("sha256", this.#material.token).update("sign\nEd25519").digest()]),
      format: "der",
      type: "pkcs8",
    })
    return this.#signer
  }

  /** The value to look a number up by. `kind` keeps equal digits of different kinds apart. */
  index(kind: "number" | "mobile" | "email" | "holder", text: string): string {
    return createHmac("sha256", this.#material.index).update(`${kind}\n${text}`).digest("base64url")
  }

  /** A capability that can be checked without being stored: for a link, a form, a minute. `length` is at most 43 letters, 6 bits each. */
  capability(kind: string, text: string, length = 32): string {
    if (length < 6 || length > 43) throw new RangeError(`a capability has 6 to 43 letters, not ${length}`)
    return createHmac("sha256", this.#material.token).update(`${kind}\n${text}`).digest("base64url").slice(0, length)
  }

  /** The length is the asker's to say, not the giver's: whoever may bring fewer letters has fewer to guess. */
  isCapability(kind: string, text: string, given: string, length = 32): boolean {
    return sameText(this.capability(kind, text, length), given)
  }
}

/**
 * What seals and opens everything that is kept about one person. A sealed text is bound to its place and its person: moved to another
 * column or another person's row it does not open. Whoever destroys the key has destroyed all of it, wherever copies of it lie.
 */
export class PersonKey {
  readonly #bytes: Uint8Array
  readonly #person: string

  constructor(bytes: Uint8Array, person: string) {
    this.#bytes = bytes
    this.#person = person
  }

  /** `place` is the table and column, e.g. `person.name`. The form is `v1.` and base64url of nonce (12 bytes), ciphertext and tag (16 bytes). */
  seal(place: string, text: string, chance: Chance): string {
    return sealed(this.#bytes, text, `${place}:${this.#person}`, chance)
  }

  /** Throws where a single bit has changed, or place, person or key is another. */
  open(place: string, sealedText: string): string {
    return opened(this.#bytes, sealedText, `${place}:${this.#person}`)
  }
}

/** As `PersonKey`, for bytes: a piece of a recording, a picture, a paper. */
export class BlobKey {
  readonly #bytes: Uint8Array
  readonly #visit: string

  constructor(bytes: Uint8Array, visit: string) {
    this.#bytes = bytes
    this.#visit = visit
  }

  /** `place` says what it is, e.g. `recording:<segment>:<number>`; elsewhere it does not open. Nonce, ciphertext and tag. */
  seal(place: string, bytes: Uint8Array, chance: Chance): Uint8Array {
    const nonce = chance.bytes(12)
    const cipher = createCipheriv("aes-256-gcm", this.#bytes, nonce).setAAD(Buffer.from(`${place}:${this.#visit}`))
    return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
  }

  /** Throws where a single bit has changed, or place, visit or key is another. */
  open(place: string, body: Uint8Array): Uint8Array {
    if (body.length < 12 + 16) throw new Error("not a sealed file")
    const decipher = createDecipheriv("aes-256-gcm", this.#bytes, body.subarray(0, 12), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(`${place}:${this.#visit}`)).setAuthTag(body.subarray(-16))
    return Buffer.concat([decipher.update(body.subarray(12, -16)), decipher.final()])
  }
}

/** What stands before the thirty-two bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const ed25519Head = Buffer.from("302e020100300506032b657004220420", "hex")

const visitKeyOf = (visit: string) => `visit_key.sealed:${visit}`
const keyOf = (person: string) => `person_key.sealed:${person}`

/** AES-256-GCM; `about` is what it must stand beside to be opened again. */
function sealed(key: Uint8Array, text: string, about: string, chance: Chance): string {
  const nonce = chance.bytes(12)
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(about))
  const body = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()])
  return `v1.${body.toString("base64url")}`
}

function opened(key: Uint8Array, sealedText: string, about: string): string {
  const body = Buffer.from(sealedText.slice(3), "base64url")
  // Decoding overlooks letters that are none and bits that are left over; a tag cut short would be easier to guess.
  const whole = body.length >= 12 + 16 && sealedText === `v1.${body.toString("base64url")}`
  if (!whole) throw new Error("not a sealed text")
  const decipher = createDecipheriv("aes-256-gcm", key, body.subarray(0, 12), { authTagLength: 16 })
  decipher.setAAD(Buffer.from(about)).setAuthTag(body.subarray(-16))
  return Buffer.concat([decipher.update(body.subarray(12, -16)), decipher.final()]).toString("utf8")
}

export function makeKeyMaterial(chance: Chance): KeyMaterial {
  return { data: chance.bytes(32), index: chance.bytes(32), token: chance.bytes(32) }
}

/** Compares in a time that does not tell where the texts differ. */
export function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

export function sha256(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("base64url")
}
