import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto"

/*
 * An authenticator and its browser in a few lines: what `navigator.credentials.create` and `.get` would answer, as JSON text, and every way
 * in which somebody could bend it.
 */

/** The parts of the options that an authenticator reads. */
interface CreationOptions {
  challenge: string
  rp: { id?: string }
  user: { id: string }
  pubKeyCredParams: { alg: number }[]
  excludeCredentials?: { id: string }[]
}
interface RequestOptions {
  challenge: string
  rpId?: string
  allowCredentials?: { id: string }[]
}

/** What shall not be as it should. Everything but `flip` is bent before it is signed, as a bad browser or a bad key would. */
export interface Bent {
  type?: string
  challenge?: string
  origin?: string
  crossOrigin?: boolean
  topOrigin?: string
  rpId?: string
  present?: boolean
  verified?: boolean
  backupEligible?: boolean
  backedUp?: boolean
  counter?: number
  id?: unknown
  rawId?: unknown
  userHandle?: string | null
  /** Turns one bit round in what is sent. */
  flip?: { in: "authenticatorData" | "signature" | "clientDataJSON" | "attestationObject"; bit: number }
  /** Registration only. */
  algorithm?: number
  format?: "none" | "packed"
  statement?: Map<string, unknown>
  attestationObject?: Uint8Array
  /** Any field beside or in place of those of the answer. */
  more?: Record<string, unknown>
}

interface Key {
  id: string
  rpId: string
  handle: string
  secret: KeyObject
  algorithm: number
  counter: number
}

export interface Authenticator {
  keys: Key[]
  create(options: CreationOptions, bent?: Bent): string
  get(options: RequestOptions, bent?: Bent): string
}

/**
 * `origin`: of the page that asks. `synced`: a key that is copied between devices, which counts nothing. `algorithm`: -7 unless said
 * otherwise.
 */
export function softAuthenticator(
  origin: string,
  { synced = false, algorithm = -7 }: { synced?: boolean; algorithm?: -8 | -7 | -257 } = {},
): Authenticator {
  const keys: Key[] = []

  function create(options: CreationOptions, bent: Bent = {}): string {
    const rpId = options.rp.id ?? new URL(origin).hostname
    if (!options.pubKeyCredParams.some(({ alg }) => alg === algorithm)) throw new Error("NotSupportedError")
    if (options.excludeCredentials?.some(({ id }) => keys.some((key) => key.id === id))) {
      throw new Error("InvalidStateError")
    }
    const { publicKey, privateKey } = pairFor(algorithm)
    const id = randomBytes(32)
    const key = { id: text(id), rpId, handle: options.user.id, secret: privateKey, algorithm, counter: 0 }
    keys.push(key)
    const cose = coseOf(publicKey, algorithm)
    if (bent.algorithm !== undefined) cose.set(3, bent.algorithm)
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, cbor(cose)])
    const authData = Buffer.concat([head(key, 0b0100_0000, bent), attested])
    const client = clientData("webauthn.create", options.challenge, bent)
    const format = bent.format ?? "none"
    const own = new Map<string, unknown>([
      ["alg", algorithm],
      ["sig", signed(key, authData, client)],
    ])
    const statement = bent.statement ?? (format === "packed" ? own : new Map())
    const made = new Map<string, unknown>([
      ["fmt", format],
      ["attStmt", statement],
      ["authData", authData],
    ])
    const parts = flipped({ clientDataJSON: client, attestationObject: bent.attestationObject ?? cbor(made) }, bent)
    return answer(key.id, { ...parts, transports: ["internal", "hybrid"] }, bent)
  }

  function get(options: RequestOptions, bent: Bent = {}): string {
    const rpId = options.rpId ?? new URL(origin).hostname
    const allowed = options.allowCredentials ?? []
    const key = keys.find(
      (one) => one.rpId === rpId && (allowed.length === 0 || allowed.some(({ id }) => id === one.id)),
    )
    if (!key) throw new Error("NotAllowedError")
    if (!synced) key.counter++
    const authenticatorData = head(key, 0, bent)
    const clientDataJSON = clientData("webauthn.get", options.challenge, bent)
    const signature = signed(key, authenticatorData, clientDataJSON)
    const parts = flipped({ clientDataJSON, authenticatorData, signature }, bent)
    const userHandle = bent.userHandle === undefined ? key.handle : bent.userHandle
    return answer(key.id, { ...parts, ...(userHandle === null ? {} : { userHandle }) }, bent)
  }

  function clientData(type: string, challenge: string, bent: Bent): Buffer {
    const said = { type: bent.type ?? type, challenge: bent.challenge ?? challenge, origin: bent.origin ?? origin }
    const { crossOrigin = false, topOrigin } = bent
    return Buffer.from(JSON.stringify({ ...said, crossOrigin, topOrigin }))
  }

  function head(key: Key, more: number, bent: Bent): Buffer {
    const { present = true, verified = true, backupEligible = synced, backedUp = synced } = bent
    const flags = more | (present ? 1 : 0) | (verified ? 4 : 0) | (backupEligible ? 8 : 0) | (backedUp ? 16 : 0)
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(bent.counter ?? key.counter)
    return Buffer.concat([sha256(Buffer.from(bent.rpId ?? key.rpId)), Buffer.from([flags]), counter])
  }

  return { keys, create, get }
}

