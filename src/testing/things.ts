import { holds } from "../../db/schema/availability.ts"
import { visits } from "../../db/schema/visits.ts"
import { waitlist } from "../../db/schema/waitlist.ts"
import { minute } from "../base/day.ts"
import { addDevice, capabilitiesOf } from "../domain/access/devices.ts"
import { makeKey } from "../domain/access/keys.ts"
import { type Citizen, type Device, mint } from "../domain/access/subject.ts"
import { book } from "../domain/bookings/writes.ts"
import { takeRequest } from "../domain/people/requests.ts"
import { issueTicket } from "../domain/queue/arrivals.ts"
import { addParticipant } from "../domain/visits/visits.ts"
import type { Thing } from "./callers.ts"
import type { TestServer } from "./server.ts"

/** Whose the thing is, and where: the citizen's own, somebody else's in the same office, somebody else's in another one. */
export type Whose = "own" | "other" | "elsewhere"
export const everyWhose: readonly Whose[] = ["own", "other", "elsewhere"]

export type Things = Record<Whose, Thing>

/** One of everything that an address of the house can name, for each of the three. */
export async function everyThing(server: TestServer, elsewhere: string) {
  const { office, keys } = server
  const { write } = office
  const owners: Record<Whose, { person: string; at: string; time: string }> = {
    own: { person: office.citizen(1).id, at: office.code, time: "12:00" },
    other: { person: office.citizen(2).id, at: office.code, time: "12:15" },
    elsewhere: { person: office.citizen(3).id, at: elsewhere, time: "12:30" },
  }

  async function each(make: (whose: Whose, person: string, at: string) => Promise<string>, isSomebodys = true) {
    const made: [Whose, Thing][] = []
    for (const whose of everyWhose) {
      const { person, at } = owners[whose]
      made.push([whose, { id: await make(whose, person, at), person: isSomebodys ? person : null, office: at }])
    }
    return Object.fromEntries(made) as Things
  }

  /** Where and when each of them comes. */
  const visit = (whose: Whose) => {
    const startsAt = office.at(owners[whose].time)
    const when = { day: office.today, startsAt, width: 1, length: 1 }
    return { line: "PAS", service: "PAS-01", ...when }
  }

  const ticket = await each((_, person, at) =>
    write(async (tx) => {
      const kiosk = mint<Device>({ role: "kiosk", id: "door", office: at, capabilities: capabilitiesOf.kiosk })
      const asked = { office: at, service: "PAS-10", lang: "en" as const, person, holder: person }
      return (await issueTicket(tx, kiosk, asked)).id
    }),
  )

  return {
    office: await each(async (_, __, at) => at, false),
    counter: await each(async (_, __, at) => `${at}.1`, false),
    booking: await each((whose, person, at) => {
      const slot = office.slot(owners[whose].time, { office: at })
      const citizen = mint<Citizen>({ role: "citizen", id: person, kind: "citizen", level: "full" })
      return write(async (tx) => (await book(tx, citizen, { office: at, service: "PAS-01", slot }, citizen)).id)
    }),
    hold: await each((whose, person, at) =>
      write(async (tx) => {
        const id = tx.id()
        const kept = { people: [person], since: tx.now, until: tx.now + 10 * minute, state: "live" as const }
        const of = { ...visit(whose), service: "PAS-08", office: at, person, booking: null, waiting: null }
        await tx.db.insert(holds).values({ id, ...of, ...kept })
        return id
      }),
    ),
    waiting: await each((whose, person, at) =>
      write(async (tx) => {
        const id = tx.id()
        const days = {
          firstDay: office.today,
          lastDay: office.today,
          joinedAt: tx.now,
          lookAt: tx.now,
          place: everyWhose.indexOf(whose) + 1,
        }
        const open = { state: "waiting" as const, hold: null, booking: null, endedAt: null }
        await tx.db
          .insert(waitlist)
          .values({ id, person, office: at, line: "PAS", service: "PAS-04", people: [person], ...days, ...open })
        return id
      }),
    ),
    ticket,
    /** The same ones, as they are where one waits before a camera. */
    visit: await each(async (whose, person, at) => {
      const { id } = ticket[whose]
      await write(async (tx) => {
        const row = { id, office: at, person, thread: id, phase: "lobby" as const, since: tx.now, openedAt: tx.now }
        await tx.db.insert(visits).values({ ...row, thirds: 0, unanswered: 0 })
        await addParticipant(tx, row, { kind: "citizen", subject: person, subjectKind: "citizen" })
      })
      return id
    }),
    device: await each(
      (_, __, at) =>
        write((tx) => addDevice(tx, { office: at, kind: "board", name: "Wall" }, "test", office.clock.real())),
      false,
    ),
    key: await each(async (_, __, at) => {
      const given = {
        kind: "integrator" as const,
        subject: `of ${at}`,
        name: "test",
        scopes: ["facts:read"],
        office: at,
      }
      const key = await write((tx) => makeKey(tx, { ...given, demo: true }, "test", office.clock.real()))
      return key.split("_")[2] ?? ""
    }, false),
    privacyRequest: await each((_, person) =>
      write((tx) => takeRequest(tx, keys, { kind: "access", person, note: "", by: "test" }, office.clock.real())),
    ),
  }
}

export type EveryThing = Awaited<ReturnType<typeof everyThing>>
