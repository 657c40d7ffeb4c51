import { eq } from "drizzle-orm"
import { staff } from "../../db/schema/access.ts"
import { bookingPeople } from "../../db/schema/bookings.ts"
import { sectors, services } from "../../db/schema/catalogue.ts"
import { type CheckRow, identityPictures } from "../../db/schema/identity.ts"
import { lines, offices } from "../../db/schema/offices.ts"
import { type ProxyAct, proxies, relations } from "../../db/schema/people.ts"
import type { TicketRow } from "../../db/schema/queue.ts"
import { type VisitRow, visits as videoVisits } from "../../db/schema/visits.ts"
import { addDays, type Day, day, hour, type Instant, minute } from "../base/day.ts"
import { makeEnrolment } from "../domain/access/enrolment.ts"
import { makeKey, staffOf } from "../domain/access/keys.ts"
import { openPreSession } from "../domain/access/pre-sessions.ts"
import { addStaff } from "../domain/access/staff.ts"
import { ask } from "../domain/access/staff-requests.ts"
import { hold } from "../domain/availability/holds.ts"
import { closeDay } from "../domain/bookings/day-changes.ts"
import { propose } from "../domain/bookings/requests.ts"
import { book, cancel } from "../domain/bookings/writes.ts"
import { issueDocument, revokeDocument } from "../domain/documents/writes.ts"
import { keepFamily } from "../domain/people/family.ts"
import { askProxy, beginProxyNow } from "../domain/people/proxies.ts"
import { noteRead } from "../domain/people/read-log.ts"
import { takeRequest } from "../domain/people/requests.ts"
import { callThis } from "../domain/queue/calling.ts"
import { openCounter, pauseCounter } from "../domain/queue/counters.ts"
import { away, leave } from "../domain/queue/holder.ts"
import { absent, finish, park, serve } from "../domain/queue/serving.ts"
import { issueMinutes } from "../domain/requests/minutes.ts"
import { cancelPermitNow, issuePermitNow } from "../domain/requests/permits.ts"
import { ask as askToConfirm, begin, close, edit } from "../domain/requests/requests.ts"
import { arrive, walkIn } from "../domain/visits/arriving.ts"
import { goOnWithOthers, interrupt } from "../domain/visits/calls.ts"
import { write as writeMessage } from "../domain/visits/chat.ts"
import { answerStep, breakOff, drawCheck, measure } from "../domain/visits/checking.ts"
import { fileKey } from "../domain/visits/files.ts"
import { keepPaper, paperComes } from "../domain/visits/papers.ts"
import { connect, joinAsSupervisor } from "../domain/visits/participants.ts"
import { lies } from "../domain/visits/pictures.ts"
import { answerConsent } from "../domain/visits/recording/consents.ts"
import { answer, ring } from "../domain/visits/ringing.ts"
import { visitStep } from "../domain/visits/steps.ts"
import { roster, visit as visitAsItIs } from "../domain/visits/visits.ts"
import { frozenText } from "../i18n/requests.ts"
import type { House } from "../web/house.ts"
import { stopLink } from "../web/stop-link.ts"
import { jpeg } from "./checks.ts"
import { type TestHall, testHall } from "./hall.ts"
import { shown } from "./recorded.ts"
import { recordedVisit } from "./recorded-scene.ts"
import { testServer } from "./server.ts"
import { media } from "./services.ts"

/*
 * Two agencies for looking at: one that is full, in which there is as much of everything as there may ever be, under the longest names
 * that are true to life; and one that is quiet, in which nothing has happened yet.
 */

const waitingMany = 200
const servicesMany = 60
const bookingsMany = 12

/** The office where one waits before a camera. */
const videoCode = "VIR-01"

/** Who is who in the full agency. */
export const person = { busy: 1, struck: 2, withTurn: 3, nobody: 4, today: 5, holding: 6 } as const
/** Whose visit by video is in which look. */
export const byVideo = {
  waiting: 60,
  early: 61,
  away: 62,
  ringing: 63,
  absent: 64,
  call: 65,
  interrupted: 66,
  aside: 67,
  over: 68,
  late: 69,
  booked: 70,
} as const
/** What each counter's agent is doing. */
export const seat = { serving: 1, called: 2, idle: 3, paused: 4, none: 8 } as const

