import { shiftOf } from "../../base/clock.ts"
import type { DeviceRow } from "../../domain/access/devices.ts"
import { deviceWords } from "../../i18n/devices.ts"
import type { Lang } from "../../i18n/lang.ts"
import type { Context } from "../house.ts"
import { State } from "../shell/marks.tsx"

/** What has come of a device, as far as the house can see. */
export type Standing = "online" | "offline" | "never" | "over" | "revoked"

const signs = { online: "serving", offline: "waiting", never: "early", over: "missed", revoked: "missed" } as const

/** The devices of this office that have a wire open at this moment: every screen of the hall listens to its board. */
export function onlineIn(c: Context, office: string): Set<string> {
  const screens = c.var.house.hub.shown({ kind: "board", office })
  return new Set(screens.flatMap(({ subject }) => (subject ? [subject.id] : [])))
}

export function standingOf(row: DeviceRow, online: Set<string>, now: number): Standing {
  if (row.revokedAt !== null) return "revoked"
  if (row.until <= now) return "over"
  if (online.has(row.id)) return "online"
  return row.seenAt === null ? "never" : "offline"
}

export function StandingMark({ standing, lang }: { standing: Standing; lang: Lang }) {
  return <State sign={signs[standing]}>{deviceWords[lang][standing]}</State>
}

/** What was dated by the real clock, as the office's own clock shows it; a demonstration may have shifted that. */
export function onTheWall(c: Context, at: number): number {
  return at + shiftOf(c.var.house.clock)
}
