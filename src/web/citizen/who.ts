import { Refusal } from "../../base/refusal.ts"
import type { Citizen } from "../../domain/access/subject.ts"
import type { Context } from "../house.ts"

/** The citizen who asks; `null` for strangers, and for whoever is here by another right. */
export function citizenOf(c: Context): Citizen | null {
  const { subject } = c.var
  return subject?.role === "citizen" ? subject : null
}

/** Behind a gate that lets in citizens alone. */
export function mustBeCitizen(c: Context): Citizen {
  const citizen = citizenOf(c)
  if (!citizen) throw new Refusal("not_signed_in")
  return citizen
}
