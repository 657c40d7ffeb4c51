import type { Page } from "playwright-core"
import { sessionOf, startSession } from "../domain/access/sessions.ts"
import { newContext, type Reader } from "./browser.ts"
import type { TestServer } from "./server.ts"
import { type Visitor, visitor } from "./visitor.ts"

/*
 * The screens of an office in a real browser: each in a profile of its own, signed in or paired as its user would be. What a page logs as
 * an error, and what its policy would not let it do, is kept in `troubles`.
 */

export interface Screen {
  page: Page
  troubles: string[]
}

async function open(
  server: TestServer,
  reader: Reader,
  cookie: { name: string; value: string } | null,
): Promise<Screen> {
  const context = await newContext({ ...reader, baseURL: server.origin })
  if (cookie) await context.addCookies([{ ...cookie, url: server.origin }])
  const page = await context.newPage()
  const troubles: string[] = []
  page.on("console", (message) => {
    // A refused form is answered with its status; the browser logs that, and it is no trouble.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) troubles.push(message.text())
  })
  page.on("pageerror", (error) => troubles.push(error.message))
  return { page, troubles }
}

const signedIn = new WeakMap<TestServer, Map<string, string>>()

/** A session in which a passkey has just spoken. Somebody's next screen shares it, because most people may not have many at once. */
async function sessionCookie(server: TestServer, kind: "citizen" | "staff", subject: string, role: string) {
  const now = server.office.clock.real()
  const tokens = signedIn.get(server) ?? new Map<string, string>()
  signedIn.set(server, tokens)
  const before = tokens.get(subject)
  if (before && (await sessionOf(server.office.store, before, now))) return { name: "sid", value: before }
  const who = { kind, subject, role, factors: "password+passkey", userAgent: "test", provenAt: now }
  const { token } = await server.office.write((tx) => startSession(tx, who, now))
  tokens.set(subject, token)
  return { name: "sid", value: token }
}

export async function asAgent(server: TestServer, number: number, reader: Reader = {}): Promise<Screen> {
  const { id, role } = server.office.agent(number)
  return open(
    server,
    { viewport: { width: 1440, height: 900 }, ...reader },
    await sessionCookie(server, "staff", id, role),
  )
}

export async function asSupervisor(server: TestServer, reader: Reader = {}): Promise<Screen> {
  const { id, role } = server.office.supervisor()
  return open(
    server,
    { viewport: { width: 1440, height: 900 }, ...reader },
    await sessionCookie(server, "staff", id, role),
  )
}

export async function asCitizen(server: TestServer, number: number, reader: Reader = {}): Promise<Screen> {
  const { id } = server.office.citizen(number)
  return open(server, reader, await sessionCookie(server, "citizen", id, "citizen"))
}

export function asStranger(server: TestServer, reader: Reader = {}): Promise<Screen> {
  return open(server, reader, null)
}

/** A kiosk or a board that has been paired. */
export async function asDevice(server: TestServer, kind: "kiosk" | "board", reader: Reader = {}): Promise<Screen> {
  const viewport = kind === "kiosk" ? { width: 1080, height: 1920 } : { width: 1920, height: 1080 }
  const cookie = { name: "dev", value: await server.deviceToken(kind) }
  const screen = await open(server, { viewport, ...reader }, cookie)
  await screen.page.goto(`/${kind}/${server.office.code}`)
  return screen
}

/**
 * Waits until these pages hear what happens in the office and answer to keys. A page shows its text before that; what a test does in
 * between is nobody's fault and proves nothing.
 */
export async function hearing(...screens: Screen[]): Promise<void> {
  for (const { page } of screens) {
    await page.locator("html[data-live-state=live]").waitFor({ state: "attached" })
  }
}

/** Gives a page an authenticator of the browser's own making, that recognises its person by itself (W3C WebAuthn §11). */
export async function withAuthenticator(page: Page): Promise<{ verifies(isRight: boolean): Promise<void> }> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send("WebAuthn.enable", { enableUI: false })
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      ...{ protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal" },
      ...{ hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  })
  return {
    async verifies(isUserVerified) {
      await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified })
    },
  }
}

/** The same people without a browser: plain requests with their cookie. */
export async function visiting(
  server: TestServer,
  as: { agent: number } | "supervisor" | { citizen: number } | "kiosk" | "board",
): Promise<Visitor> {
  const who = visitor(() => server.origin)
  if (as === "kiosk" || as === "board") {
    who.cookies.set("dev", await server.deviceToken(as))
    return who
  }
  const citizen = typeof as === "object" && "citizen" in as
  const subject =
    as === "supervisor"
      ? server.office.supervisor()
      : citizen
        ? server.office.citizen(as.citizen)
        : server.office.agent(as.agent)
  const cookie = await sessionCookie(server, citizen ? "citizen" : "staff", subject.id, subject.role)
  who.cookies.set(cookie.name, cookie.value)
  return who
}
