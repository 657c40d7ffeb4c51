import { isIP } from "node:net"
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/server"
import { minute } from "../../base/day.ts"
import { bytesOf, clientData, type ReadAssertion, type ReadRegistration, textOf } from "./authenticator-said.ts"
import { PasskeyRefusal } from "./passkey-refusal.ts"

/*
 * What W3C WebAuthn L3 §7.1 and §7.2 ask of a server. The library does most of it; here is what it leaves to its caller, and one answer for
 * everything that is not right. Nothing here touches the store: bytes in, a verdict out.
 */

/**
 * The library is read in when the first passkey is asked for: to read it takes as long as a fifth of everything else, and a process that
 * starts again after a crash has people to answer first. That it cannot be read is nobody's fault who shows a passkey: it is asked for before
 * anything is judged.
 */
const library = () => import("@simplewebauthn/server")
const helpers = () => import("@simplewebauthn/server/helpers")

/** Whom the browser is told that it speaks to. Made from the configured origin, never from a request. */
export interface Party {
  /** The host of the origin: keys are bound to it. */
  id: string
  name: string
  origin: string
}

export function partyOf(origin: string, name: string): Party {
  return { id: new URL(origin).hostname, name, origin }
}

/**
 * Whether browsers offer passkeys at such an address: WebAuthn asks for a secure context and binds a key to a domain, which an IP address is
 * not (Web Authentication Level 3, §5 and §5.1.3).
 */
export function knowsPasskeys(origin: string): boolean {
  const { protocol, hostname } = new URL(origin)
  if (/(^|\.)localhost$/.test(hostname)) return true
  return protocol === "https:" && isIP(hostname.replace(/^\[|\]$/g, "")) === 0
}

/** EdDSA, ES256, RS256 in this order (IANA COSE Algorithms). The library's own list depends on the runtime and is never asked. */
const algorithms = [-8, -7, -257]

/** People who read with a screen reader or fetch a key from another room need time: L3 §15.1 recommends five to ten minutes. */
const timeout = 5 * minute

export async function registrationOptions(
  party: Party,
  asked: {
    challenge: string
    handle: string
    /** Shown and synchronised by password managers: a name or a masked number, never a whole one. */
    name: string
    displayName: string
    /** The owner's passkeys: a device that holds one of them offers no second. */
    exclude: { id: string; transports: string[] }[]
  },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await library()
  return generateRegistrationOptions({
    rpName: party.name,
    rpID: party.id,
    challenge: bytesOf(asked.challenge),
    userID: bytesOf(asked.handle),
    userName: asked.name,
    userDisplayName: asked.displayName,
    timeout,
    attestationType: "none",
    excludeCredentials: asked.exclude.map(described),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    supportedAlgorithmIDs: algorithms,
  })
}

/** `allow` only for somebody whose password was right or who is signed in: which keys an account has is nobody else's to know. */
export async function authenticationOptions(
  party: Party,
  asked: { challenge: string; allow?: { id: string; transports: string[] }[] },
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await library()
  return generateAuthenticationOptions({
    rpID: party.id,
    challenge: bytesOf(asked.challenge),
    allowCredentials: (asked.allow ?? []).map(described),
    timeout,
    userVerification: "required",
  })
}

const transportNames = ["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"] as const
type Transport = (typeof transportNames)[number]

function described({ id, transports }: { id: string; transports: string[] }) {
  return { id, transports: knownTransports(transports) }
}

function knownTransports(given: string[]): Transport[] {
  return transportNames.filter((name) => given.includes(name))
}

/** A passkey as it was at its registration. Bytes are base64url. */
export interface NewPasskey {
  id: string
  publicKey: string
  algorithm: number
  signCount: number
  backupEligible: boolean
  backedUp: boolean
  transports: string[]
  aaguid: string
}

/** Checks a registration that answers `challenge`. Refuses `passkey_refused`, whatever is wrong. */
export async function verifyRegistration(party: Party, read: ReadRegistration, challenge: string): Promise<NewPasskey> {
  const { verifyRegistrationResponse } = await library()
  const { cose, decodeAttestationObject, decodeCredentialPublicKey } = await helpers()
  return refusing(async () => {
    const { id, rawId, type, response } = read
    mustAnswer(party, response.clientDataJSON, "webauthn.create", challenge)
    const attestation = decodeAttestationObject(bytesOf(response.attestationObject))
    const format = attestation.get("fmt")
    // Asked for no attestation, a browser passes on none, or the key's own word about itself. What comes with certificates would have
    // the library follow the addresses in them.
    const isOwnWord = format === "packed" && !attestation.get("attStmt").get("x5c")
    if (format !== "none" && !isOwnWord) throw new PasskeyRefusal("attestation")
    mustBePresent(party, attestation.get("authData"))
    const given: RegistrationResponseJSON = {
      ...{ id, rawId, type, clientExtensionResults: {} },
      response: { clientDataJSON: response.clientDataJSON, attestationObject: response.attestationObject },
    }
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: given,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      expectedType: "webauthn.create",
      requireUserPresence: true,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    })
    if (!verified) throw new PasskeyRefusal("signature")
    const { credential, credentialDeviceType, credentialBackedUp, aaguid } = registrationInfo
    if (credential.id !== id) throw new PasskeyRefusal("credential")
    const algorithm = decodeCredentialPublicKey(credential.publicKey).get(cose.COSEKEYS.alg)
    if (algorithm === undefined || !algorithms.includes(algorithm)) throw new PasskeyRefusal("algorithm")
    return {
      id,
      publicKey: textOf(credential.publicKey),
      algorithm,
      signCount: credential.counter,
      backupEligible: credentialDeviceType === "multiDevice",
      backedUp: credentialBackedUp,
      transports: knownTransports(response.transports ?? []),
      aaguid,
    }
  })
}

