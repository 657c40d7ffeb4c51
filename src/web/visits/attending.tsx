import { z } from "zod"
import type { DeviceResult, NetworkResult } from "../../../db/schema/visits.ts"
import type { Store } from "../../../db/store.ts"
import type { Tx } from "../../../db/write.ts"
import { isRefusal } from "../../base/refusal.ts"
import type { Citizen } from "../../domain/access/subject.ts"
import { office as officeOf } from "../../domain/offices/reads.ts"
import { away } from "../../domain/queue/holder.ts"
import { ticketsOf } from "../../domain/queue/tickets.ts"
import { wish } from "../../domain/queue/wishes.ts"
import { comeBack, goHome, walkIn } from "../../domain/visits/arriving.ts"
import { write } from "../../domain/visits/chat.ts"
import { otherWayFor } from "../../domain/visits/checking.ts"
import { answer, putOff } from "../../domain/visits/ringing.ts"
import { deviceResults, keepTest, networkResults } from "../../domain/visits/self-test.ts"
import { visitWords } from "../../i18n/visits.ts"
import { readForm } from "../form.ts"
import { show } from "../frame.tsx"
import { type Context, get, type PageRoute, post } from "../house.ts"
import { paths } from "../paths.ts"
import { Card } from "../shell/cards.tsx"
import { handoverQr, mustBeCitizen, ownRoom, visitPage } from "./room.tsx"
import { SelfTest } from "./self-test.tsx"
import { walkInAnswer, walkInPage } from "./walk-in.tsx"

const awayMinutes = 10

/** A person's own video visits. */
export const attendingRoutes: PageRoute[] = [
  get("/visits/new", "visit.walk_in", walkInPage),
  post(paths.visits, "visit.walk_in", walkInNow),
  get(paths.visitTest, "anyone", testPage),
  get(paths.visit(":id"), "visit.attend", visitPage),
  post(
    paths.visitAnswer(":id"),
    "visit.attend",
    turn((tx, who, id) => answer(tx, who, id)),
  ),
  post(
    paths.visitBack(":id"),
    "visit.attend",
    turn((tx, who, id) => comeBack(tx, who, id)),
  ),
  post(
    paths.visitAway(":id"),
    "visit.attend",
    turn((tx, who, id) => away(tx, who, id, awayMinutes)),
  ),
  post(
    paths.visitNotNow(":id"),
    "visit.attend",
    turn((tx, who, id) => putOff(tx, who, id)),
  ),
  post(
    paths.visitLeave(":id"),
    "visit.attend",
    turn((tx, who, id) => goHome(tx, who, id)),
  ),
  post(
    paths.visitOtherWay(":id"),
    "visit.attend",
    turn((tx, who, id) => otherWayFor(tx, who, id)),
  ),
  post(paths.visitWish(":id"), "visit.attend", wishNow),
  post(paths.visitMessages(":id"), "visit.attend", writeNow),
  post(paths.visitResults(":id"), "visit.attend", keepResults),
  get(paths.visitHandover(":id"), "visit.attend", handoverQr),
]

const scopesOf = (office: string, { id }: Citizen) =>
  [`office:${office}`, `person:${id}`, "accounts"] as [`office:${string}`, `person:${string}`, "accounts"]

const wanted = z.object({
  office: z.string().max(20),
  service: z.string().max(20),
  wants: z.enum(["female"]).optional(),
})

async function walkInNow(c: Context): Promise<Response> {
  const { house, lang } = c.var
  const citizen = mustBeCitizen(c)
  const { wants, ...asked } = await readForm(c, wanted)
  try {
    const turn = async (tx: Tx) => {
      const came = await walkIn(tx, citizen, { ...asked, lang })
      if (wants) await wish(tx, citizen, came.row.id, wants)
      return came
    }
    const { row } = await house.writer.write(turn, { scopes: scopesOf(asked.office, citizen) })
    return c.redirect(paths.visit(row.id), 303)
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown
    const there = (await ticketsOf(house.store, citizen.id)).find(({ office }) => office === asked.office)
    if (!there || thrown.code !== "already_waiting") return walkInAnswer(c, asked, thrown)
    // Pressed twice. Who waits for something else is told so, and not led there as if it were this.
    return there.service === asked.service
      ? c.redirect(paths.visit(there.id), 303)
      : walkInAnswer(c, asked, thrown, there)
  }
}

/** What the person says: one turn, and back to the room, which shows what came of it. */
function turn(said: (tx: Tx, who: Citizen, id: string) => Promise<unknown>) {
  return async (c: Context): Promise<Response> => {
    const { row, citizen } = await ownRoom(c)
    try {
      await c.var.house.writer.write((tx) => said(tx, citizen, row.id), { scopes: scopesOf(row.office, citizen) })
    } catch (thrown) {
      // Pressed twice, or the other side was faster: the room shows how it stands now.
      if (!isRefusal(thrown) || thrown.code !== "wrong_state") throw thrown
    }
    return c.redirect(paths.visit(row.id), 303)
  }
}

const wishFields = z.object({ wants: z.enum(["female", ""]).default("") })

async function wishNow(c: Context): Promise<Response> {
  const { wants } = await readForm(c, wishFields)
  return turn((tx, who, id) => wish(tx, who, id, wants === "" ? null : wants))(c)
}

const message = z.object({ text: z.string() })

async function writeNow(c: Context): Promise<Response> {
  const { house } = c.var
  const { row, citizen } = await ownRoom(c)
  const { text } = await readForm(c, message)
  await house.writer.write((tx) => write(tx, house.keys, citizen, row.id, text), {
    scopes: scopesOf(row.office, citizen),
  })
  return c.redirect(`${paths.visit(row.id)}#chat`, 303)
}

const device = z.enum(deviceResults as [DeviceResult, ...DeviceResult[]])
const results = z.object({
  ...{ camera: device, microphone: device, speaker: device },
  network: z.enum(networkResults as [NetworkResult, ...NetworkResult[]]),
  rtt: z.string().regex(/^\d{0,6}$/),
})

/** Sent by the page's own script, which shows what it was answered. */
async function keepResults(c: Context): Promise<Response> {
  const { house } = c.var
  const { row, citizen } = await ownRoom(c)
  const { rtt, ...given } = await readForm(c, results)
  const test = { ...given, rttMilliseconds: rtt === "" ? null : Number(rtt) }
  await house.writer.write((tx) => keepTest(tx, citizen, row.id, test), { scopes: scopesOf(row.office, citizen) })
  return c.body(null, 204)
}

/** The video visit of somebody that goes on now. */
async function visitOfNow(store: Store, person: string): Promise<string | null> {
  for (const { id, office } of await ticketsOf(store, person)) if ((await officeOf(store, office)).video) return id
  return null
}

/** The test before there is a visit: days ahead, as often as one likes. */
async function testPage(c: Context): Promise<Response> {
  const { lang, house, subject } = c.var
  const words = visitWords[lang]
  const running = subject?.role === "citizen" ? await visitOfNow(house.store, subject.id) : null
  return show(
    c,
    { title: words.test, styles: ["visit"], scripts: ["visit-test"] },
    <div class="column visit-column">
      <h1>{words.test}</h1>
      <Card class="stack">
        <SelfTest lang={lang} keepAt={null} turn={c.var.house.env.turn} />
      </Card>
      {subject?.role === "citizen" && (
        <p>
          <a href={running ? paths.visit(running) : paths.bookings}>{words.open}</a>
        </p>
      )}
    </div>,
  )
}
