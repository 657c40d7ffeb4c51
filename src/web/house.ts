import type { Context as HonoContext } from "hono"
import type { Store } from "../../db/store.ts"
import type { Writer } from "../../db/write.ts"
import type { Chance, Clock } from "../base/clock.ts"
import type { Env } from "../base/env.ts"
import type { Log } from "../base/log.ts"
import type { Keys } from "../base/seal.ts"
import type { Action } from "../domain/access/authorize.ts"
import type { SessionRow } from "../domain/access/sessions.ts"
import type { Subject } from "../domain/access/subject.ts"
import type { Lang } from "../i18n/lang.ts"
import type { Registry } from "../outside/registry.ts"
import type { Storage } from "../outside/storage.ts"
import type { Hub } from "../realtime/hub.ts"
import type { Assets } from "./assets.ts"
import type { KeptAnswer } from "./kept-answers.ts"

/** The parts of a running front office, wired once in `main.ts`. A page gets everything from here and nothing from module state. */
export interface House {
  env: Env
  clock: Clock
  chance: Chance
  keys: Keys
  log: Log
  /** Committed state. */
  store: Store
  writer: Writer
  hub: Hub
  /** Who knows who belongs to whom. */
  registry: Registry
  /** Files that are too big for the store: pieces of recordings, pictures, papers. */
  storage: Storage
  assets: Assets
  look: Look
  /** Set while this is a demo: its people and what they sign in with. */
  demo: boolean
}

/** The agency's own name, logo and colour; by default ours. No emblem of a state is ever a default. */
export interface Look {
  name: Record<Lang, string>
  /** A file under `public/`, or null for the mark. */
  logo: string | null
  accent: string | null
  accentDark: string | null
}

/** What a route is for: who may do that, the table of rights says. A route without it does not compile. */
export type Gate = "anyone" | Action

export interface Vars {
  house: House
  /** `null`: nobody has said who they are, or not in a way that we believe. */
  subject: Subject | null
  session: SessionRow | null
  lang: Lang
  requestId: string
  nonce: string
  /** What the route is for that was asked; `null` where it is not known yet. */
  gate: Gate | null
  /** Must come back with every form of this session. */
  formToken: string
  /** The path that was asked for, with its query, for language switch and sign-in. */
  here: string
  /** Under what an answer to this is kept for others; `null` where it is somebody's own. */
  keptAs: string | null
  /** Keeps this answer for whoever asks for the very same, where that is anybody. */
  keep(answer: KeptAnswer): void
  /** Whether it is answered later than in the moment in which it came in. */
  isLate: boolean
}

export type AppEnv = { Variables: Vars }
export type Context = HonoContext<AppEnv>
export type Handler = (c: Context) => Response | Promise<Response>

export interface PageRoute {
  method: "GET" | "POST"
  path: string
  gate: Gate
  handle: Handler
  /** Where more than a form of ours may come. */
  takes?: Takes
}

/** What a route takes beyond a form: of these content types, and at most so many bytes. */
export interface Takes {
  types: readonly string[]
  bytes: number
}

/** A page: what is shown and what its forms post to. Gates are applied by the app from `gate`. */
export function get(path: string, gate: Gate, handle: Handler): PageRoute {
  return { method: "GET", path, gate, handle }
}

export function post(path: string, gate: Gate, handle: Handler, takes?: Takes): PageRoute {
  return { method: "POST", path, gate, handle, ...(takes && { takes }) }
}

/** What the route of an address takes beyond a form; `null` where that is nothing. It is asked before the router. */
export function takesOf(routes: readonly PageRoute[]): (path: string) => Takes | null {
  const found = routes.flatMap(({ path, takes }) =>
    takes ? [{ takes, form: new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}$`) }] : [],
  )
  return (path) => found.find(({ form }) => form.test(path))?.takes ?? null
}
