import { describe, expect, test } from "bun:test"
import { eq } from "drizzle-orm"
import { messages } from "../../../db/schema/messages.ts"
import { type ProxyAct, people, relations } from "../../../db/schema/people.ts"
import { type Day, day, hour, minute } from "../../base/day.ts"
import { relate } from "../../testing/family.ts"
import { granted, refusal, refusedWith, type TestOffice, testOffice } from "../../testing/office.ts"
import { type Citizen, mint } from "../access/subject.ts"
import { hold } from "../availability/holds.ts"
import { offerPlaces } from "../availability/offers.ts"
import { joinWaitlist } from "../availability/waitlist.ts"
import { closeDay } from "../bookings/day-changes.ts"
import { takeOffer } from "../bookings/offered.ts"
import { bookingFor, bookingsOf } from "../bookings/reads.ts"
import { tellReminders } from "../bookings/reminders.ts"
import { book, cancel, move } from "../bookings/writes.ts"
import { actingFor } from "./acting.ts"
import { familyOf, keepFamily, type Member } from "./family.ts"
import { ownData } from "./own-data.ts"
import { askProxy, beginProxyNow, endProxy, proxiesGiven, proxiesHeld } from "./proxies.ts"
import { comesOfAge, isNamed } from "./rules.ts"

const names = { ar: "منيرة سالم العتيبي", en: "Munira Salem Al-Otaibi" }

const ask = (
  office: TestOffice,
  who: Citizen,
  time: string,
  { service = "PAS-01", on, ...over }: { for?: string[]; service?: string; on?: string } = {},
) => office.write((tx) => book(tx, who, { office: office.code, service, slot: office.slot(time, { on }), ...over }))

/** A grown person with an account who can be found by number and name. */
async function known(office: TestOffice, nationalId: string, name = names, birthDay: Day = day("1985-04-01")) {
  const who = await office.person({ nationalId, name, birthDay, birthYear: 1985, passwordHash: "not to be checked" })
  return who
}

async function namedProxy(
  office: TestOffice,
  giver: Citizen,
  over: Partial<{ number: string; name: string; acts: ProxyAct[]; services: string[]; until: Day }> = {},
) {
  return office.write(async (tx) => {
    const wanted = { number: "1000000107", name: "منيرة العتيبي", acts: ["book", "change", "arrive"] as ProxyAct[] }
    const { id } = await askProxy(tx, office.keys, giver.id, {
      ...{ ...wanted, services: [], until: day("2027-01-31") },
      ...over,
    })
    await beginProxyNow(tx, giver.id, id)
    return id
  })
}

async function twoWithAProxy(over: Parameters<typeof namedProxy>[2] = {}, plan: Parameters<typeof testOffice>[0] = {}) {
  const office = await testOffice(plan)
  const [giver, holder] = [
    await known(office, "1000000008", { ar: "فهد الحربي", en: "Fahd Al-Harbi" }),
    await known(office, "1000000107"),
  ]
  const id = await namedProxy(office, giver, over)
  return { office, giver, holder, id }
}

/** The kinds of what somebody has been told. */
async function told(office: TestOffice, owner: string): Promise<string[]> {
  const rows = await office.store.db.select().from(messages).where(eq(messages.owner, owner))
  return rows.map(({ kind }) => kind).toSorted()
}

const later = "2026-11-24"

/** Two hours before a visit of that later day, its reminder goes out. */
async function remind(office: TestOffice, time: string): Promise<void> {
  office.clock.set(office.at(time, later) - 2 * hour)
  while ((await office.write((tx) => tellReminders(tx))) > 0);
}

