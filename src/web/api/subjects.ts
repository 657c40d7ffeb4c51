import { Refusal } from "../../base/refusal.ts"
import { type Citizen, isStaff, type Staff, type Subject } from "../../domain/access/subject.ts"
import type { Context } from "../house.ts"

/* Who asks, as the kind of caller that a call is for. The gate has let nobody else in; here the type says so too. */

export function citizen(c: Context): Citizen {
  const { subject } = c.var
  if (subject?.role !== "citizen") throw new Refusal("forbidden")
  return subject
}

export function staff(c: Context): Staff {
  const { subject } = c.var
  if (!isStaff(subject)) throw new Refusal("forbidden")
  return subject
}

export function citizenOrStaff(c: Context): Citizen | Staff {
  return c.var.subject?.role === "citizen" ? citizen(c) : staff(c)
}

export function anybody(c: Context): Subject {
  const { subject } = c.var
  if (!subject) throw new Refusal("not_signed_in")
  return subject
}