const longService = {
  ar: "إصدار بدل فاقد أو تالف لجواز السفر السعودي لمن هم دون الحادية والعشرين مع موافقة ولي الأمر",
  en: "Replacement of a lost or damaged Saudi passport for those under twenty-one, with the guardian's consent",
}
const longOffice = {
  ar: "الإدارة العامة لجوازات منطقة الرياض، مكتب حي الرمال والأحياء المجاورة",
  en: "General Directorate of Passports of the Riyadh Region, Al-Rimal and neighbouring districts",
}
const longPerson = {
  ar: "عبدالرحمن بن عبدالعزيز بن محمد آل عبداللطيف القحطاني",
  en: "Abdulrahman bin Abdulaziz bin Mohammed Al-Abdullatif Al-Qahtani",
}
const longLine = { ar: "الجوازات ووثائق السفر", en: "Passports and travel" }
const longAddress = {
  ar: "طريق الأمير محمد بن سلمان بن عبدالعزيز، حي الرمال، الرياض 13252",
  en: "Prince Mohammed bin Salman bin Abdulaziz Road, Al-Rimal district, Riyadh 13252",
}
const longReason = { ar: "المواطنون داخل المملكة وخارجها", en: "Citizens in the Kingdom and abroad" }
const papers = [
  {
    ar: "أصل الهوية الوطنية لولي الأمر، سارية المفعول",
    en: "The guardian's national identity card, the original, in force",
  },
  { ar: "صورة شخصية حديثة 4 × 6 بخلفية بيضاء", en: "A recent photograph, 4 × 6 cm, on white" },
  { ar: "بلاغ الفقدان", en: "The report of the loss" },
]

export type Scene = Awaited<ReturnType<typeof openScene>>

export async function openScene() {
  const office = await fullOffice()
  const full = await testServer({ office })
  const quiet = await testServer({ plan: { citizens: 2, counters: 2 } })
  // Its demonstration tells what nobody else is told.
  quiet.house.demo = true
  const strict = await testServer({ office: quiet.office, env: { ANONYMOUS_PER_MINUTE: "10" } })
  for (let asked = 0; asked < 10; asked++) await fetch(`${strict.origin}/sign-in`)
  const tickets = await ticketsOf(office)
  const screens = { kiosk: await full.deviceAt("kiosk", office.code), board: await full.deviceAt("board", office.code) }
  for (const name of [longPerson.en, longPerson.ar]) {
    const key = { kind: "integrator" as const, subject: "another system", name, scopes: ["board:read"], demo: true }
    await office.write((tx) => makeKey(tx, key, "test", office.clock.real()))
  }
  const request = await office.write((tx) => {
    const asked = {
      kind: "access" as const,
      person: office.citizen(person.busy).id,
      note: longReason.ar,
      by: office.supervisor().id,
    }
    return takeRequest(tx, full.keys, asked, office.clock.real())
  })
  const waiting = await openRequests(office)
  const half = (step: "second" | "enrol" | "code") =>
    office.write(async (tx) => {
      const now = office.clock.real()
      const owner = { kind: "citizen" as const, id: office.citizen(person.nobody).id }
      const made =
        step === "enrol" ? await makeEnrolment(tx, full.keys, owner, { channel: "counter", by: "test" }, now) : null
      return (await openPreSession(tx, { owner, step, enrolment: made?.id, next: "" }, now)).token
    })
  const bookings = await bookingsOf(office)
  const videos = await videosOf(office)
  const recorded = await recordedVisit(full, videos.over, longReason)
  const files = await filesIn(full.house, office, videos.call, videos.rejected)
  const child = await household(office)
  const documents = await documentsOf(office)
  await lookedAt(office)
  return {
    full,
    /** Of whoever is busy. */
    child,
    quiet,
    /** Has heard enough from strangers. */
    strict,
    office,
    code: office.code,
    /** An office that is asked and says yes or no. */
    asked: "JED-VIS",
    tickets,
    bookings,
    /** The visits by video of `byVideo`, one in every look. */
    videos,
    /** What lies beside the store of them: a paper of the one in the call, a picture of the rejected check. */
    files,
    /** Two reviews of the recording of the visit that is over. */
    recorded,
    /** Codes of what the house has issued. */
    documents,
    screens,
    /** What somebody has asked about their data at a counter. */
    request,
    /** What takes two and waits for the second: an invitation, a reset at a counter; and the link that would stop the latter. */
    waiting: { ...waiting, stop: stopLink(full.house, waiting.reset) },
    /** Somebody between two steps of signing in, or of getting an account. */
    half: { second: await half("second"), enrol: await half("enrol"), code: await half("code") },
    link: (ticket: TicketRow) => `/t/${ticket.id}/${full.keys.capability("ticket", ticket.id)}`,
    /** A kiosk's screen with a number just given. */
    issued: (ticket: TicketRow) => {
      const at = Math.floor(office.clock.office() / minute)
      return `${ticket.id}.${at}.${full.keys.capability("issued", `${ticket.id}.${at}`, 24)}`
    },
    /** What whoever has scanned the hall's code comes with. */
    proof: () => {
      const at = Math.floor(office.clock.office() / minute)
      return `${at}.${full.keys.capability("arrival", `${office.code}.${at}`, 24)}`
    },
  }
}