describe("a guardian", () => {
  test("acts for a child until the day on which it is twenty-one by the Hijri calendar", () => {
    // 1 August 2005 is 25 Jumada al-Thani 1426; twenty-one years later it is 16 December 2026 by no calendar but that one.
    expect(new Date(comesOfAge(day("2005-08-01"))).toISOString()).toBe("2025-12-16T21:00:00.000Z")
  })

  test("is told that the child has come of age since the page was opened, and nothing is booked", async () => {
    const office = await testOffice()
    const mother = office.citizen()
    const born = day("2006-01-12")
    const member: Member = {
      ...{ nationalId: "1000000115", kind: "citizen", name: names, birthDay: born, relation: "child" },
    }
    office.clock.set(comesOfAge(born) - 10 * hour)
    const [child = ""] = await office.write((tx) => keepFamily(tx, office.keys, mother.id, [member]))
    const [shown] = await familyOf(office.store, office.keys, mother.id, office.clock.office())
    expect(shown).toMatchObject({ id: child, relation: "child", mayAct: true, until: comesOfAge(born) })
    office.clock.set(comesOfAge(born))
    const no = await refusal(
      office.write((tx) => actingFor(tx, mother, [child], { act: "book", service: null }, tx.now)),
    )
    expect(no).toMatchObject({ code: "of_age", details: { person: child, since: comesOfAge(born) } })
  })

  test("whose custody has ended can no longer move or cancel what was booked, and is told why", async () => {
    const office = await testOffice()
    const aunt = office.citizen()
    const ward = (await office.person({ name: names, birthYear: 2015 })).id
    const until = office.at("10:30")
    await office.write((tx) => relate(tx, aunt.id, ward, "ward", { until }))
    const made = await ask(office, aunt, "12:00", { for: [ward] })
    office.clock.set(until)
    const changes = [
      office.write((tx) => move(tx, aunt, made.id, office.slot("12:30"))),
      office.write((tx) => cancel(tx, aunt, made.id)),
    ]
    for (const change of changes) expect((await refusal(change)).code).toBe("right_ended")
  })

  test("who loses the right while the place is held books nothing with it, however many tabs confirm", async () => {
    const office = await testOffice()
    const [mother] = office.citizens(1) as [Citizen]
    const [child = ""] = await office.children(mother, 1)
    const kept = await office.write((tx) =>
      hold(tx, mother, { office: office.code, service: "PAS-01", slot: office.slot("12:30"), for: [child] }),
    )
    const until = office.clock.office()
    const ends = office.write((tx) =>
      tx.db
        .update(relations)
        .set({ until })
        .where(eq(relations.dependant, child))
        .then(() => null),
    )
    const books = [1, 2, 3].map(() => office.write((tx) => book(tx, mother, { hold: kept.id })))
    await ends
    const settled = await Promise.allSettled(books)
    expect(refusedWith(settled)).toEqual(["right_ended", "right_ended", "right_ended"])
  })

  test("of a resident's family acts for the wife on the residence; a citizen's wife names a proxy", async () => {
    const office = await testOffice()
    const [head, husband] = [office.citizen(1), office.citizen(2)]
    const resident = (await office.person({ kind: "resident" })).id
    const citizen = (await office.person()).id
    await office.write(async (tx) => {
      await relate(tx, head.id, resident, "spouse")
      await relate(tx, husband.id, citizen, "spouse")
    })
    expect((await ask(office, head, "12:00", { for: [resident] })).who).toEqual([resident])
    expect((await refusal(ask(office, husband, "12:30", { for: [citizen] }))).code).toBe("not_for_you")
  })

  test("is not asked about anybody else: a stranger's child and nobody at all are the same answer", async () => {
    const office = await testOffice()
    const [child = ""] = await office.children(office.citizen(2), 1)
    for (const who of [child, office.citizen(3).id, "nobody-at-all"]) {
      expect((await refusal(ask(office, office.citizen(1), "12:00", { for: [who] }))).code).toBe("not_for_you")
    }
  })

  test("who came in without an account books for nobody else", async () => {
    const office = await testOffice()
    const mother = office.citizen()
    const [child = ""] = await office.children(mother, 1)
    const unproven = mint<Citizen>({ role: "citizen", id: mother.id, kind: "citizen", level: "unproven" })
    expect((await refusal(ask(office, unproven, "12:00", { for: [child] }))).code).toBe("account_needed")
    expect((await ask(office, unproven, "12:00")).madeBy).toBe("visitor")
  })

  test("booked for the child: the fact names who did it, for whom and by which right", async () => {
    const office = await testOffice()
    const mother = office.citizen()
    const [child = ""] = await office.children(mother, 1)
    const made = await ask(office, mother, "12:00", { for: [mother.id, child] })
    await office.write((tx) => cancel(tx, mother, made.id))
    const [said] = await office.facts("booking.made")
    expect(said?.body).toMatchObject({ by: mother.id, people: [mother.id, child], rights: ["self", "child"] })
    const [ended] = await office.facts("booking.cancelled")
    expect(ended?.body.by).toBe(mother.id)
    expect(ended?.body.people?.toSorted()).toEqual([mother.id, child].toSorted())
  })
})

