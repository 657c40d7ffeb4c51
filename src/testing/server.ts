import type { DeviceKind } from "../../db/schema/devices.ts"
import { createApp } from "../app.ts"
import { machineChance, machineTimers, type Timers } from "../base/clock.ts"
import { readEnv } from "../base/env.ts"
import { openLog } from "../base/log.ts"
import { addDevice, startToken } from "../domain/access/devices.ts"
import { makeKey } from "../domain/access/keys.ts"
import { addStaff } from "../domain/access/staff.ts"
import { ownRegistry, type Registry } from "../outside/registry.ts"
import { openStorage } from "../outside/storage.ts"
import type { Socket } from "../realtime/socket.ts"
import { openAssets } from "../web/assets.ts"
import type { House } from "../web/house.ts"
import { openHub } from "../web/live/wiring.ts"
import { ownLook } from "../web/look.ts"
import { atTheEnd } from "./cleanup.ts"
import { type ApiPaths, deviations } from "./conformance.ts"
import { type TestOffice, type TestPlan, testOffice } from "./office.ts"
import { ownFolder } from "./process.ts"

export interface ApiAnswer {
  method: string
  path: string
  status: number
  headers: Headers
  type: string
  /** JSON where it is, else the text. */
  body: ReturnType<typeof JSON.parse>
}

export interface Asking {
  headers?: Record<string, string>
  /** Sent as it is, in place of JSON made from the body. */
  raw?: string | Uint8Array<ArrayBuffer>
}

export type TestServer = Awaited<ReturnType<typeof testServer>>

