import type { Page } from "playwright-core"
import type { Lang } from "../../i18n/lang.ts"
import { person, type Scene } from "../scene.ts"

/*
 * How each page of the house is visited: by whom, on what, and in which of its states.
 */

/** Whose eyes. */
export type Who =
  | "stranger"
  | "half signed in"
  | "enrolling"
  | "sent a code"
  | "auditor"
  | "administrator"
  | "kiosk"
  | "board"
  | { citizen: number }
  /** A citizen who has come in without the account. */
  | { visitor: number }
  /** Of the first office, unless another is named. */
  | { agent: number; at?: string }
  | { supervisor: string }

/** What it is looked at on; each has its sizes and its demands. */
export type Place = "phone" | "desk" | "kiosk" | "wall" | "pairing" | "document"

export interface Visit {
  /** As in the table of routes; `null` for what does not stand there: an unknown address, the page of the API. */
  route: string | null
  /** What is seen; with the route it is the name of the test. */
  seen: string
  who: Who
  place: Place
  path: (scene: Scene) => string
  /** In another agency than the full one: where nothing has happened yet, or where every stranger is one too many. */
  at?: "quiet" | "strict"
  /** What the page answers; 200 where nothing is said. */
  status?: number
  /** Done on the page before it is looked at, changing nothing that another visit sees. */
  first?: (page: Page, scene: Scene) => Promise<unknown>
  /** In which languages it is looked at, where it is written in one alone. */
  langs?: Lang[]
  /** Looked at when the connection has been gone for a while. */
  isOffline?: boolean
}

export const busy = { citizen: person.busy } as const

export const visit =
  (who: Who, place: Place) =>
  (route: string | null, seen: string, path: Visit["path"], more: Partial<Visit> = {}): Visit => ({
    ...{ route, seen, who, place, path },
    ...more,
  })

export const stranger = visit("stranger", "phone")
export const citizen = visit(busy, "phone")
export const lead = visit({ supervisor: "RUH-RML" }, "desk")
export const administrator = visit("administrator", "desk")
export const agentAt = (number: number) => visit({ agent: number }, "desk")

export const slots = ({ code }: Scene, service = "PAS-01") => `/offices/${code}/slots?service=${service}`
export const booking =
  (name: keyof Scene["bookings"], rest = "") =>
  ({ bookings }: Scene) =>
    `/bookings/${bookings[name].id}${rest}`

/** Presses the main button, and waits for the page that comes of it. */
export const send = async (page: Page) => {
  const left = page.waitForEvent("framenavigated")
  await page.locator("main form .button-main").first().click()
  await left
  await page.waitForLoadState()
}

export const typed = (name: string, text: string) => async (page: Page) => {
  await page.fill(`[name=${name}]`, text)
  await send(page)
}
