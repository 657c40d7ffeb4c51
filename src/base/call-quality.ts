/*
 * How good a connection is, by what arrives. The one rule for whoever is in the call and for whoever watches over all calls; it lies at
 * the bottom, so that pages have it as well.
 */

export type Grade = "good" | "fair" | "bad"

/** What is known of what arrives; what is not said counts for nothing. */
export interface Arriving {
  /** The share of packets lost, 0 to 1. */
  loss?: number | undefined
  /** There and back, in milliseconds. */
  rtt?: number | undefined
  /** Pictures a second; 0 where sound alone is sent. */
  fps?: number | undefined
  /** Of the connection, as the page says it. */
  state?: string | undefined
  /** A screen stands still for minutes, and nothing is wrong. */
  isScreen?: boolean | undefined
}

/**
 * A tenth lost, four fifths of a second there and back, fewer than ten pictures a second, or nothing that flows: people can hardly talk. A
 * twentieth, a quarter of a second, fewer than eighteen: it is felt.
 */
export function gradeOf({ loss = 0, rtt = 0, fps = 0, state = "flowing", isScreen = false }: Arriving): Grade {
  const isFewer = (than: number) => !isScreen && fps > 0 && fps < than
  if (state !== "flowing" || loss >= 0.1 || rtt >= 800 || isFewer(10)) return "bad"
  return loss >= 0.05 || rtt >= 250 || isFewer(18) ? "fair" : "good"
}

/** Of several connections the worst; `null` of none. */
export function worstOf(all: readonly Arriving[]): Grade | null {
  const grades = all.map(gradeOf)
  return (["bad", "fair", "good"] as const).find((one) => grades.includes(one)) ?? null
}
