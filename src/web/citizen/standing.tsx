import type { Booking } from "../../domain/bookings/reads.ts"
import { aheadStates } from "../../domain/bookings/rules.ts"
import { citizenWords } from "../../i18n/citizen.ts"
import type { Lang } from "../../i18n/lang.ts"
import { Shape, type Sign } from "../shell/marks.tsx"

/** How a booking stands, as its owner sees it: what the office has changed counts before what was agreed. */
export function standing({ state, struckAt, proposed }: Booking): keyof (typeof citizenWords)["ar"]["state"] {
  if (struckAt !== null && aheadStates.includes(state)) return "struck"
  return state === "requested" && proposed ? "proposed" : state
}

const signs: Record<ReturnType<typeof standing>, Sign> = {
  requested: "waiting",
  proposed: "next",
  confirmed: "good",
  arrived: "good",
  cancelled: "missed",
  missed: "missed",
  done: "good",
  struck: "late",
}

/** State in a pill: shape, word and colour. */
export function StatePill({ booking, lang }: { booking: Booking; lang: Lang }) {
  const state = standing(booking)
  const sign = signs[state]
  return (
    <span class={`pill pill-${sign}`}>
      <Shape sign={sign} size={16} />
      <span>{citizenWords[lang].state[state]}</span>
    </span>
  )
}

/** The code in groups, so that it can be read out and typed. */
export function Code({ code }: { code: string }) {
  const groups = [code.slice(0, 3), code.slice(3, 6), code.slice(6)]
  return (
    <bdi dir="ltr" class="booking-code">
      {groups.map((group) => (
        <span>{group}</span>
      ))}
    </bdi>
  )
}