function answer(id: string, response: Record<string, unknown>, bent: Bent): string {
  const named = { id: "id" in bent ? bent.id : id, rawId: "rawId" in bent ? bent.rawId : "id" in bent ? bent.id : id }
  return JSON.stringify({ ...named, type: "public-key", clientExtensionResults: {}, response, ...bent.more })
}

function flipped(parts: Record<string, Uint8Array>, { flip }: Bent): Record<string, string> {
  const sent = Object.entries(parts).map(([name, part]) => {
    const bytes = Buffer.from(part)
    if (flip?.in === name) bytes[flip.bit >> 3] = (bytes[flip.bit >> 3] ?? 0) ^ (1 << (flip.bit & 7))
    return [name, text(bytes)]
  })
  return Object.fromEntries(sent)
}

function pairFor(algorithm: number) {
  if (algorithm === -8) return generateKeyPairSync("ed25519")
  if (algorithm === -257) return generateKeyPairSync("rsa", { modulusLength: 2048 })
  return generateKeyPairSync("ec", { namedCurve: "P-256" })
}

/** RFC 9053 §7: the key as COSE has it. */
function coseOf(key: KeyObject, algorithm: number): Map<number, unknown> {
  const jwk = key.export({ format: "jwk" })
  const part = (name: "x" | "y" | "n" | "e") => Buffer.from(jwk[name] ?? "", "base64url")
  const base: [number, unknown][] = [[3, algorithm]]
  if (algorithm === -8) return new Map([[1, 1], ...base, [-1, 6], [-2, part("x")]])
  if (algorithm === -257) return new Map([[1, 3], ...base, [-1, part("n")], [-2, part("e")]])
  return new Map([[1, 2], ...base, [-1, 1], [-2, part("x")], [-3, part("y")]])
}

function signed(key: Key, authenticatorData: Buffer, clientDataJSON: Buffer): Buffer {
  const data = Buffer.concat([authenticatorData, sha256(clientDataJSON)])
  return sign(key.algorithm === -8 ? null : "sha256", data, key.secret)
}

/** The little of CBOR (RFC 8949) that keys and attestations need. */
function cbor(value: unknown): Buffer {
  if (typeof value === "number") return value >= 0 ? lead(0, value) : lead(1, -1 - value)
  if (typeof value === "string") return Buffer.concat([lead(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([lead(2, value.length), value])
  if (Array.isArray(value)) return Buffer.concat([lead(4, value.length), ...value.map(cbor)])
  if (value instanceof Map) {
    return Buffer.concat([lead(5, value.size), ...[...value].flatMap(([name, inner]) => [cbor(name), cbor(inner)])])
  }
  throw new Error(`no CBOR for ${typeof value}`)
}

function lead(major: number, count: number): Buffer {
  if (count < 24) return Buffer.from([(major << 5) | count])
  if (count < 256) return Buffer.from([(major << 5) | 24, count])
  return Buffer.from([(major << 5) | 25, count >> 8, count & 255])
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest()
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url")
}
