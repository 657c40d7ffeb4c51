import { afterAll, describe, expect, test } from "bun:test"
import { startSession } from "../../domain/access/sessions.ts"
import { describeSelf } from "../../domain/access/staff.ts"
import type { Citizen, Staff } from "../../domain/access/subject.ts"
import { hold } from "../../domain/visits/calls.ts"
import { identityView } from "../../domain/visits/check-reads.ts"
import { drawCheck } from "../../domain/visits/checking.ts"
import { paperLimits } from "../../domain/visits/papers.ts"
import { ring } from "../../domain/visits/ringing.ts"
import { wishWords } from "../../i18n/wishes.ts"
import { checksIn, jpeg } from "../../testing/checks.ts"
import { testServer } from "../../testing/server.ts"
import { videoHall } from "../../testing/video.ts"

const hall = await videoHall({ counters: 12, citizens: 12 })
const server = await testServer({ office: hall })
const checks = checksIn(hall)
/** The first agent is the one of `checks`. */
let last = 1

afterAll(() => {
  expect(server.bugs).toEqual([])
})

/** Asks as a browser of theirs does, with bodies of any kind. */
async function browserOf(who: Citizen | Staff) {
  const now = hall.clock.real()
  const kind = who.role === "citizen" ? ("citizen" as const) : ("staff" as const)
  const factors = { factors: "password+passkey", provenAt: now, userAgent: "" }
  const given = { kind, subject: who.id, role: who.role, ...factors }
  const { token, session } = await hall.write((tx) => startSession(tx, given, now))
  const formToken = hall.keys.capability("form", session.id)
  const own = { Cookie: `sid=${token}`, Origin: server.origin, "Sec-Fetch-Site": "same-origin" }
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(server.origin + path, { redirect: "manual", ...init, headers: { ...own, ...init.headers } })
  return {
    ask,
    give(path: string, bytes: Uint8Array | string, name = "scan.pdf", headers: Record<string, string> = {}) {
      const form = new FormData()
      form.append("_form", formToken)
      form.append("file", new File([bytes as never], name))
      return ask(path, { method: "POST", body: form, headers: { Accept: "text/html", ...headers } })
    },
    send: (path: string, fields: Record<string, string>) =>
      ask(path, {
        method: "POST",
        body: new URLSearchParams({ _form: formToken, ...fields }),
        headers: { Accept: "text/html" },
      }),
    picture: (path: string, bytes: Uint8Array) =>
      ask(path, {
        method: "POST",
        body: bytes as never,
        headers: { "Content-Type": "image/jpeg", "X-Form-Token": formToken, Accept: "application/json" },
      }),
  }
}

/** Somebody in a call with an agent of their own, both with a browser. */
async function calling() {
  const number = ++last
  const who = hall.citizen(number)
  const { row } = await hall.video.inCall(who, number)
  const agent = hall.agent(number)
  return { id: row.id, who, agent, citizen: await browserOf(who), desk: await browserOf(agent) }
}

describe("a file", () => {
  test("is given by a plain form, listed, and comes down as nothing that could run", async () => {
    const { id, citizen, desk } = await calling()
    const given = await citizen.give(`/visits/${id}/files`, "%PDF-1.7 hello", 'عقد "x".pdf')
    expect([given.status, given.headers.get("Location")]).toEqual([303, `/visits/${id}#files`])
    const page = await (await citizen.ask(`/visits/${id}`)).text()
    const [, file = ""] = new RegExp(`/visits/${id}/files/([\\w-]+)`).exec(page) ?? []
    expect(page.includes("عقد x.pdf")).toBe(true)
    for (const [browser, path] of [
      [citizen, `/visits/${id}/files/${file}`],
      [desk, `/desk/visits/${id}/files/${file}`],
    ] as const) {
      const got = await browser.ask(path)
      expect([got.status, await got.text()]).toEqual([200, "%PDF-1.7 hello"])
      expect(got.headers.get("Content-Type")).toBe("application/pdf")
      expect(got.headers.get("Content-Security-Policy")).toBe("sandbox; default-src 'none'")
      expect(got.headers.get("X-Content-Type-Options")).toBe("nosniff")
      expect(got.headers.get("Content-Disposition")).toBe(
        "attachment; filename=\"_x.pdf\"; filename*=UTF-8''%D8%B9%D9%82%D8%AF%20x.pdf",
      )
    }
  })

  test("lies sealed: neither its bytes nor its name can be read where it lies", async () => {
    const { id, citizen, desk } = await calling()
    await citizen.give(`/visits/${id}/files`, "%PDF-1.7 a secret line", "secret-name.pdf")
    const own = await desk.give(`/desk/visits/${id}/files`, "%PDF-1.7 ours", "form.pdf", { Accept: "application/json" })
    expect(own.status).toBe(204)
    const names = await server.house.storage.list(`visits/${id}`)
    expect(names).toHaveLength(2)
    expect(names.join()).not.toMatch(/secret|form/)
    for (const name of names) {
      const bytes = await server.house.storage.get(`visits/${id}/${name}`)
      expect(Buffer.from(bytes ?? []).toString("latin1")).not.toMatch(/%PDF|secret|ours|form\.pdf/)
    }
  })

  test("of a wrong type, whatever it is called, is refused, and one that is too big is not even read", async () => {
    const { id, citizen } = await calling()
    expect((await citizen.give(`/visits/${id}/files`, "<svg onload=alert(1)>", "photo.png")).status).toBe(422)
    expect((await citizen.give(`/visits/${id}/files`, "", "photo.png")).status).toBe(400)
    const big = new Uint8Array(paperLimits.bytes + 100_000)
    big.set(Buffer.from("%PDF-1.7"))
    expect((await citizen.give(`/visits/${id}/files`, big)).status).toBe(413)
    expect(await server.house.storage.list(`visits/${id}`)).toEqual([])
  })

  test("is not there for another account, nor for an agent of another hand, and not for a stranger", async () => {
    const [one, other] = [await calling(), await calling()]
    await one.citizen.give(`/visits/${one.id}/files`, "%PDF-1.7 x")
    const page = await (await one.citizen.ask(`/visits/${one.id}`)).text()
    const [, file = ""] = new RegExp(`/visits/${one.id}/files/([\\w-]+)`).exec(page) ?? []
    expect((await other.citizen.ask(`/visits/${one.id}/files/${file}`)).status).toBe(404)
    expect((await other.citizen.give(`/visits/${one.id}/files`, "%PDF-1.7 x")).status).toBe(404)
    expect((await other.citizen.ask(`/visits/${other.id}/files/${file}`)).status).toBe(404)
    expect((await other.desk.ask(`/desk/visits/${one.id}/files/${file}`)).status).toBe(403)
    expect((await one.citizen.ask(`/desk/visits/${one.id}/files/${file}`)).status).toBe(403)
    const stranger = await fetch(`${server.origin}/visits/${one.id}/files/${file}`, {
      redirect: "manual",
      headers: { Accept: "application/json" },
    })
    expect(stranger.status).toBe(401)
  })

  test("goes neither way while the person is held", async () => {
    const { id, agent, citizen } = await calling()
    await hall.write((tx) => hold(tx, agent, id))
    expect((await citizen.give(`/visits/${id}/files`, "%PDF-1.7 x")).status).toBe(409)
  })

  test("without the form's token, or from another site, is forged; and no other form takes files", async () => {
    const { id, citizen } = await calling()
    const body = () => {
      const form = new FormData()
      form.append("file", new File(["%PDF-1.7"], "x.pdf"))
      return form
    }
    const to = `/visits/${id}/files`
    expect((await citizen.ask(to, { method: "POST", body: body() })).status).toBe(403)
    const far = { "Sec-Fetch-Site": "cross-site" }
    expect((await citizen.give(to, "%PDF-1.7", "x.pdf", far)).status).toBe(403)
    expect((await citizen.give(`/visits/${id}/messages`, "%PDF-1.7")).status).toBe(415)
  })
})

