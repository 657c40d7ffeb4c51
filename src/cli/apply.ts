import { accountsStream } from "../../db/facts.ts"
import type { Store } from "../../db/store.ts"
import type { Scope, Tx, Writer } from "../../db/write.ts"
import type { Instant } from "../base/day.ts"
import type { Keys } from "../base/seal.ts"
import { makeEnrolment } from "../domain/access/enrolment.ts"
import { forget, keep, kept } from "../domain/access/memory.ts"
import { addStaff } from "../domain/access/staff.ts"
import { applyNewHours } from "../domain/bookings/day-changes.ts"
import { allOffices } from "../domain/offices/reads.ts"
import { type SetupPlan, setUp } from "../domain/offices/setup.ts"

/** The first administrator, in a store that nobody can sign in to yet. */
export interface FirstAdministrator {
  login: string
  keys: Keys
  /** The real clock's. */
  now: Instant
}

export interface Applied {
  changed: boolean
  /** Bookings ahead that lie outside their office's hours now, by office. They stand until somebody settles them. */
  struck: { office: string; bookings: number }[]
  /** With which the first administrator enrols. */
  code: string | null
}

class OnlyTried extends Error {
  readonly applied: Applied
  constructor(applied: Applied) {
    super("only tried")
    this.applied = applied
  }
}

/** What applying the plan would come to. It is applied and taken back, so that what is promised is what happens. */
export async function tryPlan(store: Store, writer: Writer, plan: SetupPlan): Promise<Applied> {
  try {
    await writer.write(
      async (tx) => {
        throw new OnlyTried(await apply(tx, plan))
      },
      { scopes: await scopesOf(store, plan) },
    )
  } catch (thrown) {
    if (thrown instanceof OnlyTried) return thrown.applied
    throw thrown
  }
  throw new Error("a plan that was only to be tried has been applied")
}

/** Applies the plan as one change: all of it, or nothing. Refuses `setup_invalid` with `mistakes`. */
export async function applyPlan(
  store: Store,
  writer: Writer,
  plan: SetupPlan,
  first: FirstAdministrator | null,
): Promise<Applied> {
  return writer.write((tx) => apply(tx, plan, first), { scopes: await scopesOf(store, plan) })
}

/** The calendar is every office's, also of those that the plan does not name. */
async function scopesOf(store: Store, plan: SetupPlan): Promise<Scope[]> {
  const codes = [...plan.offices, ...(await allOffices(store))].map(({ code }) => code)
  return [accountsStream, ...[...new Set(codes)].map((code): Scope => `office:${code}`)]
}

async function apply(tx: Tx, plan: SetupPlan, first: FirstAdministrator | null = null): Promise<Applied> {
  const { changed, offices } = await setUp(tx, plan)
  const dressed = await dress(tx, plan)
  if (changed || dressed) {
    const body = { offices: plan.offices.length, services: plan.services.length, demo: false }
    await tx.say(accountsStream, "store.set_up", body)
  }
  const struck = []
  for (const office of offices) {
    const met = await applyNewHours(tx, { id: "setup" }, office)
    if (met.struck.length > 0) struck.push({ office, bookings: met.struck.length })
  }
  const code = first ? await addAdministrator(tx, first) : null
  return { changed: changed || dressed || first !== null, struck, code }
}

async function addAdministrator(tx: Tx, { login, keys, now }: FirstAdministrator): Promise<string> {
  const name = { ar: "مدير النظام", en: "Administrator" }
  const id = await addStaff(tx, { login, name, role: "administrator", scopeKind: "all", scope: "" }, "setup")
  const { code } = await makeEnrolment(tx, keys, { kind: "staff", id }, { channel: "letter", by: "setup" }, now)
  return code
}

/** The agency's look, or ours again where the file no longer has one. */
async function dress(tx: Tx, plan: SetupPlan): Promise<boolean> {
  const look = plan.look ? JSON.stringify(plan.look) : null
  if ((await kept(tx, "look")) === look) return false
  await (look === null ? forget(tx, "look") : keep(tx, "look", look))
  return true
}
