import { describe, expect, test } from "bun:test"
import { and, eq, sql } from "drizzle-orm"
import { slots } from "../../../db/schema/availability.ts"
import { offices, seasons } from "../../../db/schema/offices.ts"
import { type Day, day } from "../../base/day.ts"
import { refusal, type TestOffice, type TestPlan, testOffice } from "../../testing/office.ts"
import type { Citizen } from "../access/subject.ts"
import { hold, ownHold } from "../availability/holds.ts"
import { changePlaces } from "../availability/places.ts"
import { slotsOffered } from "../availability/reads.ts"
import { office as officeRow } from "../offices/reads.ts"
import { applyNewHours, changeHours, closeDay, restoreDay, struckBy } from "./day-changes.ts"
import { bookingById, struckBookings } from "./reads.ts"
import { book, cancel, move } from "./writes.ts"

const tomorrow = day("2026-11-23")

const make = (office: TestOffice, citizen: Citizen, time: string, service = "PAS-01", on: Day = tomorrow) =>
  office.write((tx) => book(tx, citizen, { office: "RUH-RML", service, slot: office.slot(time, { on }) }))

const close = (office: TestOffice, on: Day = tomorrow) =>
  office.write((tx) => closeDay(tx, office.supervisor(), { office: "RUH-RML", day: on, reason: "A burst pipe" }))

const reopen = (office: TestOffice, on: Day = tomorrow) =>
  office.write((tx) => restoreDay(tx, office.supervisor(), { office: "RUH-RML", day: on }))

const hours = (
  office: TestOffice,
  start: string,
  minutes: number,
  more: { openOnHoliday?: boolean; on?: Day } = {},
) => {
  const { on = tomorrow, ...flags } = more
  return office.write((tx) =>
    changeHours(tx, office.supervisor(), { office: "RUH-RML", day: on, sessions: [{ start, minutes }], ...flags }),
  )
}

async function offered(office: TestOffice, on: Day = tomorrow, service = "PAS-01") {
  const { days } = await slotsOffered(office.store, {
    office: "RUH-RML",
    service,
    from: on,
    days: 1,
    now: office.clock.office(),
  })
  return days[0]?.slots ?? []
}

const freeAt = async (office: TestOffice, time: string, on: Day = tomorrow) =>
  (await offered(office, on)).find(({ id }) => id === office.slot(time, { on }))?.free

const ids = (rows: { id: string }[]) => rows.map(({ id }) => id)

describe("closing a day", () => {
  test("lists every booking that it strikes and drops none", async () => {
    const office = await testOffice()
    const made = [
      await make(office, office.citizen(1), "09:00"),
      await make(office, office.citizen(2), "10:00"),
      await make(office, office.citizen(3), "10:00", "PAS-04"),
    ]
    const gone = await make(office, office.citizen(4), "11:00")
    await office.write((tx) => cancel(tx, office.citizen(4), gone.id))
    const { struck } = await close(office)
    expect(ids(struck).toSorted()).toEqual(ids(made).toSorted())
    expect(ids(await struckBookings(office.store, "RUH-RML"))).toEqual(ids(struck))
    expect(await bookingById(office.store, made[0]?.id ?? "")).toMatchObject({
      state: "confirmed",
      struckAt: office.clock.office(),
    })
    expect(await office.facts("booking.struck")).toHaveLength(3)
    expect((await office.facts("office.day_closed"))[0]?.body).toMatchObject({ day: tomorrow, struck: 3, version: 2 })
    expect(JSON.stringify(await office.facts())).not.toContain("burst pipe")
  })

  test("shows the supervisor beforehand what it would strike, and changes nothing by that", async () => {
    const office = await testOffice()
    const made = await make(office, office.citizen(1), "09:00")
    await office.write((tx) =>
      hold(tx, office.citizen(2), {
        office: "RUH-RML",
        service: "PAS-01",
        slot: office.slot("09:00", { on: tomorrow }),
      }),
    )
    const now = office.clock.office()
    const met = await struckBy(office.store, "RUH-RML", tomorrow, { kind: "closed" }, now)
    expect([ids(met.struck), met.released.length]).toEqual([[made.id], 1])
    expect(await freeAt(office, "09:00")).toBe(1)
    const later = { kind: "hours" as const, sessions: [{ start: "09:00", minutes: 60 }] }
    expect((await struckBy(office.store, "RUH-RML", tomorrow, later, now)).struck).toEqual([])
  })

  test("offers and sells nothing any more, touched or not", async () => {
    const office = await testOffice()
    await make(office, office.citizen(1), "09:00")
    await close(office)
    expect(await offered(office)).toEqual([])
    expect(await offered(office, tomorrow, "RES-04")).toEqual([])
    for (const time of ["09:00", "13:00"]) {
      const no = await refusal(make(office, office.citizen(2), time))
      expect(no.code).toBe("office_closed")
      expect(no.details["alternatives"]).toHaveLength(3)
    }
  })

  test("releases what is being held there; the confirm is told so", async () => {
    const office = await testOffice()
    const wanted = { office: "RUH-RML", service: "PAS-01", slot: office.slot("09:00", { on: tomorrow }) }
    const kept = await office.write((tx) => hold(tx, office.citizen(), wanted))
    const { released } = await close(office)
    expect(ids(released)).toEqual([kept.id])
    expect((await ownHold(office.store, office.citizen(), kept.id)).state).toBe("released")
    expect((await refusal(office.write((tx) => book(tx, office.citizen(), { hold: kept.id })))).code).toBe("hold_gone")
    expect((await office.facts("hold.released"))[0]?.body).toEqual({ hold: kept.id, by: office.supervisor().id })
  })

  test("and opening it again gives the places back as they were, and unmarks the bookings", async () => {
    const office = await testOffice()
    const made = await make(office, office.citizen(1), "09:00")
    await close(office)
    const { restored, struck } = await reopen(office)
    expect([ids(restored), struck]).toEqual([[made.id], []])
    expect((await bookingById(office.store, made.id))?.struckAt).toBeNull()
    expect([await freeAt(office, "09:00"), await freeAt(office, "09:15")]).toEqual([2, 3])
    expect((await officeRow(office.store, "RUH-RML")).version).toBe(3)
  })

  test("a struck booking can be moved to another day, and then it is struck no longer", async () => {
    const office = await testOffice()
    const made = await make(office, office.citizen(1), "09:00")
    await close(office)
    const slot = office.slot("09:00", { on: "2026-11-24" })
    expect((await office.write((tx) => move(tx, office.citizen(1), made.id, slot))).struckAt).toBeNull()
    await reopen(office)
    expect(await freeAt(office, "09:00")).toBe(3)
  })

  test("is the business of that office's supervisor, for days that are not over", async () => {
    const office = await testOffice({ more: [{ code: "RUH-QHK" }] })
    const asked = { office: "RUH-RML", day: tomorrow }
    for (const who of [office.agent(), office.supervisor("RUH-QHK")]) {
      expect((await refusal(office.write((tx) => closeDay(tx, who, asked)))).code).toBe("forbidden")
    }
    expect((await refusal(close(office, day("2026-11-21")))).code).toBe("day_past")
    expect((await refusal(reopen(office))).code).toBe("not_found")
  })

  test("closing twice says it twice, strikes once", async () => {
    const office = await testOffice()
    await make(office, office.citizen(1), "09:00")
    await close(office)
    expect((await close(office)).struck).toHaveLength(1)
    expect(await office.facts("booking.struck")).toHaveLength(1)
  })
})

