/*
 * Ticket numbers are digits only: they are read out in any language and typed on any key pad. The first digit tells the line and, where
 * there are enough digits, the kind; whoever hears "3…" called again and again knows whether it is his series.
 */

export type NumberKind = "booked" | "walkin" | "need"

/** The first digit of a ticket's number in the line at `position` (from 0) of an office with `lineCount` lines. */
export function leadingDigit(position: number, lineCount: number, kind: NumberKind): number {
  if (lineCount <= 4) {
    if (kind === "need") return 2 * lineCount + 1
    return 2 * position + (kind === "booked" ? 1 : 2)
  }
  // Beyond four lines a digit a line is all there is; a tenth line shares the last digit, and numbers stay unique.
  return Math.min(position + 1, 9)
}

/**
 * The nth number (from 1) behind a leading digit: 101 … 199, 1100 … 1999, 11000 … . No two digits and no two counts ever meet in one
 * number, because the count keeps at least two places and grows by whole places.
 */
export function ticketNumber(digit: number, nth: number): number {
  return digit * 10 ** Math.max(2, String(nth).length) + nth
}