describe("a picture", () => {
  async function asked() {
    const all = await calling()
    await hall.write((tx) => drawCheck(tx, all.agent, all.id))
    return all
  }

  test("is taken only where a step asks for one, is a JPEG, and small enough", async () => {
    const { id, citizen } = await asked()
    const to = `/visits/${id}/pictures`
    expect((await citizen.picture(to, jpeg)).status).toBe(409)
    expect((await citizen.picture(to, new Uint8Array(3 * 1024 * 1024))).status).toBe(413)
  })

  test("of both sides is seen by the agent beside each other, and by nobody else", async () => {
    const who = hall.citizen(1)
    const { row } = await hall.video.inCall(who)
    const [citizen, desk] = [await browserOf(who), await browserOf(hall.agent())]
    await checks.draw(row.id)
    await checks.measured(row.id)
    while ((await checks.now(row.id)).step.kind !== "picture") await checks.say(row.id)
    const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    expect((await citizen.picture(`/visits/${row.id}/pictures`, png)).status).toBe(422)
    expect((await citizen.picture(`/visits/${row.id}/pictures`, jpeg)).status).toBe(204)
    expect((await desk.picture(`/desk/visits/${row.id}/pictures`, jpeg)).status).toBe(204)
    const view = await identityView(hall.store, hall.keys, row.id, hall.agent().id)
    const pictures = view.check?.steps.flatMap((step) => step.pictures) ?? []
    expect(pictures.map(({ side }) => side)).toEqual(["sent", "received"])
    const path = `/desk/pictures/${pictures[0]?.id}`
    const got = await desk.ask(path)
    expect([got.status, got.headers.get("Content-Type")]).toEqual([200, "image/jpeg"])
    expect(new Uint8Array(await got.arrayBuffer())).toEqual(jpeg)
    expect(await hall.facts("picture.opened")).toHaveLength(1)
    expect((await (await browserOf(hall.agent(2))).ask(path)).status).toBe(404)
    expect((await citizen.ask(path)).status).toBe(403)
  })
})

describe("who waits for a woman", () => {
  test("says so at the door or in the room, reads whether one is at work, and takes it back by the same button", async () => {
    const who = hall.citizen(12)
    const citizen = await browserOf(who)
    const came = await citizen.send("/visits", { office: hall.code, service: "RES-04", wants: "female" })
    const path = came.headers.get("Location") ?? ""
    expect(path).toMatch(/^\/visits\/[\w-]+$/)
    const id = path.slice("/visits/".length)
    const wants = async () => (await hall.video.now(id)).ticket.wants
    expect(await wants()).toBe("female")
    const words = wishWords.en
    const page = async () => await (await citizen.ask(`${path}?lang=en`)).text()
    expect((await page()).includes(words.none)).toBe(true)
    await hall.open(12)
    await hall.write((tx) => describeSelf(tx, hall.agent(12), "female"))
    expect((await page()).includes(words.free)).toBe(true)
    expect((await citizen.send(`${path}/wish`, { wants: "" })).status).toBe(303)
    expect(await wants()).toBeNull()
    expect((await page()).includes(words.anybody)).toBe(true)
    await citizen.send(`${path}/wish`, { wants: "female" })
    await hall.write((tx) => ring(tx, hall.agent(12), id))
    // Called by now: the wish stands as it was, and the press leads back to the room that rings.
    expect((await citizen.send(`${path}/wish`, { wants: "" })).status).toBe(303)
    expect(await wants()).toBe("female")
  })
})