/** The whole program over a test office, on a port of its own, asked through real HTTP. What it logs as a bug is kept in `bugs`. */
export async function testServer(
  given: {
    office?: TestOffice
    plan?: TestPlan
    env?: Record<string, string>
    demo?: boolean
    registry?: Registry
    /** For what the wire looks at again and again; the machine's own unless said otherwise. */
    timers?: Timers
  } = {},
) {
  const office = given.office ?? (await testOffice(given.plan))
  const { keys } = office
  const bugs: string[] = []
  const lines: string[] = []
  const log = openLog((line) => {
    lines.push(line)
    if (line.includes('"level":"error"')) bugs.push(line)
  }, office.clock.real)
  const env = readEnv({ PORT: "0", ANONYMOUS_PER_MINUTE: "1000000", ...given.env })
  const parts = {
    ...{ env, keys, log, look: ownLook, demo: given.demo ?? false, registry: given.registry ?? ownRegistry },
    storage: openStorage(ownFolder()),
    clock: office.clock,
    chance: machineChance,
    get store() {
      return office.store
    },
    get writer() {
      return office.writer
    },
  }
  const hub = openHub(parts, given.timers ?? machineTimers)
  const house: House = Object.defineProperties({ hub, assets: await openAssets({ look: ownLook }) } as House, {
    ...Object.getOwnPropertyDescriptors(parts),
  })
  const app = createApp(house)
  const server = Bun.serve<Socket>({
    port: 0,
    reusePort: false,
    development: false,
    websocket: hub.websocket,
    fetch(request, own) {
      const isLive = request.headers.get("upgrade")?.toLowerCase() === "websocket"
      return isLive ? hub.upgrade(request, own) : app.fetch(request, own)
    },
  })
  env.origin = `http://localhost:${server.port}`
  atTheEnd(async () => {
    hub.close()
    await server.stop(true)
  })

  const tokens = new Map<string, Promise<string>>()
  /** One key a subject, made when it is first needed. */
  function keyOf(name: string, make: () => Promise<string>): Promise<string> {
    const kept = tokens.get(name) ?? make()
    tokens.set(name, kept)
    return kept
  }
  const keyFor = (
    kind: "citizen" | "staff" | "device" | "integrator",
    subject: string,
    scopes: string[] = [],
    at?: string,
  ) => {
    const given = { kind, subject, name: "test", scopes, office: at, demo: true }
    return office.write((tx) => makeKey(tx, given, "test", office.clock.real()))
  }

  const devices = new Map<string, Promise<string>>()
  /** One kiosk and one board an office, made when it is first needed. */
  function deviceAt(kind: DeviceKind, at: string): Promise<string> {
    const name = `${kind} ${at}`
    const given = { office: at, kind, name }
    const made = devices.get(name) ?? office.write((tx) => addDevice(tx, given, "test", office.clock.real()))
    devices.set(name, made)
    return made
  }

  const answers: ApiAnswer[] = []
  async function ask(
    token: string | null,
    method: string,
    path: string,
    body: unknown,
    asking: Asking,
  ): Promise<ApiAnswer> {
    const headers = new Headers(token === null ? {} : { Authorization: `Bearer ${token}` })
    const sent = asking.raw ?? (body === undefined ? undefined : JSON.stringify(body))
    if (sent !== undefined) headers.set("Content-Type", "application/json")
    for (const [name, value] of Object.entries(asking.headers ?? {})) headers.set(name, value)
    const response = await fetch(env.origin + path, { method, headers, body: sent, redirect: "manual" })
    const type = response.headers.get("Content-Type") ?? ""
    const text = await response.text()
    const read = /json/.test(type) && text !== "" ? JSON.parse(text) : text
    const answer = { method, path, status: response.status, headers: response.headers, type, body: read }
    // A copy: bun's toMatchObject writes its matchers into what it is given.
    answers.push({ ...answer, body: structuredClone(read) })
    return answer
  }

  /** Somebody who asks with a key, or nobody in particular. */
  function caller(token: Promise<string> | null) {
    const send = async (method: string, path: string, body?: unknown, asking: Asking = {}) =>
      ask(token && (await token), method, path, body, asking)
    return {
      send,
      token: () => token,
      get: (path: string, asking?: Asking) => send("GET", path, undefined, asking),
      post: (path: string, body?: unknown, asking?: Asking) => send("POST", path, body, asking),
      delete: (path: string, asking?: Asking) => send("DELETE", path, undefined, asking),
    }
  }

  return {
    office,
    house,
    keys,
    bugs,
    /** Everything that was logged. */
    lines,
    answers,
    get origin() {
      return env.origin
    },
    caller,
    nobody: caller(null),
    withToken: (token: string) => caller(Promise.resolve(token)),
    citizen: (number = 1) => {
      const { id } = office.citizen(number)
      return caller(keyOf(`citizen ${id}`, () => keyFor("citizen", id)))
    },
    person: (id: string) => caller(keyOf(`citizen ${id}`, () => keyFor("citizen", id))),
    agent: (number = 1, at = office.code) => {
      const { id } = office.agent(number, at)
      return caller(keyOf(`staff ${id}`, () => keyFor("staff", id)))
    },
    supervisor: (at = office.code) => {
      const { id } = office.supervisor(at)
      return caller(keyOf(`staff ${id}`, () => keyFor("staff", id)))
    },
    /** A member of staff whom the plan does not have; sees every office. */
    staff: (role: "administrator" | "auditor") =>
      caller(
        keyOf(role, async () => {
          const name = { ar: role, en: role }
          const scope = { scopeKind: "all" as const, scope: "" }
          const id = await office.write((tx) =>
            addStaff(tx, { login: role, name, passwordHash: "-", role, ...scope }, "test"),
          )
          return keyFor("staff", id)
        }),
      ),
    device: (kind: "kiosk" | "board", at = office.code) =>
      caller(
        keyOf(`${kind} ${at}`, async () => {
          return keyFor("device", await deviceAt(kind, at), [], at)
        }),
      ),
    deviceAt,
    /** What stands in the cookie of this device once it is paired. */
    deviceToken: async (kind: DeviceKind, at = office.code) => {
      const id = await deviceAt(kind, at)
      return office.write((tx) => startToken(tx, id, office.clock.real()))
    },
    integrator: (...scopes: string[]) =>
      caller(keyOf(`integrator ${scopes}`, () => keyFor("integrator", integratorId, scopes))),
    integratorId,
    /** Where an answer given so far is not as the server's own document says. */
    async deviations(): Promise<string[]> {
      const response = await fetch(`${env.origin}/openapi.json`)
      const document = (await response.json()) as ApiPaths
      const given = answers.filter(
        ({ path, status }) => path.startsWith("/api/v1/") && !(status === 405 || isUnknownPath(path)),
      )
      return given.flatMap((answer) => deviations(document, answer))
    },
    /** The number of the last fact in every stream together: it stands still while nothing has changed. */
    async head(): Promise<number> {
      const streams = [...new Set([office.code, ...(given.plan?.more ?? []).map(({ code }) => code), "accounts"])]
      let count = 0
      for (const stream of streams) count += (await office.facts(undefined, stream)).length
      return count
    },
  }
}

const integratorId = "integrator-1"

/** Tests that ask for what is not there do it below this path. */
const isUnknownPath = (path: string) => path.startsWith("/api/v1/nothing")
