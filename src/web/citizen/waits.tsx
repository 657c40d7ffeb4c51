import { known } from "../../../db/known.ts"
import type { Store } from "../../../db/store.ts"
import { addDays, type Instant } from "../../base/day.ts"
import { dayIn } from "../../base/time.ts"
import { plannedDays } from "../../domain/availability/plan.ts"
import type { Session } from "../../domain/offices/hours.ts"
import type { Office } from "../../domain/offices/reads.ts"
import { boardView } from "../../domain/queue/reads.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import { minuteRange, relativeDay, timeText } from "../../i18n/dates.ts"
import type { Lang } from "../../i18n/lang.ts"
import type { House } from "../house.ts"
import { Shape, type Sign } from "../shell/marks.tsx"

/** How an office stands now, for somebody who thinks of going there. */
export interface OfficeNow {
  session: Session | null
  opensAt: Instant | null
  /** Minutes until somebody who comes now would be served; `null`: not known. */
  wait: { lowMinutes: number; highMinutes: number } | null
}

const lookAheadDays = 14
/** A range of minutes that nothing has happened to grows stale no sooner. */
const trueFor = 30_000

/** `line`: for whom only one line matters; else the range goes over all that are served. Worked out once for all who look. */
export function officeNow(
  { store, clock }: Pick<House, "store" | "clock">,
  office: Office,
  line?: string,
): Promise<OfficeNow> {
  const now = clock.office()
  const key = JSON.stringify([office.code, line])
  return known(store, { kind: "standing", stream: office.code, key, now }, async () => {
    const stands = await standingOf(store, office, line, now)
    const { session, opensAt } = stands
    return { ...stands, validUntil: Math.min(now + trueFor, session?.endsAt ?? Infinity, opensAt ?? Infinity) }
  })
}

async function standingOf(store: Store, office: Office, line: string | undefined, now: Instant): Promise<OfficeNow> {
  const today = dayIn(now, office.zone)
  const plan = await plannedDays(store, office, addDays(today, -1), addDays(today, lookAheadDays))
  const sessions = [...plan.values()].flat().map(({ session }) => session)
  const session = sessions.find(({ startsAt, endsAt }) => startsAt <= now && now < endsAt) ?? null
  const opensAt = sessions.find(({ startsAt }) => startsAt > now)?.startsAt ?? null
  const lines = session ? (await boardView(store, office.code, now)).lines : []
  const waits = lines.flatMap((own) => (own.wait && (line === undefined || own.line === line) ? [own.wait] : []))
  const wait =
    waits.length > 0
      ? {
          lowMinutes: Math.min(...waits.map(({ lowMinutes }) => lowMinutes)),
          highMinutes: Math.max(...waits.map(({ highMinutes }) => highMinutes)),
        }
      : null
  return { session, opensAt, wait }
}

/** Up to this it is hardly worth a number. */
const hardlyMinutes = 5
const busyMinutes = 45

interface Shown {
  state: OfficeNow
  office: Office
  now: Instant
  lang: Lang
}

/** "20 to 35 minutes", "by appointment only", "closed": shape and words. */
export function WaitNow({ state: { session, wait }, lang }: Shown) {
  const words = citizenWords[lang]
  const [sign, text]: [Sign, string] = !session
    ? ["early", words.closedNow]
    : session.bookingOnly
      ? ["next", words.onlyBooked]
      : !wait
        ? ["waiting", words.waitUnknown]
        : wait.highMinutes <= hardlyMinutes
          ? ["good", words.noWait]
          : [wait.lowMinutes >= busyMinutes ? "late" : "waiting", minuteRange(wait.lowMinutes, wait.highMinutes, lang)]
  return (
    <span class={`wait wait-${sign}`}>
      <Shape sign={sign} size={16} />
      <span>{text}</span>
    </span>
  )
}

/** "Open until 14:30", "Opens tomorrow at 07:30". */
export function openText({ state: { session, opensAt }, office: { zone }, now, lang }: Shown): string {
  const words = citizenWords[lang]
  if (session) {
    const atMidnight = timeText(session.endsAt, zone, "en") === "00:00"
    return words.openUntil(atMidnight ? words.midnight : timeText(session.endsAt, zone, lang))
  }
  if (opensAt === null) return words.closedLong
  return words.opens(relativeDay(dayIn(opensAt, zone), dayIn(now, zone), lang), timeText(opensAt, zone, lang))
}
