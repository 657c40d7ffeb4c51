import type { PropsWithChildren } from "hono/jsx"

/** States as people see them. Each has a shape of its own, so that colour is never the only sign. */
export type Sign = "serving" | "waiting" | "next" | "late" | "parked" | "early" | "called" | "missed" | "good"

/** ● serving, ○ waiting, ◐ next, ◆! late, ‖ parked, dashed ring early, pointer called, ⊘ missed, ✓ good. The word is the child. */
export function State({ sign, children }: PropsWithChildren<{ sign: Sign }>) {
  return (
    <span class={`state state-${sign}`}>
      <Shape sign={sign} />
      <span>{children}</span>
    </span>
  )
}

export function Shape({ sign, size = 18 }: { sign: Sign; size?: number }) {
  const ring = { fill: "none", stroke: "currentColor", "stroke-width": "2" }
  return (
    <svg
      class={sign === "next" || sign === "called" ? "flip" : undefined}
      width={size}
      height={size}
      viewBox="0 0 20 20"
      aria-hidden="true"
      focusable="false"
    >
      {sign === "serving" && <circle cx="10" cy="10" r="7.5" fill="currentColor" />}
      {sign === "waiting" && <circle cx="10" cy="10" r="7" {...ring} />}
      {sign === "early" && <circle cx="10" cy="10" r="7" {...ring} stroke-dasharray="3.2 3.1" />}
      {sign === "next" && (
        <>
          <circle cx="10" cy="10" r="7" {...ring} />
          <path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor" />
        </>
      )}
      {sign === "late" && (
        <>
          <path d="M10 1.5 18.5 10 10 18.5 1.5 10z" fill="currentColor" />
          <path class="shape-hollow" d="M10 6v5M10 13.500v.1" stroke-width="2" stroke-linecap="round" />
        </>
      )}
      {sign === "parked" && <path d="M7 4v12M13 4v12" {...ring} stroke-width="3" stroke-linecap="round" />}
      {sign === "called" && <path d="M3 4h9l5 6-5 6H3z" fill="currentColor" />}
      {sign === "missed" && (
        <>
          <circle cx="10" cy="10" r="7" {...ring} />
          <path d="M5.2 14.8 14.8 5.2" {...ring} />
        </>
      )}
      {sign === "good" && (
        <path d="M4 10.5 8.2 15 16 6" {...ring} stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" />
      )}
    </svg>
  )
}

/** A person: bare digits. */
export function Digits({ value }: { value: number | string }) {
  return <span class="number">{value}</span>
}

/** A place: a filled plate. `label` is spoken before the figure: "counter". */
export function Plate({
  value,
  label,
  tone = "deep",
}: {
  value: number | string
  label: string
  tone?: "deep" | "closed" | "signal"
}) {
  return (
    <span class={tone === "deep" ? "plate" : `plate plate-${tone}`}>
      <span class="spoken">{label} </span>
      {value}
    </span>
  )
}