/** A paper under the longest name, and a picture that is hardly one. */
async function filesIn(house: House, office: TestHall, call: VisitRow, rejected: { id: string; visit: string }) {
  const { write, keys } = office
  const who = office.citizen(byVideo.call)
  const pdf = new Uint8Array(Buffer.from("%PDF-1.7"))
  const paper = await write((tx) => paperComes(tx, keys, who, call.id, pdf))
  await house.storage.put(paper.path, paper.key.seal(paper.place, pdf, house.chance))
  const known = { sha256: "hash", bytes: pdf.length }
  await write((tx) => keepPaper(tx, keys, who, call.id, { ...paper, ...known, name: `${longReason.ar}.pdf` }))
  const { thread } = (await visitAsItIs(office.store, rejected.visit)).row
  const picture = await write(async (tx) => {
    const of = { check: rejected.id, thread, place: 2, by: "test", at: tx.now }
    const row = { id: tx.id(), ...of, side: "sent" as const, sha256: "hash", bytes: jpeg.length }
    await tx.db.insert(identityPictures).values(row)
    return { id: row.id, key: await fileKey(tx, keys, thread) }
  })
  const { path, place } = lies(thread, picture.id)
  await house.storage.put(path, picture.key.seal(place, jpeg, house.chance))
  return { paper: paper.id, picture: picture.id }
}

/** Somebody busy has named a proxy and is one. Answers one of the children. */
async function household(office: TestHall): Promise<string> {
  const [busy, holding] = [office.citizen(person.busy), office.citizen(person.holding)]
  await office.write(async (tx) => {
    const until = addDays(office.today, 300)
    const wanted = { number: "1000000107", name: longPerson.ar, services: ["PAS"], until }
    const acts: ProxyAct[] = ["book", "change", "arrive"]
    const { id } = await askProxy(tx, office.keys, busy.id, { ...wanted, acts })
    await beginProxyNow(tx, busy.id, id)
    const row = { id: tx.id(), giver: holding.id, holder: busy.id, namedSealed: "", acts: ["book" as const] }
    await tx.db.insert(proxies).values({
      ...row,
      ...{ services: [], askedAt: tx.now, since: tx.now, until: office.at("00:00", until) },
      ...{ endedAt: null, endedBy: null },
    })
  })
  // Somebody who stands at a desk, without account and telephone.
  await office.person({ nationalId: "1000000206", birthDay: day("1948-02-01"), name: longPerson })
  const rows = await office.store.db.select().from(relations).where(eq(relations.guardian, busy.id))
  const child = rows[0]?.dependant ?? ""
  await permitsFor(office, busy.id, child)
  return child
}

