import { Refusal } from "../../base/refusal.ts"
import type { Citizen } from "../../domain/access/subject.ts"
import type { Context } from "../house.ts"

/** Behind a gate that lets in citizens alone. */
export function mustBeCitizen(c: Context): Citizen {
  const { subject } = c.var
  if (subject?.role !== "citizen") throw new Refusal("not_signed_in")
  return subject
}
