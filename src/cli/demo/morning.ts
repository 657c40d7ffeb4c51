import type { Store } from "../../../db/store.ts"
import type { Writer } from "../../../db/write.ts"
import type { handClock } from "../../base/clock.ts"
import { hour, type Instant, minute } from "../../base/day.ts"
import { dayIn } from "../../base/time.ts"
import { staffOf, subjectOfKey } from "../../domain/access/keys.ts"
import type { Staff } from "../../domain/access/subject.ts"
import { office as officeOf, sessionsAround } from "../../domain/offices/reads.ts"
import { shownOffice } from "./moment.ts"
import type { DemoPeople } from "./seed.ts"
import { Story, type Telling } from "./story.ts"

interface Given {
  writer: Writer
  store: Store
  clock: ReturnType<typeof handClock>
  /** Where the clock stands when the morning is over. */
  moment: Instant
  /** The real clock's: keys go by it. */
  now: Instant
  people: DemoPeople
}

const zone = "Asia/Riyadh"

/** The office that the demonstration shows has its whole day; the others have been at work for the last hour, so that no page is lifeless. */
const tellings: Telling[] = [
  {
    office: shownOffice,
    counters: 2,
    walkIns: ["PAS-04", "PAS-10", "RES-11", "PAS-01", "RES-12", "PAS-10", "RES-04", "PAS-08", "RES-13"],
    bookings: ["PAS-01", "PAS-03", "RES-11", "PAS-04", "RES-12", "RES-15"],
    bookedToday: 24,
    bookedAhead: ["PAS-01", "PAS-04", "RES-11", "RES-12"],
    lastHours: null,
    calmEvery: 11,
    busyEvery: 4,
  },
  {
    office: "RUH-QHK",
    counters: 2,
    walkIns: ["PAS-10", "RES-12", "PAS-04"],
    bookings: ["PAS-01"],
    bookedToday: 3,
    bookedAhead: [],
    lastHours: 1,
    calmEvery: 8,
    busyEvery: 6,
  },
  {
    office: "TBK-PAS",
    counters: 1,
    walkIns: ["PAS-10", "RES-04"],
    bookings: ["PAS-01"],
    bookedToday: 2,
    bookedAhead: [],
    lastHours: 1,
    calmEvery: 14,
    busyEvery: 9,
  },
  {
    office: "DMM-TRF",
    counters: 3,
    walkIns: ["TRA-03", "TRA-05", "TRA-10"],
    bookings: ["TRA-02"],
    bookedToday: 3,
    bookedAhead: [],
    lastHours: 1,
    calmEvery: 6,
    busyEvery: 5,
  },
  {
    office: "MED-CIV",
    counters: 2,
    walkIns: ["CIV-13", "CIV-03", "CIV-06"],
    bookings: ["CIV-02"],
    bookedToday: 3,
    bookedAhead: [],
    lastHours: 1,
    calmEvery: 9,
    busyEvery: 7,
  },
]

/**
 * Plays the day so far through the same turns as any real one: people book, come, take numbers, are called and served at a few counters,
 * one does not hear the call, one has to fetch a paper. What the demo's screens show is therefore true of its facts.
 */
export async function morning({ writer, store, clock, moment, now, people }: Given): Promise<void> {
  const today = dayIn(moment, zone)
  const hall = people.hall.map(({ id }) => id)
  const stories: Story[] = []
  for (const telling of tellings) {
    const here = await officeOf(store, telling.office)
    const session = (await sessionsAround(store, here, moment)).find(
      (one) => one.day === today && one.startsAt <= moment && moment < one.endsAt,
    )
    const token = people.kiosks.find(({ office }) => office === telling.office)?.token ?? ""
    const kiosk = await subjectOfKey(store, token, now)
    const agents = await Promise.all(
      (people.seated.get(telling.office) ?? []).slice(0, telling.counters).map((id) => staffOf(store, id)),
    )
    if (!kiosk) continue
    stories.push(
      new Story(
        {
          writer,
          store,
          clock,
          moment,
          session: session ?? null,
          kiosk,
          agents: agents.filter((one): one is Staff => one !== null),
        },
        telling,
        hall,
      ),
    )
  }
  // The store's time never goes back, so the offices live through the same minutes together.
  const openings = stories.flatMap(({ opensAt }) => (opensAt === null ? [] : [opensAt]))
  const first = Math.min(moment, ...openings)
  clock.set(Math.max(clock.office(), first - 2 * hour))
  for (const story of stories) await story.bookAhead()
  for (let at = first; at < moment; at += minute) {
    clock.set(Math.max(clock.office(), at))
    for (const story of stories) await story.live(at)
  }
  clock.set(moment)
}
