import { primaryKey, text } from "drizzle-orm/sqlite-core"
import { day, instant, json, table, whole, word, words } from "../dialect.ts"

/**
 * The places of one start on an office's grid. A row exists once its day has been touched; before that the grid alone says what there is.
 * The public may fill `publicPlaces`, staff `publicPlaces + staffExtra`. Live holds are counted with `taken` wherever it is compared.
 */
export const slots = table(
  "slot",
  {
    office: words().notNull(),
    line: words().notNull(),
    startsAt: instant().notNull(),
    /** The service day that the slot belongs to. */
    day: day().notNull(),
    publicPlaces: whole().notNull(),
    staffExtra: whole().notNull(),
    taken: whole().notNull(),
  },
  (slot) => [primaryKey({ columns: [slot.office, slot.line, slot.startsAt] })],
)

/** `moved`: the same person has taken another hold for the same service instead. */
export type HoldState = "live" | "used" | "moved" | "released" | "expired"

/** A place kept while the form is filled. `state` says what became of it; whether it still counts is `until` alone. */
export const holds = table("hold", {
  id: text().primaryKey(),
  person: words().notNull(),
  office: words().notNull(),
  line: words().notNull(),
  service: words().notNull(),
  day: day().notNull(),
  startsAt: instant().notNull(),
  width: whole().notNull(),
  length: whole().notNull(),
  people: json<string[]>().notNull(),
  /** `now` less the time for which this person has kept places for this service lately: keeping has an end, however often it is renewed. */
  since: instant().notNull(),
  until: instant().notNull(),
  state: word<HoldState>().notNull(),
  /** What became of a used hold, so that confirming twice is answered with the same booking. */
  booking: words(),
  /** For which entry of the waiting list it was made. */
  waiting: words(),
})

export type HoldRow = typeof holds.$inferSelect

/** A hold's places, one row a slot, while it has not ended: the live ones are those whose `until` is later than now. */
export const heldPlaces = table(
  "held_place",
  {
    hold: words().notNull(),
    office: words().notNull(),
    line: words().notNull(),
    startsAt: instant().notNull(),
    width: whole().notNull(),
    until: instant().notNull(),
  },
  (place) => [primaryKey({ columns: [place.hold, place.startsAt] })],
)

/**
 * Places of a booking that was cancelled or moved, one row a slot. Until `until` the public is shown them as taken, so that nobody can
 * hand a place to somebody by giving it up at an agreed moment; the staff may take them at once.
 */
export const heldBack = table(
  "held_back",
  {
    id: words().notNull(),
    office: words().notNull(),
    line: words().notNull(),
    startsAt: instant().notNull(),
    day: day().notNull(),
    width: whole().notNull(),
    /** When they come free. The job then offers them to those who wait for such a place. */
    releaseAt: instant().notNull(),
    /** Until when they are not the public's: `releaseAt`, or where somebody waits a little longer, for the job to be late. */
    until: instant().notNull(),
  },
  (back) => [primaryKey({ columns: [back.id, back.startsAt] })],
)

/** For whom a hold is, while it has not ended: live holds count towards a person's limit as bookings do. */
export const heldPeople = table(
  "held_person",
  {
    hold: words().notNull(),
    person: words().notNull(),
    until: instant().notNull(),
  },
  (held) => [primaryKey({ columns: [held.hold, held.person] })],
)