/** What an authenticator signed, and with which key: enough to check it again without anything else. Bytes are base64url. */
export interface Evidence {
  credential: string
  publicKey: string
  clientData: string
  authenticatorData: string
  signature: string
}

export interface Verified {
  evidence: Evidence
  signCount: number
  backedUp: boolean
}

/**
 * Checks an assertion that answers `challenge` against the passkey that it names. `handle` is that of the passkey's owner; where nobody had
 * said who they are, the authenticator has to (`mustName`). Refuses `passkey_refused`, whatever is wrong. The counter is looked at
 * only once the signature is right, so that nobody but the key raises an alarm.
 */
export async function verifyAssertion(
  party: Party,
  read: ReadAssertion,
  asked: {
    challenge: string
    passkey: { id: string; publicKey: string; signCount: number; backupEligible: boolean }
    handle: string
    mustName: boolean
  },
): Promise<Verified> {
  const { verifyAuthenticationResponse } = await library()
  return refusing(async () => {
    const { passkey, handle, challenge } = asked
    const { id, rawId, type, response } = read
    if (id !== passkey.id) throw new PasskeyRefusal("credential")
    const named = response.userHandle || null
    if (named === null ? asked.mustName : named !== handle) throw new PasskeyRefusal("handle")
    mustAnswer(party, response.clientDataJSON, "webauthn.get", challenge)
    mustBePresent(party, bytesOf(response.authenticatorData))
    const { clientDataJSON, authenticatorData, signature } = response
    const given: AuthenticationResponseJSON = {
      ...{ id, rawId, type, clientExtensionResults: {} },
      response: { clientDataJSON, authenticatorData, signature },
    }
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: given,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      expectedType: "webauthn.get",
      requireUserVerification: true,
      // Below every counter there is: the library would look at it before the signature.
      credential: { id: passkey.id, publicKey: bytesOf(passkey.publicKey), counter: -1 },
    })
    if (!verified) throw new PasskeyRefusal("signature")
    const { newCounter, credentialDeviceType, credentialBackedUp } = authenticationInfo
    if ((credentialDeviceType === "multiDevice") !== passkey.backupEligible) throw new PasskeyRefusal("backup")
    if (!countsOn(passkey.signCount, newCounter)) throw new PasskeyRefusal("counter")
    const evidence = { credential: id, publicKey: passkey.publicKey, clientData: clientDataJSON }
    return {
      evidence: { ...evidence, authenticatorData, signature },
      signCount: newCounter,
      backedUp: credentialBackedUp,
    }
  })
}

/** Synchronised passkeys stay at nought; every other counter only rises (L3 §6.1.1). */
export function countsOn(before: number, now: number): boolean {
  return (before === 0 && now === 0) || now > before
}

/** Asks whether kept evidence still shows that its key answered this challenge. No counter and no clock: it is as true in ten years. */
export async function isEvidence(
  party: Pick<Party, "id" | "origin">,
  kept: Evidence,
  challenge: string,
): Promise<boolean> {
  const { verifyAuthenticationResponse } = await library()
  try {
    const { credential, clientData: clientDataJSON, authenticatorData, signature } = kept
    const wanted = { ...party, name: "" }
    mustAnswer(wanted, clientDataJSON, "webauthn.get", challenge)
    mustBePresent(wanted, bytesOf(authenticatorData))
    const { verified } = await verifyAuthenticationResponse({
      response: {
        ...{ id: credential, rawId: credential, type: "public-key", clientExtensionResults: {} },
        response: { clientDataJSON, authenticatorData, signature },
      },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      expectedType: "webauthn.get",
      requireUserVerification: true,
      credential: { id: credential, publicKey: bytesOf(kept.publicKey), counter: -1 },
    })
    return verified
  } catch {
    return false
  }
}

/** The browser's own account of the ceremony. */
function mustAnswer(party: Party, text: string, type: string, challenge: string): void {
  const said = clientData(text)
  if (said.type !== type) throw new PasskeyRefusal("type")
  if (said.challenge !== challenge) throw new PasskeyRefusal("challenge")
  if (said.origin !== party.origin) throw new PasskeyRefusal("origin")
  // We are never framed. Safari says neither; then the page's own header (frame-ancestors) has refused the frame.
  if (said.crossOrigin === true || said.topOrigin !== undefined) throw new PasskeyRefusal("frame")
}

/** The head of the authenticator's data (L3 §6.1): whose page it saw, and whether somebody was there and was recognised. */
function mustBePresent(party: Party, data: Uint8Array): void {
  const flags = data[32] ?? 0
  const host = new Bun.CryptoHasher("sha256").update(party.id).digest()
  if (!host.equals(data.subarray(0, 32))) throw new PasskeyRefusal("party")
  if (!(flags & 0b0000_0001)) throw new PasskeyRefusal("presence")
  if (!(flags & 0b0000_0100)) throw new PasskeyRefusal("verification")
  // A key that cannot leave its device and has left it.
  if (!(flags & 0b0000_1000) && flags & 0b0001_0000) throw new PasskeyRefusal("backup")
}

/** Whatever is thrown in there is the fault of what was sent. */
async function refusing<T>(check: () => Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (thrown) {
    throw thrown instanceof PasskeyRefusal ? thrown : new PasskeyRefusal("library", thrown)
  }
}