/** Whatever the staff may see of somebody, an agent and a supervisor have seen of whoever is busy. */
async function lookedAt({ write, agent, supervisor, citizen, clock, code }: TestHall): Promise<void> {
  const whats = ["visit", "found", "booking", "data", "identity", "file", "recording"] as const
  await write(async (tx) => {
    for (const by of [agent(seat.idle), supervisor()]) {
      for (const what of whats) {
        const look = { staff: by.id, person: citizen(person.busy).id, what, office: what === "data" ? null : code }
        await noteRead(tx, look, clock.real() - hour)
      }
    }
  })
}

async function openRequests({ write, agent, citizen, clock, code, store }: TestHall) {
  const [chief] = await store.db.select().from(staff).where(eq(staff.login, "administrator"))
  const by = chief && (await staffOf(store, chief.id))
  if (!by) throw new Error("there is no administrator")
  const now = clock.real()
  const grant = { role: "agent" as const, scopeKind: "office" as const, scope: code }
  const identity = { document: "national_id" as const, documentEnd: "1234" }
  const reset = { kind: "citizen_reset" as const, person: citizen(person.nobody).id, office: code, ...identity }
  const invitation = { kind: "invite" as const, login: "new-one", name: longPerson, grant }
  return {
    invitation: (await write((tx) => ask(tx, by, invitation, null, now))).id,
    reset: (await write((tx) => ask(tx, agent(seat.idle), reset, null, now))).id,
  }
}

async function fullOffice(): Promise<TestHall> {
  const more = Array.from({ length: servicesMany }, (_, index) => ({
    code: `PAS-${20 + index}`,
    sector: "PAS",
    minutes: 10,
    channels: ["online" as const, "office" as const, "video" as const],
    name: { ar: `${longService.ar} ${index + 1}`, en: `${longService.en} ${index + 1}` },
  }))
  const asked = { code: "JED-VIS", mode: "request" as const, counters: 2 }
  const video = { code: videoCode, video: true, counters: 3, lines: [{ code: "VIR" }] }
  const four = ["PAS", "RES", "CIV", "TRA"].map((code) => ({ code }))
  const office = await testHall({ citizens: 80, counters: 8, lines: four, services: more, more: [asked, video] })
  await office.write(async (tx) => {
    await tx.db.update(offices).set({ name: longOffice, address: longAddress })
    await tx.db.update(lines).set({ name: longLine })
    await tx.db.update(sectors).set({ name: longLine })
    await tx.db.update(staff).set({ name: longPerson })
    await tx.db.update(services).set({ audience: longReason })
    const documents = { documents: papers, feeHalalas: 30_000 }
    await tx.db
      .update(services)
      .set({ name: longService, ...documents })
      .where(eq(services.code, "PAS-01"))
    // What no page can be made of.
    await tx.db
      .update(services)
      .set({ documents: {} as never })
      .where(eq(services.code, "PAS-79"))
    for (const role of ["administrator", "auditor"] as const) {
      const everywhere = { scopeKind: "all" as const, scope: "" }
      await addStaff(tx, { login: role, name: longPerson, passwordHash: "-", role, ...everywhere }, "test")
    }
  })
  await Promise.all(office.citizens(80).map((who) => office.rename(who, longPerson)))
  return office
}