describe("other hours for a day", () => {
  test("Ramadan hours over a booked morning list those who no longer fit", async () => {
    const office = await testOffice()
    const early = [await make(office, office.citizen(1), "07:30"), await make(office, office.citizen(2), "09:45")]
    const fits = await make(office, office.citizen(3), "10:00")
    const { struck } = await hours(office, "10:00", 300)
    expect(ids(struck)).toEqual(ids(early))
    expect((await bookingById(office.store, fits.id))?.struckAt).toBeNull()
    expect([await freeAt(office, "09:45"), await freeAt(office, "10:00"), await freeAt(office, "14:45")]).toEqual([
      undefined,
      2,
      3,
    ])
    await make(office, office.citizen(4), "14:45")
  })

  test("a visit that would go on after closing is listed and keeps its length", async () => {
    const office = await testOffice()
    const long = await make(office, office.citizen(1), "11:45", "PAS-04")
    const short = await make(office, office.citizen(2), "11:45")
    const { struck } = await hours(office, "07:30", 270)
    expect(ids(struck)).toEqual([long.id])
    expect(await bookingById(office.store, long.id)).toMatchObject({
      state: "confirmed",
      endsAt: office.at("12:15", tomorrow),
    })
    expect((await bookingById(office.store, short.id))?.struckAt).toBeNull()
    await office.write((tx) => cancel(tx, office.citizen(1), long.id))
    expect(await freeAt(office, "11:45")).toBe(2)
  })

  test("an evening past midnight can be added, and is bookable on its service day", async () => {
    const office = await testOffice()
    const sessions = [
      { start: "07:30", minutes: 420 },
      { start: "21:00", minutes: 240 },
    ]
    await office.write((tx) => changeHours(tx, office.supervisor(), { office: "RUH-RML", day: tomorrow, sessions }))
    const slot = office.slot("00:30", { on: "2026-11-24" })
    const made = await office.write((tx) => book(tx, office.citizen(), { office: "RUH-RML", service: "PAS-01", slot }))
    expect(made.day).toBe(tomorrow)
    expect((await close(office)).struck.map(({ id }) => id)).toEqual([made.id])
  })

  test("on a holiday open the office only when it is said that they do", async () => {
    const plan: TestPlan = { holidays: [{ first: "2026-11-23" }] }
    const office = await testOffice(plan)
    expect((await refusal(hours(office, "09:00", 120))).code).toBe("office_closed")
    await hours(office, "09:00", 120, { openOnHoliday: true })
    expect(await offered(office)).toHaveLength(8)
    await make(office, office.citizen(), "09:00")
  })

  test("that overlap, or are no hours, are refused", async () => {
    const office = await testOffice({ hours: [{ rrule: "FREQ=DAILY", start: "21:00", minutes: 300 }] })
    const no = async (sessions: { start: string; minutes: number }[]) => {
      const asked = { office: "RUH-RML", day: tomorrow, sessions }
      return (await refusal(office.write((tx) => changeHours(tx, office.supervisor(), asked)))).code
    }
    expect(await no([])).toBe("invalid_field")
    expect(await no([{ start: "25:00", minutes: 60 }])).toBe("invalid_field")
    expect(await no([{ start: "09:00", minutes: 0 }])).toBe("invalid_field")
    expect(
      await no([
        { start: "09:00", minutes: 120 },
        { start: "10:00", minutes: 60 },
      ]),
    ).toBe("hours_overlap")
    // Yesterday's evening runs until two in the morning.
    expect(await no([{ start: "01:00", minutes: 60 }])).toBe("hours_overlap")
    expect((await officeRow(office.store, "RUH-RML")).version).toBe(1)
  })

  test("refused half way leave the plan as it was", async () => {
    const office = await testOffice()
    await make(office, office.citizen(1), "09:00")
    const turn = office.write(async (tx) => {
      await closeDay(tx, office.supervisor(), { office: "RUH-RML", day: tomorrow })
      throw new Error("the power went")
    })
    await expect(turn).rejects.toThrow("the power went")
    expect(await freeAt(office, "09:00")).toBe(2)
    await hours(office, "08:00", 60)
    expect(await offered(office)).toHaveLength(4)
  })
})

