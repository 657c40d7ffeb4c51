import type { How, Run } from "./recording.ts"

/*
 * The statements of one booking as a form to be filled in. Two bookings that followed one another, of two people for two neighbouring
 * times, ran the same statements; what differs between their values is what a booking brings of its own: who it is, which time, its own
 * ids, and numbers that count on.
 */

/** What is known about one booking before it is made. */
export interface Known {
  person: string
  /** The readable part of the key by which the person asked. */
  key: string
  startsAt: number
}

/** A value: as it was; text in pieces; a time that goes with the slot; a number that counts on. */
export type Part =
  | { same: unknown }
  | { pieces: (string | Piece)[] }
  | { fromSlot: number }
  | { counting: number; by: number }

/** Part of a text: somebody's or something's name, or a number. */
export type Piece = { name: string } | { fromSlot: number } | { counting: number; by: number }

export interface Step {
  connection: number
  how: How
  text: string
  values: Part[]
  /** Whether it stands between BEGIN and COMMIT. */
  inside: boolean
}

export interface Form {
  steps: Step[]
  /** Names that each booking makes up: how each looked the first time. */
  madeUp: string[]
  /** How many bookings have counted on so far: the form's own is number 0. */
  counted: number
}

/** Finds the form in two recorded bookings, one after the other. Throws where they did not run the same statements. */
export function findForm([first, second]: [Run[], Run[]], [one, other]: [Known, Known]): Form {
  const same = first.length === second.length && first.every(({ text }, index) => text === second[index]?.text)
  if (!same) throw new Error("two bookings ran different statements")
  const madeUp = new Set<string>()
  const slotStep = other.startsAt - one.startsAt

  function partOf(before: unknown, after: unknown): Part {
    if (Object.is(before, after)) return { same: before }
    if (typeof before === "number" && typeof after === "number") return numberPart(before, after)
    if (typeof before === "string" && typeof after === "string") return { pieces: piecesOf(before, after) }
    throw new Error(`a value that differs is neither a number nor a text: ${String(before)}`)
  }

  function numberPart(before: number, after: number): Exclude<Piece, { name: string }> {
    if (after - before === slotStep) return { fromSlot: before - one.startsAt }
    return { counting: before, by: after - before }
  }

  function piecesOf(before: string, after: string): (string | Piece)[] {
    const [left, right] = [before.split(words), after.split(words)]
    if (left.length !== right.length) throw new Error(`two texts have different forms: ${before}`)
    return left.map((word, index) => {
      const twin = right[index] ?? ""
      if (word === twin) return word
      if (/^\d{1,15}$/.test(word) && /^\d{1,15}$/.test(twin)) return numberPart(Number(word), Number(twin))
      if (word !== one.person && word !== one.key) madeUp.add(word)
      return { name: word === one.person ? "person" : word === one.key ? "key" : word }
    })
  }

  const [begin, commit] = [/^BEGIN/i, /^COMMIT/i].map((verb) => first.findIndex(({ text }) => verb.test(text)))
  if (begin === undefined || commit === undefined || begin < 0 || commit < begin)
    throw new Error("no transaction was recorded")
  const steps = first.flatMap(({ connection, how, text, values }, index): Step[] => {
    if (index === begin || index === commit) return []
    const after = second[index]?.values ?? []
    const inside = index > begin && index < commit
    return [{ connection, how, text, values: values.map((value, at) => partOf(value, after[at])), inside }]
  })
  return { steps, madeUp: [...madeUp], counted: 1 }
}

/** Words as the house writes ids, keys and codes; everything between them stays as it is. */
const words = /([\w-]+)/

/** The values of each step for one more booking, the `count`th after the form's own. */
export function fill(form: Form, known: Known, count: number, makeUp: (like: string) => string): unknown[][] {
  const names = new Map([
    ["person", known.person],
    ["key", known.key],
  ])
  for (const like of form.madeUp) names.set(like, makeUp(like))
  const numberOf = (part: { fromSlot: number } | { counting: number; by: number }) =>
    "fromSlot" in part ? known.startsAt + part.fromSlot : part.counting + part.by * count
  const pieceOf = (piece: string | Piece) =>
    typeof piece === "string" ? piece : "name" in piece ? (names.get(piece.name) ?? "") : String(numberOf(piece))
  return form.steps.map(({ values }) =>
    values.map((part) => {
      if ("same" in part) return part.same
      return "pieces" in part ? part.pieces.map(pieceOf).join("") : numberOf(part)
    }),
  )
}

/** A name of the same kind as the one that was seen: an id, a hash or a code. Ids grow as the house's do. */
export function makeUp(like: string): string {
  if (/^[0-9a-f]{8}-/.test(like)) return Bun.randomUUIDv7()
  const letters = /^[0-9a-f]+$/.test(like) ? "0123456789abcdef" : "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
  const bytes = crypto.getRandomValues(new Uint8Array(like.length))
  return Array.from(bytes, (byte) => letters[byte % letters.length]).join("")
}