/** A ticket in every look there is, and a hall in which hundreds wait. */
async function ticketsOf(office: TestHall) {
  for (let number = 1; number <= 6; number++) await office.open(number)
  const { write } = office
  const walkIn = (who: number) =>
    office.walkIn({ who: office.citizen(who), people: 3, need: who % 2 ? "infant" : null })
  const call = async (number: number, who: number) => {
    const ticket = await walkIn(who)
    return write((tx) => callThis(tx, office.agent(number), ticket.id))
  }
  const serving = async (number: number, who: number) => {
    const ticket = await call(number, who)
    return write((tx) => serve(tx, office.agent(number), ticket.id))
  }
  const over = async (who: number, outcome: "done" | "referred" | "not_possible") => {
    const ticket = await serving(seat.idle, who)
    return write((tx) => finish(tx, office.agent(seat.idle), ticket.id, { outcome }))
  }
  const tickets = {
    served: await over(30, "done"),
    referred: await over(31, "referred"),
    notPossible: await over(32, "not_possible"),
    parked: await serving(seat.idle, 33).then(({ id }) => write((tx) => park(tx, office.agent(seat.idle), id))),
    absent: await call(seat.idle, 34).then(({ id }) => write((tx) => absent(tx, office.agent(seat.idle), id))),
    left: await walkIn(35).then(({ id }) => write((tx) => leave(tx, "bearer", id))),
    away: await walkIn(36).then(({ id }) => write((tx) => away(tx, "bearer", id, 10))),
    early: await office.arrive(await office.booked(office.citizen(37), "10:20")),
    soon: await walkIn(38),
    serving: await serving(seat.serving, 39),
    called: await call(seat.called, 40),
  }
  await write((tx) => pauseCounter(tx, office.agent(seat.paused), office.counter(seat.paused)))
  for (let number = 0; number < waitingMany; number++) await office.walkIn({ service: "PAS-10" })
  const waiting = await office.walkIn({ who: office.citizen(person.withTurn), service: "PAS-10" })
  return { ...tickets, early: tickets.early.ticket, waiting }
}

/** A guardian's request in a call, filled in and waiting to be confirmed: under the longest names. */
async function requestIn(office: TestHall, { id, person: whose }: VisitRow, number: number): Promise<void> {
  const { write, keys } = office
  const agent = office.agent(number, videoCode)
  const [guardian, until] = [office.citizen(byVideo.call), addDays(office.today, 40)]
  const papers = [{ kind: "passport" as const, number: "Z9140001", until: addDays(office.today, 900) }]
  const civil = { sex: "female" as const, marital: "unmarried" as const, military: false, papers }
  const child = { nationalId: "1000000305", kind: "citizen" as const, name: longPerson, birthDay: day("2012-01-01") }
  const [dependant = ""] = await write((tx) => keepFamily(tx, keys, whose, [{ ...child, relation: "child", civil }]))
  await write((tx) => connect(tx, guardian, id, { page: "page-of-call", tab: "tab", session: "its-own" }, false))
  await write((tx) => connect(tx, agent, id, { page: "page-of-desk", tab: "tab", session: "its-own" }, false))
  const draft = await write((tx) => begin(tx, keys, agent, id, "PAS-05"))
  const fields = { dependant, kind: "multiple", paper: "passport", countries: "GB,FR,AE,US,DE,IT,ES", until }
  await write((tx) => edit(tx, keys, agent, draft.id, fields))
  const asking = { fingerprints: media, write: frozenText, rules: { isDemo: true } }
  await write((tx) => askToConfirm(tx, keys, agent, draft.id, { ...asking, realNow: office.clock.real() }))
}

/** A request that the rules refuse, ended with the reason. */
async function refusedIn(office: TestHall, { id }: VisitRow, number: number): Promise<void> {
  const { write, keys } = office
  const agent = office.agent(number, videoCode)
  const draft = await write((tx) => begin(tx, keys, agent, id, "PAS-05"))
  const fields = { dependant: "nobody", kind: "single", paper: "passport", countries: "GB", until: office.today }
  await write((tx) => edit(tx, keys, agent, draft.id, fields))
  await write((tx) => close(tx, keys, agent, draft.id))
}

/** A permit that is valid, and one that was cancelled. */
async function permitsFor(office: TestHall, guardian: string, dependant: string): Promise<void> {
  const { write, keys, code } = office
  const of = { dependant, request: "request", visit: "visit", office: code }
  const lastDay = addDays(office.today, 300)
  const detail = { countries: ["GB", "FR", "AE", "US", "DE", "IT", "ES"], used: {} }
  const permit = { ...of, guardian, kind: "multiple" as const, paper: "passport" as const, lastDay, detail }
  await write(async (tx) => {
    const first = await issuePermitNow(tx, keys, permit)
    await cancelPermitNow(tx, keys, { ...of, id: first.id }, "cancelled_by_guardian")
    const { id, until } = await issuePermitNow(tx, keys, permit)
    const body = { title: longLine, goodFor: null, people: [], lines: [], content: {} }
    await issueDocument(tx, keys, { kind: "permit", person: dependant, office: code, ref: id, until, body })
  })
}

