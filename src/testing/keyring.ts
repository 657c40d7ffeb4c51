import { openLog } from "../base/log.ts"
import { type Ceremony, openCeremony } from "../domain/access/ceremonies.ts"
import { handleFor, type Owner } from "../domain/access/owner.ts"
import { type Passkey, usablePasskeys } from "../domain/access/passkeys.ts"
import { enrolPasskey, type Proof, prove, type Room } from "../domain/access/proof.ts"
import { authenticationOptions, partyOf, registrationOptions } from "../domain/access/webauthn.ts"
import { type Authenticator, type Bent, softAuthenticator } from "./authenticator.ts"
import type { TestOffice } from "./office.ts"

export type Keyring = ReturnType<typeof keyring>

/** Ceremonies over a test office, without pages: what is asked, what an authenticator answers, and what comes of it. */
export function keyring(office: TestOffice, origin = "https://front.example.gov") {
  const party = partyOf(origin, "Front office")
  const lines: string[] = []
  const room: Room = {
    party,
    tell: async () => {},
    log: openLog((line) => lines.push(line), office.clock.real),
    get store() {
      return office.store
    },
    get writer() {
      return office.writer
    },
  }
  const now = () => office.clock.real()
  const owner = (number: number): Owner => ({ kind: "citizen", id: office.citizen(number).id })
  const agent = (number: number): Owner => ({ kind: "staff", id: office.agent(number).id })

  /** The options for a new passkey of the owner, under `session`. */
  async function offer(whose: Owner, session: string | null = "s") {
    const { challenge, handle } = await office.write(async (tx) => {
      const { challenge } = await openCeremony(tx, { purpose: "enrol", owner: whose, session }, now())
      return { challenge, handle: await handleFor(tx, whose) }
    })
    const exclude = await usablePasskeys(office.store, whose)
    return registrationOptions(party, { challenge, handle, name: "name", displayName: "Name", exclude })
  }

  /** Posts what an authenticator made for `offer`. */
  function take(response: string, whose: Owner, session: string | null = "s"): Promise<Passkey> {
    const asked = { owner: whose, session, name: "Phone" }
    return enrolPasskey(room, response, asked, now(), async (_, passkey) => passkey)
  }

  /** Gives the owner a passkey on this authenticator. */
  async function enrol(whose: Owner, device: Authenticator = softAuthenticator(origin), bent?: Bent) {
    const passkey = await take(device.create(await offer(whose), bent), whose)
    return { device, passkey }
  }

  /** The options to prove oneself with. */
  async function question(ceremony: Ceremony) {
    const { challenge } = await office.write((tx) => openCeremony(tx, ceremony, now()))
    const allow = ceremony.owner ? await usablePasskeys(office.store, ceremony.owner) : []
    return authenticationOptions(party, { challenge, allow })
  }

  /** Posts what an authenticator made for `question`. */
  function show(response: string, ceremony: Ceremony): Promise<Proof> {
    return prove(room, response, ceremony, now(), async (_, proof) => proof)
  }

  return { room, party, lines, owner, agent, offer, take, enrol, question, show }
}