describe("fewer places than are booked", () => {
  test("show none free and never fewer; a cancellation there frees nothing for the public", async () => {
    const office = await testOffice({ lines: [{ code: "PAS", public: 5, staffExtra: 0 }] })
    const made = await Promise.all(office.citizens(4).map((citizen) => make(office, citizen, "09:00")))
    const change = (publicPlaces: number) =>
      office.write((tx) =>
        changePlaces(tx, office.supervisor(), { office: "RUH-RML", line: "PAS", publicPlaces, staffExtra: 0 }),
      )
    await change(3)
    expect(await freeAt(office, "09:00")).toBe(0)
    expect(await freeAt(office, "09:15")).toBe(3)
    await office.write((tx) => cancel(tx, office.citizen(1), made[0]?.id ?? ""))
    expect(await freeAt(office, "09:00")).toBe(0)
    expect((await refusal(make(office, office.citizen(5), "09:00"))).code).toBe("slot_full")
    await office.write((tx) => cancel(tx, office.citizen(2), made[1]?.id ?? ""))
    await make(office, office.citizen(5), "09:00")
    const here = and(eq(slots.startsAt, office.at("09:00", tomorrow)), eq(slots.line, "PAS"))
    expect(await office.store.db.select().from(slots).where(here)).toMatchObject([{ taken: 3, publicPlaces: 3 }])
  })

  test("do not reopen what a supervisor has closed", async () => {
    const office = await testOffice()
    await make(office, office.citizen(1), "09:00")
    await close(office)
    await office.write((tx) =>
      changePlaces(tx, office.supervisor(), { office: "RUH-RML", line: "PAS", publicPlaces: 9, staffExtra: 0 }),
    )
    expect((await refusal(make(office, office.citizen(2), "09:00"))).code).toBe("office_closed")
  })
})

test("a season announced a day later strikes only what it moves, and gives the rest back", async () => {
  const office = await testOffice({
    now: "2027-01-31T10:00",
    seasons: [{ id: "ramadan", first: "2027-02-09", last: "2027-03-08" }],
    hours: [
      { start: "07:30", minutes: 420 },
      { layer: "season", season: "ramadan", start: "10:00", minutes: 300 },
    ],
  })
  const eighth = await make(office, office.citizen(1), "08:00", "PAS-01", day("2027-02-08"))
  const ninth = await make(office, office.citizen(2), "10:30", "PAS-01", day("2027-02-09"))
  const begin = (first: Day) =>
    office.write(async (tx) => {
      await tx.db.update(seasons).set({ first })
      await tx.db.update(offices).set({ version: sql`${offices.version} + 1` })
      return applyNewHours(tx, office.supervisor(), "RUH-RML")
    })
  expect(ids((await begin(day("2027-02-08"))).struck)).toEqual([eighth.id])
  expect((await refusal(make(office, office.citizen(3), "08:00", "PAS-01", day("2027-02-08")))).code).toBe(
    "office_closed",
  )
  const { struck, restored } = await begin(day("2027-02-09"))
  expect([struck, ids(restored)]).toEqual([[], [eighth.id]])
  await make(office, office.citizen(3), "08:00", "PAS-01", day("2027-02-08"))
  expect((await bookingById(office.store, ninth.id))?.struckAt).toBeNull()
})