/** A list that is being gone through: the person is asked for the first step. */
async function checkedIn(office: TestHall, { id }: VisitRow, number: number): Promise<void> {
  const { write } = office
  const agent = office.agent(number, videoCode)
  const received = { w: 1280, h: 720, fps: 24, loss: 0, at: office.clock.office() }
  await write((tx) => drawCheck(tx, agent, id))
  await write((tx) => measure(tx, agent, id, received, office.clock.real()))
}

/** A list that failed at the first step and was broken off, with a note: a second person is to look at it. */
async function rejectedIn(office: TestHall, row: VisitRow, number: number): Promise<CheckRow> {
  const { write, keys } = office
  const agent = office.agent(number, videoCode)
  await write((tx) =>
    connect(tx, office.citizen(byVideo.over), row.id, { page: "page-of-over", tab: "tab", session: "its-own" }, false),
  )
  await checkedIn(office, row, number)
  const failed = { place: 1, result: "fail" as const, note: longReason.ar }
  await write((tx) => answerStep(tx, keys, agent, row.id, failed, office.clock.real()))
  return write((tx) => breakOff(tx, agent, row.id, office.clock.real()))
}

/** A visit by video in every look there is, with something written in it. */
async function videosOf(office: TestHall) {
  const { write, keys } = office
  const who = (name: keyof typeof byVideo) => office.citizen(byVideo[name])
  const agent = (number: number) => office.agent(number, videoCode)
  const here = (name: keyof typeof byVideo) =>
    write((tx) => walkIn(tx, who(name), { office: videoCode, service: "PAS-20", lang: "ar" }))
  for (const number of [1, 2, 3]) {
    await write((tx) => openCounter(tx, agent(number), `${videoCode}.${number}`, null))
  }
  const rung = async (name: keyof typeof byVideo, number: number) => {
    const { row } = await here(name)
    await write((tx) => ring(tx, agent(number), row.id))
    return row
  }
  const called = async (name: keyof typeof byVideo, number: number) => {
    const row = await rung(name, number)
    await write((tx) => answer(tx, who(name), row.id))
    return row
  }
  const inCall = async () => {
    const row = await called("call", 2)
    await requestIn(office, row, 2)
    await write((tx) => joinAsSupervisor(tx, office.supervisor(videoCode), row.id))
    await checkedIn(office, row, 2)
    return row
  }
  const broken = async (name: keyof typeof byVideo, number: number) => {
    const row = await called(name, number)
    const own = (await roster(office.store, row.id)).find(({ kind }) => kind === "citizen")
    if (own) await write(async (tx) => interrupt(tx, await visitAsItIs(tx, row.id), own))
    return row
  }
  const over = await called("over", 1)
  await write((tx) => answerConsent(tx, who("over"), over.id, "given", shown))
  const rejected = await rejectedIn(office, over, 1)
  await refusedIn(office, over, 1)
  await write((tx) => finish(tx, agent(1), over.id, { outcome: "not_possible" }))
  await write(async (tx) => {
    await visitStep(tx, videoCode)
    await tx.db
      .update(videoVisits)
      .set({ overAt: tx.now - minute })
      .where(eq(videoVisits.id, over.id))
  })
  await issueMinutes(office, keys, videoCode)
  const absentOne = await rung("absent", 1)
  await write((tx) => absent(tx, agent(1), absentOne.id))
  const aside = await broken("aside", 1)
  await write((tx) => goOnWithOthers(tx, agent(1), aside.id))
  const awayOne = await here("away")
  await write((tx) => away(tx, who("away"), awayOne.row.id, 10))
  const late = await here("late")
  await write((tx) => tx.db.update(videoVisits).set({ lateAt: tx.now }).where(eq(videoVisits.id, late.row.id)).then())
  const of = { office: videoCode, line: "VIR", service: "PAS-20" }
  const soon = await office.booked(who("early"), "10:15", of)
  const waiting = await here("waiting")
  await write((tx) => writeMessage(tx, keys, who("waiting"), waiting.row.id, `${longReason.ar}. ${longReason.en}.`))
  await write((tx) => writeMessage(tx, keys, agent(1), waiting.row.id, longReason.en))
  return {
    ...{ over, absent: absentOne, aside, away: awayOne.row, late: late.row, waiting: waiting.row },
    early: (await write((tx) => arrive(tx, who("early"), { code: soon.code, lang: "ar" }))).row,
    ringing: await rung("ringing", 1),
    call: await inCall(),
    rejected,
    interrupted: await broken("interrupted", 3),
    booked: await office.booked(who("booked"), "10:15", of),
    /** Whom the office has kept waiting, and who comes first now. */
    first: await office.booked(who("over"), "09:00", {
      ...{ ...of, state: "cancelled", endedBy: "office", reason: "office_late" },
      endedAt: office.clock.office(),
    }),
  }
}

