/** Line icons of one family on a grid of 24. They never stand alone: a word is beside them, or they are chevrons. */
const drawings = {
  passport:
    "M6 3h12a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1ZM12 13a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM9 9.8h6M12 6.6c1.6 2 1.6 4.4 0 6.400M9 17h6",
  card: "M3 6h18v12H3zM8.5 12a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.600ZM5.5 15.500c.6-1.6 1.7-2.2 3-2.200s2.4.6 3 2.200M14.5 10h4M14.5 13.500h4",
  people:
    "M9 11a3.2 3.2 0 1 0 0-6.400A3.2 3.2 0 0 0 9 11ZM3 19c.5-3.2 2.8-5 6-5s5.5 1.8 6 5M16 5.200a3 3 0 0 1 0 5.600M17.5 14.300c2 .7 3.2 2.3 3.5 4.7",
  car: "M5 11l1.6-4.200A1.5 1.5 0 0 1 8 6h8a1.5 1.5 0 0 1 1.4.8L19 11M4 11h16a1 1 0 0 1 1 1v5h-3M3 17v-5a1 1 0 0 1 1-1M6 17h12M6 17v2M18 17v2M7 14h1M16 14h1",
  building: "M5 21V5l8-2v18M13 9h6v12M3 21h18M8 8h2M8 12h2M8 16h2M16 13h0M16 17h0",
  video: "M3 7h11v10H3zM14 11l6-3.500v9L14 13",
  prison: "M5 4h14M5 20h14M7 4v16M12 4v16M17 4v16",
  report: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM16.2 16.2 21 21",
  chevron: "M9 5l7 7-7 7",
  back: "M15 5l-7 7 7 7",
  arrow: "M4 12h15M13 6l6 6-6 6",
  check: "M5 12.500l4.5 4.500L19 7.5",
  close: "M6 6l12 12M18 6L6 18",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.500h4",
  pin: "M12 21c4.5-4.5 6.5-8 6.5-11a6.5 6.5 0 1 0-13 0c0 3 2 6.5 6.5 11ZM12 12a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.600Z",
  document: "M6 3h8l4 4v14H6zM14 3v4h4M9 11h6M9 15h6M9 18h4",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.5 2",
  calendar: "M4 6h16v15H4zM4 10h16M8 3v5M16 3v5",
  money: "M3 7h18v10H3zM12 14.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM6 10v4M18 10v4",
  printer: "M7 8V3h10v5M7 17H4v-7a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v7h-3M7 14h10v7H7z",
  qr: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 14h2M14 18h2v2M18 18h2v2",
  undo: "M8 5L4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3",
  pause: "M9 5v14M15 5v14",
  transfer: "M4 8h14M14 4l4 4-4 4M20 16H6M10 12l-4 4 4 4",
  absent: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM6 18L18 6",
  ticket: "M4 6h16v4a2 2 0 0 0 0 4v4H4v-4a2 2 0 0 0 0-4zM13 6v2M13 11v2M13 16v2",
  desk: "M4 12h16M6 12v7M18 12v7M9 12V8a3 3 0 0 1 6 0v4",
  person: "M12 11.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 21c.7-4.2 3.5-6.3 7.5-6.300s6.8 2.1 7.5 6.3",
  key: "M8 15a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 11h9M18 11v4M15 11v3",
  elderly: "M11 6.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8 21l2-6-1-5 3-1.5 2 3 3 1.500M12 13l2 3v5M18 13v8",
  wheelchair:
    "M10 5.500a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.600ZM10 8v6h6l2.5 5M10 11h5M8 11.500a5.5 5.5 0 1 0 6.5 8",
  pregnant:
    "M11 5.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM9 21v-6H8V9.500A2.5 2.5 0 0 1 10.5 7c2 0 3 1.2 3.5 3 1.5.5 2 1.7 2 2.8 0 1.5-1 2.2-2.5 2.200V21",
  infant: "M12 9.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM7 12c-1.5 3 0 6 2 7M17 12c1.5 3 0 6-2 7M9 13h6v5a3 3 0 0 1-6 0z",
  sound: "M4 9v6h4l5 4V5L8 9zM16.5 9a4 4 0 0 1 0 6M19 6.500a8 8 0 0 1 0 11",
  offline:
    "M3 3l18 18M5 9.500a12 12 0 0 1 4-2.300M19 9.500a12 12 0 0 0-6-3M8 13.500a7 7 0 0 1 3-1.700M16 13.500l-1-.7M12 18h0",
  globe: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3 12h18M12 3c3 3.5 3 14.5 0 18M12 3c-3 3.5-3 14.5 0 18",
  home: "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
  warning: "M12 3l9.5 17h-19zM12 10v4M12 17h0",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5M12 8h0",
  phone: "M7 2.500h10v19H7zM11 18.500h2",
  chat: "M4 5h16v11H9l-5 4zM8 9h8M8 12h5",
  microphone: "M12 14a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v5a3 3 0 0 0 3 3ZM6 11a6 6 0 0 0 12 0M12 17v4",
  screen: "M3 5h18v11H3zM8 20h8M12 16v4",
  down: "M12 4v15M6 13l6 6 6-6",
} as const

export type IconName = keyof typeof drawings

/** Drawings that point somewhere are turned round with the reading direction. */
const directed = new Set<IconName>(["chevron", "back", "arrow", "undo", "transfer"])

export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
  return (
    <svg
      class={directed.has(name) ? "flip" : undefined}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={drawings[name]} />
    </svg>
  )
}

const ofSector: Record<string, IconName> = {
  PAS: "passport",
  RES: "card",
  CIV: "people",
  TRA: "car",
  PRI: "prison",
  MUN: "building",
  VIR: "video",
  GEN: "report",
}

export function sectorIcon(sector: string): IconName {
  return ofSector[sector] ?? "document"
}
