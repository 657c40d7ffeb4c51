/** A turn: a ring with a dot at its opening. An agency's own logo takes its place. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        d="M20.6 5.4A11.5 11.5 0 1 1 11.4 5.4"
        fill="none"
        stroke="currentColor"
        stroke-width="5"
        stroke-linecap="round"
      />
      <circle cx="24.4" cy="6.6" r="3.4" fill="currentColor" />
    </svg>
  )
}