/** A document in every standing. */
async function documentsOf({ write, keys, code, citizen, clock }: TestHall) {
  const body = {
    title: longService,
    goodFor: longReason,
    people: [longPerson, longPerson].map((name) => ({ name, number: "1000000206" })),
    lines: [{ label: longLine, value: longReason }],
    content: {},
  }
  const issued = (ref: string, until: Instant | null) =>
    write((tx) =>
      issueDocument(tx, keys, { kind: "permit", person: citizen(person.busy).id, office: code, ref, until, body }),
    ).then((made) => made.code)
  const cancelled = await issued("cancelled", null)
  await write((tx) => revokeDocument(tx, cancelled, "replaced"))
  return { valid: await issued("valid", null), expired: await issued("expired", clock.office()), cancelled }
}

/** Somebody with as many bookings as there are ways for one to be, and a place that is held. */
async function bookingsOf(office: TestHall) {
  const { write, code } = office
  const busy = office.citizen(person.busy)
  const on = (days: string): Day => day(`2026-11-${days}`)
  const want = (service: string, date: string, time: string, at: string = code) => ({
    ...{ office: at, service, slot: office.slot(time, { on: on(date), office: at }) },
  })
  await office.children(busy, 4)
  const past = async (state: "missed" | "done" | "cancelled") => {
    const row = await office.booked(busy, "08:00", { day: on("19"), state, endedBy: "office" })
    await write((tx) =>
      tx.db.update(bookingPeople).set({ open: false }).where(eq(bookingPeople.booking, row.id)).then(),
    )
    return row
  }
  const missed = await past("missed")
  for (let number = 0; number < bookingsMany; number++) await past(number % 2 ? "done" : "cancelled")
  const withdrawn = await write((tx) => book(tx, busy, want("PAS-10", "25", "09:00")))
  const cancelled = await write((tx) =>
    cancel(tx, office.supervisor(), withdrawn.id, `${longReason.ar}. ${longReason.en}.`),
  )
  const confirmed = await write((tx) => book(tx, busy, want("PAS-01", "23", "09:00")))
  const requested = await write((tx) => book(tx, busy, want("PAS-04", "24", "09:00", "JED-VIS")))
  const unanswered = await write((tx) => book(tx, busy, want("PAS-08", "24", "10:00", "JED-VIS")))
  const proposed = await write((tx) =>
    propose(tx, office.supervisor("JED-VIS"), unanswered.id, office.slot("11:00", { on: on("25"), office: "JED-VIS" })),
  )
  const struckOne = await write((tx) => book(tx, office.citizen(person.struck), want("PAS-01", "26", "09:00")))
  await write((tx) => closeDay(tx, office.supervisor(), { office: code, day: on("26"), reason: longReason.ar }))
  const today = await office.booked(office.citizen(person.today), "10:15")
  const held = await write((tx) => hold(tx, office.citizen(person.holding), want("PAS-20", "25", "12:00")))
  return { confirmed, requested, proposed, cancelled, struck: struckOne, missed, today, held }
}
