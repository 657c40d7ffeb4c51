import { z } from "zod"
import { readDay } from "../../base/day.ts"
import { isRefusal } from "../../base/refusal.ts"
import { slotId } from "../../domain/availability/grid.ts"
import { ownHold } from "../../domain/availability/holds.ts"
import { returnToWaitlist } from "../../domain/availability/offers.ts"
import { joinWaitlist, leaveWaitlist, ownEntry } from "../../domain/availability/waitlist.ts"
import { takeOffer } from "../../domain/bookings/offered.ts"
import { bookingFor } from "../../domain/bookings/reads.ts"
import { readForm } from "../form.ts"
import type { Context, House } from "../house.ts"
import { paths } from "../paths.ts"
import { movingAnswer } from "./changing.tsx"
import { choiceFields } from "./choice.ts"
import { slotsAnswer } from "./slots.tsx"
import { mustBeCitizen } from "./who.ts"

const joinFields = choiceFields.extend({
  booking: z.string().max(60).default(""),
  first: z.string().max(10).default(""),
  last: z.string().max(10).default(""),
})

/** Joins the list from the times of an office, or from an appointment for which an earlier time would be better. */
export async function joinNow(c: Context): Promise<Response> {
  const { house } = c.var
  const citizen = mustBeCitizen(c)
  const given = await readForm(c, joinFields)
  const booking =
    given.booking === "" ? null : await bookingFor(house.store, citizen, given.booking, house.clock.office())
  const { office, service } = booking ?? given
  const days = { first: readDay(given.first) ?? undefined, last: readDay(given.last) ?? undefined }
  const wanted = { office, service, for: booking?.who ?? given.for, ...days }
  try {
    const entry = await house.writer.write((tx) => joinWaitlist(tx, citizen, wanted), {
      scopes: [`office:${office}`, `person:${citizen.id}`],
    })
    return c.redirect(`${paths.bookings}?joined=${entry.id}#waiting`, 303)
  } catch (thrown) {
    if (!isRefusal(thrown) || nothingToShow.has(thrown.code)) throw thrown
    if (booking) return movingAnswer(c, booking, thrown)
    const choice = { office, service, slot: null, day: days.first ?? null, for: given.for, people: 1 }
    return slotsAnswer(c, choice, { refused: thrown })
  }
}

/** Where there are no times beside which it could be said. */
const nothingToShow = new Set(["not_found", "service_not_here", "service_online_only"])

export async function leaveNow(c: Context): Promise<Response> {
  const id = c.req.param("id") ?? ""
  await onOwnEntry(c, (tx) => leaveWaitlist(tx, mustBeCitizen(c), id))
  return c.redirect(`${paths.bookings}?left=${id}`, 303)
}

/** Takes leaving back: the same place in the list. */
export async function returnNow(c: Context): Promise<Response> {
  const id = c.req.param("id") ?? ""
  await onOwnEntry(c, (tx) => returnToWaitlist(tx, mustBeCitizen(c), id))
  return c.redirect(`${paths.bookings}?joined=${id}#waiting`, 303)
}

/** Takes what is offered. Where it has gone to the next, the times again, with what is possible instead. */
export async function takeNow(c: Context): Promise<Response> {
  const id = c.req.param("id") ?? ""
  const { house } = c.var
  const citizen = mustBeCitizen(c)
  const entry = await ownEntry(house.store, citizen, id)
  const held = entry.hold ? await ownHold(house.store, citizen, entry.hold) : null
  try {
    const taken = await house.writer.write((tx) => takeOffer(tx, citizen, id), {
      scopes: [`office:${entry.office}`, `person:${citizen.id}`],
    })
    const made = held && taken.madeAt >= held.since ? "made" : "moved"
    return c.redirect(`${paths.booking(taken.id)}?done=${taken.state === "requested" ? "asked" : made}`, 303)
  } catch (thrown) {
    if (!isRefusal(thrown) || nothingToShow.has(thrown.code)) throw thrown
    const { office, service, people } = entry
    const slot = held && slotId(office, held.line, held.startsAt)
    return slotsAnswer(c, { office, service, slot, day: null, for: people, people: 1 }, { refused: thrown })
  }
}

async function onOwnEntry(c: Context, turn: Parameters<House["writer"]["write"]>[0]): Promise<void> {
  const { house } = c.var
  const citizen = mustBeCitizen(c)
  const { office } = await ownEntry(house.store, citizen, c.req.param("id") ?? "")
  await house.writer.write(turn, { scopes: [`office:${office}`, `person:${citizen.id}`] })
}
