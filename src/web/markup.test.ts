import { afterAll, expect, test } from "bun:test"
import { apiKeys, sessions, staff } from "../../db/schema/access.ts"
import { bookings } from "../../db/schema/bookings.ts"
import { agencies, sectors, services } from "../../db/schema/catalogue.ts"
import { devices } from "../../db/schema/devices.ts"
import { lines, offices } from "../../db/schema/offices.ts"
import { takeRequest } from "../domain/people/requests.ts"
import { everyCaller, verdict } from "../testing/callers.ts"
import { dayChange, testOffice } from "../testing/office.ts"
import { asAgent, asCitizen, asDevice, asSupervisor, type Screen } from "../testing/screens.ts"
import { testServer } from "../testing/server.ts"
import { everyThing } from "../testing/things.ts"
import { pages } from "./routes.ts"

/* Whatever somebody may have written, and wherever it is kept: it is text on every page, for everybody who may read it. */

const markup = `<script>document.title="ran"</script>"><img src=x onerror=document.title="ran">`
const both = { ar: markup, en: markup }

const elsewhere = "JED-SRF"
const office = await testOffice({ citizens: 3, counters: 2, more: [{ code: elsewhere, counters: 2 }] })
await office.write(async ({ db }) => {
  await db.update(offices).set({ name: both, address: both, city: markup })
  await db.update(lines).set({ name: both })
  await db.update(services).set({ name: both, audience: both, documents: [both] })
  await db.update(sectors).set({ name: both })
  await db.update(agencies).set({ name: both })
})
await office.restart()
const server = await testServer({ office })
const callers = await everyCaller(server)
const things = await everyThing(server, elsewhere)
for (const number of [1, 2, 3]) await office.rename(office.citizen(number), both)
const hours = { kind: "hours" as const, sessions: [{ start: "07:30", minutes: 420 }] }
await dayChange(office, { day: office.today, reason: markup, ...hours })
const request = await office.write(async (tx) => {
  await tx.db.update(staff).set({ name: both })
  await tx.db.update(devices).set({ name: markup })
  await tx.db.update(apiKeys).set({ name: markup })
  await tx.db.update(bookings).set({ reason: markup })
  const asked = { kind: "access" as const, person: office.citizen(1).id, note: markup, by: office.supervisor().id }
  return takeRequest(tx, server.keys, asked, office.clock.real())
})

afterAll(() => {
  expect(server.bugs).toEqual([])
})

/** The path with what is the caller's own in it. */
function pathOf(path: string): string {
  const id = /^\/(bookings|holds|tickets|devices)\//.exec(path)?.[1] ?? ""
  const kinds = { bookings: "booking", holds: "hold", tickets: "ticket", devices: "device" } as const
  const thing = kinds[id as keyof typeof kinds]
  return path
    .replace("/privacy/requests/:id", `/privacy/requests/${request}`)
    .replace(":id", thing ? things[thing].own.id : "none")
    .replace("/services/:code", "/services/PAS-01")
    .replace("/sectors/:code", "/sectors/PAS")
    .replace(/:(code|office)\b/, office.code)
    .replace(/:\w+/g, "none")
}

const query: Record<string, string> = { "/search": "?q=PAS", "/offices/:code/slots": "?service=PAS-01" }

test("on no page does what somebody has written become a part of the page", async () => {
  const shownOn = new Set<string>()
  for (const { method, path, gate } of pages) {
    if (method !== "GET") continue
    for (const caller of callers) {
      if (!caller.browser || (gate !== "anyone" && verdict(caller, gate, null) !== "in")) continue
      const { cookie } = await caller.browser()
      // What a browser calls itself is shown to its owner.
      await office.write((tx) =>
        tx.db
          .update(sessions)
          .set({ userAgent: markup })
          .then(() => {}),
      )
      const typed = query[path] ?? `?q=${encodeURIComponent(markup)}&next=${encodeURIComponent(markup)}`
      const headers = { Cookie: cookie, Accept: "text/html", "Accept-Language": "en", "User-Agent": markup }
      const answer = await fetch(server.origin + pathOf(path) + typed, { headers, redirect: "manual" })
      const text = await answer.text()
      if (!answer.headers.get("Content-Type")?.includes("html")) continue
      const raw = [...text.matchAll(/<img src=x|<script>/g)].map(({ index }) => text.slice(index - 60, index + 60))
      expect([path, caller.name, raw]).toEqual([path, caller.name, []])
      if (text.includes("&lt;script&gt;document.title")) shownOn.add(path)
    }
  }
  // It was there to be shown, and on most pages there are: names of offices, services and people stand everywhere.
  expect(shownOn.size).toBeGreaterThan(25)
})

test("in a browser nothing of it runs, and the pages' policy has nothing to complain of", async () => {
  const look = async ({ page, troubles }: Screen, paths: string[]) => {
    for (const path of paths) {
      await page.goto(path)
      await page.waitForLoadState("networkidle")
      expect([path, await page.title()]).not.toEqual([path, "ran"])
      expect([path, await page.locator("img[src=x]").count(), troubles]).toEqual([path, 0, []])
    }
  }
  const { code } = office
  const citizen = ["/", `/search?q=${encodeURIComponent(markup)}`, "/services/PAS-01", `/offices/${code}`, "/bookings"]
  await look(await asCitizen(server, 1), [
    ...citizen,
    `/offices/${code}/slots?service=PAS-01`,
    "/account/security",
    "/inbox",
  ])
  await look(await asAgent(server, 1), ["/desk"])
  await look(await asSupervisor(server), [`/day/${code}`, `/day/${code}/hours`, "/devices", "/privacy/requests"])
  await look(await asDevice(server, "kiosk"), [`/kiosk/${code}/start`, `/kiosk/${code}/services`])
  await look(await asDevice(server, "board"), [`/board/${code}`])
})
