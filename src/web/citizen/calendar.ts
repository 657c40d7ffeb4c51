import type { Instant } from "../../base/day.ts"

export interface Event {
  /** The same for the same appointment, so that a calendar replaces what it has. */
  id: string
  madeAt: Instant
  startsAt: Instant
  endsAt: Instant
  state: "CONFIRMED" | "TENTATIVE" | "CANCELLED"
  title: string
  place: string
  notes: string
  link: string
}

/**
 * An appointment as iCalendar (RFC 5545). Times are written in UTC, so that no calendar needs to know the office's zone or its clock
 * changes to show the right hour; lines end in CRLF and are folded at 75 octets (§3.1), texts are escaped (§3.3.11).
 */
export function calendarOf(event: Event): string {
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Dawr//Appointments//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    "BEGIN:VEVENT",
    `UID:${event.id}`,
    `DTSTAMP:${utc(event.madeAt)}`,
    `DTSTART:${utc(event.startsAt)}`,
    `DTEND:${utc(event.endsAt)}`,
    `STATUS:${event.state}`,
    `SUMMARY:${escaped(event.title)}`,
    `LOCATION:${escaped(event.place)}`,
    `DESCRIPTION:${escaped(event.notes)}`,
    `URL:${event.link}`,
    "END:VEVENT",
    "END:VCALENDAR",
  ]
  return lines.map((line) => `${folded(line)}\r\n`).join("")
}

function utc(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`
}

function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll(";", "\\;")
    .replaceAll(",", "\\,")
    .replaceAll(/\r\n|\r|\n/g, "\\n")
}

const octetsMax = 75

/** Octets are counted, not letters, and no letter is cut in two: an Arabic one has two octets. */
function folded(line: string): string {
  const parts: string[] = []
  let part = ""
  let octets = 0
  for (const letter of line) {
    const length = Buffer.byteLength(letter)
    // A line that goes on begins with a space, which counts.
    if (octets + length > octetsMax) {
      parts.push(part)
      part = ""
      octets = 1
    }
    part += letter
    octets += length
  }
  return [...parts, part].join("\r\n ")
}