describe("the registry", () => {
  test("that names a child no more has ended the relation, and one that it names again has it back", async () => {
    const office = await testOffice()
    const father = office.citizen()
    const member: Member = {
      ...{ nationalId: "1000000115", kind: "citizen", name: names, birthDay: day("2015-01-01"), relation: "child" },
    }
    const keep = (members: Member[]) => office.write((tx) => keepFamily(tx, office.keys, father.id, members))
    const [child = ""] = await keep([member])
    expect(await keep([member])).toEqual([child])
    await keep([])
    expect((await refusal(ask(office, father, "12:00", { for: [child] }))).code).toBe("right_ended")
    await keep([member])
    await ask(office, father, "12:00", { for: [child] })
    expect(await office.facts("relation.kept", "accounts")).toHaveLength(3)
    expect(await office.store.db.select({ id: people.id }).from(people).where(eq(people.id, child))).toHaveLength(1)
  })
})

describe("a proxy", () => {
  test("acts within acts and services, and for nobody after the end", async () => {
    const { office, giver, holder } = await twoWithAProxy({ acts: ["book"], services: ["RES"] })
    const asks = (act: "book" | "change", service: string) =>
      office.write((tx) => actingFor(tx, holder, [giver.id], { act, service }, tx.now))
    expect((await asks("book", "RES-01"))[0]).toMatchObject({ actor: holder.id, person: giver.id, right: "proxy" })
    expect((await refusal(asks("book", "PAS-01"))).code).toBe("proxy_scope")
    expect((await refusal(asks("change", "RES-01"))).code).toBe("proxy_scope")
    office.clock.set(office.at("00:00", "2027-02-01"))
    expect((await refusal(asks("book", "RES-01"))).code).toBe("proxy_ended")
  })

  test("ended by the giver between page and post books nothing; the giver sees and cancels what was booked before", async () => {
    const { office, giver, holder, id } = await twoWithAProxy()
    const made = await ask(office, holder, "12:00", { for: [giver.id] })
    expect((await bookingsOf(office.store, giver.id, office.clock.office())).map(({ id }) => id)).toEqual([made.id])
    const ends = office.write((tx) => endProxy(tx, giver.id, id))
    const late = ask(office, holder, "12:30", { for: [giver.id], service: "PAS-10" })
    await ends
    expect((await refusal(late)).code).toBe("proxy_ended")
    expect((await refusal(office.write((tx) => cancel(tx, holder, made.id)))).code).toBe("proxy_ended")
    expect(await office.write((tx) => cancel(tx, giver, made.id))).toMatchObject({ state: "cancelled" })
  })

  test("that books, moves and cancels is told, and so is whoever named it; what they book themselves is theirs alone", async () => {
    const { office, giver, holder } = await twoWithAProxy()
    const made = await ask(office, holder, "12:00", { for: [giver.id] })
    await office.write((tx) => move(tx, holder, made.id, office.slot("12:30")))
    await office.write((tx) => cancel(tx, holder, made.id))
    const all = ["booking_cancelled", "booking_confirmed", "booking_moved"]
    expect([await told(office, giver.id), await told(office, holder.id)]).toEqual([all, all])
    await ask(office, giver, "13:00")
    expect(await told(office, holder.id)).toEqual(all)
  })

  test("that takes an earlier place from the waiting list is told, and so is whoever named it", async () => {
    const { office, giver, holder } = await twoWithAProxy(
      {},
      {
        ...{ releaseMinutes: [0, 0], furthestDays: 1, lines: [{ code: "PAS", public: 1, staffExtra: 0 }] },
        hours: [{ rrule: "FREQ=WEEKLY;BYDAY=MO", start: "09:00", minutes: 30 }],
      },
    )
    const wanted = { office: office.code, service: "PAS-01" }
    const at = (time: string) => ({ ...wanted, slot: office.slot(time, { on: "2026-11-23" }) })
    const first = await office.write((tx) => book(tx, office.citizen(1), at("09:00")))
    await office.write((tx) => book(tx, holder, { ...at("09:15"), for: [giver.id] }))
    const entry = await office.write((tx) => joinWaitlist(tx, holder, { ...wanted, for: [giver.id] }))
    await office.write((tx) => cancel(tx, office.citizen(1), first.id))
    await office.write((tx) => offerPlaces(tx, office.code))
    await office.write((tx) => takeOffer(tx, holder, entry.id))
    const told = await office.store.db.select().from(messages).where(eq(messages.kind, "booking_moved"))
    expect(told.map(({ owner }) => owner).sort()).toEqual([giver.id, holder.id].sort())
  })

  test("that has ended neither reads nor is told what becomes of the visit; whoever named it sees and hears it all", async () => {
    const { office, giver, holder, id } = await twoWithAProxy()
    const made = await ask(office, holder, "12:00", { for: [giver.id], on: later })
    await office.write((tx) => endProxy(tx, giver.id, id))
    await office.write((tx) => move(tx, giver, made.id, office.slot("12:30", { on: later })))
    const now = office.clock.office()
    const reads = (who: Citizen) => bookingFor(office.store, who, made.id, now)
    expect((await refusal(reads(holder))).code).toBe("not_found")
    expect(await bookingsOf(office.store, holder.id, now)).toEqual([])
    const kept = (who: Citizen) => ownData(office.store, office.keys, who.id, now)
    expect([(await kept(holder)).bookings, (await kept(giver)).bookings.length]).toEqual([[], 1])
    expect((await reads(giver)).startsAt).toBe(office.at("12:30", later))
    expect((await bookingsOf(office.store, giver.id, now)).map(({ id }) => id)).toEqual([made.id])
    await remind(office, "12:30")
    await office.write((tx) => cancel(tx, giver, made.id))
    const all = ["booking_cancelled", "booking_confirmed", "booking_moved", "reminder"]
    expect(await told(office, giver.id)).toEqual(all)
    expect(await told(office, holder.id)).toEqual(["booking_confirmed"])
  })

  test("that has run out hears nothing of what the office changes", async () => {
    const { office, giver, holder } = await twoWithAProxy({ until: day("2026-11-22") })
    await ask(office, holder, "12:00", { for: [giver.id], on: later })
    office.clock.set(office.at("00:00", later))
    await office.write((tx) => closeDay(tx, office.supervisor(), { office: office.code, day: day(later) }))
    expect(await told(office, giver.id)).toEqual(["booking_confirmed", "booking_struck"])
    expect(await told(office, holder.id)).toEqual(["booking_confirmed"])
  })

  test("that stands is reminded beside whoever named it, and may be another one than the one it was booked by", async () => {
    const { office, giver, holder, id } = await twoWithAProxy()
    const made = await ask(office, holder, "12:00", { for: [giver.id], on: later })
    await office.write((tx) => endProxy(tx, giver.id, id))
    await namedProxy(office, giver)
    expect((await bookingFor(office.store, holder, made.id, office.clock.office())).id).toBe(made.id)
    await remind(office, "12:00")
    expect(await told(office, giver.id)).toEqual(["booking_confirmed", "reminder"])
    expect(await told(office, holder.id)).toEqual(["booking_confirmed", "reminder"])
  })

  test("counts towards the limits of whom it acts for, not towards its own", async () => {
    const { office, giver, holder } = await twoWithAProxy()
    await ask(office, holder, "12:00", { for: [giver.id] })
    await ask(office, holder, "12:30")
    expect((await refusal(ask(office, giver, "13:00"))).code).toBe("already_booked")
  })

  test("is named by number and name, and the giver sees the same whether or not anybody has them", async () => {
    const office = await testOffice()
    const giver = await known(office, "1000000008")
    const holder = await known(office, "1000000107")
    await known(office, "1000000115", names, day("2012-01-01"))
    await namedProxy(office, giver)
    await namedProxy(office, giver, { name: "سارة العتيبي" })
    await namedProxy(office, giver, { number: "1000000123" })
    await namedProxy(office, giver, { number: "1000000115" })
    const given = await proxiesGiven(office.store, office.keys, giver.id, office.clock.office())
    expect(given.map(({ named }) => named.lastFour)).toEqual(["0107", "0107", "0123", "0115"])
    expect(given.map(({ holder }) => holder)).toEqual([holder.id, null, null, null])
    expect(await proxiesHeld(office.store, office.keys, holder.id, office.clock.office())).toHaveLength(1)
  })

  test("is nothing before it is confirmed, and at the most five at a time, however many are confirmed at once", async () => {
    const office = await testOffice()
    const giver = await known(office, "1000000008")
    const holder = await known(office, "1000000107")
    const wanted = { number: "1000000107", name: names.en, acts: ["book"] as ProxyAct[], services: [] }
    const asked = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7].map(() =>
        office.write((tx) => askProxy(tx, office.keys, giver.id, { ...wanted, until: day("2027-01-01") })),
      ),
    )
    expect(await proxiesHeld(office.store, office.keys, holder.id, office.clock.office())).toEqual([])
    const settled = await Promise.allSettled(
      asked.map(({ id }) => office.write((tx) => beginProxyNow(tx, giver.id, id))),
    )
    expect(granted(settled)).toHaveLength(5)
    expect(refusedWith(settled)).toEqual(["proxy_limit", "proxy_limit"])
  })

  test("is named for a year at the longest, by a grown person, and not by oneself", async () => {
    const office = await testOffice()
    const giver = await known(office, "1000000008")
    const young = await known(office, "1000000115", names, day("2010-01-01"))
    const asks = (who: Citizen, number: string, until: string) => namedProxy(office, who, { number, until: day(until) })
    expect((await refusal(asks(giver, "1000000107", "2027-11-23"))).details).toMatchObject({ field: "until" })
    expect((await refusal(asks(giver, "1000000107", "2026-11-21"))).details).toMatchObject({ field: "until" })
    expect((await refusal(asks(giver, "1000000008", "2027-01-01"))).details).toMatchObject({ field: "number" })
    expect((await refusal(asks(young, "1000000107", "2027-01-01"))).code).toBe("forbidden")
  })

  test("is given back by its holder, and is nobody else's to end", async () => {
    const { office, giver, holder, id } = await twoWithAProxy()
    expect((await refusal(office.write((tx) => endProxy(tx, office.citizen(3).id, id)))).code).toBe("not_found")
    await office.write((tx) => endProxy(tx, holder.id, id))
    await office.write((tx) => endProxy(tx, giver.id, id))
    expect(await office.facts("proxy.ended", "accounts")).toHaveLength(1)
    expect((await refusal(ask(office, holder, "12:00", { for: [giver.id] }))).code).toBe("proxy_ended")
    office.clock.set(office.clock.office() + minute)
  })

  test("is found by a name as people write it", () => {
    for (const typed of [
      "منيرة العتيبي",
      "منيره سالم العتيبي",
      "Munira Al Otaibi",
      "munira AlOtaibi",
      " Munira  Salem Al-Otaibi ",
    ]) {
      expect([typed, isNamed(typed, names)]).toEqual([typed, true])
    }
    for (const typed of ["منيرة", "منيرة الحربي", "سالم العتيبي", "Munira Salem", "Munira العتيبي"]) {
      expect([typed, isNamed(typed, names)]).toEqual([typed, false])
    }
    expect(isNamed("عبد الله الحربي", { ar: "عبدالله الحربي", en: "Abdullah Al-Harbi" })).toBe(true)
  })
})
