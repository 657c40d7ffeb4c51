import type { DemoFile } from "../process.ts"
import { call, type World } from "./calling.ts"
import type { Said } from "./history.ts"

/* Those who ask: each does one thing after the other, and all of them at once. A new kind of them is one more function here. */

const one = <T>(world: World, all: readonly T[]): T | undefined => all[Math.floor(world.chance() * all.length)]

interface BookingSeen {
  id: string
  slot: string
  state: string
}

const readBooking = ({ id, slot, state }: BookingSeen): Said => ({ booking: id, slot, open: state !== "cancelled" })

/** Somebody who books, moves, cancels and looks. Now and then they give up on what they do not hear of, or ask the same twice. */
export async function person(
  world: World,
  { id, token }: { id: string; token: string },
  office: { code: string; services: readonly string[]; slots: readonly string[] },
): Promise<void> {
  const own = new Map<string, string>()
  for (let count = 0; !world.isOver(); count++) {
    const key = `${id}-${count}`
    const slot = one(world, office.slots) ?? ""
    const booking = one(world, [...own.keys()])
    const draw = world.chance()
    const read = readBooking
    const wish =
      booking === undefined || draw < 0.4
        ? {
            ...{ token, key, read, path: "/bookings", isPatient: world.chance() < 0.75 },
            asked: { do: "book" as const, person: id, slot },
            body: { office: office.code, service: one(world, office.services) ?? "", slot },
          }
        : draw < 0.6
          ? {
              ...{ token, key, read, path: `/bookings/${booking}/move`, body: { slot } },
              asked: { do: "move" as const, person: id, booking, slot },
            }
          : draw < 0.85
            ? {
                ...{ token, key, read, path: `/bookings/${booking}/cancellation`, body: {} },
                asked: { do: "cancel" as const, person: id, booking },
              }
            : null
    if (wish === null) {
      await call(world, {
        ...{ token, key, path: "/bookings", asked: { do: "list", person: id } },
        read: ({ items }: { items: BookingSeen[] }) => ({
          bookings: items.map(({ id: booking, slot, state }) => ({ booking, slot, open: state !== "cancelled" })),
        }),
      })
      continue
    }
    const said = await call(world, wish)
    if (said && world.chance() < 0.1) await call(world, { ...wish, isPatient: true })
    if (!said || !("booking" in said)) continue
    if (said.open) own.set(said.booking, said.slot)
    else own.delete(said.booking)
  }
}

const readTicket = (body: { id: string; number: number } | ""): Said =>
  body === "" ? { ticket: null } : { ticket: body.id, number: body.number }

/** How many have a number and have not been called; so many that there is always somebody, and never a full day. */
export interface Hall {
  code: string
  service: string
  waiting: number
}

/** The kiosk in the hall: gives numbers to people whom nobody knows. */
export async function kiosk(world: World, token: string, hall: Hall): Promise<void> {
  for (let count = 0; !world.isOver(); count++) {
    if (hall.waiting >= 20) {
      await Bun.sleep(5)
      count--
      continue
    }
    const mobile = `05${String(10_000_000 + count)}`
    const said = await call(world, {
      ...{ token, key: `${hall.code}-kiosk-${count}`, path: `/offices/${hall.code}/tickets` },
      ...{ asked: { do: "issue", office: hall.code }, body: { service: hall.service, mobile }, read: readTicket },
    })
    if (said) hall.waiting++
  }
}

/** An agent who calls one after the other, and is never in doubt whom. */
export async function agent(world: World, { token, counter }: DemoFile["agents"][number], hall: Hall): Promise<void> {
  let count = 0
  const step = (path: string, body: object) =>
    call(world, {
      ...{ token, key: `${counter}-step-${count++}`, path, body },
      ...{ asked: { do: "finish", ticket: path }, read: () => ({ ticket: null }) },
    })
  const through = async (ticket: string) => {
    await step(`/tickets/${ticket}/serve`, {})
    await step(`/tickets/${ticket}/finish`, { outcome: "done" })
  }
  // Whom the demonstration has left at this counter.
  let inHand = ""
  await call(world, {
    ...{ token, key: `${counter}-begin`, path: `/offices/${hall.code}/counters`, asked: { do: "finish", ticket: "" } },
    read: ({ items }: { items: { id: string; ticket: string | null }[] }) => {
      inHand = items.find(({ id }) => id === counter)?.ticket ?? ""
      return { ticket: null }
    },
  })
  if (inHand !== "") await through(inHand)
  await step(`/counters/${counter}/opening`, {})
  while (!world.isOver()) {
    const wish = {
      ...{ token, key: `${counter}-next-${count++}`, path: `/counters/${counter}/next`, body: {}, read: readTicket },
      asked: { do: "next" as const, counter, office: hall.code },
    }
    const said = await call(world, wish)
    if (said && world.chance() < 0.1) await call(world, wish)
    if (said && "number" in said) {
      hall.waiting--
      await through(said.ticket)
    } else await Bun.sleep(5)
  }
}
