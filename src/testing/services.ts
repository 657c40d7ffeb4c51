import type { RequestRow } from "../../db/schema/requests.ts"
import type { ParticipantRow } from "../../db/schema/visits.ts"
import { addDays, type Day } from "../base/day.ts"
import { anniversary } from "../base/hijri.ts"
import { challengeOf } from "../domain/access/confirmation.ts"
import type { Owner } from "../domain/access/owner.ts"
import { passkeysOf } from "../domain/access/passkeys.ts"
import type { Citizen } from "../domain/access/subject.ts"
import { authenticationOptions } from "../domain/access/webauthn.ts"
import type { CivilRecord } from "../domain/people/civil.ts"
import { keepFamily, type Member } from "../domain/people/family.ts"
import { type Confirming, confirmRequest } from "../domain/requests/carrying.ts"
import { ask, begin, edit } from "../domain/requests/requests.ts"
import type { Fields, Line } from "../domain/requests/service.ts"
import type { Fingerprints } from "../domain/requests/standing.ts"
import type { Hub } from "../realtime/hub.ts"
import type { Authenticator } from "./authenticator.ts"
import { keyring } from "./keyring.ts"
import type { TestPlan } from "./office.ts"
import { videoHall } from "./video.ts"

export type ServiceHall = Awaited<ReturnType<typeof serviceHall>>

const byVideo = { minutes: 10, channels: ["online" as const, "video" as const] }

/** What an unmarried girl with a long passport has in the registry. */
export const unmarried: CivilRecord = {
  ...{ sex: "female", marital: "unmarried", military: false },
  papers: [
    { kind: "passport", number: "A12345678", until: "2031-05-01" as Day },
    { kind: "national_id", number: "1000000206", until: "2033-05-01" as Day },
  ],
}

/** A video office that carries services out, with people who have families and passkeys, and what such a test says again and again. */
export async function serviceHall(plan: TestPlan = {}) {
  const services = [
    { code: "PAS-06", sector: "PAS", ...byVideo },
    { code: "PAS-07", sector: "PAS", ...byVideo },
    { code: "CIV-12", sector: "CIV", ...byVideo },
  ]
  const hall = await videoHall({ services, ...plan })
  const ring = keyring(hall)
  const { write, keys } = hall
  let members = 0
  const families = new Map<string, Member[]>()

  const desk = {
    ring,
    today: hall.today,
    /** Gives somebody a child, by the registry. Answers the child's id. */
    async child(of: Citizen, born: string, civil: Partial<CivilRecord> = {}, more: Partial<Member> = {}) {
      members += 1
      const member: Member = {
        ...{ nationalId: `10000${String(members).padStart(5, "0")}`, kind: "citizen", relation: "child" },
        ...{ name: { ar: "جود العتيبي", en: "Joud Al-Otaibi" }, birthDay: born as Day },
        civil: { ...unmarried, ...civil },
        ...more,
      }
      // The registry names the whole family each time.
      const family = [...(families.get(of.id) ?? []), member]
      families.set(of.id, family)
      return (await write((tx) => keepFamily(tx, keys, of.id, family))).at(-1) ?? ""
    },
    /** Born so that the twenty-first Hijri birthday is so many days from today. */
    turning21(inDays: number): Day {
      const wanted = addDays(hall.today, inDays)
      let born = addDays(wanted, -Math.round(21 * 354.367))
      while (anniversary(born, 21, "hijri") < wanted) born = addDays(born, 1)
      while (anniversary(born, 21, "hijri") > wanted) born = addDays(born, -1)
      return born
    },
    async passkey(who: Citizen): Promise<Authenticator> {
      return (await ring.enrol({ kind: "citizen", id: who.id })).device
    },
    /** The agent begins a service in somebody's visit and fills it in. */
    async filled(visit: string, service: string, fields: Fields, number = 1): Promise<RequestRow> {
      const { id } = await write((tx) => begin(tx, keys, hall.agent(number), visit, service))
      return write((tx) => edit(tx, keys, hall.agent(number), id, fields))
    },
    ask: (id: string, fingerprints = media, number = 1, isDemo = false) =>
      write((tx) =>
        ask(tx, keys, hall.agent(number), id, {
          fingerprints,
          write: plainly,
          realNow: hall.clock.real(),
          rules: { isDemo },
        }),
      ),
    /** The person presses, and the authenticator answers. */
    async answer(who: Citizen, device: Authenticator, { confirmation }: Pick<RequestRow, "confirmation">) {
      const owner: Owner = { kind: "citizen", id: who.id }
      const asked = { id: confirmation ?? "", owner, session: "session" }
      const challenge = await write((tx) => challengeOf(tx, asked, hall.clock.real()))
      const allow = await passkeysOf(hall.store, owner)
      return device.get(await authenticationOptions(ring.party, { challenge, allow }))
    },
    give: (who: Citizen, response: string, row: Pick<RequestRow, "confirmation">, more: Partial<Confirming> = {}) =>
      confirmRequest(
        ring.room,
        keys,
        response,
        {
          ...{ citizen: who, confirmation: row.confirmation ?? "", session: "session", passkey: null },
          fingerprints: media,
          ...more,
        },
        hall.clock.real(),
      ),
    async confirm(who: Citizen, device: Authenticator, row: Pick<RequestRow, "confirmation">) {
      return desk.give(who, await desk.answer(who, device, row), row)
    },
    /** All of it, from the beginning to the receipt. */
    async carriedOut(who: Citizen, device: Authenticator, visit: string, service: string, fields: Fields) {
      const { id } = await desk.filled(visit, service, fields)
      return desk.confirm(who, device, await desk.ask(id))
    },
    participant: (visit: string, kind: ParticipantRow["kind"]) => hall.video.participant(visit, kind),
  }
  return Object.assign(hall, { desk })
}

/** What the server has seen of the two talking. */
export const media: Fingerprints = { citizen: "sha-256 AA", agent: "sha-256 BB" }

/** Of a server without browsers: as if it had seen both sides of every call talk, by one key. */
export function seenTalking(hub: Pick<Hub, "fingerprint">): Fingerprints {
  hub.fingerprint = () => media.citizen
  return { citizen: media.citizen, agent: media.citizen }
}

/** Lines as text, where no page writes them. */
function plainly(lines: readonly Line[]): { ar: string[]; en: string[] } {
  const textOf = ({ label, value }: Line, lang: "ar" | "en") => `${label[lang]} ${JSON.stringify(value)}`
  return { ar: lines.map((one) => textOf(one, "ar")), en: lines.map((one) => textOf(one, "en")) }
}
